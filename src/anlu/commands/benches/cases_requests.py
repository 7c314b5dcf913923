"""
The work of ``anlu bench cases`` in an installation: ``make ROWS``, ``ask REPEATS``.

The rows are hazards of all kinds with their sheets and pictures, over five years, six in a hundred of them open.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from anlu.commands.benches.web_requests import Asker, options_of, signed_in, tiles_of, with_query
from anlu.project.start import start

FAMILY: Final = "hazards.hazard"
SIGHT: Final = "hazards.junction_sight"
PATH: Final = "/hazards/"
LIAISON: Final = "liaison"
FIRST: Final = date(2018, 1, 1)
LAST: Final = date(2023, 7, 3)
NOON: Final = time(12)
OPEN_SHARE: Final = 0.06
SIGHT_SHARE: Final = 0.3
PICTURED_SHARE: Final = 0.4
UNITS, TOWNS, ROADS = 20, 16, 40
STATES: Final = ("found", "verified", "sent", "fixed", "returned")
SOURCES: Final = ("patrol", "town", "hotline")
FILTERS: Final[tuple[dict[str, Any], ...]] = (
    {"stage": "open"},
    {"due": "overdue"},
    {"due": "week"},
    {"stage": "open", "sort": "due_on"},
    {"state": "sent"},
    {"found_from": "2023-01-01", "found_to": "2023-06-30"},
    {"rebound": "1"},
    {"kind": "hazards.vegetation"},
    {"fact_sight_m_min": "50", "fact_sight_m_max": "60"},
    {"fact_source": "town"},
    {"suggested": "major", "stage": "open"},
    {"road_class": "1"},
    {"interim": "1"},
    {"q": "遮挡 77"},
    {"lead": "B7"},
)


@dataclass(frozen=True)
class Sheet:
    """What stands in the tables beside a case."""

    pk: int
    lead: int
    sight_m: float | None
    road_class: str
    source: str
    pictured: bool


def make(rows: int) -> dict[str, int]:
    """So many hazards."""
    from django.db import transaction
    from django.utils.timezone import get_current_timezone

    from anlu.apps.hazards.models import Hazard
    from anlu.kernel.cases.kinds import kinds_of
    from anlu.kernel.cases.models import Case, CaseFact, CaseFile, CaseUnit
    from anlu.kernel.core.bulk import insert_rows, reserve_ids
    from anlu.kernel.core.models import Upload
    from anlu.kernel.core.scope import SYSTEM
    from anlu.kernel.people.models import UnitKind
    from anlu.kernel.people.services import add_unit
    from anlu.kernel.places.models import AreaKind
    from anlu.kernel.places.services import add_area, add_road, position_of

    dice = random.Random(7)
    units = [add_unit(f"B{n}", f"测量单位{n}", UnitKind.DEPARTMENT, by=SYSTEM).pk for n in range(UNITS)]
    towns = [add_area(f"BT{n}", f"测量镇{n}", AreaKind.TOWN, by=SYSTEM).pk for n in range(TOWNS)]
    roads = [
        add_road(f"Y{n:03}", f"测量路{n}", by=SYSTEM, administrative_class=str(1 + n % 5)).pk
        for n in range(ROADS)
    ]
    codes = [one.code for one in kinds_of(FAMILY)]
    upload = Upload.objects.create(sha256="0" * 64, name="测量.jpg", bytes=1)
    sheets: list[Sheet] = []

    def case(key: int, number: int) -> tuple[Any, ...]:
        found = FIRST + timedelta(days=dice.randrange((LAST - FIRST).days))
        is_open = dice.random() < OPEN_SHARE
        due = found + timedelta(days=10) if not is_open else LAST + timedelta(days=dice.randrange(-40, 40))
        closed = None if is_open else found + timedelta(days=dice.randrange(1, 15))
        where = position_of(115.4 + dice.random() * 0.6, 36.5 + dice.random() * 0.4)
        assert where is not None
        kind = SIGHT if dice.random() < SIGHT_SHARE else dice.choice(codes)
        lead, road = dice.choice(units), dice.randrange(ROADS)
        sight = float(dice.randrange(20, 120)) if kind == SIGHT else None
        pictured = closed is not None and dice.random() < PICTURED_SHARE
        sheets.append(Sheet(key, lead, sight, str(1 + road % 5), dice.choice(SOURCES), pictured))
        return (
            key, kind, FAMILY, f"CL-{found.year}-{number:06}", f"行道树遮挡 {number}",
            dice.choice(STATES) if is_open else "closed", dice.choice(units), lead, dice.choice(towns), roads[road],
            found, due, closed, f"{closed:%Y-%m}" if closed else "", None if closed is None else closed <= due,
            "" if is_open else "resolved", int(dice.random() < 0.02), where.lon, where.lat, where.cell_x, where.cell_y,
            "located", f"第 {number} 号杆", {"source": sheets[-1].source},
            datetime.combine(found, NOON, tzinfo=get_current_timezone()),
        )  # fmt: skip

    columns = (
        "id", "kind", "family", "number", "title", "state", "unit", "lead", "town", "road", "found_on", "due_on",
        "closed_on", "closed_month", "on_time", "outcome", "rebounds", "lon", "lat", "cell_x", "cell_y",
        "location_state", "place_text", "details", "recorded_at",
    )  # fmt: skip
    with transaction.atomic():
        insert_rows(Case, columns, [case(key, n) for n, key in enumerate(reserve_ids(Case, rows), start=1)])
        insert_rows(CaseUnit, ("case", "unit", "part"), ((one.pk, one.lead, "lead") for one in sheets))
        insert_rows(CaseFact, ("case", "code", "number", "text"), _facts(sheets))
        insert_rows(
            Hazard,
            ("case", "responsible", "grade", "road_class", "sight_m", "needed_m", "deficit_m"),
            (
                (one.pk, one.lead, "major" if one.pk % 9 == 0 else "general", one.road_class, one.sight_m,
                 None if one.sight_m is None else 115.0, None if one.sight_m is None else max(0.0, 115 - one.sight_m))
                for one in sheets
            ),
        )  # fmt: skip
        shown = ((one.pk, kind) for one in sheets if one.pictured for kind in ("before", "after"))
        insert_rows(
            CaseFile,
            ("case", "kind", "upload", "media_type"),
            ((*each, upload.pk, "image/jpeg") for each in shown),
        )
    return {"rows": rows}


def _facts(sheets: list[Sheet]) -> Iterator[tuple[Any, ...]]:
    for one in sheets:
        yield one.pk, f"{FAMILY}.source", None, one.source
        if one.sight_m is not None:
            yield one.pk, f"{FAMILY}.sight_m", one.sight_m, ""


def ask(repeats: int) -> list[dict[str, Any]]:
    """Everything that people look at, by somebody who sees all and somebody of a department."""
    from anlu.kernel.cases.models import Case
    from anlu.kernel.core.readiness import get_ready, settle

    get_ready()  # this and what follows as a server does when it starts
    settle()
    asker = Asker(signed_in(), repeats)
    for sort in ("", "number", "-due_on", "state"):
        asker.ask("list", with_query(PATH, {"sort": sort} if sort else {}))
    for address in ("/junction-sight/", "/junction-sight/?stage=open", "/junction-sight/?sort=sight"):
        asker.ask("list", address)
    for values in FILTERS:
        asker.ask("filter", with_query(PATH, values))
    asker.ask("gallery", f"{PATH}gallery/")
    asker.ask("gallery", f"{PATH}gallery/?found_from=2023-01-01")
    asker.ask("board", f"{PATH}board/")
    asker.ask("board", f"{PATH}board/?lead=B3")
    asker.ask("calendar", f"{PATH}calendar/")
    page = asker.ask("map", "/map/hazards/")
    options = options_of(page)
    for further in (0, 1, 3):
        for z, x, y in tiles_of(options.get("bounds") or [[115.4, 36.5], [116.0, 36.9]], further):
            asker.ask("tile", options["layers"][0]["tiles"].format(z=z, x=x, y=y))
    for address in (
        "/cases/",
        "/cases/?list=unit",
        "/cases/due/",
        "/cases/?list=week",
        "/today/",
        "/cases/steps/",
    ):
        asker.ask("work", address)
    for uid in some_cases(Case):
        asker.ask("case", f"{PATH}{uid}/")
    asker.ask("statistics", "/cases/statistics/")
    asker.ask("api", f"/api/v1/cases?family={FAMILY}")
    asker.ask("api", f"/api/v1/cases?family={FAMILY}&stage=open&due=overdue")
    asker.ask("api", f"/api/v1/cases/figures?family={FAMILY}&start=2023-01-01&end=2023-06-30")
    asker.client = of_department()
    for address in (
        PATH,
        f"{PATH}?stage=open&sort=due_on",
        f"{PATH}board/",
        "/cases/",
        "/cases/due/",
        "/today/",
    ):
        asker.ask("department", address)
    return asker.found


def some_cases(model: Any) -> list[UUID]:
    """The latest three."""
    return list(model.objects.order_by("-pk").values_list("uid", flat=True)[:3])


def of_department() -> Any:
    """A browser of a liaison of one of the departments."""
    from django.test import Client

    from anlu.kernel.core.scope import SYSTEM, Width
    from anlu.kernel.people.models import Officer, Role, RolePermission, Unit
    from anlu.kernel.people.services import add_officer, grant_role

    officer = Officer.objects.filter(login=LIAISON).first()
    if officer is None:
        unit = Unit.objects.get(code="B7")
        role = Role.objects.create(code="liaison-bench", label="联络员", width=Width.OWN)
        codes = (f"{FAMILY}.view", f"{FAMILY}.reply", "cases.work.view", "web.today")
        RolePermission.objects.bulk_create([RolePermission(role=role, code=code) for code in codes])
        officer = add_officer(
            LIAISON, "测量联络", unit, by=SYSTEM, password="Aa1-bench-only-9", must_change_password=False
        )
        grant_role(officer, role, by=SYSTEM)
    client = Client(headers={"Accept-Encoding": "gzip", "Host": "127.0.0.1"})
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def main(task: str, *given: str) -> None:
    """Do one of the tasks and print what came of it."""
    start()
    tasks = {"make": make, "ask": ask}
    print(json.dumps(tasks[task](*(int(one) for one in given))))  # type: ignore[operator]


if __name__ == "__main__":
    main(*sys.argv[1:])
