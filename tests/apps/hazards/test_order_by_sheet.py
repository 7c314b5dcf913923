"""Junctions in the order of what their sheets say: every one once, both ways, with those that say nothing last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from anlu.apps.hazards.models import Hazard
from anlu.kernel.cases.models import Case
from anlu.web.pages.paging import FEW, Chosen, Order, _sheet_of, edge_of, neighbours_of, slice_of

FOUND = date(2023, 6, 1)
measured = st.lists(st.none() | st.floats(0, 3).map(round), max_size=12)


def add_junctions(deficits: Sequence[float | None]) -> None:
    """A junction for each, every third one closed, every fourth one without any sheet, and other hazards between."""
    for number, deficit in enumerate(deficits):
        case = Case.objects.create(
            kind="hazards.junction_sight" if number % 5 else "hazards.vegetation",
            family="hazards.hazard",
            number=f"J-{number}",
            title="路口",
            state="sent",
            found_on=FOUND,
            closed_on=FOUND if number % 3 == 0 else None,
        )
        if number % 4:
            Hazard.objects.create(case=case, deficit_m=deficit)


def junctions(open_only: bool) -> QuerySet[Any]:
    """The rows of the list."""
    rows = Case.objects.filter(kind="hazards.junction_sight").select_related("hazard")
    return rows.filter(closed_on__isnull=True) if open_only else rows


def walked(rows: QuerySet[Any], order: Order, size: int, *, few: bool) -> list[int]:
    """Keys of all rows, page by page."""
    found: list[Any] = []
    after = None
    while True:
        page = slice_of(rows, order, size=size, after=after, few=few)
        found += page.rows
        if not page.has_next:
            return [one.pk for one in found]
        after = edge_of(rows, order, "uid", str(page.rows[-1].uid))


class EveryOrder(TestCase):
    """Properties over any deficits."""

    @settings(max_examples=40, deadline=None)
    @given(measured, st.integers(1, 5), st.booleans(), st.booleans())
    def test_going_through_sheets_gives_the_pages_that_sorting_gives(
        self, deficits: list[float | None], size: int, descending: bool, open_only: bool
    ) -> None:
        add_junctions(deficits)
        rows, order = junctions(open_only), Order.of(Case, "hazard__deficit_m", descending=descending)
        through = walked(rows, order, size, few=False)
        assert through == walked(rows, order, size, few=True)
        assert sorted(through) == sorted(rows.values_list("pk", flat=True))
        values = [getattr(getattr(one, "hazard", None), "deficit_m", None) for one in _in(rows, through)]
        stated = [one for one in values if one is not None]
        assert stated == sorted(stated, reverse=descending)
        assert values == stated + [None] * (len(values) - len(stated))

    @settings(max_examples=25, deadline=None)
    @given(measured, st.integers(1, 4), st.booleans())
    def test_going_back_gives_the_same_junctions(
        self, deficits: list[float | None], size: int, descending: bool
    ) -> None:
        add_junctions(deficits)
        rows, order = junctions(False), Order.of(Case, "hazard__deficit_m", descending=descending)
        forwards = walked(rows, order, 50, few=True)
        for place, thing in enumerate(_in(rows, forwards)):
            edge = edge_of(rows, order, "uid", str(thing.uid))
            page = slice_of(rows, order, size=size, before=edge)
            whole = forwards[max(0, place - size) : place] if place > size else forwards[:size]
            assert [one.pk for one in page.rows] == whole
            before, after = neighbours_of(rows, order, thing, "uid")
            beside = {str(one.uid): one.pk for one in rows}
            assert [beside.get(one) for one in (before, after)] == [
                forwards[place - 1] if place else None,
                forwards[place + 1] if place + 1 < len(forwards) else None,
            ]


def _in(rows: QuerySet[Any], keys: list[int]) -> list[Any]:
    known = {one.pk: one for one in rows}
    return [known[key] for key in keys]


@pytest.mark.django_db
def test_few_rows_are_sorted_and_many_are_gone_through_by_their_sheets(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_junctions([2.0, 3.0, 1.0, 4.0, 2.5, 3.5, 4.5])
    order = Order.of(Case, "hazard__deficit_m", descending=True)
    for few, questions in ((FEW, 1), (1, 2)):
        monkeypatch.setattr("anlu.web.pages.paging.FEW", few)
        chosen = Chosen(junctions(False), Case.objects.all())
        assert chosen.total().number == 5
        with django_assert_num_queries(questions):
            assert len(chosen.slice(order, size=2).rows) == 2


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "index"),
    [
        ("sight_m", "hazard_sight"),
        ("needed_m", "hazard_needed"),
        ("deficit_m", "hazard_deficit"),
        ("injury_crashes", "hazard_injuries"),
    ],
)
def test_sheets_are_gone_through_in_the_order_of_an_index(column: str, index: str) -> None:
    add_junctions([1.0, 2.0, 3.0])
    assert _sheet_of(Case, f"hazard__{column}") is not None
    order = Order.of(Case, f"hazard__{column}", descending=True)
    with CaptureQueriesContext(connection) as asked:
        slice_of(junctions(False), order, size=1)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
        plan = str(cursor.fetchall())
    assert index in plan
    assert "TEMP B-TREE" not in plan


def test_only_a_column_of_the_sheet_itself_is_gone_through() -> None:
    for path in ("pk", "due_on", "town__sort_key", "hazard__responsible__sort_key"):
        assert _sheet_of(Case, path) is None
