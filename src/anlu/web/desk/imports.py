"""系统 › 导入记录: every batch with its counts, the refused rows, and taking it back within a day."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core import permissions as may
from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.filters import ChoiceFilter, TextFilter, TimeFilter
from anlu.kernel.core.importing.lifecycle import WITHDRAW_WITHIN
from anlu.kernel.core.importing.nouns import importers
from anlu.kernel.core.models import Batch, Upload
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.tasks import enqueue
from anlu.web.cells import words_of
from anlu.web.desk.import_sheets import ledger_of, sheets_of
from anlu.web.jobs import WITHDRAW
from anlu.web.ledgers import Column, Kind, Ledger, ledgers
from anlu.web.nav import Crumb, page, pages
from anlu.web.pages.importing import download
from anlu.web.pages.small import question
from anlu.web.viewers import require_viewer

CHAPTER, ITEM = "系统", "导入记录"
COLOURS = {
    "waiting": "grey",
    "reading": "blue",
    "publishing": "blue",
    "live": "green",
    "withdrawn": "grey",
    "failed": "red",
}


def visible_batches(viewer: Viewer, permission: str = may.BATCH_VIEW) -> QuerySet[Batch]:
    """Batches that people of one's units (or oneself) imported."""
    scope = viewer.scope_for(permission)
    if scope.everything:
        return Batch.objects.all()
    own = Q(actor=viewer.uid) if viewer.may(permission) else Q(pk__in=[])
    return Batch.objects.filter(own | Q(unit_id_of_actor__in=scope.units))


def noun_label(batch: Batch) -> str:
    """What was imported, in words."""
    return importers.get(batch.noun).label if batch.noun in importers else batch.noun


def profile_label(batch: Batch) -> str:
    """The format, in words."""
    if batch.noun not in importers:
        return batch.profile
    known = {one.code: one.label for one in importers.get(batch.noun).shipped_profiles()}
    return known.get(batch.profile, "自己对应列" if batch.profile == "map" else batch.profile)


def _nouns() -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in importers]


BATCHES = ledgers.add(
    Ledger(
        code="core.batch",
        path="system/imports",
        label="导入记录",
        noun="导入批次",
        unit="批",
        chapter=CHAPTER,
        item=ITEM,
        model=Batch,
        rows=visible_batches,
        columns=(
            Column("created_at", "时间", sort="created_at"),
            Column("noun", "对象", value=noun_label, sort="noun"),
            Column(
                "files", "文件", value=lambda batch: "、".join(one.get("name", "") for one in batch.files)
            ),
            Column("state", "状态", kind=Kind.STATUS, colours=COLOURS, sort="state"),
            Column("rows", "总行数", sort="rows"),
            Column("accepted", "新增"),
            Column("updated", "更新"),
            Column("unchanged", "未变"),
            Column("refused", "退回", sort="refused"),
            Column("actor_name", "经办"),
        ),
        filters=(
            TextFilter("q", "经办、说明", columns=("actor_name", "message")),
            ChoiceFilter("noun", "对象", choices=_nouns, common=True),
            ChoiceFilter("state", "状态", choices=lambda: BatchState.choices, common=True),
            TimeFilter("created", "时间", column="created_at", common=True),
        ),
        order="-created_at",
        has_detail=False,
        opens=lambda batch: reverse("web.batch", args=[batch.uid]),
        icon="table-import",
        empty="从各台账的「导入」上传文件后，每一批的结果和退回的行都在这里。",
    )
)


EXISTING: Final = {"update": "按文件更新", "skip": "跳过，不改"}


def seen_batch(request: HttpRequest, uid: UUID) -> Batch:
    """
    A batch that this person may see, or imported; it joins the breadcrumb.

    Raises
    ------
    Http404
        There is none.
    """
    found = visible_batches(require_viewer(request)).filter(uid=uid).first()
    own = Batch.objects.filter(uid=uid, actor=require_viewer(request).uid).first()
    if found is None and own is None:
        raise Http404
    batch = found or own
    assert batch is not None
    request.trail = [Crumb(str(batch))]  # type: ignore[attr-defined]
    return batch


@page(
    "web.batch",
    "system/imports/<uuid:uid>/",
    "导入结果",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    ledger="core.batch",
)
def batch_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One batch: what came of it. Open to whoever imported it and to those who look after imports."""
    batch = seen_batch(request, uid)
    viewer = require_viewer(request)
    ledger = ledger_of(batch)
    may_open = ledger is not None and ledger.code in pages and pages.get(ledger.code).allows(viewer)
    refused = batch.refused_file and Upload.objects.filter(sha256=batch.refused_file).exists()
    context = {
        "batch": batch,
        "noun": noun_label(batch),
        "profile": profile_label(batch),
        "existing": EXISTING.get(batch.options.get("existing", ""), ""),
        "ledger": ledger,
        "colour": COLOURS.get(batch.state, "grey"),
        "created_at": words_of(batch.created_at),
        "finished_at": words_of(batch.finished_at),
        "sheets": sheets_of(batch, viewer),
        "files": [{"name": one.get("name", ""), "size": one.get("bytes", 0)} for one in batch.files],
        "list_url": ledger.url() if may_open and ledger else "",
        "again_url": reverse(f"{ledger.code}.import")
        if may_open and ledger and _imports(ledger, viewer)
        else "",
        "refused_url": reverse("web.batch.refused", args=[batch.uid]) if refused else "",
        "withdraw_url": reverse("web.batch.withdraw", args=[batch.uid])
        if _withdrawable(batch, viewer)
        else "",
        "page_title": f"{noun_label(batch)} {batch}",
    }
    return render(request, "web/importing/batch.html", context)


def _imports(ledger: Ledger, viewer: Viewer) -> bool:
    return f"{ledger.code}.import" in pages and viewer.may(ledger.permission_to("import"))


def _withdrawable(batch: Batch, viewer: Viewer) -> bool:
    """Offered for a day to those who may; whether it is possible is said when they try."""
    fresh = batch.finished_at is not None and now() - batch.finished_at <= WITHDRAW_WITHIN
    return batch.state == BatchState.LIVE and fresh and viewer.may(may.BATCH_WITHDRAW)


@page(
    "web.batch.refused",
    "system/imports/<uuid:uid>/refused/",
    "退回的行",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    ledger="core.batch",
)
def refused_rows(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The refused rows of a batch as a file."""
    batch = seen_batch(request, uid)
    upload = Upload.objects.filter(sha256=batch.refused_file).first() if batch.refused_file else None
    if upload is None:
        raise Http404
    return download(upload, f"{noun_label(batch)}退回-{batch.created_at:%Y%m%d}")


@page(
    "web.batch.withdraw",
    "system/imports/<uuid:uid>/withdraw/",
    "撤回导入",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    ledger="core.batch",
    permission=may.BATCH_WITHDRAW,
)
def withdraw_batch(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a batch back: its rows vanish, what it changed gets its former values."""
    batch = seen_batch(request, uid)
    url = reverse("web.batch", args=[batch.uid])

    def act() -> str:
        with transaction.atomic():
            job = enqueue(WITHDRAW, by=require_viewer(request), batch=str(batch.uid))
        if job.problem:
            raise AnluError(job.problem)
        return "已开始撤回，完成后状态变为「已撤回」"

    return question(
        request,
        f"这一批新增的 {batch.accepted:,} 行将从台账、统计和地图中消失，"
        f"更新过的 {batch.updated:,} 行恢复原来的内容。",
        act,
        title=f"撤回 {noun_label(batch)} {batch}",
        button=f"撤回 {batch.accepted + batch.updated} 行",
        danger=True,
        back=url,
    )
