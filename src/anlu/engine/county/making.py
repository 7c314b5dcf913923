"""The whole county from one number."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from .crashes import make_crashes
from .days import all_days
from .dice import Floats
from .exposure import Exposure, expose, place_of_stretch
from .ground import Frame, TownFinder, make_records
from .hot_spots import HOT_PLANS, JUNCTION_RADIUS_M, HotPlan
from .periods import PERIODS
from .plan import COUNTY_CODE, COUNTY_NAME, MIDDLE, towns
from .records import County, HotSpot
from .roads import lay_out
from .shape import outer_shape, town_shapes
from .sites import Sites
from .where import Where

SEED = 20230703


@lru_cache(maxsize=2)
def make_county(seed: int = SEED) -> County:
    """
    青澜县: towns, villages, roads, sites and the crashes of 2019-01-01 to 2023-07-02.

    The same seed gives the same county on every machine. How it is made and what it promises:
    ``docs/methods/county.md``.
    """
    plans, frame = towns(), Frame()
    shapes = town_shapes(plans, seed)
    outline = outer_shape(shapes)
    made = make_records(plans, shapes, lay_out(plans, shapes, outline, seed), frame, seed)
    where, finder = Where(made), TownFinder(shapes)
    exposure = expose(where, seed)
    crashes = make_crashes(where, exposure, all_days(seed), finder, frame, seed)
    return County(
        seed=seed,
        code=COUNTY_CODE,
        name=COUNTY_NAME,
        lon=MIDDLE[0],
        lat=MIDDLE[1],
        boundary=frame.polygon(outline),
        towns=tuple(made.towns),
        villages=tuple(made.villages),
        roads=tuple(made.roads),
        lines=tuple(made.lines),
        junctions=tuple(made.junctions),
        sites=tuple(Sites(where, plans, finder, frame, seed).all()),
        hot_spots=tuple(
            _hot_spot(number, plan, where, exposure, finder, frame) for number, plan in enumerate(HOT_PLANS)
        ),
        crashes=tuple(crashes),
    )


def _hot_spot(
    number: int, plan: HotPlan, where: Where, exposure: Exposure, finder: TownFinder, frame: Frame
) -> HotSpot:
    quota = np.array([[one.ordinary, one.summary, one.self_settled] for one in PERIODS]).sum(axis=0)
    share: Floats = quota / exposure.weight.sum(axis=0)  # crashes of a procedure for one unit of weight
    ordinary = float((exposure.ordinary_weight(number) * share).sum())
    top = float((exposure.top_weight(number) * share).sum())
    road, from_m, to_m, xy = _extent(plan, where)
    lon, lat = frame.degrees(xy[None, :])[0]
    return HotSpot(
        code=f"H{number + 1:02d}",
        name=plan.name,
        kind="junction" if plan.is_junction else "segment",
        road=road,
        from_m=round(from_m, 1),
        to_m=round(to_m, 1),
        lon=float(lon),
        lat=float(lat),
        radius_m=JUNCTION_RADIUS_M if plan.is_junction else 0.0,
        town=where.made.towns[int(finder.find(xy[None, :])[0])].code,
        multiplier=plan.multiplier,
        pattern=plan.pattern,
        words=plan.words,
        expected=round(ordinary + top, 2),
        expected_else=round(ordinary, 2),
    )


def _extent(plan: HotPlan, where: Where) -> tuple[str, float, float, Floats]:
    """Road, stretch and middle of a hot spot."""
    road = where.code_of[plan.roads[0]]
    if not plan.is_junction:
        return road, plan.from_m, plan.to_m, place_of_stretch(where, plan)
    spot = where.meeting(*plan.roads)
    junction = where.made.junctions[where.made.spots.index(spot)]
    at_m = dict(junction.roads)[road]
    return road, at_m - JUNCTION_RADIUS_M, at_m + JUNCTION_RADIUS_M, np.array(spot)
