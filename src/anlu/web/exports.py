"""
Exports that are ordered: written in the background, and above a size only when somebody else allows it.

A small export is given at once (``web.pages.export``). The file of an order is written with the permissions and the
scope that the person has at that time, carries their watermark, is kept for a week, and its every download is recorded.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation

from anlu.kernel.core import permissions as may
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import AnluError, ChangedMeanwhile, NeedsReason, NotAllowed, NotFound
from anlu.kernel.core.language.words import word
from anlu.kernel.core.models import Upload
from anlu.kernel.core.models.exports import ExportOrder, ExportState
from anlu.kernel.core.notices import notify
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.store import keep
from anlu.kernel.core.tasks import RunningJob, enqueue, every, job
from anlu.kernel.people.access import holders_of
from anlu.kernel.people.models import Officer
from anlu.web.allowance import allowance
from anlu.web.ledgers import Ledger, ledgers
from anlu.web.pages.export import Table, csv_lines, in_chunks, record_export, table_of, write_excel
from anlu.web.pages.listing import Listing
from anlu.web.pages.paging import total_of

WRITE: Final = "web.export.write"
KEPT_FOR: Final = timedelta(days=7)
EVERYTHING: Final = 10**9  # count exactly, however many
TELL_EVERY: Final = 2_000
HOUR_S: Final = 3_600
DONE_WRITING: Final = 0.95  # the rest is packing and storing


@transaction.atomic
def order_export(listing: Listing, form: str, *, purpose: str, by: Officer) -> ExportOrder:
    """
    Order the rows of a listing as a file; it is begun at once unless it needs leave.

    Raises
    ------
    NeedsReason
        What it is for is not stated.
    """
    if not purpose.strip():
        raise NeedsReason("请写明导出用途")
    rows = total_of(listing.rows(), up_to=EVERYTHING).number
    found = allowance(listing.ledger, rows, by=by, held=True)
    order = ExportOrder.objects.create(
        ledger=listing.ledger.code,
        label=listing.ledger.label,
        form=form,
        selection=listing.query().removeprefix("?"),
        words=listing.words(),
        rows=rows,
        purpose=purpose.strip()[:200],
        state=ExportState.ASKED if found.needs_leave else ExportState.RUNNING,
        actor=by.uid,
        actor_name=by.name[:60],
    )
    note = f"{form.upper()}，{rows:,} 行；用途：{order.purpose}"
    record("ask_export", order, by=by, label=order.label, note=note[:300])
    if order.state == ExportState.RUNNING:
        _begin(order, by)
    else:
        deciders = [one.uid for one in holders_of(may.EXPORT_APPROVE) if one.uid != by.uid]
        _tell(order, deciders, "asked", f"{order.actor_name}申请导出{order}，待您审批", "amber")
    return order


@transaction.atomic
def decide_export(uid: UUID, *, allow: bool, words: str, by: Officer) -> ExportOrder:
    """
    Allow or refuse an order; nobody decides about their own.

    Raises
    ------
    NotFound
        There is no such order.
    NotAllowed
        The person lacks the permission, or asked for it themselves.
    NeedsReason
        Refused without a reason.
    ChangedMeanwhile
        It was decided before.
    """
    order = ExportOrder.objects.select_for_update().filter(uid=uid).first()
    if order is None:
        raise NotFound("没有这份导出申请")
    if not by.may(may.EXPORT_APPROVE) or order.actor == by.uid:
        raise NotAllowed("导出须由他人审批" if order.actor == by.uid else "没有审批导出的权限")
    if order.state != ExportState.ASKED:
        raise ChangedMeanwhile(f"这份申请已是「{order.get_state_display()}」")
    if not allow and not words.strip():
        raise NeedsReason("不同意的，请写明理由")
    order.state = ExportState.RUNNING if allow else ExportState.REFUSED
    order.decided_by, order.decided_by_name, order.decided_at = by.uid, by.name[:60], now()
    order.decision = words.strip()[:200]
    order.save()
    record("allow_export" if allow else "refuse_export", order, by=by, label=order.label, note=order.decision)
    if allow:
        _begin(order, by)
    else:
        _tell(order, [order.actor], "refused", f"{order}的导出未获同意：{order.decision}", "red")
    return order


def _tell(order: ExportOrder, to: Iterable[UUID], event: str, words: str, colour: str) -> None:
    url = reverse("web.export", args=[order.uid])
    notify(to, words, key=f"export:{order.uid}:{event}", url=url, colour=colour)


def _begin(order: ExportOrder, by: Viewer) -> None:
    order.job = enqueue(WRITE, by=by, key=f"export:{order.uid}", order=str(order.uid))
    ExportOrder.objects.filter(pk=order.pk).update(job=order.job)
    order.refresh_from_db()


# ------------------------------------------------------------------------------------------------ in the background


@job(WRITE)
def write_export(running: RunningJob, *, order: str) -> dict[str, Any]:
    """Write the file of an order into the store."""
    wanted = ExportOrder.objects.get(uid=order)
    try:
        with translation.override(language_of(wanted.actor)):
            return _write(running, wanted)
    except AnluError as problem:
        failed = {"state": ExportState.FAILED, "problem": str(problem)[:300], "finished_at": now()}
        ExportOrder.objects.filter(pk=wanted.pk).update(**failed)
        _tell(wanted, [wanted.actor], "failed", f"{wanted}的导出未成：{problem}", "red")
        raise


def language_of(person: UUID) -> str:
    """The language that somebody reads, for what is written without them."""
    found = Officer.objects.filter(uid=person).values_list("language", flat=True).first()
    return found or settings.LANGUAGE_CODE


def _write(running: RunningJob, order: ExportOrder) -> dict[str, Any]:
    ledger, person = _still_allowed(order)
    listing = Listing.read(ledger, person, QueryDict(order.selection), verb="export")
    total = total_of(listing.rows(), up_to=EVERYTHING).number
    found = allowance(ledger, total, by=person, but=order)
    if found.needs_leave and order.decided_by is None:
        raise NotAllowed(f"记录已增至 {total:,} 行，须审批：请重新申请。{found.words}")
    moment = now()
    table = table_of(listing, total=total, moment=moment, viewer=person)
    table = replace(table, rows=_told(table.rows, total, running.progress))
    upload = _stored(table, order, person, running)
    with transaction.atomic():
        record_export(
            listing, order.form, total, by=person, taken=found.taken, allowed_by=order.decided_by_name
        )
        ready = {"state": ExportState.READY, "upload": upload, "rows": total, "finished_at": now()}
        ExportOrder.objects.filter(pk=order.pk).update(**ready)
        _tell(order, [order.actor], "ready", f"{order.label} {total:,} 行已生成，可以下载", "green")
    return {"order": str(order.uid), "rows": total}


def _still_allowed(order: ExportOrder) -> tuple[Ledger, Officer]:
    """The ledger, and whoever ordered it with the permissions of today."""
    person = Officer.objects.filter(uid=order.actor, voided_at__isnull=True, is_active=True).first()
    if person is None:
        raise NotFound("申请人的账号已停用")
    if order.ledger not in ledgers:
        raise NotFound("这个台账已不存在")
    ledger = ledgers.get(order.ledger)
    if not person.may(ledger.permission_to("export")):
        raise NotAllowed("申请人已没有导出的权限")
    return ledger, person


def _told(rows: Iterable[Any], total: int, tell: Callable[[float, str], None]) -> Iterator[Any]:
    for number, row in enumerate(rows):
        if number % TELL_EVERY == 0:
            share = min(DONE_WRITING, number / max(total, 1) * DONE_WRITING)
            tell(share, f"已写 {number:,} / {total:,} 行")
        yield row


def _stored(table: Table, order: ExportOrder, person: Officer, running: RunningJob) -> Upload:
    name = f"{word(order.label)}_{now():%Y%m%d_%H%M}.{order.form}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        with path.open("wb") as file:
            if order.form == "xlsx":
                write_excel(table, file)
            else:
                file.writelines(in_chunks(csv_lines(table)))
        running.progress(DONE_WRITING, "保存文件")
        with path.open("rb") as file:
            return keep(file, name=name, purpose="export", by=person)


@every(HOUR_S, "web.export.tidy")
def forget_old_exports(running: RunningJob) -> dict[str, Any]:
    """Once an hour: files that were ready for a week go."""
    old = ExportOrder.objects.filter(state=ExportState.READY, finished_at__lt=now() - KEPT_FOR)
    uploads = [order.upload_id for order in old if order.upload_id]
    gone = old.update(state=ExportState.GONE, upload=None)
    Upload.objects.filter(pk__in=uploads).delete()
    return {"gone": gone}
