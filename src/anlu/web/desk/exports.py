"""系统 › 导入记录 › 导出申请: one's own ordered exports, and those that wait for somebody's leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core import permissions as core_may
from anlu.kernel.core.audit import record
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.filters import ChoiceFilter, TextFilter, TimeFilter
from anlu.kernel.core.models import Job
from anlu.kernel.core.models.exports import ExportOrder, ExportState
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.models import Officer
from anlu.kernel.people.signin import address_of
from anlu.web.allowance import allowance
from anlu.web.cells import words_of
from anlu.web.exports import decide_export
from anlu.web.ledgers import Column, Kind, Ledger, ledgers
from anlu.web.nav import Crumb, page
from anlu.web.pages.importing import download
from anlu.web.permissions import EXPORTS
from anlu.web.viewers import require_viewer

CHAPTER, ITEM = "系统", "导入记录"
COLOURS = {
    ExportState.ASKED: "amber",
    ExportState.RUNNING: "blue",
    ExportState.READY: "green",
    ExportState.REFUSED: "red",
    ExportState.FAILED: "red",
    ExportState.GONE: "grey",
}


def visible_orders(viewer: Viewer, permission: str = EXPORTS) -> QuerySet[ExportOrder]:
    """One's own; for whoever may allow exports, everybody's."""
    if viewer.may(core_may.EXPORT_APPROVE):
        return ExportOrder.objects.all()
    return (
        ExportOrder.objects.filter(actor=viewer.uid) if viewer.may(permission) else ExportOrder.objects.none()
    )


def waiting_for(viewer: Viewer) -> QuerySet[ExportOrder]:
    """Orders that ``viewer`` may decide about."""
    if not viewer.may(core_may.EXPORT_APPROVE):
        return ExportOrder.objects.none()
    return ExportOrder.objects.filter(state=ExportState.ASKED).exclude(actor=viewer.uid)


ORDERS = ledgers.add(
    Ledger(
        code="core.exportorder",
        path="exports",
        label="导出申请",
        noun="导出申请",
        unit="份",
        chapter=CHAPTER,
        item=ITEM,
        rank=60,
        model=ExportOrder,
        rows=visible_orders,
        permissions={"view": EXPORTS},
        columns=(
            Column("asked_at", "申请时间", sort="asked_at"),
            Column("label", "台账"),
            Column("rows", "行数", kind=Kind.NUMBER, sort="rows"),
            Column("state", "状态", kind=Kind.STATUS, colours=COLOURS, sort="state"),
            Column("actor_name", "申请人"),
            Column("purpose", "用途"),
            Column("decided_by_name", "审批人"),
        ),
        filters=(
            TextFilter("q", "台账、申请人、用途", columns=("label", "actor_name", "purpose")),
            ChoiceFilter("state", "状态", choices=lambda: ExportState.choices, common=True),
            TimeFilter("asked", "申请", column="asked_at", common=True),
        ),
        order="-asked_at",
        has_detail=False,
        opens=lambda order: reverse("web.export", args=[order.uid]),
        exports=False,
        icon="table-export",
        empty="导出的行数多时在后台生成，生成后在这里下载；超过规定行数的须他人审批。",
    )
)


def _order(request: HttpRequest, uid: UUID) -> ExportOrder:
    order = visible_orders(require_viewer(request)).select_related("job", "upload").filter(uid=uid).first()
    if order is None:
        raise Http404
    request.trail = [Crumb(str(order))]  # type: ignore[attr-defined]
    return order


class Decision(forms.Form):
    """Yes or no, with words."""

    words = forms.CharField(label="意见", max_length=200, required=False, strip=True)


@page(
    "web.export",
    "exports/<uuid:uid>/",
    "导出申请",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=EXPORTS,
    ledger="core.exportorder",
)
def export_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """How an order stands; to be decided here by whoever may, and downloaded by whoever asked."""
    order, viewer = _order(request, uid), require_viewer(request)
    form = Decision(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            allow = request.POST.get("deed") == "allow"
            decide_export(order.uid, allow=allow, words=form.cleaned_data["words"], by=viewer)
        except AnluError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "已同意，正在生成" if allow else "已退回申请人")
            return HttpResponseRedirect(reverse("web.export", args=[order.uid]))
    context = {
        **_told(order, viewer),
        "form": form,
        "decides": order.state == ExportState.ASKED and waiting_for(viewer).filter(pk=order.pk).exists(),
    }
    return render(request, "web/exports/one.html", context, status=422 if form.errors else 200)


def _told(order: ExportOrder, viewer: Officer) -> dict[str, Any]:
    own = order.actor == viewer.uid
    return {
        "order": order,
        "taken": _taken_besides(order) if order.state == ExportState.ASKED else "",
        "own": own,
        "colour": COLOURS[ExportState(order.state)],
        "asked_at": words_of(order.asked_at),
        "decided_at": words_of(order.decided_at),
        "finished_at": words_of(order.finished_at),
        "progress": progress_of(order.job, order.uid)
        if order.job and order.state == ExportState.RUNNING
        else None,
        "file_url": reverse("web.export.file", args=[order.uid])
        if own and order.state == ExportState.READY
        else "",
        "list_url": f"{ledgers.get(order.ledger).url()}?{order.selection}" if order.ledger in ledgers else "",
        "page_title": f"{order.label}导出申请",
    }


def _taken_besides(order: ExportOrder) -> str:
    """What whoever asks has taken already, for whoever decides."""
    person = Officer.objects.filter(uid=order.actor).first()
    if person is None or order.ledger not in ledgers:
        return ""
    found = allowance(ledgers.get(order.ledger), order.rows, by=person, but=order)
    return f"最近 {found.hours} 小时 {found.taken:,} 行" if found.taken else ""


def progress_of(job: Job, uid: UUID) -> dict[str, Any]:
    """The progress of an order as the component draws it."""
    return {
        "label": job.note or "等待开始",
        "total": 100 if job.done_share else 0,
        "done": round(job.done_share * 100),
        "words": f"{job.done_share:.0%}" if job.done_share else "",
        "state": "running",
        "poll_url": reverse("web.export.progress", args=[uid]),
        "note": "可以离开这个页面，生成后在「导出申请」中下载。",
    }


@page(
    "web.export.progress",
    "exports/<uuid:uid>/progress/",
    "导出进度",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=EXPORTS,
    ledger="core.exportorder",
)
def export_progress(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The bar alone; when the file is there (or never will be) the whole page is asked for anew."""
    order = _order(request, uid)
    if order.state != ExportState.RUNNING or order.job is None:
        answer = HttpResponse(status=200)
        answer.headers["HX-Refresh"] = "true"
        return answer
    return render(request, "web/components/progress.html", {"progress": progress_of(order.job, order.uid)})


@page(
    "web.export.file",
    "exports/<uuid:uid>/file/",
    "导出文件",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=EXPORTS,
    ledger="core.exportorder",
)
def export_file(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The file, for whoever asked for it and nobody else."""
    order, viewer = _order(request, uid), require_viewer(request)
    if order.actor != viewer.uid or order.state != ExportState.READY or order.upload is None:
        raise Http404
    note = f"{order.form.upper()}，{order.rows:,} 行"
    record("download", order, by=viewer, label=order.label, note=note, address=address_of(request))
    return download(order.upload, f"{order.label}_{order.finished_at:%Y%m%d}")
