"""Places on roads in words: what is written can be read, and what people write mostly too."""

import contextlib
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anlu.engine.roads.stakes import Side, Stake
from anlu.engine.roads.wording import (
    BEARINGS,
    NotAPlace,
    RoadPlace,
    bearing_of,
    read_place,
    write_place,
)

ROADS = ("国道105线", "青临路", "东环路", "S333")


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (RoadPlace("国道105线", Stake(12345.0), roadside="右侧"), "国道105线K12+345处右侧"),
        (RoadPlace("国道105线", Stake(12345.0, Side.LEFT)), "国道105线K12+345左处"),
        (
            RoadPlace("青临路", None, "与东环路交叉口", "北", 50.0, roadside="东侧"),
            "青临路与东环路交叉口以北50米处东侧",
        ),
        (RoadPlace("青临路", reference="与东环路交叉口"), "青临路与东环路交叉口处"),
        (
            RoadPlace("S333", Stake(3200.0), "东关桥", "西南", 20.5, "由南向北", "右侧"),
            "S333K3+200(东关桥以西南20.5米)处由南向北方向右侧",
        ),
        (RoadPlace("青临路", roadside="路中"), "青临路路中"),
        (RoadPlace("青临路"), "青临路"),
    ],
)
def test_the_elements_stand_in_the_order_of_the_standard(place: RoadPlace, text: str) -> None:
    assert write_place(place) == text
    assert read_place(text, roads=ROADS) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("国道１０５线Ｋ１２＋３４５处，右侧", RoadPlace("国道105线", Stake(12345.0), roadside="右侧")),
        (
            "青澜县康庄镇国道105线12公里345米处",
            RoadPlace("国道105线", Stake(12345.0)),
        ),
        ("青临路东关桥北约50米路东", RoadPlace("青临路", None, "东关桥", "北", 50.0, roadside="东侧")),
        ("青临路距东关桥以南1.2公里处", RoadPlace("青临路", None, "东关桥", "南", 1200.0)),
        ("青临路康庄办事处", RoadPlace("青临路", reference="康庄办事处")),
        ("青临路康庄办事处以南80米", RoadPlace("青临路", None, "康庄办事处", "南", 80.0)),
        ("青临路东侧", RoadPlace("青临路", roadside="东侧")),
        ("东环路与青临路路口", RoadPlace("东环路", reference="与青临路路口")),
        ("国道105线K12+345上行方向", RoadPlace("国道105线", Stake(12345.0), heading="上行")),
        ("国道105线K1+200(东关桥", RoadPlace("国道105线", Stake(1200.0), "东关桥")),
    ],
)
def test_what_people_write_is_understood(text: str, place: RoadPlace) -> None:
    assert read_place(text, roads=ROADS) == place


def test_a_road_that_is_not_known_is_guessed_by_its_ending() -> None:
    assert read_place("G105国道K12+345").road == "G105国道"
    assert read_place("幸福大街与和平路路口").road == "幸福大街"
    assert read_place("青澜县清河镇柳林路东侧") == RoadPlace("柳林路", roadside="东侧")


def test_the_first_of_several_known_roads_is_meant_and_the_longest_name() -> None:
    assert read_place("东环路与青临路路口", roads=ROADS).road == "东环路"
    assert read_place("青临路北段K1+000", roads=["青临路", "青临路北段"]).road == "青临路北段"


def test_a_junction_names_its_other_road() -> None:
    assert read_place("青临路与东环路交叉口以北50米处", roads=ROADS).crossing == "东环路"
    assert read_place("青临路和东环路十字路口", roads=ROADS).crossing == "东环路"
    assert read_place("青临路东关桥处", roads=ROADS).crossing == ""


def test_a_text_without_a_road_is_refused() -> None:
    for text in ("东关村", "", "K12+345"):
        with pytest.raises(NotAPlace):
            read_place(text)


@pytest.mark.parametrize(
    "elements",
    [
        {"road": ""},
        {"road": "青临路", "bearing": "北", "distance_m": 50.0},
        {"road": "青临路", "reference": "东关桥", "bearing": "北"},
        {"road": "青临路", "reference": "东关桥", "distance_m": 50.0},
        {"road": "青临路", "reference": "东关桥", "bearing": "上", "distance_m": 50.0},
        {"road": "青临路", "roadside": "上侧"},
        {"road": "青临路", "heading": "向北"},
        {"road": "青临路", "reference": "东关桥以北50米"},
        {"road": "青临路", "reference": "K12+345"},
        {"road": "青临路", "reference": "康庄办事"},
    ],
)
def test_elements_that_would_be_read_differently_are_refused(elements: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which element it is does not matter here
        RoadPlace(**elements)


def test_bearings_are_the_eight_winds() -> None:
    east, north = np.sin(np.radians(np.arange(0, 360, 45))), np.cos(np.radians(np.arange(0, 360, 45)))
    assert [bearing_of(x, y) for x, y in zip(east, north, strict=True)] == list(BEARINGS)
    assert bearing_of(0.3, 1.0) == "北"
    assert bearing_of(-0.3, 1.0) == "北"


names = st.text("东南西北关桥村镇口处侧以与距中右左路线青临环庄办事学校3号AK米", min_size=1, max_size=8)
tenths = st.integers(0, 99_999).map(lambda n: n / 10)
winds = st.sampled_from(BEARINGS)


@st.composite
def places(draw: st.DrawFn) -> RoadPlace:
    stake = draw(st.none() | st.builds(Stake, st.integers(-999, 9_999_999).map(float), st.sampled_from(Side)))
    reference = draw(st.just("") | names)
    away = draw(st.none() | st.tuples(winds, tenths)) if reference else None
    heading = draw(
        st.just("") | st.builds("由{}向{}".format, winds, winds) | st.sampled_from(["上行", "下行"])
    )
    roadside = draw(
        st.sampled_from(
            ["", *(f"{wind}侧" for wind in BEARINGS), "左侧", "右侧", "左幅", "右幅", "路中", "中央分隔带"]
        )
    )
    bearing, distance_m = away or ("", None)
    try:
        return RoadPlace(draw(names), stake, reference, bearing, distance_m, heading, roadside)
    except ValueError:
        assume(False)
        raise


@given(places())
def test_what_is_written_is_read_again(place: RoadPlace) -> None:
    assert read_place(write_place(place), roads=[place.road]) == place


anything = st.text(max_size=30) | st.text("东南西北关处侧以与距()K12+345.米公里由向上行路", max_size=20)


@given(st.builds("青临路{}".format, anything) | anything)
def test_reading_never_fails_in_another_way(text: str) -> None:
    with contextlib.suppress(NotAPlace):
        read_place(text, roads=ROADS)
