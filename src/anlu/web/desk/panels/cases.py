"""Cases on the boards: what was found and closed, what is overdue, returned, due today; by ledger."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db.models import Count, Q
from django.urls import reverse

from anlu.kernel.cases.kinds import Family, families
from anlu.kernel.cases.models import Case, Outcome
from anlu.kernel.cases.permissions import WORK_VIEW
from anlu.kernel.cases.queries import open_cases
from anlu.kernel.core.filters import Selection
from anlu.web.desk.cases.work import line_of
from anlu.web.ledgers import ledgers
from anlu.web.pages.listing import filters_of
from anlu.web.panels import Board, Contents, Entry, Sight, panel
from anlu.web.tables import Line, NumberTable, number

SHOWN: Final = 6
Parameters = dict[str, str]


def columns_of(first: date, last: date) -> list[tuple[str, Parameters]]:
    """Head and parameters of the ledger for each column: flows between two days, stocks of now."""
    found = {"found_from": first.isoformat(), "found_to": last.isoformat()}
    closed = {
        "closed_from": first.isoformat(),
        "closed_to": last.isoformat(),
        "stage": Outcome.RESOLVED.value,
    }
    return [
        ("发现", found),
        ("办结", closed),
        ("退回", {"sent_back_from": first.isoformat(), "sent_back_to": last.isoformat()}),
        ("未办结", {"stage": "open"}),
        ("逾期", {"due": "overdue"}),
        ("退回未结", {"stage": "open", "returned": "1"}),
    ]


def table_of(sight: Sight, first: date, last: date) -> NumberTable:
    """A line for each ledger of cases that has anything in it; every number opens the ledger filtered to it."""
    columns = columns_of(first, last)
    shown = [family for family in families if sight.viewer.may(family.permission_to("view"))]
    lines = [line for family in shown if (line := _line(family, columns, sight)) is not None]
    return NumberTable("cases", "闭环事项", "台账", tuple(head for head, _ in columns), tuple(lines))


def _line(family: Family, columns: list[tuple[str, Parameters]], sight: Sight) -> Line | None:
    """One query for all numbers of a ledger, by the filters of the ledger itself."""
    ledger = ledgers.get(family.code)
    conditions: list[Q] = []
    for _, stated in columns:
        selection = Selection.read(filters_of(ledger), {name: [value] for name, value in stated.items()})
        conditions.append(selection.q())
    counted: dict[str, Any] = {
        f"n{place}": Count("pk", filter=condition) for place, condition in enumerate(conditions)
    }
    found = ledger.visible_rows(sight.viewer).order_by().aggregate(**counted)
    if not any(found.values()):
        return None
    numbers = [
        number(found[f"n{place}"], url=ledger.url(stated)) for place, (_, stated) in enumerate(columns)
    ]
    return Line(family.label, tuple(numbers), ledger.url())


@panel(
    "cases.yesterday",
    "昨日闭环事项",
    permission=WORK_VIEW,
    boards=(Board.MORNING,),
    rank=20,
)
def yesterday(sight: Sight) -> Contents:
    """What was found, closed and sent back yesterday, and what is open now."""
    return Contents(
        note="发现、办结、退回为昨日，其余为当前",
        table=table_of(sight, sight.yesterday, sight.yesterday),
        empty="没有闭环事项",
    )


@panel(
    "cases.week",
    "本周闭环事项",
    permission=WORK_VIEW,
    boards=(Board.LEADER, Board.SCREEN),
    rank=20,
    screen="总览",
)
def week(sight: Sight) -> Contents:
    """The same since Monday."""
    monday, _ = sight.week
    return Contents(
        note="发现、办结、退回为本周，其余为当前",
        table=table_of(sight, monday, sight.on),
        empty="没有闭环事项",
    )


@panel(
    "cases.due",
    "今天到期和逾期",
    permission=WORK_VIEW,
    boards=(Board.MORNING, Board.SCREEN),
    rank=30,
    screen="今天",
)
def due(sight: Sight) -> Contents:
    """Open cases whose deadline is today or past, the longest overdue first."""
    rows = open_cases(sight.viewer, "due", on=sight.on)
    found = list(rows.select_related("lead", "road")[: SHOWN + 1])
    number_ = rows.count() if len(found) > SHOWN else len(found)
    return Contents(
        note=f"{number_} 件" if number_ else "",
        entries=[_entry(case, sight.on) for case in found[:SHOWN]],
        more=max(0, number_ - SHOWN),
        url=f"{reverse('cases.due')}?list=due" if number_ else "",
        empty="今天没有到期或逾期的事项",
    )


def _entry(case: Case, on: date) -> Entry:
    line = line_of(case, on)
    note = " · ".join(part for part in (line["kind"], line["lead"]) if part)
    return Entry(line["title"], line["url"], line["due"], line["colour"], note)
