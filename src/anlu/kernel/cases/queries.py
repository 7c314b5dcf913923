"""Reads of cases: work lists, counts for the board and the calendar, figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet

from anlu.kernel.cases.kinds import families
from anlu.kernel.cases.models import Case, CaseUnit, Outcome, Part
from anlu.kernel.core.scope import Scope, Viewer
from anlu.kernel.people.models import SEES_BY_AREA, Officer

ROWS = QuerySet[Any]
WEEK: Final = timedelta(days=6)
LONG_AGO: Final = 200_000  # days
AGES: Final = ((7, "7天以内"), (30, "8–30天"), (90, "31–90天"), (10**6, "90天以上"))


def of_unit(viewer: Viewer) -> Q:
    """Cases that the person's own unit leads, helps with, found and has not handed on, or nobody has taken yet."""
    unit: Any = getattr(viewer, "unit", None)
    if unit is None:
        return Q(pk__in=[])
    taking = [one.code for one in families if viewer.scope_for(one.permission_to("handle")).everything]
    untaken = Q(unit__isnull=True, lead__isnull=True, handler__isnull=True, family__in=taking)
    if unit.kind in SEES_BY_AREA:
        parts = CaseUnit.objects.filter(area=unit.area_id)
    else:
        parts = CaseUnit.objects.filter(unit=unit)
    active = parts.filter(part__in=(Part.LEAD, Part.HELPER)).values("case")
    return Q(pk__in=active) | Q(unit=unit, lead__isnull=True) | untaken


def of_person(viewer: Viewer) -> Q:
    """Cases that the person handles, reported or watches."""
    return Case.scope_condition(Scope(person=viewer.uid)) or Q(pk__in=[])


@dataclass(frozen=True)
class WorkList:
    """A list of open cases that people come back to."""

    code: str
    label: str
    condition: Callable[[Viewer, date], Q]


def _week_end(on: date) -> date:
    return on + timedelta(days=6 - on.weekday())


WORK_LISTS: Final = (
    WorkList("mine", "我的", lambda viewer, on: of_person(viewer)),
    WorkList("unit", "本单位", lambda viewer, on: of_unit(viewer)),
    WorkList("due", "今天到期和逾期", lambda viewer, on: Q(due_on__lte=on)),
    WorkList("overdue", "逾期", lambda viewer, on: Q(due_on__lt=on)),
    WorkList("week", "本周到期", lambda viewer, on: Q(due_on__gte=on, due_on__lte=_week_end(on))),
)


def work_list(code: str) -> WorkList:
    """The list of this code, the first for an unknown one."""
    return next((one for one in WORK_LISTS if one.code == code), WORK_LISTS[0])


def open_cases(viewer: Viewer, *codes: str, on: date) -> ROWS:
    """Open cases of a work list, or of any of several; the most urgent first, those without a deadline last."""
    wanted = Q(pk__in=[])
    for code in codes:
        wanted |= work_list(code).condition(viewer, on)
    return _urgent(Case.objects.visible_to(viewer).open().filter(wanted))


def cases_in_hand(viewer: Viewer) -> ROWS:
    """Open cases that the person or the own unit has to do something about, the most urgent first."""
    return _urgent(Case.objects.visible_to(viewer).open().filter(_in_hand(viewer)))


def cases_followed(viewer: Viewer) -> ROWS:
    """Open cases that the person reported or watches while others handle them, the most urgent first."""
    rows = Case.objects.visible_to(viewer).open().filter(of_person(viewer))
    return _urgent(rows.exclude(_in_hand(viewer)))


def _in_hand(viewer: Viewer) -> Q:
    return of_unit(viewer) | Q(handler__in=Officer.objects.filter(uid=viewer.uid).values("pk"))


def _urgent(rows: ROWS) -> ROWS:
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def work_list_counts(viewer: Viewer, *, on: date) -> dict[str, int]:
    """How many open cases each work list has, by code, in one query."""
    counted = {one.code: Count("pk", filter=one.condition(viewer, on)) for one in WORK_LISTS}
    return Case.objects.visible_to(viewer).open().order_by().aggregate(**counted)


# ------------------------------------------------------------------------------------------------ figures
@dataclass(frozen=True)
class Figures:
    """
    What became of cases in a period: flows of the period, stocks at its end.

    ``limited`` are those put right that had a deadline, ``on_time`` those of them that kept it.
    """

    found: int
    found_closed: int
    closed: int
    limited: int
    on_time: int
    rebounds: int
    closed_or_back: int
    open_at_end: int
    overdue_at_end: int
    ages: Mapping[str, int]

    @property
    def closed_share(self) -> float | None:
        """整改率: of those found in the period, put right by its end."""
        return None if not self.found else self.found_closed / self.found

    @property
    def due(self) -> int:
        """应办结: what was put right and had a deadline, and what is open at the end past its own."""
        return self.limited + self.overdue_at_end

    @property
    def on_time_share(self) -> float | None:
        """按期率: of those that were due, put right in time; what is overdue counts as not."""
        return None if not self.due else self.on_time / self.due

    @property
    def rebound_share(self) -> float | None:
        """反弹率: of those put right in the period or found to be back in it, found to be back."""
        return None if not self.closed_or_back else self.rebounds / self.closed_or_back


NAMES: Final = tuple(one.name for one in fields(Figures) if one.name != "ages")


def figures(rows: ROWS, start: date, end: date) -> Figures:
    """Figures of cases that ``rows`` holds (scope and filters applied), for a period with both days included."""
    return total_of(_counted(rows, (), start, end).values())


