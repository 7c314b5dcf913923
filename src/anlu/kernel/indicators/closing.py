"""
Closing a period, and what was corrected afterwards.

Closing keeps a snapshot of every figure for the whole, every unit and every area. From then on a record that counts in
the period can be written only under a correction that a second person has granted; nothing is deleted. What an import
brings from the system that owns the data is not refused: it is shown, like every correction, beside the closed value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from anlu.engine.periods import Period, PeriodError
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now, today
from anlu.kernel.core.errors import AnluError, NeedsReason, NotAllowed, NotFound
from anlu.kernel.core.numbers import next_number
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.indicators.define import Indicator, indicators
from anlu.kernel.indicators.evaluate import Value, values_of
from anlu.kernel.indicators.models import Correction, CorrectionState, PeriodClose, Snapshot
from anlu.kernel.indicators.permissions import CLOSE, CORRECTION_ASK, CORRECTION_GRANT
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import POLICE, Unit
from anlu.kernel.places.models import Area, AreaKind

OPEN_FOR: Final = timedelta(days=7)
PRECISION: Final = Decimal("0.0001")


class NotClosable(AnluError):
    """The period is not over, is closed already, or cannot be read."""


# ------------------------------------------------------------------------------------------------ closing


def close_period(code: str, *, by: Viewer, note: str = "") -> PeriodClose:
    """
    Close a period and keep what every figure is now.

    Raises
    ------
    NotClosable
        It is not over yet, or closed already, or nobody can read it.
    NotAllowed
        ``by`` may not.
    """
    if not by.may(CLOSE):
        raise NotAllowed("您没有关账的权限")
    period, at = _closable(code), now()  # whatever is written from here on is shown beside the closed values
    kept = list(_snapshots(period))  # before the transaction: this may take a while
    with transaction.atomic():
        _closable(code)
        close = PeriodClose.objects.create(
            period=period.code,
            starts_on=period.start,
            ends_on=period.end,
            closed_at=at,
            closed_by_name=by.name[:60],
            created_by=by.uid,
            note=note.strip()[:200],
        )
        for one in kept:
            one.close = close
        Snapshot.objects.bulk_create(kept, batch_size=500)
        record("close", close, by=by, note=f"保留关账值 {len(kept)} 个" + (f"；{note}" if note else ""))
    return close


def _closable(code: str) -> Period:
    try:
        period = Period.parse(code)
    except PeriodError as problem:
        raise NotClosable(str(problem)) from None
    if period.is_cut or period.end >= today():
        raise NotClosable(f"{period.label}还没有结束，不能关账")
    if PeriodClose.objects.filter(period=period.code).exists():
        raise NotClosable(f"{period.label}已经关账")
    return period


def _snapshots(period: Period) -> Iterator[Snapshot]:
    """Every figure of every place that pages offer; a place keeps only figures that are attributed to such places."""
    for window in windows_of(period):
        known = [one for one in indicators if _is_attributed(one, window)]
        for value in values_of(known, window, SYSTEM, previous=period):  # compared with itself: costs nothing
            if (window.unit is None and window.area is None) or value.rows or value.base_rows:
                yield _snapshot(value)


def _is_attributed(indicator: Indicator, window: Window) -> bool:
    if window.unit is not None:
        return bool(indicator.main.unit)
    return bool(indicator.main.area) if window.area is not None else True


def windows_of(period: Period) -> list[Window]:
    """The whole installation, each police unit, each area above villages."""
    units = Unit.objects.live().filter(kind__in=POLICE)
    areas = Area.objects.live().exclude(kind=AreaKind.VILLAGE).defer("boundary")
    return [
        Window(period),
        *(Window(period, unit=one) for one in units),
        *(Window(period, area=one) for one in areas),
    ]


def _snapshot(value: Value) -> Snapshot:
    one, window = value.indicator, value.window
    return Snapshot(
        indicator=one.code,
        definition=one.definition[:400],
        unit=window.unit,
        area=window.area,
        value=None if value.value is None else float(value.value),
        numerator=_exact(value.numerator),
        denominator=None if value.denominator is None else _exact(value.denominator),
        rows=value.rows,
        base_rows=value.base_rows,
    )


def _exact(amount: Any) -> Decimal:
    return Decimal(amount).quantize(PRECISION)


# ------------------------------------------------------------------------------------------------ restated


@dataclass(frozen=True)
class Restated:
    """A figure that is not any more what it was when its period was closed."""

    close: PeriodClose
    snapshot: Snapshot
    now: Value

    @property
    def indicator(self) -> Indicator:
        """Whose figure it is."""
        return self.now.indicator


def restated_in(close: PeriodClose, viewer: Viewer) -> list[Restated]:
    """
    The figures of the whole installation that differ from the closed values, in the order of the catalogue.

    Only those of whose rows ``viewer`` sees all: a part is always different.
    """
    kept = {one.indicator: one for one in close.snapshots.filter(unit=None, area=None)}
    known = [one for one in indicators if one.code in kept and one.is_whole_to(viewer)]
    known.sort(key=lambda one: (one.order, one.code))
    values = values_of(known, Window(Period.parse(close.period)), viewer)
    return [
        Restated(close, kept[value.indicator.code], value)
        for value in values
        if differs(kept[value.indicator.code], value)
    ]


def differs(snapshot: Snapshot, value: Value) -> bool:
    """Whether a figure is no longer what was kept of it."""
    base = None if value.denominator is None else _exact(value.denominator)
    return snapshot.numerator != _exact(value.numerator) or snapshot.denominator != base


def closed_value(indicator: Indicator, window: Window, viewer: Viewer) -> Snapshot | None:
    """
    What was kept of a figure when exactly this window was closed.

    None when it was not, and for a viewer who sees only a part of the rows of the window.
    """
    if window.as_of is not None or window.alone or (window.unit and window.area):
        return None
    if window.selection.parameters():
        return None
    if not all(window.is_whole_to(leaf, viewer) for leaf in indicator.leaves):
        return None
    found = Snapshot.objects.select_related("close").filter(
        close__period=window.period.code, indicator=indicator.code, unit=window.unit, area=window.area
    )
    return found.first()


# ------------------------------------------------------------------------------------------------ corrections


@transaction.atomic
def ask_correction(values: Any, *, by: Viewer) -> Correction:
    """
    Ask to correct a record of a closed period.

    Parameters
    ----------
    values
        ``thing_kind, thing_uid, thing_label, day, what, why``; without ``thing_uid`` a record is to be added.

    Raises
    ------
    NeedsReason
        It is not said what should be corrected, and why.
    NotAllowed
        ``by`` may not ask.
    """
    if not by.may(CORRECTION_ASK):
        raise NotAllowed("您没有申请更正的权限")
    if not str(values.get("why", "")).strip() or not str(values.get("what", "")).strip():
        raise NeedsReason("申请更正须写明应更正为什么、为什么更正")
    asked = Correction(**values)
    asked.number = f"GZ-{today().year}-{next_number(f'correction.{today().year}'):05}"
    asked.created_by, asked.asked_by_name = by.uid, by.name[:60]
    asked.unit_id = getattr(by, "unit_id", None)
    asked.save()
    record("add", asked, by=by, note=asked.why)
    return asked


@transaction.atomic
def decide_correction(uid: UUID, *, grant: bool, note: str = "", by: Viewer) -> Correction:
    """
    Grant a correction, or refuse it; never one's own.

    Raises
    ------
    NotAllowed
        It is the person's own, or they may not.
    NeedsReason
        It is refused without a word.
    NotFound
        There is none that waits.
    """
    if not by.may(CORRECTION_GRANT):
        raise NotAllowed("您没有批准更正的权限")
    waiting = Correction.objects.select_for_update().filter(uid=uid, state=CorrectionState.WAITING)
    asked: Correction | None = waiting.first()
    if asked is None:
        raise NotFound("没有这条待批准的更正申请")
    if asked.created_by == by.uid:
        raise NotAllowed("更正须由第二人批准，不能批准自己的申请")
    if not grant and not note.strip():
        raise NeedsReason("不批准须写明原因")
    asked.state = CorrectionState.GRANTED if grant else CorrectionState.REFUSED
    asked.decided_by, asked.decided_by_name, asked.decided_at = by.uid, by.name[:60], now()
    asked.decided_note = note.strip()[:200]
    asked.open_until = now() + OPEN_FOR if grant else None
    asked.save()
    record("grant" if grant else "refuse", asked, by=by, note=asked.decided_note)
    return asked


@transaction.atomic
def finish_correction(uid: UUID, *, by: Viewer) -> Correction:
    """
    State that the record is corrected; from then on it is closed again.

    Raises
    ------
    NotFound
        There is none of this person that is granted.
    """
    found = Correction.objects.select_for_update().filter(uid=uid, state=CorrectionState.GRANTED)
    asked: Correction | None = found.filter(created_by=by.uid).first()
    if asked is None:
        raise NotFound("没有这条已批准的更正，或不是您申请的")
    asked.state = CorrectionState.DONE
    asked.save()
    record("finish", asked, by=by)
    return asked


def granted_to(by: Viewer, kind: str, uid: UUID | None) -> Correction | None:
    """
    The correction under which a person may write this record now.

    One that was granted for a record still to be added belongs to the first that is added under it.
    """
    open_now = Correction.objects.filter(
        created_by=by.uid, thing_kind=kind, state=CorrectionState.GRANTED, open_until__gt=now()
    )
    named = open_now.filter(thing_uid=uid).first() if uid else None
    return named or open_now.filter(thing_uid__isnull=True).first()


def lapse_corrections() -> int:
    """Those that were granted and not used in time; give back how many."""
    over = Correction.objects.filter(state=CorrectionState.GRANTED, open_until__lte=now())
    return over.update(state=CorrectionState.LAPSED)


def closes_over(periods: Iterable[PeriodClose]) -> str:
    """Which periods, in words."""
    return "、".join(Period.parse(one.period).label for one in periods)
