"""A small stage for cases: a squadron with its town, a department that puts things right, a brigade that decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from anlu.engine.lifecycle import Lifecycle, Move
from anlu.kernel.cases.kinds import VERBS, Family, Kind, add_family, add_kind, fact, families, kinds
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.models import Officer, OfficerKind, Unit, UnitKind
from anlu.kernel.people.services import assign_area
from anlu.kernel.places.models import Area
from tests.factories import make_area, make_officer, make_unit

FAMILY = "test.hazard"


@dataclass(frozen=True)
class Details:
    """Facts of the test kind."""

    what: str = fact("遮挡物", filter=True)
    sight_m: float | None = fact("实测视距", default=None, unit="米", filter=True)


LIFECYCLE = Lifecycle(
    start="found",
    done=("closed", "rejected"),
    working_days=2,
    moves=(
        Move("send", "交办", ("found", "returned", "reopened"), "sent", role="squadron",
             asks=("lead", "helpers", "due_on"), working_days=7),
        Move("reject", "不予受理", ("found",), "rejected", role="brigade", needs=("note",), sworn=True),
        Move("fix", "整改完成", ("sent",), "fixed", role="owner", needs=("after",)),
        Move("return", "退回", ("fixed",), "returned", role="squadron", needs=("note",), returns=True, working_days=3),
        Move("close", "销号", ("fixed",), "closed", role="squadron", needs=("note",), sworn=True),
        Move("rebound", "回头看不合格", ("closed",), "reopened", role="inspector", needs=("note",), reopens=True,
             working_days=3),
    ),
)  # fmt: skip


@pytest.fixture
def kind() -> Iterator[Kind]:
    """A kind that is declared for one test."""
    add_family(Family(FAMILY, "test-hazards", "测试隐患", "隐患", unit="处"))
    yield add_kind(Kind("test.sight", "视距遮挡", "SJ", LIFECYCLE, FAMILY, details=Details, near_m=200.0))
    del kinds._items["test.sight"]
    del families._items[FAMILY]
    for verb, _, _ in VERBS:
        del permissions._items[f"{FAMILY}.{verb}"]


@dataclass
class Stage:
    """Who acts."""

    town: Area
    squadron: Unit
    garden: Unit
    finder: Officer
    chief: Officer
    liaison: Officer
    auxiliary: Officer
    stranger: Officer
    auxiliary_reader: Officer


def allowed(*verbs: str) -> list[str]:
    """Permissions of the test family."""
    return [f"{FAMILY}.{verb}" for verb in verbs]


@pytest.fixture
def stage(db: None, kind: Kind) -> Stage:
    """Everybody with the permissions that their role gives them."""
    town = make_area("柳镇")
    brigade = make_unit("大队", UnitKind.BRIGADE)
    squadron = make_unit("柳镇中队", parent=brigade, area=town)
    assign_area(squadron, town, by=SYSTEM)
    garden = make_unit("园林中心", UnitKind.DEPARTMENT)
    handles = allowed("view", "add", "change", "handle", "inspect")
    return Stage(
        town=town,
        squadron=squadron,
        garden=garden,
        finder=make_officer(squadron, *handles, width=Width.OWN),
        chief=make_officer(brigade, *allowed(*[verb for verb, _, _ in VERBS]), width=Width.ALL),
        liaison=make_officer(garden, *allowed("view", "reply"), width=Width.OWN, kind=OfficerKind.LIAISON),
        auxiliary=make_officer(squadron, *handles, width=Width.OWN, kind=OfficerKind.AUXILIARY),
        auxiliary_reader=make_officer(
            squadron, *allowed("view"), width=Width.OWN, kind=OfficerKind.AUXILIARY
        ),
        stranger=make_officer(make_unit("别处中队"), *handles, width=Width.OWN),
    )
