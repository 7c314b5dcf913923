"""
The life of a batch: begun, written where nobody sees it, live at one stroke, withdrawn within a day.

A process that dies leaves a batch whose lease runs out: the same import goes on from its cursor, another
import of the noun clears it away first, and the worker's tick does either (``tend``).
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.db import DatabaseError, transaction

from anlu.engine.errors import BadInput
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import AnluError, NotAllowed
from anlu.kernel.core.history import kind_of
from anlu.kernel.core.importing.fields import MAIN
from anlu.kernel.core.importing.leases import given_back, renewed, taken
from anlu.kernel.core.importing.nouns import Composer, Context, Importer, Opener, importers
from anlu.kernel.core.importing.passes import Counts, Pass, Slice
from anlu.kernel.core.importing.planning import Plan
from anlu.kernel.core.importing.reach import KEPT_AS, Reach
from anlu.kernel.core.importing.refusals import RefusedRows
from anlu.kernel.core.importing.staging import apply_changes, undo_changes
from anlu.kernel.core.importing.writing import COUNTED, FEWEST, BatchTaken, Writer, fitting
from anlu.kernel.core.models import Batch, SearchEntry
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.notices import take_back
from anlu.kernel.core.permissions import BATCH_WITHDRAW
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.store import keep
from anlu.kernel.core.tasks import Cancelled

WITHDRAWN: Final = "导入已撤回"  # what is said of the records of such a batch
WITHDRAW_WITHIN: Final = timedelta(hours=24)
BEGUN: Final = (BatchState.READING, BatchState.PUBLISHING)
UNFINISHED: Final = (BatchState.WAITING, *BEGUN)

OPENING: Final = "core.importing"

Progress = Callable[[int], None]


class ImportBusy(AnluError):
    """Another import of the same noun is running."""


class CannotWithdraw(AnluError):
    """The batch cannot be taken back any more."""


@dataclass(frozen=True)
class Result:
    """What an import did."""

    batch: Batch
    counts: Counts
    orphans: dict[str, int]
    refused: RefusedRows = field(repr=False)
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        """As ``anlu import --json`` prints it."""
        return {**vars(self.counts), "seconds": round(self.seconds, 3)}


# --- running


def run_import(
    plan: Plan, *, by: Viewer, progress: Progress | None = None, batch: Batch | None = None
) -> Result:
    """
    Import, from the beginning or from where a dead process stopped.

    Parameters
    ----------
    batch
        One that waits for this plan already (a job made it); else it is found or made.

    Raises
    ------
    BadInput
        There are no rows.
    ImportBusy
        Another process imports the same noun.
    """
    began = time.monotonic()
    ours = batch or begin(plan, by=by)
    if not taken(ours):
        raise _busy(plan.importer, ours)
    try:
        clear_away(plan.importer, by=by, but=ours)
        result = _read(plan, ours, by, progress)
        go_live(plan.importer, ours, by=by)
    except (BadInput, AnluError, DatabaseError, Cancelled) as problem:
        _fail(plan.importer, ours, problem)
        raise
    except Exception:
        given_back(ours)  # whoever comes next goes on from the cursor, or clears it away
        raise
    ours.refresh_from_db()
    return replace(result, batch=ours, seconds=time.monotonic() - began)


def _busy(importer: Importer, batch: Batch) -> ImportBusy:
    return ImportBusy(f"{importer.label}正在由另一进程导入({batch}),请等它完成")


def begin(plan: Plan, *, by: Viewer) -> Batch:
    """The unfinished batch of the very same files and mapping, or a new one."""
    files, options = plan.files(), plan.options()
    for left in Batch.objects.filter(noun=plan.importer.code, state__in=UNFINISHED, actor=by.uid).order_by(
        "-pk"
    ):
        if _same_files(left.files, files) and options.items() <= left.options.items():
            return left
    return Batch.objects.create(
        noun=plan.importer.code,
        profile=plan.profile.code,
        options=options,
        files=files,
        actor=by.uid,
        actor_name=by.name[:60],
        unit_id_of_actor=getattr(by, "unit_id", None),
    )


def _same_files(left: list[dict[str, Any]], right: list[dict[str, Any]]) -> bool:
    def key(files: list[dict[str, Any]]) -> list[tuple[str, str]]:
        return sorted((one["role"], one["sha256"]) for one in files)

    return key(left) == key(right)


def _read(plan: Plan, batch: Batch, by: Viewer, progress: Progress | None) -> Result:
    """Write everything that is not written yet; the part before the cursor is only read again."""
    refused = RefusedRows(plan.main.header, frozenset(plan.parsers[MAIN].private_columns()))
    composer = plan.importer.compose(Context(by, plan.profile, plan.read, batch))
    reading = Pass(plan, refused, composer)
    if batch.state == BatchState.WAITING:
        _open(plan.importer, batch, composer)
    reading.prepare(beat=lambda: _keep_hold(batch))
    writer = Writer(reading, batch)
    digest = hashlib.sha256()
    for slice_ in reading.slices():
        for part, is_written in _parts(slice_, batch):
            if is_written:
                _keep_hold(batch)
            for found in [reading.sort(part)] if is_written else writer.written(part):
                for one in found.digests:
                    digest.update(one)
        if progress:
            progress(slice_.rows)
    orphans = reading.orphans()
    refused.orphans = orphans
    notes = (*plan.notes, *composer.notes())
    _finish_reading(batch, refused, reading.orphan_count(), digest.hexdigest(), notes, by)
    counted = {sheet: len(rows) for sheet, rows in orphans.items()}
    return Result(batch, writer.counts, counted, refused, notes=notes)


def _keep_hold(batch: Batch) -> None:
    """Renew the lease while there is nothing to write.

    Raises
    ------
    BatchTaken
        Another process has taken the batch over.
    """
    if not renewed(batch):
        raise BatchTaken("这个批次已由另一进程接手")


def _parts(slice_: Slice, batch: Batch) -> list[tuple[Slice, bool]]:
    """A slice, or its two parts where the cursor lies within it, and whether each is written already."""
    if batch.state == BatchState.PUBLISHING or slice_.cursor <= batch.cursor:
        return [(slice_, True)]
    early, late = slice_.cut(batch.cursor)
    return [(early, True), (late, False)] if early.rows else [(late, False)]


@transaction.atomic
def _open(importer: Importer, batch: Batch, composer: Composer | Opener) -> None:
    """From waiting to reading; of two that come at the same moment one is refused."""
    touch(f"{OPENING}.{importer.code}")  # its row is locked until the transaction ends
    other = Batch.objects.filter(noun=importer.code, state__in=BEGUN).exclude(pk=batch.pk).first()
    if other:
        raise _busy(importer, other)
    composer.prepare()
    renewed(batch, state=BatchState.READING)


def _finish_reading(
    batch: Batch, refused: RefusedRows, orphans: int, digest: str, notes: tuple[str, ...], by: Viewer
) -> None:
    stored = _store_refused(batch, refused, by) if refused.count or orphans else ""
    lost = (f"{orphans} 行明细找不到所属的记录,没有导入",) if orphans else ()
    message = "。".join((*lost, *notes))
    renewed(batch, orphans=orphans, digest=digest, refused_file=stored, message=message)


def _store_refused(batch: Batch, refused: RefusedRows, by: Viewer) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = refused.save(Path(folder) / f"退回-{batch.pk}.xlsx")
        with path.open("rb") as opened:
            return keep(opened, name=path.name, purpose="import.refused", by=by).sha256


# --- going live


def go_live(importer: Importer, batch: Batch, *, by: Viewer) -> None:
    """Show the new rows at one stroke, then apply the changes of others; doing it twice does nothing."""
    if batch.state == BatchState.READING:
        changes = batch.staged.exists()
        with transaction.atomic():
            state = BatchState.PUBLISHING if changes else BatchState.LIVE
            if not renewed(batch, state=state, finished_at=now()):
                raise ImportBusy("这个批次已由另一进程接手")
            record("import", None, by=by, **_about(importer, batch))
            touch_revision(importer)
    if batch.state == BatchState.PUBLISHING:
        apply_changes(importer, batch, by=by)
        with transaction.atomic():
            renewed(batch, state=BatchState.LIVE, finished_at=now())
            touch_revision(importer)
    renewed(batch, options=batch.options | {KEPT_AS: Reach.found(importer.model, batch).kept()})
    given_back(batch)


def touch_revision(importer: Importer) -> None:
    """Whatever was made from these records is stale."""
    if importer.revision:
        touch(importer.revision)


def _about(importer: Importer, batch: Batch) -> dict[str, Any]:
    counted = {name: [None, getattr(batch, name)] for name in COUNTED}
    return {
        "kind": "core.batch",
        "label": f"{importer.label} {batch}",
        "changes": {**counted, "digest": [None, batch.digest], "files": [None, batch.files]},
    }


def _fail(importer: Importer, batch: Batch, problem: Exception) -> None:
    """A batch that cannot go on is cleared away; one whose rows are visible already stays to be finished."""
    batch.refresh_from_db()
    if batch.state in (BatchState.WAITING, BatchState.READING) and renewed(
        batch, state=BatchState.FAILED, message=str(problem)[:500] or "已取消", finished_at=now()
    ):
        purge(importer, batch)
    given_back(batch)


# --- clearing away and withdrawing


def clear_away(importer: Importer, *, by: Viewer, but: Batch | None = None) -> None:
    """
    Finish or remove what dead processes left of this noun.

    Raises
    ------
    ImportBusy
        A living process works on one of them.
    """
    others = Batch.objects.filter(noun=importer.code).exclude(pk=but.pk if but else 0)
    for left in others.filter(state__in=BEGUN).order_by("pk"):
        if not taken(left):
            raise _busy(importer, left)
        _settle(importer, left, by)
    for gone in others.filter(state__in=(BatchState.WITHDRAWN, BatchState.FAILED)).order_by("pk"):
        if importer.model._base_manager.filter(batch=gone).exists() and taken(gone):
            _take_back(importer, gone, by)


def _settle(importer: Importer, left: Batch, by: Viewer) -> None:
    """A dead process left this: what is visible already is finished, what is not is removed."""
    if left.state == BatchState.PUBLISHING:
        go_live(importer, left, by=by)
        return
    renewed(left, state=BatchState.WITHDRAWN, message="中断后未继续", finished_at=now())
    purge(importer, left)
    given_back(left)


def withdraw(batch: Batch, *, by: Viewer) -> Batch:
    """
    Take an import back: its rows vanish at one stroke, the records that it changed get their values again.

    Raises
    ------
    NotAllowed
        The person may not.
    CannotWithdraw
        It is not live, older than a day, was followed by an import of the same records, or its records
        were worked on.
    """
    if not by.may(BATCH_WITHDRAW):
        raise NotAllowed("没有撤回导入的权限")
    importer = importers.get(batch.noun)
    _check_withdrawable(importer, batch)
    if not taken(batch):
        raise ImportBusy("这个批次正在处理中")
    with transaction.atomic():
        renewed(batch, state=BatchState.WITHDRAWN, finished_at=now())
        record("withdraw", None, by=by, **_about(importer, batch))
        touch_revision(importer)
    _take_back(importer, batch, by)
    batch.refresh_from_db()
    return batch


def _check_withdrawable(importer: Importer, batch: Batch) -> None:
    rows = importer.model._base_manager.filter(batch=batch)
    if batch.state != BatchState.LIVE:
        raise CannotWithdraw(f"{batch}的状态是「{batch.get_state_display()}」,不能撤回")
    if batch.finished_at is None or now() - batch.finished_at > WITHDRAW_WITHIN:
        raise CannotWithdraw("超过 24 小时,不能撤回")
    if rows.filter(last_seen_batch__gt=batch.pk).exclude(last_seen_batch__state__in=Batch.HIDDEN).exists():
        raise CannotWithdraw("之后的批次也含有这些记录,请先撤回后面的批次")
    worked_on = rows.filter(importer.worked_on()).count()
    if worked_on:
        raise CannotWithdraw(f"其中 {worked_on} 条记录导入后已被修改,不能撤回")


def _take_back(importer: Importer, batch: Batch, by: Viewer) -> None:
    undo_changes(importer, batch, by=by)
    purge(importer, batch)
    with transaction.atomic():
        touch_revision(importer)
    given_back(batch)


def purge(importer: Importer, batch: Batch) -> int:
    """Delete the rows of a batch that is not visible, chunk by chunk; gives how many."""
    assert batch.state in Batch.HIDDEN, f"{batch} is visible"
    model, kind, total, at_once = importer.model, kind_of(importer.model), 0, FEWEST
    while True:
        with transaction.atomic():
            began = time.monotonic()
            doomed = model._base_manager.filter(batch=batch).order_by("pk")
            rows = dict(doomed.values_list("pk", "uid")[:at_once])
            if not rows:
                break
            for sheet in reversed(importer.sheets[1:]):
                children = importer.models[sheet.code]._base_manager
                children.filter(**{f"{importer.parent}__in": list(rows)})._raw_delete(children.db)
            SearchEntry.objects.filter(kind=kind, uid__in=list(rows.values())).delete()
            if importer.address is not None:
                take_back(map(importer.address, rows.values()), WITHDRAWN)
            model._base_manager.filter(pk__in=list(rows)).delete()
            renewed(batch)
            total += len(rows)
        at_once = fitting(len(rows), time.monotonic() - began)
    with transaction.atomic():
        importer.forget(batch)
    while some := list(batch.staged.values_list("pk", flat=True)[:FEWEST]):
        batch.staged.filter(pk__in=some).delete()
    return total


def tend(*, by: Viewer) -> int:
    """Clear away or finish what dead processes left; gives how many batches."""
    tended = 0
    for left in Batch.objects.filter(state__in=BEGUN).order_by("pk"):
        if left.noun in importers and taken(left):
            importer = importers.get(left.noun)
            _settle(importer, left, by)
            tended += 1
    return tended
