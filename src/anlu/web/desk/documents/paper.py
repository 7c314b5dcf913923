"""The paper of a document: preview and print in the browser, .docx, and PDF where LibreOffice is installed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.engine.documents.docx import render_docx
from anlu.engine.files.office import find_office, official_faces
from anlu.kernel.core.audit import record
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.models import Job, JobState
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.archiving import DOCX, PDF, archived, ask_for_pdf, docx_of, why_no_pdf
from anlu.kernel.documents.define import kinds
from anlu.kernel.documents.models import Delivery, Document
from anlu.kernel.documents.serving import service_paper
from anlu.kernel.documents.sources import paper_of
from anlu.kernel.people.models import Officer
from anlu.kernel.people.signin import address_of
from anlu.web.desk.documents.steps import CHAPTER, CODE, ITEM, document_seen_by
from anlu.web.nav import Crumb, page
from anlu.web.pages.export import attachment
from anlu.web.papers import shown
from anlu.web.viewers import require_viewer

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PLACE = {"chapter": CHAPTER, "item": ITEM, "entry": False, "permission": may.VIEW, "ledger": CODE}


def _document(request: HttpRequest, uid: UUID) -> tuple[Document, Officer]:
    viewer = require_viewer(request)
    document = document_seen_by(viewer, uid)
    request.trail = [Crumb(str(document), reverse(f"{CODE}.detail", args=[document.uid]))]  # type: ignore[attr-defined]
    return document, viewer


def record_reading(document: Document, viewer: Officer, form: str, request: HttpRequest) -> None:
    """Whoever opens the paper of a document that names a person, or takes its file, is written down."""
    if form or kinds.get(document.kind).personal_fields:
        record("download" if form else "reveal", document, by=viewer, note=form, address=address_of(request))


def may_read_persons(document: Document, viewer: Officer) -> bool:
    """A paper that names a person is for those who may see personal data."""
    return not kinds.get(document.kind).personal_fields or viewer.may(may.REVEAL)


def _refused(request: HttpRequest, document: Document) -> HttpResponse:
    return _not_to_be_had(request, document, "这份公文写有个人信息，您没有查看的权限")


def _not_to_be_had(request: HttpRequest, document: Document, why: object) -> HttpResponse:
    """Back to the page of the document, which says why there is no paper."""
    messages.error(request, str(why))
    return HttpResponseRedirect(reverse(f"{CODE}.detail", args=[document.uid]))


@page(f"{CODE}.paper", "documents/<uuid:uid>/paper/", "预览", **PLACE)  # type: ignore[arg-type]
def paper_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The whole paper, to be read and printed; numbers show where they come from."""
    document, viewer = _document(request, uid)
    if not may_read_persons(document, viewer):
        return _refused(request, document)
    try:
        made = shown(paper_of(document, marked=True), document.figures)
    except AnluError as problem:
        return _not_to_be_had(request, document, problem)
    record_reading(document, viewer, "", request)
    request.trail.append(Crumb("预览"))  # type: ignore[attr-defined]
    context = {
        "document": document,
        "paper": made,
        "page_title": f"预览 {document}",
        "docx_url": reverse(f"{CODE}.docx", args=[document.uid]),
        "pdf_url": reverse(f"{CODE}.pdf", args=[document.uid]),
        "back_url": reverse(f"{CODE}.detail", args=[document.uid]),
    }
    return render(request, "web/documents/preview.html", context)


