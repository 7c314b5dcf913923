"""The county's places: boundaries, names, roads that join, stakes that lead back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely

from anlu.engine.county import County
from anlu.engine.roads.network import Network
from anlu.engine.roads.projection import Projection
from anlu.engine.roads.referencing import Roads, locate, places_of

# The towns and the county of the reference brigade, with its prefecture: the made ones must not be named like them.
REAL = [
    "青年路街道", "新华路街道", "先锋路街道", "大辛庄街道", "松林镇", "老赵庄镇", "康庄镇", "魏湾镇",
    "刘垓子镇", "八岔路镇", "潘庄镇", "烟店镇", "唐园镇", "金郝庄镇", "戴湾镇", "尚店镇",
    "临清市", "聊城市", "东昌府区", "茌平区", "阳谷县", "莘县", "东阿县", "冠县",
    "高唐县",
]  # fmt: skip
STEMS = {name.removesuffix("街道").rstrip("镇市县区") for name in REAL}


def test_the_county_is_of_the_planned_size(county: County, projection: Projection) -> None:
    lon, lat = shapely.get_coordinates(county.boundary).T
    outline = shapely.polygons(np.column_stack(projection.to_metres(lon, lat)))
    assert outline.area / 1e6 == pytest.approx(950, rel=0.03)
    assert county.boundary.contains(shapely.Point(115.86, 36.72))


def test_towns_share_their_borders_and_fill_the_county(county: County) -> None:
    shapes = np.array([town.boundary for town in county.towns], object)
    assert len(shapes) == 16
    assert shapely.coverage_is_valid(shapes)
    assert shapely.area(shapely.symmetric_difference(shapely.union_all(shapes), county.boundary)) < 1e-12


def test_every_seat_and_every_village_lies_in_its_town(county: County) -> None:
    shapes = {town.code: town.boundary for town in county.towns}
    assert all(town.boundary.contains(shapely.Point(town.lon, town.lat)) for town in county.towns)
    assert len(county.villages) == 116
    assert all(shapes[one.town].contains(shapely.Point(one.lon, one.lat)) for one in county.villages)


def test_no_name_comes_twice(county: County) -> None:
    for names in (
        [village.name for village in county.villages],
        [village.code for village in county.villages],
        [town.name for town in county.towns],
        [road.code for road in county.roads],
        [road.name for road in county.roads],
        [junction.code for junction in county.junctions],
        [site.code for site in county.sites],
        [site.name for site in county.sites],
    ):
        assert len(set(names)) == len(names)


def test_no_place_is_named_like_a_real_one(county: County) -> None:
    made = [
        county.name,
        *(one.name for one in (*county.towns, *county.villages, *county.roads, *county.sites)),
    ]
    assert not [(name, stem) for name in made for stem in STEMS if stem in name]


def test_village_names_have_two_characters_and_the_word_for_village(county: County) -> None:
    assert {len(village.name) for village in county.villages} == {3}
    assert all(village.name.endswith("村") for village in county.villages)
    assert "柳北村" in {village.name for village in county.villages}


def test_all_roads_are_one_network(county: County, network: Network) -> None:
    assert not len(network.unused)
    assert set(network.component.tolist()) == {0}
    assert network.edges == len(county.lines)


def test_no_two_lines_cross_where_there_is_no_junction(county: County) -> None:
    lines = np.array(county.line_shapes(), object)
    tree = shapely.STRtree(lines)
    first, second = tree.query(lines, predicate="crosses")
    assert [(county.lines[i].road, county.lines[j].road) for i, j in zip(first, second, strict=True)] == []


def test_lengths_by_class_are_those_of_such_a_county(county: County) -> None:
    km = county.km_by_class
    assert sum(km.values()) == pytest.approx(1_500, rel=0.01)
    for rank, low, high in (
        ("1", 60, 80), ("2", 60, 80), ("3", 170, 220), ("4", 280, 360), ("5", 650, 800), ("", 90, 130)
    ):  # fmt: skip
        assert low <= km[rank] <= high, rank
    codes = {road.code for road in county.roads}
    assert {"G105", "G308", "S247", "S258"} <= codes
    assert sum(code.startswith("X") for code in codes) == 12
    assert sum(code.startswith("Y") for code in codes) == 45


def test_every_road_states_class_owner_and_length(county: County) -> None:
    drawn = {}
    for line in county.lines:
        drawn[line.road] = drawn.get(line.road, 0.0) + line.length_m
    for road in county.roads:
        assert road.technical_class
        assert road.owner
        assert road.length_m == pytest.approx(drawn[road.code], abs=1.0)


def test_no_main_road_is_a_straight_line(county: County) -> None:
    for code in ("G105", "G308", "S247", "S258"):
        longest = max((line for line in county.lines if line.road == code), key=lambda line: line.length_m)
        assert len(longest.coords) > 5


def stakes_of(county: County, code: str) -> list[tuple[float, float]]:
    return [(line.stake_start_m, line.stake_end_m) for line in county.lines if line.road == code]


def test_national_roads_enter_the_county_at_another_stake_than_0(county: County) -> None:
    for code in ("G105", "G308", "S247", "S258"):
        assert min(min(pair) for pair in stakes_of(county, code)) > 500


def test_one_road_has_a_gap_where_it_runs_on_another(county: County) -> None:
    spans = sorted((min(pair), max(pair)) for pair in stakes_of(county, "S247"))
    gaps = [(end, start) for (_, end), (start, _) in pairwise(spans) if start - end > 1.0]
    assert len(gaps) == 1
    ends = {
        round(stake)
        for line in county.lines
        if line.road == "G105"
        for stake in (line.stake_start_m, line.stake_end_m)
    }
    assert gaps[0][1] - gaps[0][0] in {abs(one - other) for one in ends for other in ends} or (
        min(abs(gaps[0][1] - gaps[0][0] - abs(one - other)) for one in ends for other in ends) < 2.0
    )


def test_one_road_is_drawn_against_its_stakes(county: County) -> None:
    assert all(start > end for start, end in stakes_of(county, "S258"))
    assert all(start < end for start, end in stakes_of(county, "G105"))


def test_the_stakes_that_the_network_works_out_are_those_of_the_lines(
    county: County, referenced: Roads
) -> None:
    start = np.array([line.stake_start_m for line in county.lines])
    end = np.array([line.stake_end_m for line in county.lines])
    assert np.abs(referenced.from_m - start).max() < 0.01
    assert np.abs(referenced.to_m - end).max() < 0.5


def test_place_to_stake_to_place_leads_back_within_half_a_metre(
    county: County, referenced: Roads, projection: Projection
) -> None:
    rng = np.random.default_rng(7)
    edges = rng.integers(0, referenced.network.edges, 4_000)
    offsets = rng.random(4_000) * referenced.network.lengths[edges]
    line_at = [
        shapely.line_interpolate_point(shapely.linestrings(np.column_stack(
            projection.to_metres(county.lines[edge].coords[:, 0], county.lines[edge].coords[:, 1])
        )), offset)
        for edge, offset in zip(edges, offsets, strict=True)
    ]  # fmt: skip
    x, y = shapely.get_x(line_at), shapely.get_y(line_at)
    found = locate(referenced, x, y, 1.0)
    assert found.found.all()
    back = places_of(referenced, found.road, found.chainage_m)
    assert np.hypot(back.x - x, back.y - y).max() <= 0.5


def test_junctions_say_what_meets_there(county: County, network: Network) -> None:
    degree = np.bincount(network.degree)
    assert sum(junction.form == "11" for junction in county.junctions) == degree[3]
    assert sum(junction.form == "12" for junction in county.junctions) == degree[4]
    names = {road.code for road in county.roads}
    for junction in county.junctions:
        assert {code for code, _ in junction.roads} <= names
    lights = [junction for junction in county.junctions if junction.signals]
    assert 30 <= len(lights) <= 160


def test_the_hottest_junction_is_the_one_of_the_two_national_roads(county: County) -> None:
    spot = next(one for one in county.hot_spots if one.name == "东环路口")
    meeting = next(one for one in county.junctions if {"G105", "G308"} <= {code for code, _ in one.roads})
    assert dict(meeting.roads)["G105"] == 12_345.0
    assert (spot.lon, spot.lat) == (meeting.lon, meeting.lat)
    assert not meeting.signals


def test_sites_stand_beside_the_road_they_name(
    county: County, referenced: Roads, projection: Projection
) -> None:
    kinds = {site.kind for site in county.sites}
    assert kinds == {"school", "market", "hospital", "station"}
    road = [referenced.numbers[site.road] for site in county.sites]
    places = places_of(referenced, road, [site.chainage_m for site in county.sites])
    assert places.found.all()
    x, y = projection.from_lonlat([site.lon for site in county.sites], [site.lat for site in county.sites])
    assert np.hypot(places.x - x, places.y - y).max() < 35.0


def test_every_rural_town_has_a_market_with_fair_days(county: County) -> None:
    fairs = {site.town: site.fair_days for site in county.sites if site.kind == "market" and site.fair_days}
    rural = {town.code for town in county.towns if town.name.endswith("镇")}
    assert set(fairs) == rural
    assert fairs["990121102"] == (1, 6)
    assert fairs["990121103"] == (6,)
