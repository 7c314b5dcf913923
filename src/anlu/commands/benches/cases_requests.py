"""
The work of ``anlu bench cases`` in an installation: ``make ROWS``, ``ask REPEATS``, ``write TIMES SEED``, ``count``.

A kind of its own is declared here, with a place, so that board and map are measured whatever apps are installed.
"""

from __future__ import annotations

import json
import random
import sys
import time
from datetime import date, timedelta
from typing import Any, Final

from anlu.commands.benches.web_requests import Asker, options_of, signed_in, tiles_of, with_query
from anlu.project.start import start

FAMILY: Final = "bench.hazard"
KIND: Final = "bench.hazard"
PATH: Final = "/bench-hazards/"
FIRST: Final = date(2018, 1, 1)
LAST: Final = date(2023, 7, 3)
OPEN_SHARE: Final = 0.06
UNITS: Final = 20
STATES: Final = ("found", "sent", "fixed", "returned")
FILTERS: Final[tuple[dict[str, Any], ...]] = (
    {"stage": "open"},
    {"due": "overdue"},
    {"due": "week"},
    {"stage": "open", "sort": "due_on"},
    {"state": "sent"},
    {"found_from": "2023-01-01", "found_to": "2023-06-30"},
    {"rebound": "1"},
    {"fact_depth_min": "50", "fact_depth_max": "60"},
    {"q": "遮挡 77"},
    {"lead": "B7"},
)


def declare() -> None:
    """The family and kind that are measured."""
    from dataclasses import dataclass

    from anlu.engine.lifecycle import Lifecycle, Move
    from anlu.kernel.cases.kinds import Family, Kind, add_family, add_kind, fact, families
    from anlu.web.registering import add_pages

    if FAMILY in families:
        return

    @dataclass(frozen=True)
    class Details:
        depth: float = fact("深度", filter=True)

    globals()["Details"] = Details  # where its annotations are looked up
    moves = (
        Move("send", "交办", ("found", "returned"), "sent", role="squadron", asks=("lead",), working_days=7),
        Move("fix", "整改完成", ("sent",), "fixed", role="owner"),
        Move("return", "退回", ("fixed",), "returned", role="squadron", needs=("note",), returns=True),
        Move("close", "销号", ("fixed",), "closed", role="squadron"),
    )
    add_family(Family(FAMILY, PATH.strip("/"), "测量隐患", "隐患", unit="处"))
    add_kind(
        Kind(KIND, "测量隐患", "CL", Lifecycle("found", ("closed",), moves, working_days=2), FAMILY, Details)
    )
    add_pages()


def make(rows: int) -> dict[str, int]:
    """Cases of five years, six in a hundred of them open, spread over 20 units."""
    from django.db import transaction

    from anlu.kernel.cases.models import Case, CaseFact, CaseUnit
    from anlu.kernel.core.bulk import insert_rows, reserve_ids
    from anlu.kernel.core.scope import SYSTEM
    from anlu.kernel.people.models import UnitKind
    from anlu.kernel.people.services import add_unit
    from anlu.kernel.places.services import position_of

    dice = random.Random(7)
    units = [add_unit(f"B{n}", f"测量单位{n}", UnitKind.DEPARTMENT, by=SYSTEM).pk for n in range(UNITS)]
    columns = (
        "id", "kind", "family", "number", "title", "state", "unit", "lead", "found_on", "due_on", "closed_on",
        "closed_month", "on_time", "outcome", "rebounds", "lon", "lat", "cell_x", "cell_y", "location_state",
        "place_text", "details",
    )  # fmt: skip

    def case(key: int, number: int) -> tuple[Any, ...]:
        found = FIRST + timedelta(days=dice.randrange((LAST - FIRST).days))
        is_open = dice.random() < OPEN_SHARE
        due = found + timedelta(days=10) if not is_open else LAST + timedelta(days=dice.randrange(-40, 40))
        closed = None if is_open else found + timedelta(days=dice.randrange(1, 15))
        where = position_of(115.4 + dice.random() * 0.6, 36.5 + dice.random() * 0.4)
        assert where is not None
        return (
            key, KIND, FAMILY, f"CL-{found.year}-{number:06}", f"行道树遮挡 {number}",
            dice.choice(STATES) if is_open else "closed", dice.choice(units), dice.choice(units), found, due, closed,
            f"{closed:%Y-%m}" if closed else "", None if closed is None else closed <= due,
            "" if is_open else "resolved", int(dice.random() < 0.02), where.lon, where.lat, where.cell_x, where.cell_y,
            "located", f"第 {number} 号杆", {"depth": dice.randrange(100)},
        )  # fmt: skip

    with transaction.atomic():
        keys = reserve_ids(Case, rows)
        made = [case(key, number) for number, key in enumerate(keys, start=1)]
        insert_rows(Case, columns, made)
        insert_rows(CaseUnit, ("case", "unit", "part"), ((one[0], one[7], "lead") for one in made))
        insert_rows(
            CaseFact,
            ("case", "code", "number"),
            ((one[0], f"{FAMILY}.depth", float(one[-1]["depth"])) for one in made),
        )
    return {"rows": rows}


