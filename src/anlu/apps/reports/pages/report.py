"""A report on its page: text in the middle, contents on the left, where a number comes from on the right."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anlu.apps.reports.arrangement import FREE, HALF_YEAR, WEEKLY, report_kinds
from anlu.apps.reports.jobs import PDF_JOB, ask_for_pdf, pdf_made_by
from anlu.apps.reports.models import State
from anlu.apps.reports.pages.looking import Looking, looking_at
from anlu.apps.reports.permissions import CHANGE, FINISH, VIEW
from anlu.apps.reports.printing import docx_of
from anlu.apps.reports.services import advance, keep_numbers, start_report
from anlu.apps.reports.standalone import chapters_of, pictures_of
from anlu.apps.reports.writing import permission_of
from anlu.engine.periods import FIRST_YEAR
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.models import Job
from anlu.kernel.core.models.jobs import JobState
from anlu.kernel.core.store import open_upload
from anlu.kernel.documents.archiving import why_no_pdf
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import Value, values_of
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Officer
from anlu.web.desk.indicators import entry_of
from anlu.web.installation import the_installation
from anlu.web.nav import Crumb, page
from anlu.web.viewers import require_viewer

CHAPTER: Final = "统计报告"
STATE_TONES: Final = {State.DRAFT: "blue", State.REVIEW: "amber", State.FINAL: "green"}
WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DEEDS: Final = ("keep", State.DRAFT, State.REVIEW, State.FINAL)


@page("reports.half_year", "reports/half-year/", "半年总结", chapter=CHAPTER, permission=VIEW)
def half_year(request: HttpRequest) -> HttpResponse:
    """The half-year report."""
    return report_page(request, HALF_YEAR.code)


@page("reports.weekly", "reports/weekly/", "周报", chapter=CHAPTER, permission=VIEW)
def weekly(request: HttpRequest) -> HttpResponse:
    """The weekly brief."""
    return report_page(request, WEEKLY.code)


@page(
    "reports.view",
    "reports/<str:kind>/",
    "报告",
    chapter=CHAPTER,
    item="半年总结",
    permission=VIEW,
    entry=False,
)
def report_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Any report, as its records give it now."""
    looking = looking_at(request, kind)
    report, text, viewer = looking.report, looking.text, looking.viewer
    request.trail = [Crumb(report.title)]  # type: ignore[attr-defined]
    watched = looking.watch
    numbers = text.numbers
    extra = extra_values(looking)
    same = watched.compared - len(watched.changed)
    context: dict[str, Any] = {
        "page_title": report.title,
        "looking": looking,
        "report": report,
        "chapters": chapters_of(text, watched.keys, pictures_of(looking.pictures)),
        "not_shown": [one for one in looking.pictures if one.why],
        "left_out": text.left_out,
        "numbers": len(numbers),
        "same": same,
        "compared": watched.compared,
        "note": text.scope_note(extra),
        "may_keep": text.is_whole,
        "watch": watched,
        "state": State(report.state).label if report.pk else "未起草",
        "state_tone": STATE_TONES[State(report.state)] if report.pk else "grey",
        "office": the_installation().name,
        "entries": [entry_of(value) for value in extra],
        "may_change": viewer.may(CHANGE) and report.state != State.FINAL,
        "may_finish": viewer.may(FINISH),
        "kinds": _kinds(looking),
        "earlier": _earlier(looking),
        "later": _later(looking),
        "today": today(),
        "urls": _urls(looking),
    }
    return render(request, "reports/report.html", context, status=422 if looking.problem else 200)


def _urls(looking: Looking) -> dict[str, str]:
    names = (
        "reports.docx",
        "reports.pdf",
        "reports.beside",
        "reports.words",
        "reports.pictures",
        "reports.act",
    )
    return {name.partition(".")[2]: looking.url(name) for name in names} | {
        "coverage": f"{reverse('reports.coverage')}?period={looking.report.period}"
    }


def _kinds(looking: Looking) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label,
            "url": reverse("reports.view", args=[one.code]),
            "active": one.code == looking.kind.code,
        }
        for one in report_kinds
        if one.code != FREE
    ]


def _earlier(looking: Looking) -> str:
    if looking.kind.code == FREE or looking.period.start.year <= FIRST_YEAR:
        return ""
    return looking.at(looking.period.previous())


def _later(looking: Looking) -> str:
    if looking.kind.code == FREE or looking.period.next().start > today():
        return ""
    return looking.at(looking.period.next())


def extra_values(looking: Looking) -> list[Value]:
    """The indicators that a free report was given besides its sections."""
    codes = looking.report.chosen.get("indicators", ())
    known = [indicators.get(code) for code in codes if code in indicators]
    mine = [one for one in known if looking.viewer.may(permission_of(one))]
    return values_of(mine, Window(looking.period), looking.viewer) if mine else []


# ------------------------------------------------------------------------------------------------ files


def _docx(looking: Looking) -> bytes:
    return docx_of(
        looking.report.title,
        looking.text,
        office=the_installation().name,
        dated=today(),
        figures=extra_values(looking),
        pictures=looking.pictures,
    )


