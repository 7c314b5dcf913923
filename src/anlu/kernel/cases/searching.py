"""How cases are found: by number, title, place and the names of what they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from anlu.kernel.cases.kinds import families, kinds
from anlu.kernel.cases.models import Case
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.search import Hit, Indexed, index, matching, searchable
from anlu.kernel.core.search import forget as forget_thing

KIND: Final = "cases.case"
SEEN: Final = "cases.work.view"
MOST_PARTNERS: Final = 50


def texts_of(case: Case) -> list[str]:
    """What a case is found by."""
    return [case.number, case.title, case.road_name, case.place_text]


def indexed(case: Case) -> Indexed:
    """The entry of a case, for writing many at once."""
    return Indexed(KIND, case.uid, texts_of(case), case.unit_id, case.town_id, case.created_by, case.batch_id)


def find_again(case: Case) -> None:
    """Make a case findable as it is now."""
    index(
        KIND,
        case.uid,
        texts_of(case),
        unit_id=case.unit_id,
        area_id=case.town_id,
        owner=case.created_by,
        batch_id=case.batch_id,
    )


def forget(case: Case) -> None:
    """Make a case unfindable."""
    forget_thing(KIND, case.uid)


def hits(viewer: Viewer, uids: Sequence[UUID]) -> Iterable[Hit]:
    """Found cases as the search box shows them, through the scope of each family."""
    for case in Case.objects.visible_to(viewer).filter(uid__in=uids).select_related("town"):
        kind, family = kinds.get(case.kind), families.get(case.family)
        town = case.town.name if case.town else ""
        note = " · ".join(part for part in (kind.label, kind.lifecycle.label(case.state), town) if part)
        yield Hit(KIND, "事项", case.uid, str(case), note, family.address_of(case.uid))


def by_part(viewer: Viewer, query: str) -> Iterable[UUID]:
    """The index knows only where a case was found: whoever takes part in it finds it here."""
    if not query.strip():
        return []
    found = Case.objects.visible_to(viewer).filter(matching(KIND, query)).order_by("-pk")
    uids: list[UUID] = list(found.values_list("uid", flat=True)[:MOST_PARTNERS])
    return uids


searchable(KIND, SEEN, "事项", hits, order=5, exact=by_part)
