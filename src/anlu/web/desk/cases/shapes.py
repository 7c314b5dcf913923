"""How cases are answered to programs: schemas, and the values that fill them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from anlu.kernel.cases.kinds import kinds
from anlu.kernel.cases.models import Case, CaseUnit, Part
from anlu.kernel.cases.services import moves_for
from anlu.kernel.core.errors import NotFound
from anlu.kernel.people.models import Officer
from anlu.kernel.places.models import Area
from anlu.web.api import Paged
from anlu.web.desk.cases.columns import place_words, state_words

Title = Annotated[str, Field(max_length=120)]  # as long as the columns of Case
RoadName = Annotated[str, Field(max_length=120)]
PlaceText = Annotated[str, Field(max_length=300)]


class PossibleMove(Schema):
    """A move that the person asking could make; ``blocked`` says why not now."""

    code: str
    label: str
    needs: list[str]
    asks: list[str]
    blocked: str = ""


class CaseOut(Schema):
    """A case in a list."""

    uid: UUID
    number: str
    kind: str
    title: str
    state: str
    state_label: str
    grade: str
    outcome: str
    found_on: date
    due_on: date | None
    closed_on: date | None
    on_time: bool | None
    unit: str
    lead: str
    town: str
    place: str
    lon: float | None
    lat: float | None
    version: int


class CaseWhole(CaseOut):
    """A case with everything."""

    description: str
    details: dict[str, Any]
    helpers: list[str]
    returns: int
    rebounds: int
    extensions: int
    merged_into: UUID | None
    moves: list[PossibleMove]


class CasePage(Paged):
    """A page of cases."""

    items: list[CaseOut]


def case_out(case: Case) -> dict[str, Any]:
    """A case as a list answers it."""
    names = ("uid", "number", "kind", "title", "state", "grade", "outcome", "found_on", "due_on", "closed_on",
             "on_time", "lon", "lat", "version")  # fmt: skip
    return {name: getattr(case, name) for name in names} | {
        "state_label": state_words(case),
        "unit": case.unit.name if case.unit else "",
        "lead": case.lead.name if case.lead else "",
        "town": case.town.name if case.town else "",
        "place": place_words(case),
    }


def case_whole(case: Case, viewer: Officer) -> dict[str, Any]:
    """A case with everything, and what the person asking could do with it."""
    kind = kinds.get(case.kind)
    helpers = CaseUnit.objects.filter(case=case, part=Part.HELPER).select_related("unit")
    return case_out(case) | {
        "description": case.description,
        "details": kind.load(case.details, case.details_version),
        "helpers": [one.unit.name for one in helpers],
        "returns": case.returns,
        "rebounds": case.rebounds,
        "extensions": case.extensions,
        "merged_into": case.merged_into.uid if case.merged_into else None,
        "moves": [
            {
                "code": move.code,
                "label": move.label,
                "needs": list(move.needs),
                "asks": list(move.asks),
                "blocked": why,
            }
            for move, why in moves_for(case, viewer)
        ],
    }


def town_of(code: str) -> Area | None:
    """The town of a code, None for none; ``NotFound`` for an unknown one."""
    if not code:
        return None
    found: Area | None = Area.objects.live().filter(code=code).first()
    if found is None:
        raise NotFound(f"没有镇街「{code[:40]}」")
    return found