def figures_by(rows: ROWS, path: str, start: date, end: date) -> dict[Any, Figures]:
    """The same for each value of a column (``town``, ``lead``) of any case found by the end, None among them."""
    found = {key: one for (key,), one in _counted(rows, (path,), start, end).items()}
    known = [key for key in found if key is not None]
    others = _standing(rows).filter(found_on__lte=end).exclude(**{f"{path}__in": known})
    nothing = total_of(())
    return dict.fromkeys(others.values_list(path, flat=True).distinct(), nothing) | found


def figures_by_kind(
    rows: ROWS, start: date, end: date, *, kinds: Iterable[str] = ()
) -> dict[tuple[str, str], Figures]:
    """The same for each (family, kind), all families by the same questions; of ``kinds`` also those with only zeros."""
    found = {(key[0], key[1]): one for key, one in _counted(rows, ("family", "kind"), start, end).items()}
    others = _standing(rows).filter(kind__in={*kinds} - {kind for _, kind in found})
    nothing = total_of(())
    return dict.fromkeys(others.values_list("family", "kind").distinct(), nothing) | found


def total_of(parts: Iterable[Figures]) -> Figures:
    """Figures of several groups together, of which no two hold the same case."""
    total: Counter[str] = Counter()
    ages: Counter[str] = Counter()
    for one in parts:
        total.update({name: getattr(one, name) for name in NAMES})
        ages.update(one.ages)
    return Figures(**{name: total[name] for name in NAMES}, ages={label: ages[label] for _, label in AGES})


Counts = dict[str, Any]


def _counted(rows: ROWS, paths: Sequence[str], start: date, end: date) -> dict[tuple[Any, ...], Figures]:
    """
    Figures by the values of some columns.

    Found, closed, found to be back and open are counted one after the other, each among no more cases than have the
    day in question: one look at all cases that counts everything takes ten times as long.
    """
    kept = _standing(rows)
    found: dict[tuple[Any, ...], Counter[str]] = {}
    for condition, counts in _parts(start, end):
        asked = kept.filter(condition)
        lines: Iterable[Mapping[str, Any]] = (
            asked.values(*paths).annotate(**counts) if paths else [asked.aggregate(**counts)]
        )
        for line in lines:
            group = found.setdefault(tuple(line[path] for path in paths), Counter())
            group.update({name: line[name] for name in counts})
    return {key: _figures(group) for key, group in found.items()}


def _standing(rows: ROWS) -> ROWS:
    """Without those that were merged into another, which count there."""
    return rows.order_by().exclude(outcome=Outcome.MERGED)


def _parts(start: date, end: date) -> Iterator[tuple[Q, Counts]]:
    """Some of the cases, and what is counted among them."""
    back = Q(reopened_on__gte=start, reopened_on__lte=end)
    yield (
        Q(found_on__gte=start, found_on__lte=end),
        {
            "found": Count("pk"),
            "found_closed": Count("pk", filter=Q(closed_on__lte=end, outcome=Outcome.RESOLVED)),
        },
    )
    yield (
        Q(closed_on__gte=start, closed_on__lte=end, outcome=Outcome.RESOLVED),
        {
            "closed": Count("pk"),
            "limited": Count("pk", filter=Q(on_time__isnull=False)),
            "on_time": Count("pk", filter=Q(on_time=True)),
            "closed_and_back": Count("pk", filter=back),
        },
    )
    yield back, {"rebounds": Count("pk")}
    # What is open now and what was closed later, each by the day of closing: SQLite answers "either" by looking at
    # everything, and the first by the day of finding when it is a condition.
    begun, late = Q(found_on__lte=end), Q(due_on__lt=end)
    ages = _age_counts(end)
    yield (
        Q(closed_on__isnull=True),
        {
            "open_at_end": Count("pk", filter=begun),
            "overdue_at_end": Count("pk", filter=begun & late),
            **ages,
        },
    )
    yield (
        begun & Q(closed_on__gt=end),
        {"open_at_end": Count("pk"), "overdue_at_end": Count("pk", filter=late), **ages},
    )


def _figures(found: Mapping[str, int]) -> Figures:
    either = found["closed"] + found["rebounds"] - found["closed_and_back"]
    flows = {name: found[name] for name in NAMES if name != "closed_or_back"}
    ages = {label: found[f"age{place}"] for place, (_, label) in enumerate(AGES)}
    return Figures(**flows, closed_or_back=either, ages=ages)


def open_on(day: date) -> Q:
    """Found by a day and not closed by then."""
    return Q(found_on__lte=day) & (Q(closed_on__isnull=True) | Q(closed_on__gt=day))


def age_days(day: date) -> list[tuple[date, date]]:
    """First and last day of finding of each class of ``AGES``, seen from a day."""
    found, low = [], -1
    for high, _ in AGES:
        found.append((day - timedelta(days=min(high, LONG_AGO)), day - timedelta(days=low + 1)))
        low = high
    return found


def _age_counts(day: date) -> Counts:
    """Of open cases those of each class, by how long they have been open on a day."""
    spans = enumerate(age_days(day))
    return {
        f"age{place}": Count("pk", filter=Q(found_on__gte=oldest, found_on__lte=youngest))
        for place, (oldest, youngest) in spans
    }


def by_state(rows: ROWS) -> dict[tuple[str, str], int]:
    """How many open cases of each kind stand in each state, for the board."""
    grouped = (
        rows.order_by()
        .filter(closed_on__isnull=True)
        .values_list("kind", "state")
        .annotate(number=Count("pk"))
    )
    return {(kind, state): number for kind, state, number in grouped}


def by_day(rows: ROWS, start: date, end: date) -> dict[date, int]:
    """How many open cases fall due on each day, for the calendar."""
    during = rows.order_by().filter(closed_on__isnull=True, due_on__gte=start, due_on__lte=end)
    return dict(during.values_list("due_on").annotate(number=Count("pk")).values_list("due_on", "number"))
