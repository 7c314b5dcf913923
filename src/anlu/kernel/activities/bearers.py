"""Units as bearers of activities, by what they are; other trees (the party's) add groups of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from django.db.models import Q

from anlu.kernel.activities.registry import Bearer, BearerGroup, bearer_groups
from anlu.kernel.people.models import Unit, UnitKind

KINDS = (
    UnitKind.BRIGADE,
    UnitKind.SQUADRON,
    UnitKind.OFFICE,
    UnitKind.VEHICLE_OFFICE,
    UnitKind.COMMITTEE,
    UnitKind.TOWN_OFFICE,
)


def existing(first: date, last: date) -> Q:
    """Condition on ``valid_from``/``valid_to``: there on any day between two days."""
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=last)
    return begun & (Q(valid_to__isnull=True) | Q(valid_to__gte=first))


def _finder(kind: UnitKind) -> Callable[[date, date], Iterable[Bearer]]:
    def find(first: date, last: date) -> Iterator[Bearer]:
        units = Unit.objects.live().filter(existing(first, last), kind=kind).order_by("sort_key", "code")
        for unit in units:
            yield Bearer(f"unit.{kind}", unit.uid, unit.name, unit.pk, unit.valid_from, unit.valid_to)

    return find


for _place, _kind in enumerate(KINDS):
    bearer_groups.add(BearerGroup(f"unit.{_kind}", str(_kind.label), _finder(_kind), order=20 + _place))
