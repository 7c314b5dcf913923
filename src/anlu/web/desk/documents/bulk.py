"""Issuing many signed documents at once, in the background."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core.models import Job, JobState
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.models import Document, State
from anlu.kernel.documents.services import bulk_issue
from anlu.kernel.people.models import Officer
from anlu.web.desk.documents.steps import CHAPTER, CODE, ITEM
from anlu.web.nav import Crumb, page
from anlu.web.viewers import require_viewer

MOST = 500


@page(
    f"{CODE}.issue_many",
    "documents/issue/",
    "批量印发",
    chapter=CHAPTER,
    item=ITEM,
    entry=True,
    rank=61,
    permission=may.ISSUE,
)
def issue_many_page(request: HttpRequest) -> HttpResponse:
    """Signed documents, ticked; how the last order stands."""
    viewer = require_viewer(request)
    waiting = _waiting(viewer)
    if request.method == "POST":
        wanted = set(request.POST.getlist("row"))
        chosen = [one.uid for one in waiting if str(one.uid) in wanted]
        if not chosen:
            messages.error(request, "没有选中公文，或它们已不在待编号、待印发之列")
            return HttpResponseRedirect(reverse(f"{CODE}.issue_many"))
        asked = bulk_issue(chosen, by=viewer)
        return HttpResponseRedirect(f"{reverse(f'{CODE}.issue_many')}?job={asked.uid}")
    job = _job(request, viewer)
    running = job is not None and job.state in (JobState.WAITING, JobState.RUNNING)
    if request.htmx and job is not None:  # type: ignore[attr-defined]
        if not running:
            answer = HttpResponse(status=200)
            answer.headers["HX-Refresh"] = "true"
            return answer
        return render(request, "web/components/progress.html", {"progress": _progress(job)})
    request.trail = [Crumb("批量印发")]  # type: ignore[attr-defined]
    context = {
        "page_title": "批量印发",
        "waiting": [_line(one) for one in waiting],
        "progress": _progress(job) if running and job is not None else None,
        "done": _done(job) if job is not None and not running else None,
        "cancel_url": reverse(CODE),
    }
    return render(request, "web/documents/issue_many.html", context)


def _waiting(viewer: Officer) -> list[Document]:
    rows = Document.objects.visible_to(viewer, may.ISSUE).filter(state__in=(State.SIGNED, State.NUMBERED))
    return list(rows.select_related("unit").order_by("signed_on", "pk")[:MOST])


def _line(one: Document) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "title": one.title,
        "url": reverse(f"{CODE}.detail", args=[one.uid]),
        "addressee": one.addressee_name,
        "unit": one.unit.name,
        "signed_on": one.signed_on,
        "signed_by": one.signed_by_name,
    }


def _job(request: HttpRequest, viewer: Officer) -> Job | None:
    """The order that the address names, if it is this person's."""
    stated = request.GET.get("job", "")
    if not stated:
        return None
    try:
        found = Job.objects.filter(uid=UUID(stated), kind="documents.issue", actor=viewer.uid).first()
    except ValueError:
        raise Http404 from None
    if found is None:
        raise Http404
    return found


def _progress(job: Job) -> dict[str, Any]:
    return {
        "label": job.note or "等待开始",
        "total": 100 if job.done_share else 0,
        "done": round(job.done_share * 100),
        "words": f"{job.done_share:.0%}" if job.done_share else "",
        "state": "running",
        "poll_url": f"{reverse(f'{CODE}.issue_many')}?job={job.uid}",
        "note": "可以离开这个页面，印发继续进行。",
    }


def _done(job: Job) -> dict[str, Any]:
    return {
        "issued": len(job.result.get("issued", [])),
        "refused": job.result.get("refused", []),
        "problem": job.problem,
    }
