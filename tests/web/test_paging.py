"""Keyset paging: whatever the values, every row comes once, in order, both ways, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from anlu.kernel.places.models import Area, AreaKind
from anlu.web.pages.paging import (
    Order,
    Total,
    can_be_null,
    edge_of,
    neighbours_of,
    slice_of,
    total_of,
)
from tests.factories import make_area

days = st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 4))
sizes = st.integers(1, 7)


def areas_with(values: list[date | None]) -> None:
    """One area for each value of the sorted column."""
    Area.objects.bulk_create(
        Area(code=f"P{n:03}", name=f"第{n}镇", kind=AreaKind.TOWN, valid_from=value)
        for n, value in enumerate(values)
    )


def walked(order: Order, size: int) -> list[Any]:
    """All rows, page by page forwards."""
    rows, found, after = Area.objects.all(), [], None
    while True:
        page = slice_of(rows, order, size=size, after=after)
        found += page.rows
        if not page.has_next:
            return found
        after = edge_of(rows, order, "uid", str(page.rows[-1].uid))


def walked_back(order: Order, size: int, last: Any) -> list[Any]:
    """All rows before the last one, page by page backwards."""
    rows = Area.objects.all()
    found: list[Any] = []
    before = edge_of(rows, order, "uid", str(last.uid))
    while True:
        page = slice_of(rows, order, size=size, before=before)
        known = {one.pk for one in found} | {last.pk}
        found = [one for one in page.rows if one.pk not in known] + found
        if not page.has_previous:
            return found
        before = edge_of(rows, order, "uid", str(page.rows[0].uid))


class EveryOrder(TestCase):
    """Properties over any values of a column that may be empty and has many ties."""

    @settings(max_examples=40)
    @given(st.lists(days, max_size=15), sizes, st.booleans())
    def test_pages_hold_every_row_once_in_order_with_empty_values_last(
        self, values: list[date | None], size: int, descending: bool
    ) -> None:
        areas_with(values)
        order = Order.of(Area, "valid_from", descending=descending)
        found = walked(order, size)
        assert sorted(one.code for one in found) == [f"P{n:03}" for n in range(len(values))]
        stated = [one.valid_from for one in found if one.valid_from is not None]
        assert stated == sorted(stated, reverse=descending)
        assert all(one.valid_from is None for one in found[len(stated) :])

    @settings(max_examples=40)
    @given(st.lists(days, min_size=1, max_size=15), sizes, st.booleans())
    def test_going_back_gives_the_same_rows_as_going_forward(
        self, values: list[date | None], size: int, descending: bool
    ) -> None:
        areas_with(values)
        order = Order.of(Area, "valid_from", descending=descending)
        forwards = walked(order, size)
        backwards = walked_back(order, size, forwards[-1])
        assert [one.pk for one in backwards] == [one.pk for one in forwards[:-1]]

    @settings(max_examples=25)
    @given(st.lists(days, min_size=1, max_size=10), st.booleans())
    def test_neighbours_are_the_rows_beside_it(self, values: list[date | None], descending: bool) -> None:
        areas_with(values)
        order = Order.of(Area, "valid_from", descending=descending)
        found = walked(order, 100)
        for place, thing in enumerate(found):
            before, after = neighbours_of(Area.objects.all(), order, thing, "uid")
            assert before == (str(found[place - 1].uid) if place else "")
            assert after == (str(found[place + 1].uid) if place + 1 < len(found) else "")


@pytest.mark.django_db
def test_a_page_before_the_beginning_is_the_whole_first_page() -> None:
    areas = [make_area(f"第{n}镇") for n in range(5)]
    order = Order.of(Area, "code", descending=False)
    edge = edge_of(Area.objects.all(), order, "uid", str(areas[1].uid))
    page = slice_of(Area.objects.all(), order, size=3, before=edge)
    assert [one.pk for one in page.rows] == [one.pk for one in areas[:3]]
    assert not page.has_previous
    assert page.has_next


@pytest.mark.django_db
@pytest.mark.parametrize(
    "stated", ["", "nonsense", "0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee", "' or 1=1", "\ud800"]
)
def test_an_unknown_edge_is_no_edge(stated: str) -> None:
    make_area()
    order = Order.of(Area, "code", descending=False)
    assert edge_of(Area.objects.all(), order, "uid", stated) is None


@pytest.mark.django_db
def test_an_edge_outside_what_the_person_sees_is_no_edge() -> None:
    area = make_area()
    order = Order.of(Area, "code", descending=False)
    assert edge_of(Area.objects.none(), order, "uid", str(area.uid)) is None


def test_a_path_through_an_empty_relation_may_be_empty() -> None:
    assert can_be_null(Area, "parent__code")
    assert can_be_null(Area, "valid_from")
    assert not can_be_null(Area, "code")
    assert not can_be_null(Area, "pk")


@pytest.mark.django_db
def test_counting_stops_where_it_is_told() -> None:
    for _ in range(5):
        make_area()
    assert str(total_of(Area.objects.all(), up_to=5)) == "5"
    assert str(total_of(Area.objects.all(), up_to=4)) == "4+"
    assert str(Total(12345)) == "12,345"