def ask(repeats: int) -> list[dict[str, Any]]:
    """Everything that people look at, by somebody who sees all and somebody of a department."""
    from anlu.kernel.cases.models import Case

    asker = Asker(signed_in(), repeats)
    for sort in ("", "number", "-due_on", "state"):
        asker.ask("list", with_query(PATH, {"sort": sort} if sort else {}))
    for values in FILTERS:
        asker.ask("filter", with_query(PATH, values))
    asker.ask("board", f"{PATH}board/")
    asker.ask("board", f"{PATH}board/?lead=B3")
    asker.ask("calendar", f"{PATH}calendar/")
    page = asker.ask("map", "/map/bench-hazards/")
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
    for uid in Case.objects.order_by("-pk").values_list("uid", flat=True)[:3]:
        asker.ask("case", f"{PATH}{uid}/")
    asker.ask("statistics", "/cases/statistics/")
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


def of_department() -> Any:
    """A browser of a liaison of one of the departments."""
    from django.test import Client

    from anlu.kernel.core.scope import SYSTEM, Width
    from anlu.kernel.people.models import Officer, Role, RolePermission, Unit
    from anlu.kernel.people.services import add_officer, grant_role

    unit = Unit.objects.get(code="B7")
    role = Role.objects.create(code="liaison-bench", label="联络员", width=Width.OWN)
    codes = (f"{FAMILY}.view", f"{FAMILY}.reply", "cases.work.view", "web.today")
    RolePermission.objects.bulk_create([RolePermission(role=role, code=code) for code in codes])
    officer: Officer = add_officer(
        "liaison", "测量联络", unit, by=SYSTEM, password="Aa1-bench-only-9", must_change_password=False
    )
    grant_role(officer, role, by=SYSTEM)
    client = Client(headers={"Accept-Encoding": "gzip", "Host": "127.0.0.1"})
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def write(times: int, seed: int) -> dict[str, float]:
    """Open cases and move them, all of this process's and some of everybody's."""
    from anlu.kernel.cases.services import MoveRefused, move_case, open_case
    from anlu.kernel.core.scope import SYSTEM
    from anlu.kernel.people.models import Unit

    lead = Unit.objects.get(code=f"B{seed}")
    done, errors, longest = 0, 0, 0.0
    for n in range(times):
        began = time.perf_counter()
        try:
            case = open_case(KIND, {"title": f"新 {seed}.{n}"}, details={"depth": 1}, by=SYSTEM)
            move_case(case.uid, "send", by=SYSTEM, values={"lead": lead})
            done += 1
        except MoveRefused:
            pass
        except Exception:
            errors += 1
        longest = max(longest, time.perf_counter() - began)
    return {"done": done, "errors": errors, "longest_s": longest}


def count() -> dict[str, int]:
    """What the database holds afterwards."""
    from anlu.kernel.cases.models import Case, CaseEvent

    numbers = list(Case.objects.filter(title__startswith="新 ").values_list("number", flat=True))
    moved = CaseEvent.objects.filter(code="send", case__title__startswith="新 ").count()
    return {"moved": moved, "doubled": len(numbers) - len(set(numbers))}


def main(task: str, *given: str) -> None:
    """Do one of the tasks and print what came of it."""
    start()
    declare()
    tasks = {"make": make, "ask": ask, "write": write, "count": count}
    print(json.dumps(tasks[task](*(int(one) for one in given))))  # type: ignore[operator]


if __name__ == "__main__":
    main(*sys.argv[1:])
