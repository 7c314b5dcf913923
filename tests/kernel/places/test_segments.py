"""Segments of roads: which one a place lies on, what may not lie over what, and the same answer from the database."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Subquery
from django.test.utils import CaptureQueriesContext

from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.filters import FilterProblem
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.places.models import Junction, Segment
from anlu.kernel.places.registers import (
    SegmentMisfit,
    add_junction,
    add_segment,
    change_segment,
    restore_segment,
    void_segment,
)
from anlu.kernel.places.segments import SegmentFilter, lying_on, lying_on_outer, segment_of
from tests.kernel.places.ground import BEGIN_M, make_ground

pytestmark = pytest.mark.django_db
DAY = date(2023, 3, 1)


@pytest.fixture
def ground(db: None) -> dict[str, Any]:
    """The county of ``ground.py``."""
    return make_ground()


def segment(ground: dict[str, Any], number: str, begin_m: float, end_m: float, **facts: Any) -> Segment:
    """A segment of G105, stakes from the beginning of the road."""
    stakes = {"begin_m": BEGIN_M + begin_m, "end_m": BEGIN_M + end_m}
    values = {"number": number, "name": f"路段{number}", "road": ground["G105"], **stakes, **facts}
    return add_segment(values, by=SYSTEM)


def at(ground: dict[str, Any], metres: float) -> Junction:
    """An unsaved thing on G105."""
    return Junction(code="1", name="处", road=ground["G105"], chainage_m=BEGIN_M + metres)


def test_a_place_lies_on_the_segment_of_its_stake_and_a_common_end_on_the_one_that_begins_there(
    ground: dict[str, Any],
) -> None:
    first, second = segment(ground, "1", 0, 2_000), segment(ground, "2", 2_000, 4_000)
    found = [segment_of(at(ground, metres), DAY) for metres in (0, 1_999.9, 2_000, 3_999, 4_000)]
    assert found == [first, first, second, second, None]
    elsewhere = Junction(code="2", name="处", road=ground["S254"], chainage_m=BEGIN_M)
    assert segment_of(elsewhere, DAY) is None
    assert segment_of(Junction(code="3", name="处", road=ground["G105"]), DAY) is None


def test_a_segment_that_was_ended_keeps_the_places_of_its_time(ground: dict[str, Any]) -> None:
    old = segment(ground, "old", 0, 4_000, valid_to=date(2022, 12, 31))
    new = segment(ground, "new", 0, 2_000, valid_from=date(2023, 1, 1))
    place = at(ground, 1_000)
    assert segment_of(place, date(2022, 12, 31)) == old
    assert segment_of(place, date(2023, 1, 1)) == new
    assert segment_of(at(ground, 3_000), date(2023, 1, 1)) is None


def test_its_town_follows_from_its_stakes_unless_it_is_stated(ground: dict[str, Any]) -> None:
    assert segment(ground, "1", 0, 2_000).town == ground["west"]
    assert segment(ground, "2", 2_000, 3_000, town=ground["east"]).town == ground["east"]


@pytest.mark.parametrize(
    ("begin_m", "end_m", "words"),
    [
        (1_000, 3_000, "与「路段1」(K10+000 至 K12+000)重叠"),
        (-500, -100, "国道105线的桩号是 K10+000 至 K21+"),
        (11_000, 12_000, "国道105线的桩号是 K10+000 至 K21+"),
    ],
)
def test_stakes_that_cannot_be_are_refused_and_told(
    ground: dict[str, Any], begin_m: float, end_m: float, words: str
) -> None:
    segment(ground, "1", 0, 2_000)
    with pytest.raises(SegmentMisfit) as refused:
        segment(ground, "2", begin_m, end_m)
    assert words in str(refused.value)
    assert Segment.objects.count() == 1
    assert segment(ground, "2", 2_000, 3_000)


def test_a_segment_grows_only_into_free_stakes_and_comes_back_only_while_they_are_free(
    ground: dict[str, Any],
) -> None:
    first = segment(ground, "1", 0, 2_000)
    second = segment(ground, "2", 2_000, 3_000)
    with pytest.raises(SegmentMisfit):
        change_segment(first.uid, {"end_m": BEGIN_M + 2_500}, version=first.version, by=SYSTEM)
    void_segment(second.uid, why="并入", by=SYSTEM)
    assert segment_of(at(ground, 2_200), DAY) is None
    grown = change_segment(first.uid, {"end_m": BEGIN_M + 2_500}, version=first.version, by=SYSTEM)
    assert segment_of(at(ground, 2_200), DAY) == grown
    with pytest.raises(SegmentMisfit):
        restore_segment(second.uid, by=SYSTEM)
    second.refresh_from_db()
    assert second.voided_at is not None


def test_no_two_live_segments_have_one_number(ground: dict[str, Any]) -> None:
    segment(ground, "1", 0, 1_000)
    with pytest.raises(AnluError, match="已有同号的路段"):
        segment(ground, "1", 1_000, 2_000)


def test_the_database_finds_on_each_segment_what_lies_on_it(ground: dict[str, Any]) -> None:
    rng = random.Random(3)
    parts = [segment(ground, str(n), n * 1_000, n * 1_000 + rng.choice((500, 1_000))) for n in range(8)]
    things = [
        add_junction(
            {
                "code": f"J{n}",
                "name": "口",
                "road": ground["G105"],
                "chainage_m": BEGIN_M + 250.0 * rng.randrange(40),
            },
            by=SYSTEM,
        )
        for n in range(60)
    ]
    wanted = {one.number: {thing.pk for thing in things if segment_of(thing, DAY) == one} for one in parts}
    assert sum(map(len, wanted.values())) > 20
    one = SegmentFilter("segment", "路段")
    for part in parts:
        there = set(Junction.objects.filter(lying_on(part)).values_list("pk", flat=True))
        assert there == wanted[part.number]
        value = one.parse({"segment": [part.name]})
        assert set(Junction.objects.filter(one.q(value)).values_list("pk", flat=True)) == there
    with pytest.raises(FilterProblem, match="没有「没有的」这个路段"):
        one.parse({"segment": ["没有的"]})


def test_records_without_a_day_are_counted_on_their_segment_by_the_database(ground: dict[str, Any]) -> None:
    first, second = segment(ground, "1", 0, 2_000), segment(ground, "2", 2_000, 3_000, valid_to=DAY)
    for n, metres in enumerate((500, 1_500, 2_000)):
        place = {"road": ground["G105"], "chainage_m": BEGIN_M + metres}
        add_junction({"code": f"J{n}", "name": "口", **place}, by=SYSTEM)
    there = (
        Junction.objects.filter(lying_on_outer())
        .order_by()
        .values("road")
        .annotate(n=Count("pk"))
        .values("n")
    )
    counted = Segment.objects.annotate(here=Subquery(there)).values_list("number", "here")
    assert dict(counted) == {first.number: 2, second.number: 1}


def test_a_name_that_two_segments_share_finds_what_lies_on_either(ground: dict[str, Any]) -> None:
    for number, begin_m in (("1", 0), ("2", 1_000), ("3", 2_000)):
        segment(ground, number, begin_m, begin_m + 1_000, name="城区段" if number != "3" else "城外段")
    one = SegmentFilter("segment", "路段")
    assert one.parse({"segment": ["城区段"]}) == ("1", "2")
    assert one.parse({"segment": ["城区段", "3"]}) == ("1", "2", "3")


def test_many_places_are_assigned_without_asking_for_each(ground: dict[str, Any]) -> None:
    segment(ground, "1", 0, 2_000)
    segment_of(at(ground, 0), DAY)
    with CaptureQueriesContext(connection) as asked:
        for metres in range(0, 3_000, 100):
            segment_of(at(ground, metres), DAY)
    assert {query["sql"].split(" FROM ")[1].split()[0].strip('"') for query in asked} == {"core_revision"}
