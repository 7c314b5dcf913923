"""The county's crashes: totals by period, truth of the hot spots, and the shape of it all."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely

from anlu.engine.county import County, make_county
from anlu.engine.county.days import all_days, spring_festival, sun_hours
from anlu.engine.county.periods import PERIODS, Period
from anlu.engine.county.records import Crash
from anlu.engine.crashes.quality import quality_marks
from anlu.engine.crashes.records import CrashFacts, PartyFacts
from anlu.engine.crashes.severity import Casualties, casualties
from anlu.engine.indicators.compare import compare_counts
from anlu.engine.roads.projection import Projection

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2023, 7, 3, 6, 30, tzinfo=ZONE)


def outcome(crash: Crash) -> Casualties:
    people = [PartyFacts(one.injury, one.died_at, one.role, one.age) for one in crash.people]
    return casualties(people, crash.occurred_at, zone=ZONE)


def ordinary(county: County, first: date, last: date) -> list[Crash]:
    return [
        one
        for one in county.crashes
        if one.procedure == "ordinary" and first <= one.occurred_at.date() <= last
    ]


def totals(county: County, first: date, last: date) -> tuple[int, int, int, Decimal]:
    rows = ordinary(county, first, last)
    hurt = [outcome(crash) for crash in rows]
    loss = sum((crash.loss_cny for crash in rows), Decimal(0))
    return len(rows), sum(one.injured for one in hurt), sum(one.killed for one in hurt), loss


def test_the_published_changes_follow_from_the_records(county: County) -> None:
    before = totals(county, date(2022, 1, 1), date(2022, 6, 30))
    after = totals(county, date(2023, 1, 1), date(2023, 6, 30))
    assert before == (280, 242, 53, Decimal("613500"))
    assert after == (187, 164, 39, Decimal("468000"))
    changes = [compare_counts(now, then).change_pct for now, then in zip(after[:3], before[:3], strict=True)]
    assert [round(change, 2) for change in changes if change is not None] == [-33.21, -32.23, -26.42]


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: str(period.first))
def test_every_period_has_its_totals(county: County, period: Period) -> None:
    wanted = (period.ordinary, period.injured, period.killed, period.loss_cny)
    assert totals(county, period.first, period.last) == wanted
    by_procedure = Counter(
        one.procedure for one in county.crashes if period.first <= one.occurred_at.date() <= period.last
    )
    assert (by_procedure["summary"], by_procedure["self"]) == (period.summary, period.self_settled)


def test_totals_hold_whatever_the_seed() -> None:
    other = make_county(7)
    for period in PERIODS:
        wanted = (period.ordinary, period.injured, period.killed, period.loss_cny)
        assert totals(other, period.first, period.last) == wanted
    assert [one.lon for one in other.crashes[:50]] != [one.lon for one in make_county().crashes[:50]]


def test_the_same_seed_gives_the_same_county(county: County) -> None:
    make_county.cache_clear()
    again = make_county()
    assert again.crashes == county.crashes
    assert again.hot_spots == county.hot_spots
    assert (again.towns, again.villages, again.roads) == (county.towns, county.villages, county.roads)
    assert all(np.array_equal(a.coords, b.coords) for a, b in zip(again.lines, county.lines, strict=True))


def test_the_county_is_the_one_that_it_always_was(county: County) -> None:
    """Numbers of the first release: a change of any draw, or of the libraries below, shows here."""
    assert len(county.lines) == LINES
    assert len(county.junctions) == JUNCTIONS
    sums = (sum(one.lon for one in county.crashes), sum(one.lat for one in county.crashes))
    assert sums == pytest.approx(CRASH_SUMS, abs=1e-4)
    assert sum(len(one.people) for one in county.crashes) == PEOPLE


LINES, JUNCTIONS, PEOPLE = 1602, 752, 29_699
CRASH_SUMS = (1_196_264.823149, 379_373.946141)


def test_a_year_has_about_as_many_crashes_as_such_a_county(county: County) -> None:
    by_year = Counter(one.occurred_at.year for one in county.crashes)
    assert all(2_000 <= by_year[year] <= 2_600 for year in (2019, 2020, 2021, 2022))
    assert county.crashes[0].occurred_at.date() >= date(2019, 1, 1)
    assert county.crashes[-1].occurred_at.date() == date(2023, 7, 2)


def test_every_crash_lies_on_its_road_and_in_its_town(county: County, projection: Projection) -> None:
    lon, lat = [one.lon for one in county.crashes], [one.lat for one in county.crashes]
    x, y = projection.to_metres(lon, lat)
    shapes = np.array([
        shapely.linestrings(np.column_stack(projection.to_metres(line.coords[:, 0], line.coords[:, 1])))
        for line in county.lines
    ], object)  # fmt: skip
    own = shapes[[one.line for one in county.crashes]]
    points = shapely.points(x, y)
    assert shapely.distance(own, points).max() < 30.0
    offset = shapely.line_locate_point(own, points)
    for crash, at_m in zip(county.crashes, offset, strict=True):
        line = county.lines[crash.line]
        assert line.road == crash.road
        sense = 1 if line.stake_end_m > line.stake_start_m else -1
        assert line.stake_start_m + sense * at_m == pytest.approx(crash.chainage_m, abs=12.0)
    towns = {town.code: town.boundary for town in county.towns}
    inside = [towns[one.town].contains(shapely.Point(one.lon, one.lat)) for one in county.crashes]
    assert np.mean(inside) > 0.998  # on a road along the county's border the other lane lies outside


def test_hot_spots_are_really_hot(county: County) -> None:
    """Counts against what the place would have if it were like its kind: by far too many to be chance."""
    found = Counter(hot_spot_at(county, crash) for crash in county.crashes)
    assert 18 <= len(county.hot_spots) <= 25
    for spot in county.hot_spots:
        count = found[spot.code]
        assert count > spot.expected_else + 4 * np.sqrt(max(spot.expected_else, 1.0)), spot
        assert abs(count - spot.expected) < 4 * np.sqrt(spot.expected), spot
        assert spot.expected / spot.expected_else == pytest.approx(spot.multiplier, rel=0.02)
    ratio = sum(found[one.code] for one in county.hot_spots) / sum(
        one.expected_else for one in county.hot_spots
    )
    assert 3.5 < ratio < 6.5


def hot_spot_at(county: County, crash: Crash) -> str:
    """The hot spot that a crash lies at, by its place alone."""
    for spot in county.hot_spots:
        if (
            spot.kind == "segment"
            and crash.road == spot.road
            and spot.from_m <= crash.chainage_m <= spot.to_m
        ):
            return spot.code
        if spot.kind == "junction":
            east = (crash.lon - spot.lon) * 89_300
            north = (crash.lat - spot.lat) * 111_000
            if east * east + north * north <= (spot.radius_m + 8) ** 2:
                return spot.code
    return ""


def test_a_hot_spot_is_dominated_by_its_pattern(county: County) -> None:
    for spot in county.hot_spots:
        patterns = Counter(one.pattern for one in county.crashes if one.hot_spot == spot.code)
        assert patterns.most_common(1)[0][0] == spot.pattern, spot.name
    market = next(one for one in county.hot_spots if one.name == "麦丘集")
    hours = [
        one.occurred_at.hour
        for one in county.crashes
        if one.hot_spot == market.code and one.pattern == market.pattern
    ]
    assert np.mean([6 <= hour < 12 for hour in hours]) > 0.7


def test_light_agrees_with_the_sun(county: County) -> None:
    for crash in county.crashes:
        rise, fall = sun_hours(crash.occurred_at.date())
        hour = crash.occurred_at.hour + crash.occurred_at.minute / 60
        if crash.light == "1":
            assert rise - 0.2 <= hour <= fall + 0.2
        elif crash.light in ("2", "3"):
            assert hour < rise - 0.4 or hour > fall + 0.4
            assert county.lines[crash.line].lit == (crash.light == "2")


def test_weather_and_surface_belong_together(county: County) -> None:
    assert {one.surface for one in county.crashes if one.weather == "3"} <= {"2", "5"}
    assert {one.surface for one in county.crashes if one.weather == "4"} == {"5"}
    assert all(one.occurred_at.month in (11, 12, 1, 2, 3) for one in county.crashes if one.weather == "4")


def test_sun_and_spring_festival_are_those_of_the_almanac() -> None:
    assert [spring_festival(year) for year in (2019, 2020, 2021, 2022, 2023)] == [
        date(2019, 2, 5), date(2020, 1, 25), date(2021, 2, 12), date(2022, 2, 1), date(2023, 1, 22)
    ]  # fmt: skip
    rise, fall = sun_hours(date(2023, 6, 21))
    assert rise == pytest.approx(4 + 58 / 60, abs=0.06)  # longest day: 14 h 40 min at 36.72° N
    assert fall - rise == pytest.approx(14 + 39 / 60, abs=0.08)


def test_quiet_times_are_quiet(county: County) -> None:
    days = Counter(one.occurred_at.date() for one in county.crashes)
    spring = sum(days[date(2020, 2, 1) + timedelta(n)] for n in range(40))
    usual = sum(days[date(2021, 2, 1) + timedelta(n)] for n in range(40))
    assert spring < 0.7 * usual
    by_hour = Counter(one.occurred_at.hour for one in county.crashes)
    assert by_hour[17] > 3 * by_hour[3]
    assert by_hour[8] > by_hour[12]


def test_helmets_come_into_use(county: County) -> None:
    worn = {}
    for year in (2019, 2023):
        helmets = [
            one.helmet
            for crash in county.crashes
            if crash.occurred_at.year == year
            for one in crash.people
            if one.helmet
        ]
        worn[year] = helmets.count("used") / len(helmets)
    assert worn[2019] < 0.25 < 0.45 < worn[2023]


def test_people_die_of_what_kills(county: County) -> None:
    rows = [one for one in county.crashes if one.procedure == "ordinary"]
    fatal = [one for one in rows if outcome(one).killed]

    def share(crashes: list[Crash], light: tuple[str, ...]) -> float:
        return sum(one.light in light for one in crashes) / len(crashes)

    assert share(fatal, ("3",)) > 1.3 * share(rows, ("3",))
    by_rank = Counter(one.road_rank for one in fatal)
    assert by_rank["1"] + by_rank["2"] > 0.35 * len(fatal)


def test_some_die_later_and_only_the_first_week_counts(county: County) -> None:
    waits = [
        (person.died_at - crash.occurred_at) / timedelta(days=1)
        for crash in county.crashes
        for person in crash.people
        if person.died_at is not None
    ]
    assert sum(1 < wait <= 7 for wait in waits) >= 20
    assert sum(7 < wait <= 30 for wait in waits) >= 10
    assert min(waits) >= 0
    assert all(one.died_at <= NOW for crash in county.crashes for one in crash.people if one.died_at)


def test_nobody_has_a_name_and_no_plate_can_be_anybodys(county: County) -> None:
    plates = [vehicle.plate for crash in county.crashes for vehicle in crash.vehicles if vehicle.plate]
    assert all(plate.startswith("演") for plate in plates)
    assert len(set(plates)) == len(plates)
    assert not hasattr(county.crashes[0].people[0], "name")


def test_the_rules_between_fields_hold_but_for_a_few_records(county: County) -> None:
    marks = Counter(
        mark.code for crash in county.crashes for mark in quality_marks(facts(crash), now=NOW, zone=ZONE)
    )
    assert set(marks) <= {"cause_missing", "late_filing", "no_position"}
    assert 0.012 < marks["no_position"] / len(county.crashes) < 0.032


def facts(crash: Crash) -> CrashFacts:
    found = outcome(crash)
    return CrashFacts(
        occurred_at=crash.occurred_at,
        severity=found.severity,
        form=crash.form,
        vehicle_form=crash.vehicle_form,
        object_hit=crash.object_hit,
        cause=crash.cause,
        close_method=crash.close_method,
        mediation=crash.mediation,
        filed_at=crash.filed_at,
        lon=crash.lon if crash.located else None,
        lat=crash.lat if crash.located else None,
        road=crash.road,
        place=crash.place,
        killed=found.killed,
        injured=found.injured,
        vehicles_count=len(crash.vehicles),
        vehicles=len(crash.vehicles),
        parties=tuple(PartyFacts(one.injury, one.died_at, one.role, one.age) for one in crash.people),
    )


def test_nothing_happened_after_the_data_were_taken(county: County) -> None:
    for crash in county.crashes:
        assert crash.occurred_at <= crash.reported_at <= NOW
        assert crash.filed_at is None or crash.reported_at <= crash.filed_at <= NOW
        assert (
            crash.determined_on is None or crash.determined_on < NOW.date() or crash.procedure != "ordinary"
        )
        assert crash.closed_on is None or crash.determined_on is not None


def test_liabilities_of_two_go_together(county: County) -> None:
    pairs = {("full", "none"), ("main", "secondary"), ("equal", "equal")}
    for crash in county.crashes:
        degrees = [one.liability for one in crash.people if one.role in ("driver", "pedestrian")]
        if len(degrees) == 2:
            assert tuple(degrees) in pairs | {(b, a) for a, b in pairs}, crash.number
        if len(crash.people) == 1:
            assert degrees == ["full"]


def test_the_last_day_is_the_one_that_the_morning_page_tells_of(county: County) -> None:
    last = [one for one in county.crashes if one.occurred_at.date() == date(2023, 7, 2)]
    assert Counter(one.procedure for one in last) == {"ordinary": 1, "summary": 14, "self": 8}
    evening = next(one for one in last if one.procedure == "ordinary")
    assert (evening.road, evening.chainage_m) == ("S247", 9_260.0)
    assert f"{evening.occurred_at:%H:%M}" == "19:42"
    assert [one.vehicle_class for one in evening.vehicles] == ["H3", "F6"]
    assert (outcome(evening).killed, outcome(evening).serious) == (0, 1)
    morning = next(one for one in last if one.procedure == "summary" and outcome(one).injured)
    assert f"{morning.occurred_at:%H:%M}" == "07:15"
    assert sum(outcome(one).injured for one in last) == 2


def test_every_day_has_a_plausible_sky() -> None:
    days = all_days(1)
    wet = sum(day.wet_to_h > 0 for day in days) / (len(days) / 365.25)
    assert 55 <= wet <= 95
    assert all(not day.snow or day.day.month in (11, 12, 1, 2, 3) for day in days)
