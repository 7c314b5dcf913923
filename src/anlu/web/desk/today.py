"""今日 › 我的待办: what is waiting for this person, counted from the records themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.cases.permissions import WORK_VIEW
from anlu.kernel.core.clock import today
from anlu.kernel.core.filters import Selection
from anlu.kernel.core.language.formats import day_and_weekday
from anlu.kernel.core.models import Batch, Job, Record
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.models.exports import ExportOrder, ExportState
from anlu.kernel.core.models.jobs import JobState
from anlu.kernel.documents.telling import waiting_for as documents_waiting_for
from anlu.kernel.people.models import Officer
from anlu.kernel.places.permissions import LOCATE
from anlu.web.cells import words_of
from anlu.web.desk.cases.work import on_today
from anlu.web.desk.exports import waiting_for
from anlu.web.desk.imports import noun_label
from anlu.web.desk.unlocated import unlocated_for
from anlu.web.ledgers import Ledger, ledgers
from anlu.web.nav import page, pages
from anlu.web.pages.listing import RECORDED
from anlu.web.pages.paging import Chosen, Total
from anlu.web.permissions import TODAY
from anlu.web.viewers import require_viewer

SHOWN = 8


@dataclass(frozen=True)
class NewRecords:
    """How many records of a ledger are new since yesterday, and where there are any, how many there are in ``all``."""

    label: str
    unit: str
    url: str
    new: Total
    new_url: str
    all: Total | None


@page("web.today", "today/", "我的待办", chapter="今日", permission=TODAY)
def my_today(request: HttpRequest) -> HttpResponse:
    """The start page: refused imports, running work, what is new; nothing that is not in the database."""
    viewer = require_viewer(request)
    mine = Batch.objects.filter(actor=viewer.uid)
    news = news_for(viewer)
    context = {
        "page_note": day_and_weekday(today()),
        "refused": [
            {
                "noun": noun_label(batch),
                "number": batch.refused,
                "at": words_of(batch.created_at),
                "url": reverse("web.batch", args=[batch.uid]),
            }
            for batch in mine.filter(refused__gt=0, state=BatchState.LIVE)[:SHOWN]
        ],
        "failed": Job.objects.filter(actor=viewer.uid, state=JobState.FAILED).order_by("-pk")[:SHOWN],
        "running": Job.objects.filter(
            actor=viewer.uid, state__in=(JobState.WAITING, JobState.RUNNING)
        ).order_by("-pk")[:SHOWN],
        "exports": _exports(viewer),
        "documents": _documents(viewer),
        "unlocated": unlocated_for(viewer) if viewer.may(LOCATE) else [],
        "cases": on_today(viewer) if viewer.may(WORK_VIEW) else None,
        "news": news,
        "quiet": [one for one in news if not one.new.number],
    }
    return render(request, "web/desk/today.html", context)


def _exports(viewer: Officer) -> list[dict[str, str]]:
    """Exports that this person is to decide about, and their own that can be fetched."""
    waiting = [(order, "amber", "待您审批导出") for order in waiting_for(viewer)[:SHOWN]]
    ready = ExportOrder.objects.filter(actor=viewer.uid, state=ExportState.READY)[:SHOWN]
    return [
        {
            "colour": colour,
            "state": words,
            "what": f"{order} · {order.actor_name} · {words_of(order.asked_at)}",
            "url": reverse("web.export", args=[order.uid]),
        }
        for order, colour, words in (*waiting, *((order, "green", "导出可下载") for order in ready))
    ]


def _documents(viewer: Officer) -> list[dict[str, str]]:
    """Documents that wait for this person: to sign, to check, to issue, to answer, their own drafts."""
    return [
        {
            "state": one.what,
            "colour": one.colour,
            "what": " · ".join(
                part
                for part in (
                    str(one.document),
                    one.document.addressee_name,
                    f"期限 {one.document.due_on}" if one.document.due_on else "",
                )
                if part
            ),
            "url": reverse("documents.document.detail", args=[one.document.uid]),
        }
        for one in documents_waiting_for(viewer, most=SHOWN)
    ]


def news_for(viewer: Officer) -> list[NewRecords]:
    """The business ledgers that this person may open, with what came in since the start of yesterday."""
    since = today() - timedelta(days=1)
    return [
        _news(ledger, viewer, since) for ledger in ledgers if _is_business(ledger) and _open(ledger, viewer)
    ]


def _is_business(ledger: Ledger) -> bool:
    placed = bool(ledger.chapter) and ledger.chapter != "系统"
    return placed and issubclass(ledger.model, Record) and not ledger.model.scope_open


def _open(ledger: Ledger, viewer: Officer) -> bool:
    return ledger.code in pages and pages.get(ledger.code).allows(viewer)


def _news(ledger: Ledger, viewer: Officer, since: date) -> NewRecords:
    rows = ledger.visible_rows(viewer)
    selection = Selection(((RECORDED, (since, None)),))
    new = Chosen(rows.filter(selection.q()), rows).total()
    everything = Chosen(rows, rows).total() if new.number else None
    return NewRecords(ledger.label, ledger.unit, ledger.url(), new, ledger.url(selection), everything)
