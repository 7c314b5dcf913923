"""Required rhythm over the records: which spans are owed, held, open and missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from anlu.engine import rhythms as engine
from anlu.engine.periods import Period
from anlu.engine.rhythms import Completeness, OwedSpan, SpanState, completeness_of, owed_spans, spans_of
from anlu.kernel.activities import permissions
from anlu.kernel.activities.bearers import existing
from anlu.kernel.activities.models import ActivityBearer, ActivityState, Rhythm
from anlu.kernel.activities.registry import Bearer, bearer_groups, label_of
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.scope import Scope, Viewer
from anlu.kernel.core.services import add_record, change_record, restore_record, void_record


@dataclass(frozen=True)
class GapLine:
    """One bearer of a rhythm with all the spans they owe, by the code of the span."""

    bearer: Bearer
    spans: Mapping[str, OwedSpan]


@dataclass(frozen=True)
class GapTable:
    """A rhythm over a period: bearers down, spans across."""

    rhythm: Rhythm
    label: str
    spans: tuple[Period, ...]
    lines: tuple[GapLine, ...]
    activities: Mapping[tuple[str, str], UUID] = field(
        default_factory=dict
    )  # (bearer, span) to the last held

    @property
    def owed(self) -> list[OwedSpan]:
        """Everything owed, line by line."""
        return [one for line in self.lines for one in line.spans.values()]

    @property
    def missing(self) -> list[tuple[Bearer, OwedSpan]]:
        """Spans that are over and were not kept, with who owes them."""
        return [
            (line.bearer, one)
            for line in self.lines
            for one in line.spans.values()
            if one.state == SpanState.MISSING
        ]

    @property
    def completeness(self) -> Completeness:
        """How many of the spans that are over were kept."""
        return completeness_of(self.owed)


def rule_of(rhythm: Rhythm) -> engine.Rhythm:
    """The rhythm as the engine works with it."""
    return engine.Rhythm(
        every=rhythm.every,  # type: ignore[arg-type]
        times=rhythm.times,
        months=frozenset(rhythm.months),
        start=rhythm.valid_from,
        end=rhythm.valid_to,
    )


def gap_table(
    rhythm: Rhythm, first: date, last: date, *, today: date, scope: Scope | None = None
) -> GapTable:
    """
    Who held what in which span that begins between two days.

    Parameters
    ----------
    scope
        Only bearers whose unit lies inside; None = all.
    """
    rule = rule_of(rhythm)
    bearers = [one for one in _bearers(rhythm, first, last) if scope is None or _inside(one, scope)]
    by_key = {one.key: one for one in bearers}
    held, activities = _held(rhythm, by_key, first, last, rule)
    owed = owed_spans(
        rule,
        [engine.Bearer(one.key, one.valid_from, one.valid_to) for one in bearers],
        held,
        first=first,
        last=last,
        today=today,
    )
    spans_by_bearer: dict[str, dict[str, OwedSpan]] = defaultdict(dict)
    for one in owed:
        spans_by_bearer[one.bearer][one.span.code] = one
    return GapTable(
        rhythm=rhythm,
        label=label_of(rhythm.kind),
        spans=tuple(spans_of(rule, first, min(last, today))),
        lines=tuple(GapLine(by_key[key], spans_by_bearer[key]) for key in by_key if spans_by_bearer.get(key)),
        activities=activities,
    )


def _bearers(rhythm: Rhythm, first: date, last: date) -> list[Bearer]:
    if rhythm.bearers not in bearer_groups:
        return []
    return list(bearer_groups.get(rhythm.bearers).find(first, last))


def _inside(bearer: Bearer, scope: Scope) -> bool:
    return scope.everything or bearer.unit_id in scope.units


def _held(
    rhythm: Rhythm, bearers: Mapping[str, Bearer], first: date, last: date, rule: engine.Rhythm
) -> tuple[dict[str, list[date]], dict[tuple[str, str], UUID]]:
    spans = list(spans_of(rule, first, last))
    if not spans or not bearers:
        return {}, {}
    rows = ActivityBearer.objects.filter(
        group=rhythm.bearers,
        bearer__in=[one.uid for one in bearers.values()],
        activity__kind=rhythm.kind,
        activity__state=ActivityState.HELD,
        activity__voided_at__isnull=True,
        activity__held_on__gte=spans[0].start,
        activity__held_on__lte=spans[-1].end,
    ).order_by("activity__held_on")
    days: dict[str, list[date]] = defaultdict(list)
    activities: dict[tuple[str, str], UUID] = {}
    for bearer, day, uid in rows.values_list("bearer", "activity__held_on", "activity__uid"):
        if day is None:
            continue
        key = f"{rhythm.bearers}:{bearer}"
        days[key].append(day)
        span = next((one for one in spans if day in one), None)
        if span is not None:
            activities[key, span.code] = uid
    return dict(days), activities


def rhythms_in_force(first: date, last: date) -> list[Rhythm]:
    """Enabled rhythms that hold on any day between two days."""
    return list(Rhythm.objects.live().filter(existing(first, last), enabled=True))


# ------------------------------------------------------------------------------------------------ writing


class RhythmProblem(AnluError):
    """A rhythm that contradicts itself."""


def _check(rhythm: Rhythm) -> None:
    if rhythm.valid_from and rhythm.valid_to and rhythm.valid_to < rhythm.valid_from:
        raise RhythmProblem("止日早于起日")
    try:
        rule_of(rhythm)
    except ValueError:
        raise RhythmProblem("每期次数至少为 1,月份应为 1 至 12") from None


@transaction.atomic
def add_rhythm(values: Mapping[str, Any], *, by: Viewer) -> Rhythm:
    """Require something in a rhythm from now on.

    Raises
    ------
    RhythmProblem, Doubled
        It contradicts itself; there is one of this code.
    """
    rhythm = Rhythm(**values)
    _check(rhythm)
    return add_record(rhythm, by=by, permission=permissions.RHYTHM_CHANGE)


def change_rhythm(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Rhythm:
    """Change a rhythm; what is owed follows at once, also for the past: end it and add another to keep the past."""
    permission = permissions.RHYTHM_CHANGE
    return change_record(Rhythm, uid, values, version=version, by=by, permission=permission, prepare=_check)


def void_rhythm(uid: UUID, *, why: str, by: Viewer) -> Rhythm:
    """Take back a rhythm that was entered by mistake."""
    return void_record(Rhythm, uid, why=why, by=by, permission=permissions.RHYTHM_CHANGE)


def restore_rhythm(uid: UUID, *, by: Viewer) -> Rhythm:
    """Bring a voided rhythm back."""
    return restore_record(Rhythm, uid, by=by, permission=permissions.RHYTHM_CHANGE)
