"""Which line is meant at which chainage: the stakes of all roads cut into spans, with the gaps."""

import heapq
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .network import Floats, Ints


@dataclass(frozen=True, eq=False)
class Spans:
    """
    What lies between two neighbouring chainages of a road, for all roads one after the other (S spans, R
    roads).

    Attributes
    ----------
    first : (R + 1,)
        Road ``r`` has the spans ``first[r]:first[r + 1]``, by rising chainage and without a hole.
    begin_m, end_m : (S,)
    edge : (S,)
        Edge that is meant, -1 in a gap.
    before, after : (S,)
        Edges at the begin and at the end: of a gap the two beside it, else the edge itself.
    """

    first: Ints
    begin_m: Floats
    end_m: Floats
    edge: Ints
    before: Ints
    after: Ints

    @cached_property
    def low_m(self) -> Floats:
        """Lowest chainage of each road (R,), NaN for a road without edges."""
        return self._by_road(self.begin_m, self.first[:-1])

    @cached_property
    def high_m(self) -> Floats:
        """Highest chainage of each road (R,)."""
        return self._by_road(self.end_m, self.first[1:] - 1)

    def find(self, road: Ints, at_m: Floats, beyond_m: float) -> Ints:
        """
        Span at each chainage (n,), -1 where the road has none.

        A chainage up to ``beyond_m`` below or above the road is taken as its begin or end; where two spans
        meet, the one that begins there is found.
        """
        span = np.full(len(road), -1, np.int64)
        known = np.flatnonzero((road >= 0) & np.isfinite(at_m))
        low, high = self.low_m[road[known]], self.high_m[road[known]]
        known = known[(low - beyond_m <= at_m[known]) & (at_m[known] <= high + beyond_m)]
        chosen = road[known]
        past = np.clip(at_m[known], self.low_m[chosen], self.high_m[chosen]) - self.low_m[chosen]
        found = np.searchsorted(self._laid_out_m, self._base_m[chosen] + past, side="right") - 1
        span[known] = np.clip(found, self.first[chosen], self.first[chosen + 1] - 1)
        return span

    def _by_road(self, values: Floats, rows: Ints) -> Floats:
        some = np.diff(self.first) > 0
        chosen = np.full(len(some), np.nan)
        chosen[some] = values[rows[some]]
        return chosen

    @cached_property
    def _base_m(self) -> Floats:
        """Where each road begins when all are laid end to end, two metres apart (R,)."""
        lengths = np.nan_to_num(self.high_m - self.low_m) + 2.0
        return np.concatenate(([0.0], np.cumsum(lengths)))[:-1]

    @cached_property
    def _laid_out_m(self) -> Floats:
        """Begin of each span when all roads are laid end to end (S,)."""
        road = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        return self._base_m[road] + self.begin_m - self.low_m[road]


class _Span(NamedTuple):
    begin_m: float
    end_m: float
    edge: int
    before: int
    after: int


def spans_of(roads: int, edges: Ints, road: Ints, low_m: Floats, high_m: Floats, place: Ints) -> Spans:
    """
    Cut the chainages of roads into spans.

    Parameters
    ----------
    roads
        How many there are.
    edges, road, low_m, high_m, place : (K,)
        Edges, their road, their lowest and highest chainage, and their place in the order in which they are
        meant where several have the same chainage (lowest first, none twice).
    """
    rows = np.lexsort((place, low_m, road))
    bounds = np.searchsorted(road[rows], np.arange(roads + 1))
    table: list[_Span] = []
    first = [0]
    for begin, end in pairwise(bounds):
        own = rows[begin:end]
        table += _swept(edges[own].tolist(), low_m[own].tolist(), high_m[own].tolist(), place[own].tolist())
        first.append(len(table))
    columns = np.array(table, np.float64).reshape(-1, 5).T
    edge, before, after = (column.astype(np.int64) for column in columns[2:])
    return Spans(np.array(first, np.int64), columns[0].copy(), columns[1].copy(), edge, before, after)


def _swept(edges: list[int], lows: list[float], highs: list[float], places: list[int]) -> list[_Span]:
    """Spans of one road, from its edges by rising low."""
    cuts = sorted({*lows, *highs})
    meant: list[int] = []
    active: list[tuple[int, int]] = []
    entered = 0
    for cut in cuts[:-1]:
        while entered < len(edges) and lows[entered] <= cut:
            heapq.heappush(active, (places[entered], entered))
            entered += 1
        while active and highs[active[0][1]] <= cut:
            heapq.heappop(active)
        meant.append(edges[active[0][1]] if active else -1)
    # A gap has an edge on either side: the road neither begins nor ends with one.
    return [
        _Span(*cut, edge, *((edge, edge) if edge >= 0 else (meant[i - 1], meant[i + 1])))
        for i, (cut, edge) in enumerate(zip(pairwise(cuts), meant, strict=True))
    ]
