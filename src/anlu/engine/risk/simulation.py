"""
Made counties whose true danger is known, to judge rankings and tests by. Method: ``methods/ranking.md``.

Streets stand close together in the middle and far apart at the edge; every fifth is a main road. Danger per metre goes
with the class, the part of the county, the link, junctions, and hot spots where such are planted.
"""

from dataclasses import dataclass

import numpy as np

from anlu.engine.roads.network import Floats, Ints, Network, build_network

from .clusters import at_junction
from .density import network_density
from .neighbours import places_within
from .positions import Lixels, Positions, cut_lixels, on_edges

LIXEL_M = 50.0
FIRST_DAY = np.datetime64("2018-01-01", "D")
MAIN_EVERY = 5  # streets
LEFT_OUT = 0.05  # of the links
FIELD_M = 1500.0  # how far what raises danger in a part of the county reaches


@dataclass(frozen=True)
class Danger:
    """
    How unevenly danger is spread; the defaults are those of a county without hot spots and without surprises.

    Attributes
    ----------
    main_factor
        Of a metre of main road over one of another.
    links_vary
        Variance of the gamma factor that every link has of its own, 0 for none.
    parts_vary
        0 to 1: how far danger goes with the part of the county.
    junction_factor
        Of the lixels at junctions.
    hot_spots, hot_radius_m, hot_factor
        How many stretches are planted, how far they reach from their middle, how many times as dangerous they are.
    """

    main_factor: float = 4.0
    links_vary: float = 0.0
    parts_vary: float = 0.0
    junction_factor: float = 1.0
    hot_spots: int = 0
    hot_radius_m: float = 150.0
    hot_factor: float = 6.0


#: As uneven as real counties are.
USUAL = Danger(links_vary=0.8, parts_vary=0.8, junction_factor=3.0, hot_spots=8)
#: Nothing but the class of road matters.
EVEN = Danger()


@dataclass(frozen=True, eq=False)
class MadeCounty:
    """
    A network and what is to be expected on it.

    Attributes
    ----------
    main : (E,)
        1 for main roads, else 0; one edge per link.
    lixels
        Parts of at most 50 m.
    intensity : (L,)
        Crashes to expect of each lixel per year.
    hot : (L,)
        Number of the hot spot that the lixel belongs to, or -1.
    """

    network: Network
    main: Ints
    lixels: Lixels
    intensity: Floats
    hot: Ints

    @property
    def by_link(self) -> Floats:
        """Crashes to expect of each link per year (E,)."""
        return np.bincount(self.lixels.edge, self.intensity, self.network.edges).astype(np.float64)


def make_county(
    danger: Danger, rng: np.random.Generator, *, streets: int = 30, crashes_per_year: float = 400.0
) -> MadeCounty:
    """
    A county of ``streets`` by ``streets`` streets.

    Raises
    ------
    ValueError
        Fewer than three streets.
    """
    if streets < 3:
        raise ValueError(f"streets must be at least 3, got {streets}")
    network, main = _streets(streets, rng)
    lixels = cut_lixels(network, LIXEL_M)
    per_metre = np.where(main == 1, danger.main_factor, 1.0)[lixels.edge]
    per_metre *= _field(network, lixels, danger.parts_vary, rng)
    if danger.links_vary > 0:
        per_metre *= rng.gamma(1 / danger.links_vary, danger.links_vary, network.edges)[lixels.edge]
    per_metre *= np.where(at_junction(network, lixels), danger.junction_factor, 1.0)
    hot = _planted(network, lixels, danger, rng)
    per_metre[hot >= 0] *= danger.hot_factor
    intensity = per_metre * lixels.length_m
    return MadeCounty(network, main, lixels, intensity * (crashes_per_year / intensity.sum()), hot)


def make_crashes(county: MadeCounty, years: int, rng: np.random.Generator) -> tuple[Positions, np.ndarray]:
    """Poisson crashes of so many years from 2018 on, and their dates (m,)."""
    counts = rng.poisson(county.intensity * years)
    lixel = np.repeat(np.arange(len(counts)), counts)
    offset = county.lixels.begin_m[lixel] + rng.random(len(lixel)) * county.lixels.length_m[lixel]
    length = county.network.lengths[county.lixels.edge[lixel]]
    positions = on_edges(county.network, county.lixels.edge[lixel], np.minimum(offset, length))
    end = FIRST_DAY.astype("datetime64[Y]") + years
    days = int((end.astype("datetime64[D]") - FIRST_DAY).astype(np.int64))
    return positions, FIRST_DAY + rng.integers(0, days, len(lixel)).astype("timedelta64[D]")


def _streets(side: int, rng: np.random.Generator) -> tuple[Network, Ints]:
    x, y = np.meshgrid(_spaced(side, rng), _spaced(side, rng), indexing="ij")
    xy = np.stack([x.ravel(), y.ravel()], axis=1) + rng.uniform(-20.0, 20.0, (side * side, 2))
    node = np.arange(side * side).reshape(side, side)
    across = np.stack([node[:-1].ravel(), node[1:].ravel()], axis=1)
    along = np.stack([node[:, :-1].ravel(), node[:, 1:].ravel()], axis=1)
    street = np.concatenate([np.tile(np.arange(side), side - 1), np.repeat(np.arange(side), side - 1)])
    main = (street % MAIN_EVERY == MAIN_EVERY // 2).astype(np.int64)
    kept = (rng.random(len(main)) >= LEFT_OUT) | (main == 1)
    ends = np.concatenate([across, along])[kept]
    network = build_network((xy[ends].reshape(-1, 2), np.arange(0, 2 * len(ends) + 1, 2)))
    return network, main[kept]


def _spaced(side: int, rng: np.random.Generator) -> Floats:
    """Where the streets lie: 80 m apart in the middle, eight times that at the edge."""
    away = np.abs(np.linspace(-1.0, 1.0, side - 1))
    return np.concatenate([[0.0], np.cumsum(80.0 * 8.0**away * rng.uniform(0.7, 1.3, side - 1))])


def _field(network: Network, lixels: Lixels, parts_vary: float, rng: np.random.Generator) -> Floats:
    if parts_vary == 0:
        return np.ones(len(lixels.edge))
    centres = max(5, network.edges // 100)
    edge = rng.integers(0, network.edges, centres)
    places = on_edges(network, edge, rng.random(centres) * network.lengths[edge])
    weights = rng.gamma(0.5, size=centres)
    raised = network_density(network, places, lixels.middles, FIELD_M, weights=weights).values
    return np.asarray(1.0 - parts_vary + parts_vary * raised / raised.mean())


def _planted(network: Network, lixels: Lixels, danger: Danger, rng: np.random.Generator) -> Ints:
    """Hot spots anywhere on the network, none touching another."""
    hot = np.full(len(lixels.edge), -1, np.int64)
    if danger.hot_spots == 0:
        return hot
    near = places_within(network, lixels.middles, danger.hot_radius_m)
    planted = 0
    for middle in rng.permutation(len(lixels.edge)):
        reached = near.place[near.start[middle] : near.start[middle + 1]]
        if planted < danger.hot_spots and (hot[reached] < 0).all():
            hot[reached] = planted
            planted += 1
    return hot
