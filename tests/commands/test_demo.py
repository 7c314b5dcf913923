"""The demonstration county as `anlu init --demo` makes it: its figures and its hot spots, from the records alone."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from anlu.engine.county import County, make_county
from anlu.engine.county.records import HotSpot
from tests.commands.installations import Place

READ = """
import json
from anlu.apps.crashes.models import Crash, CrashParty, CrashVehicle, ProcedureChange
from anlu.kernel.core.models import Batch
from anlu.kernel.places.models import Area, Junction, JunctionArm
facts = ("number", "procedure", "injured", "killed", "occurred_on", "occurred_hour", "location_state", "lon", "lat",
         "road__code", "chainage_m", "place_text", "source", "town__code", "unit__area__code", "closed_on")
arms = [*Junction.objects.values_list("code", "road__code"), *JunctionArm.objects.values_list("junction__code",
        "road__code")]
print(json.dumps({
    "crashes": [dict(zip(facts, row)) for row in Crash.objects.live().values_list(*facts)],
    "junctions": list(Junction.objects.values_list("code", "lon", "lat")),
    "arms": arms,
    "names": sorted(set(CrashParty.objects.values_list("name", flat=True))),
    "plates": sorted(set(CrashVehicle.objects.values_list("plate", flat=True))),
    "changes": list(ProcedureChange.objects.values_list("from_procedure", "to_procedure")),
    "batches": list(Batch.objects.order_by("pk").values_list("state", "rows", "accepted", "refused", "actor_name")),
    "areas": list(Area.objects.values_list("kind", flat=True)),
}, default=str))
"""
EAST_M, NORTH_M = 89_250.0, 111_000.0  # metres in a degree of longitude and of latitude there
AROUND_M = 2_000.0  # of the same road on either side of a stretch
NEAR_M = 3_000.0  # junctions this near to a junction are its surroundings
BESIDE_M = 8.0  # crashes lie beside the middle of the road

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """What the database holds; ``xy`` (n, 2) are the located crashes in metres."""

    rows: dict[str, Any]
    crashes: list[dict[str, Any]]
    located: list[dict[str, Any]]
    xy: Floats

    def within(self, place: Floats, radius_m: float) -> int:
        """Crashes about a place."""
        return int((np.hypot(*(self.xy - place).T) <= radius_m).sum())

    def along(self, road: str, from_m: float, to_m: float, *, without: Iterable[HotSpot] = ()) -> float:
        """Crashes for a kilometre of road, leaving out those that lie at other hot spots."""
        spots = list(without)
        count = sum(
            one["road__code"] == road
            and from_m <= one["chainage_m"] <= to_m
            and not any(lies_at(spot, place, one) for spot in spots)
            for one, place in zip(self.located, self.xy, strict=True)
        )
        return count * 1_000.0 / (to_m - from_m)


def metres(lon: float, lat: float) -> Floats:
    return np.array([lon * EAST_M, lat * NORTH_M])


def lies_at(spot: HotSpot, place: Floats, crash: dict[str, Any]) -> bool:
    """By where the record says that it happened."""
    if spot.kind == "junction":
        return bool(np.hypot(*(place - metres(spot.lon, spot.lat))) <= spot.radius_m + BESIDE_M)
    return crash["road__code"] == spot.road and spot.from_m <= crash["chainage_m"] <= spot.to_m


@pytest.fixture(scope="session")
def county() -> County:
    """What the generator knows."""
    return make_county()


@pytest.fixture(scope="session")
def found(made: Place) -> Found:
    """What an installation holds."""
    rows = json.loads(made.script(READ))
    located = [one for one in rows["crashes"] if one["lon"] is not None]
    xy = np.array([metres(one["lon"], one["lat"]) for one in located])
    return Found(rows, rows["crashes"], located, xy)


def test_the_three_figures_of_the_article_follow_from_the_records_through_the_indicators(made: Place) -> None:
    ran = made.anlu("indicators", "--period", "2023H1", "--json", ANLU_TODAY="2023-07-03")
    figures = {figure: one for one in json.loads(ran.out)["indicators"] for figure in one["figures"]}
    shown = [
        (figures[name]["previous"], figures[name]["value"], round(figures[name]["change_pct"], 2))
        for name in ("F13", "F14", "F15")
    ]
    assert shown == [(280, 187, -33.21), (242, 164, -32.23), (53, 39, -26.42)]


def test_the_three_figures_follow_from_counting_the_rows_too(found: Found) -> None:
    def totals(year: int) -> tuple[int, int, int]:
        rows = [
            one
            for one in found.crashes
            if one["procedure"] == "ordinary" and f"{year}-01-01" <= one["occurred_on"] <= f"{year}-06-30"
        ]
        return len(rows), sum(one["injured"] for one in rows), sum(one["killed"] for one in rows)

    assert (totals(2022), totals(2023)) == ((280, 242, 53), (187, 164, 39))


def test_every_crash_of_the_generator_is_in_the_ledger_once(found: Found, county: County) -> None:
    assert sorted(one["number"] for one in found.crashes) == sorted(one.number for one in county.crashes)
    assert {one["source"] for one in found.crashes} == {"demo"}
    days = [date.fromisoformat(one["occurred_on"]) for one in found.crashes]
    assert (min(days).year, max(days)) == (2019, date(2023, 7, 2))


def test_areas_are_those_of_the_county(found: Found) -> None:
    assert Counter(found.rows["areas"]) == {"county": 1, "town": 16, "village": 116}


def test_every_crash_belongs_to_the_squadron_that_answers_for_its_town(found: Found) -> None:
    assert {one["town__code"] for one in found.crashes} == {one["unit__area__code"] for one in found.crashes}
    assert all(one["town__code"] == one["unit__area__code"] for one in found.crashes)
    assert len({one["town__code"] for one in found.crashes}) == 16


def test_most_crashes_are_located_by_road_and_stake_and_the_rest_waits_for_work(found: Found) -> None:
    unlocated = [one for one in found.crashes if one["location_state"] == "unlocated"]
    assert 0.012 < len(unlocated) / len(found.crashes) < 0.035
    assert all(one["road__code"] and one["place_text"].endswith("附近") for one in unlocated)
    assert all(one["chainage_m"] is None for one in unlocated)
    assert all(one["road__code"] and one["chainage_m"] is not None for one in found.located)
    assert sum("国道105K" in one["place_text"] for one in found.located) > 200


def test_nobody_is_real(found: Found) -> None:
    assert all(name == "" or name.endswith("某") for name in found.rows["names"])
    assert all(plate == "" or plate.startswith("演") for plate in found.rows["plates"])


def test_the_year_has_files_handlings_and_refusals_like_a_real_one(found: Found) -> None:
    batches = found.rows["batches"]
    assert [batch[0] for batch in batches] == ["live"] * 5
    assert [batch[3] for batch in batches] == [0, 0, 0, 0, 3]
    assert sum(batch[2] for batch in batches) == len(found.crashes)
    assert {batch[4] for batch in batches} == {"沈内勤"}
    assert len(found.rows["changes"]) > 10
    assert {tuple(change) for change in found.rows["changes"]} == {("summary", "ordinary")}
    ordinary = [one for one in found.crashes if one["procedure"] == "ordinary"]
    closed = sum(one["closed_on"] is not None for one in ordinary)
    assert 0.85 < closed / len(ordinary) < 1.0


# ---------------------------------------------------------------- hot spots


def test_hot_spots_have_as_many_crashes_as_was_planned(found: Found, county: County) -> None:
    """Within what chance allows of the planned multiple of a place of the same kind."""
    for spot in county.hot_spots:
        count = sum(lies_at(spot, place, one) for one, place in zip(found.located, found.xy, strict=True))
        assert abs(count - spot.expected) < 4 * math.sqrt(spot.expected), spot.name
        assert count > spot.expected_else + 4 * math.sqrt(max(spot.expected_else, 1.0)), spot.name


def test_hot_spots_exceed_what_lies_around_them_by_about_the_planned_factor(
    found: Found, county: County
) -> None:
    ratios = {spot.name: ratio_to_surroundings(spot, found, county) for spot in county.hot_spots}
    assert min(ratios.values()) >= 2.5, ratios
    shares = [ratios[spot.name] / spot.multiplier for spot in county.hot_spots]
    assert min(shares) > 0.4, ratios
    assert 0.8 < math.exp(np.mean(np.log(shares))) < 1.6


def ratio_to_surroundings(spot: HotSpot, found: Found, county: County) -> float:
    others = [one for one in county.hot_spots if one is not spot]
    if spot.kind == "junction":
        return junction_ratio(metres(spot.lon, spot.lat), found, county)
    own = found.along(spot.road, spot.from_m, spot.to_m)
    before = found.along(spot.road, spot.from_m - AROUND_M, spot.from_m - 1e-6, without=others)
    behind = found.along(spot.road, spot.to_m + 1e-6, spot.to_m + AROUND_M, without=others)
    return 2 * own / (before + behind)


def junction_ratio(place: Floats, found: Found, county: County) -> float:
    """Crashes at a junction over the mean of the other, not hot, junctions of its roads nearby; NaN without any."""
    radius_m = 60.0 + BESIDE_M
    hot = [metres(spot.lon, spot.lat) for spot in county.hot_spots if spot.kind == "junction"]
    roads: dict[str, set[str]] = {}
    for code, road in found.rows["arms"]:
        roads.setdefault(code, set()).add(road)
    at = {code: metres(lon, lat) for code, lon, lat in found.rows["junctions"]}
    own = min(at, key=lambda code: float(np.hypot(*(at[code] - place))))
    peers = [
        code
        for code, other in at.items()
        if code != own
        and np.hypot(*(other - place)) < NEAR_M
        and roads[code] & roads[own]
        and not any(np.hypot(*(other - one)) < 1.0 for one in hot)
    ]
    if not peers:
        return math.nan
    around = float(np.mean([found.within(at[code], radius_m) for code in peers]))
    return found.within(at[own], radius_m) / around if around else math.nan


def test_other_junctions_do_not_stand_out(found: Found, county: County) -> None:
    """The same measure where the generator planned nothing: what the hot spots show is not in the measure."""
    hot = [metres(spot.lon, spot.lat) for spot in county.hot_spots if spot.kind == "junction"]
    places = [metres(lon, lat) for _, lon, lat in sorted(found.rows["junctions"])[::5]]
    plain = [place for place in places if all(np.hypot(*(place - one)) > 1.0 for one in hot)]
    ratios = np.array([junction_ratio(place, found, county) for place in plain])
    ratios = ratios[np.isfinite(ratios)]
    assert len(ratios) > 100
    assert float(np.median(ratios)) < 1.5
    assert float(np.mean(ratios >= 2.5)) < 0.15


def test_the_fullest_squares_of_the_map_are_hot_spots(found: Found, county: County) -> None:
    """What a person sees first: of all squares of 200 m the ten with most crashes."""
    size_m = 200.0
    cells, counts = np.unique(np.floor(found.xy / size_m), axis=0, return_counts=True)
    fullest = cells[np.argsort(-counts, kind="stable")[:10]]
    spots = np.array([metres(spot.lon, spot.lat) for spot in county.hot_spots])
    for cell in fullest:
        away = np.abs(spots / size_m - cell - 0.5).max(axis=1)
        assert away.min() < 1.5
