"""People and units in the search box: tables so small that they are searched themselves, without grams."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.search import Hit, searchable
from anlu.kernel.people import permissions as may
from anlu.kernel.people.models import Officer, Unit
from anlu.web.desk.people.officers import OFFICERS
from anlu.web.desk.people.units import UNITS

SHORTEST = 2


def _people(viewer: Viewer) -> QuerySet[Officer]:
    found: QuerySet[Officer] = Officer.objects.visible_to(viewer).select_related("unit")
    return found


def _units(viewer: Viewer) -> QuerySet[Unit]:
    found: QuerySet[Unit] = Unit.objects.visible_to(viewer).select_related("parent")
    return found


def _matching(
    rows: Callable[[Viewer], QuerySet[Any]], columns: Sequence[str]
) -> Callable[[Viewer, str], Iterable[UUID]]:
    """Uids of the rows that hold the words of a query in any of the columns."""

    def matching(viewer: Viewer, query: str) -> Iterable[UUID]:
        if len(query) < SHORTEST:
            return []
        found = rows(viewer)
        for word in query.split():
            held = Q()
            for column in columns:
                held |= Q(**{f"{column}__icontains": word})
            found = found.filter(held)
        return found.order_by("sort_key").values_list("uid", flat=True)

    return matching


def people_hits(viewer: Viewer, uids: Sequence[UUID]) -> list[Hit]:
    """People as the search box shows them."""
    return [
        Hit(
            "people.officer",
            "人员",
            one.uid,
            one.name,
            " · ".join(part for part in (one.unit.name, one.post) if part),
            OFFICERS.url_of(one),
        )
        for one in _people(viewer).filter(uid__in=uids)
    ]


def unit_hits(viewer: Viewer, uids: Sequence[UUID]) -> list[Hit]:
    """Units as the search box shows them."""
    return [
        Hit(
            "people.unit", "单位", one.uid, one.name, one.parent.name if one.parent else "", UNITS.url_of(one)
        )
        for one in _units(viewer).filter(uid__in=uids)
    ]


searchable(
    "people.officer",
    may.OFFICER_VIEW,
    "人员",
    people_hits,
    order=80,
    exact=_matching(_people, ("name", "badge", "login")),
)
searchable(
    "people.unit",
    may.UNIT_VIEW,
    "单位",
    unit_hits,
    order=90,
    open=True,
    exact=_matching(_units, ("name", "short_name", "code")),
)