@page(f"{CODE}.docx", "documents/<uuid:uid>/file.docx", "下载 .docx", **PLACE)  # type: ignore[arg-type]
def docx_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The archived file; of a draft what it would be now."""
    document, viewer = _document(request, uid)
    if not may_read_persons(document, viewer):
        return _refused(request, document)
    try:
        content = archived(document, DOCX) or docx_of(document)
    except AnluError as problem:
        return _not_to_be_had(request, document, problem)
    record_reading(document, viewer, DOCX, request)
    return _download(content, WORD, f"{document}.docx")


@page(f"{CODE}.service", "documents/<uuid:uid>/service/", "送达回证", **PLACE)  # type: ignore[arg-type]
def service_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """送达回证 to print: with the addressee filled in, or, with ``?delivery=``, as it was written down."""
    document, viewer = _document(request, uid)
    home = reverse(f"{CODE}.detail", args=[document.uid])
    if document.issued_on is None:
        messages.error(request, "印发后才能打印送达回证")
        return HttpResponseRedirect(home)
    delivery = _delivery(request, document)
    # The form that was filled in names who received it; the empty one only a person to whom the document goes.
    if (delivery is not None and not viewer.may(may.REVEAL)) or not may_read_persons(document, viewer):
        return _refused(request, document)
    if delivery is not None:
        record("reveal", document, by=viewer, note="送达回证", address=address_of(request))
    try:
        made = service_paper(document, delivery)
    except AnluError as problem:
        messages.error(request, str(problem))
        return HttpResponseRedirect(home)
    chosen = f"?delivery={delivery.uid}" if delivery is not None else ""
    if "docx" in request.GET:
        record_reading(document, viewer, "送达回证.docx", request)
        return _download(render_docx(made), WORD, f"送达回证 {document}.docx")
    request.trail.append(Crumb("送达回证"))  # type: ignore[attr-defined]
    context = {
        "document": document,
        "paper": shown(made),
        "page_title": f"送达回证 {document}",
        "docx_url": f"{request.path}{chosen}{'&' if chosen else '?'}docx",
        "back_url": home,
    }
    return render(request, "web/documents/preview.html", context)


def _delivery(request: HttpRequest, document: Document) -> Delivery | None:
    """The delivery that the address names, if it is one of this document's."""
    stated = request.GET.get("delivery", "")
    if not stated:
        return None
    try:
        found = Delivery.objects.live().filter(document=document, uid=UUID(stated)).first()
    except ValueError:
        raise Http404 from None
    if found is None:
        raise Http404
    return found


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    answer.headers["Content-Disposition"] = attachment(name.replace("/", "-"))
    return answer


@page(f"{CODE}.pdf", "documents/<uuid:uid>/pdf/", "PDF 文件", **PLACE)  # type: ignore[arg-type]
def pdf_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The archived PDF, or having it made in the background."""
    document, viewer = _document(request, uid)
    if not may_read_persons(document, viewer):
        return _refused(request, document)
    here = reverse(f"{CODE}.pdf", args=[document.uid])
    try:
        content = archived(document, PDF)
    except AnluError as problem:
        return _not_to_be_had(request, document, problem)
    if content is not None and "wait" not in request.GET:
        record_reading(document, viewer, PDF, request)
        return _download(content, "application/pdf", f"{document}.pdf")
    if request.method == "POST" and not _why_no_pdf(document):
        asked = ask_for_pdf(document, by=viewer)
        return HttpResponseRedirect(f"{here}?wait={asked.uid}")
    job = _job(request, document)
    if request.htmx and job is not None and job.state not in (JobState.WAITING, JobState.RUNNING):  # type: ignore[attr-defined]
        answer = HttpResponse(status=200)
        answer.headers["HX-Redirect" if job.state == JobState.DONE else "HX-Refresh"] = (
            f"{here}?wait={job.uid}" if job.state == JobState.DONE else "true"
        )
        return answer
    request.trail.append(Crumb("PDF"))  # type: ignore[attr-defined]
    context = {
        "document": document,
        "page_title": f"PDF {document}",
        "why": _why_no_pdf(document),
        "font_note": official_faces().note if find_office() else "",
        "problem": job.problem if job is not None and job.state == JobState.FAILED else "",
        "ready": content is not None,
        "file_url": here,
        "progress": _progress(job, here),
        "back_url": reverse(f"{CODE}.detail", args=[document.uid]),
    }
    template = (
        "web/components/progress.html" if request.htmx and context["progress"] else "web/documents/pdf.html"
    )  # type: ignore[attr-defined]
    return render(request, template, context)


def _why_no_pdf(document: Document) -> str:
    if document.issued_on is None:
        return "印发后才能生成 PDF；拟稿请用预览打印"
    if document.destroyed_on is not None:
        return f"内容已于 {document.destroyed_on} 销毁"
    return why_no_pdf()


def _job(request: HttpRequest, document: Document) -> Job | None:
    """The job that this page waits for, if it is about this document."""
    try:
        uid = UUID(request.GET.get("wait", ""))
    except ValueError:
        return None
    found = Job.objects.filter(uid=uid, kind="documents.pdf").first()
    return found if found is not None and found.arguments.get("document") == str(document.uid) else None


def _progress(job: Job | None, here: str) -> dict[str, object] | None:
    if job is None or job.state not in (JobState.WAITING, JobState.RUNNING):
        return None
    return {
        "label": job.note or "等待开始",
        "total": 0,
        "state": "running",
        "poll_url": f"{here}?wait={job.uid}",
        "note": "一般几秒钟，可以离开这个页面。",
    }