@page(
    "reports.docx",
    "reports/<str:kind>/report.docx",
    "导出报告",
    chapter=CHAPTER,
    item="半年总结",
    permission=VIEW,
    entry=False,
)
def docx_page(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The report as a .docx file."""
    looking = looking_at(request, kind)
    return _file(looking, _docx(looking))


@page(
    "reports.pdf",
    "reports/<str:kind>/pdf/",
    "导出报告 PDF",
    chapter=CHAPTER,
    item="半年总结",
    permission=VIEW,
    entry=False,
)
def pdf_page(request: HttpRequest, kind: str) -> HttpResponse:
    """The PDF, made in the background by LibreOffice: asked for here, and watched until it is there."""
    looking = looking_at(request, kind)
    if request.method == "POST":
        if why := why_no_pdf():
            messages.error(request, why)
            return HttpResponseRedirect(looking.url())
        _record_export(looking)
        job = ask_for_pdf(_docx(looking), looking.report.title, by=looking.viewer)
        return HttpResponseRedirect(looking.url("reports.pdf", job=str(job.uid)))
    wanted = _own_job(looking.viewer, request.GET.get("job", ""))
    if wanted is None:
        return HttpResponseRedirect(looking.url())
    running = wanted.state in (JobState.WAITING, JobState.RUNNING)
    progress = _progress(wanted, looking) if running else None
    if request.htmx:  # type: ignore[attr-defined]
        if running:
            return render(request, "web/components/progress.html", {"progress": progress})
        return HttpResponse(headers={"HX-Refresh": "true"})
    title = f"{looking.report.title} PDF"
    request.trail = [Crumb(looking.report.title, looking.url()), Crumb("PDF")]  # type: ignore[attr-defined]
    context = {
        "page_title": title,
        "progress": progress,
        "problem": wanted.problem if wanted.state == JobState.FAILED else "",
        "cancelled": wanted.state == JobState.CANCELLED,
        "file_url": reverse("reports.pdf.file", args=[wanted.uid]) if pdf_made_by(wanted) else "",
        "report_url": looking.url(),
    }
    return render(request, "reports/pdf.html", context)


def _own_job(viewer: Officer, stated: str) -> Job | None:
    """The work that this person asked for; nobody else's."""
    try:
        uid = UUID(stated)
    except ValueError:
        return None
    return Job.objects.filter(kind=PDF_JOB, uid=uid, actor=viewer.uid).first()


def _progress(job: Job, looking: Looking) -> dict[str, Any]:
    return {
        "label": job.note or "等待开始",
        "total": 100 if job.done_share else 0,
        "done": round(job.done_share * 100),
        "words": f"{job.done_share:.0%}" if job.done_share else "",
        "state": "running",
        "poll_url": looking.url("reports.pdf", job=str(job.uid)),
    }


@page(
    "reports.pdf.file",
    "reports/pdf/<uuid:file>/",
    "报告 PDF 文件",
    chapter=CHAPTER,
    item="半年总结",
    permission=VIEW,
    entry=False,
)
def pdf_file(request: HttpRequest, file: UUID) -> HttpResponseBase:
    """The file, for whoever asked for it."""
    wanted = _own_job(require_viewer(request), str(file))
    made = pdf_made_by(wanted) if wanted is not None else None
    if made is None:
        raise Http404("文件不存在或已过期，请重新导出")
    return FileResponse(
        open_upload(made), as_attachment=True, filename=made.name, content_type="application/pdf"
    )


def _record_export(looking: Looking) -> None:
    record(
        "export",
        looking.report if looking.report.pk else None,
        by=looking.viewer,
        kind="reports.report",
        label=looking.report.title,
        changes={"numbers": [None, len(looking.text.numbers)]},
    )


def _file(looking: Looking, content: bytes) -> HttpResponseBase:
    _record_export(looking)
    answer = FileResponse(
        iter([content]), as_attachment=True, filename=f"{looking.report.title}.docx", content_type=WORD
    )
    answer["Content-Length"] = str(len(content))
    return answer


# ------------------------------------------------------------------------------------------------ deeds


def _version(request: HttpRequest) -> int | None:
    """The version of the report that the person had before them; None where nobody has worked on it yet."""
    stated = request.POST.get("version", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 10 else None


@page(
    "reports.act",
    "reports/<str:kind>/act/",
    "报告办理",
    chapter=CHAPTER,
    item="半年总结",
    permission=CHANGE,
    entry=False,
)
def act_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Keep the numbers, send to be approved, approve, take back: one button each on the report's page."""
    looking = looking_at(request, kind)
    deed = request.POST.get("deed", "")
    if request.method != "POST":
        return HttpResponseRedirect(looking.url())
    if deed not in DEEDS:
        raise Http404
    try:
        report = looking.report
        if not report.pk:
            report = start_report(looking.kind, report.period, by=looking.viewer)
        if deed == "keep":
            keep_numbers(report, by=looking.viewer)
        else:
            advance(report, State(deed), by=looking.viewer, version=_version(request))
    except AnluError as problem:
        messages.error(request, str(problem))
    else:
        words = {"keep": "已保存全部数字，以后有变化会提示", "draft": "已退回起草", "review": "已送审"}
        messages.success(request, words.get(deed, "已审定"))
    return HttpResponseRedirect(looking.url())
