"""
The chainage at both ends of every edge of a road.

Without stakes a road is measured along its lines in the order that joins them, gaps by their straight length.
Where stakes are given they hold, whichever way a line was drawn; lines without one continue from their
neighbours. Method, rules for contradictions and limits: ``methods/roads.md``.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import shapely

from .chains import Chain, chains_of, end_of, start_of, turned
from .network import Flags, Floats, Ints, Network, directions_along, edge_lines, points_along
from .stakes import Side

CLEAR_SHARE = (
    0.5  # a stake at the far end tells which way a line rises if it fits within this share of its length
)
CLEAR_SHARE_ACROSS_GAPS = 0.25  # the same where it stands on another line
TURNING_BACK = (
    -0.7
)  # cosine below which a line turns back on the one before: the other carriageway begins there


@dataclass(frozen=True)
class End:
    """A place where chainage is known, and whether the line that knows it has its high end there."""

    chainage_m: float
    is_high: bool
    rises_along: tuple[float, float]  # unit vector in which chainage rises there


@dataclass
class Chainage:
    """
    Chainage of the edges of one road as it becomes known.

    Attributes
    ----------
    from_m, to_m
        By edge, at its first and last vertex; they differ by its length.
    order
        Edges along the road, the first choice first where stakes repeat.
    """

    network: Network
    from_m: dict[int, float] = field(default_factory=dict)
    to_m: dict[int, float] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    known: dict[int, list[End]] = field(default_factory=dict)  # by node

    def put(self, edge: int, from_m: float, rises: bool) -> None:
        """The first vertex of ``edge`` has ``from_m``, and chainage rises along it as drawn or falls."""
        length = float(self.network.lengths[edge])
        self.from_m[edge] = from_m
        self.to_m[edge] = from_m + length if rises else from_m - length
        self.order.append(edge)
        for node, at_tail in ((self.network.tail[edge], True), (self.network.head[edge], False)):
            x, y = _drawn(self.network, edge, at_tail) * (1.0 if rises else -1.0)
            end = End((self.from_m if at_tail else self.to_m)[edge], at_tail != rises, (float(x), float(y)))
            self.known.setdefault(int(node), []).append(end)


def measured(network: Network, edges: Ints) -> Chainage:
    """Chainage from 0 along the edges of a road that has no stakes."""
    chainage = Chainage(network)
    _lay(chainage, chains_of(network, edges.tolist()), 0.0)
    return chainage


def staked(network: Network, edges: Ints, stakes_m: dict[int, float]) -> Chainage:
    """
    Chainage from the stakes at the first vertices of some edges of a road.

    Parameters
    ----------
    stakes_m
        By edge, metres; at least one.
    """
    chainage = _Stakes(network, stakes_m).decided()
    _continue_along_lines(chainage, [edge for edge in edges.tolist() if edge not in stakes_m])
    missing = [edge for edge in edges.tolist() if edge not in chainage.from_m]
    if missing:
        _continue_across_gaps(chainage, chains_of(network, missing))
    chainage.order.sort()  # where stakes repeat, the line that comes first in the file is meant
    return chainage


def measured_beside(network: Network, edges: Ints, main: Chainage) -> Chainage:
    """Chainage of the other carriageway: it begins beside the main one and is measured along itself."""
    chainage = Chainage(network)
    for chain in chains_of(network, edges.tolist()):
        start, end = (_beside(main, point) for point in (start_of(network, chain), end_of(network, chain)))
        _lay(chainage, [chain] if start <= end else [turned(chain)], min(start, end))
    return chainage


def _lay(chainage: Chainage, chains: list[Chain], begin_m: float) -> None:
    """One chain after the other, with the straight length of the gaps between."""
    network, here = chainage.network, begin_m
    for i, chain in enumerate(chains):
        if i:
            here += float(np.hypot(*(start_of(network, chain) - end_of(network, chains[i - 1]))))
        for edge, forward in chain:
            length = float(network.lengths[edge])
            chainage.put(edge, here if forward else here + length, forward)
            here += length


def _beside(main: Chainage, point: Floats) -> float:
    """Chainage of the nearest place on the main carriageway."""
    edges = np.array(main.order)
    shapes, spot = edge_lines(main.network, edges), shapely.Point(point)
    nearest = int(np.argmin(shapely.distance(shapes, spot)))
    edge = int(edges[nearest])
    offset = float(shapely.line_locate_point(shapes[nearest], spot))
    return main.from_m[edge] + (offset if main.to_m[edge] >= main.from_m[edge] else -offset)


# ------------------------------------------------------------ which way stakes rise


class _Stakes:
    """Edges with a stake at their first vertex: decides along which of them chainage rises as drawn."""

    def __init__(self, network: Network, stakes_m: dict[int, float]) -> None:
        self.chainage = Chainage(network)
        self.stakes_m = stakes_m
        self.edges_at: dict[int, list[int]] = {}
        self.waiting: deque[int] = deque()  # nodes that have become known
        for edge in stakes_m:
            for node in (network.tail[edge], network.head[edge]):
                self.edges_at.setdefault(int(node), []).append(edge)
        edges = np.array(list(stakes_m))
        self.row = {int(edge): row for row, edge in enumerate(edges)}
        ends = np.concatenate([network.starts[edges], network.starts[edges + 1] - 1])
        self.ends_xy = network.coords[ends]  # all tails, then all heads
        self.ends_m = np.concatenate([np.array(list(stakes_m.values())), np.full(len(edges), np.nan)])

    def decided(self) -> Chainage:
        """Chainage of all edges with a stake."""
        for edge in self.stakes_m:
            rises = self._agrees_at_head(edge)
            if rises is not None:
                self._decide(edge, rises)
        self._by_neighbours()
        lengths = self.chainage.network.lengths
        for edge in sorted(self.stakes_m, key=lambda edge: (-lengths[edge], edge)):
            if edge not in self.chainage.from_m:
                self._decide(edge, self._agrees_with_nearest_stake(edge))
                self._by_neighbours()
        return self.chainage

    def _decide(self, edge: int, rises: bool) -> None:
        network = self.chainage.network
        self.chainage.put(edge, self.stakes_m[edge], rises)
        self.ends_m[len(self.row) + self.row[edge]] = self.chainage.to_m[edge]
        self.waiting += [int(network.tail[edge]), int(network.head[edge])]

    def _agrees_at_head(self, edge: int) -> bool | None:
        """A line must agree with what the stakes of others allow at its head; None where they do not tell."""
        network = self.chainage.network
        node, there = int(network.head[edge]), list[float]()
        for other in self.edges_at[node]:
            stake, length = self.stakes_m[other], float(network.lengths[other])
            if other != edge and int(network.tail[other]) == node:
                there.append(stake)
            elif other != edge:
                there += [stake + length, stake - length]
        return self._fits(edge, there) if there else None

    def _fits(self, edge: int, there_m: list[float]) -> bool | None:
        """Whether it is by rising that the head of an edge comes near one of the chainages; None: unclear."""
        stake, length = self.stakes_m[edge], float(self.chainage.network.lengths[edge])
        rising = min(abs(stake + length - other) for other in there_m)
        falling = min(abs(stake - length - other) for other in there_m)
        clear = min(rising, falling) <= CLEAR_SHARE * length and max(rising, falling) >= CLEAR_SHARE * length
        return rising < falling if clear else None

    def _by_neighbours(self) -> None:
        """Lines that join a decided one carry on its chainage, unless they turn back beside it."""
        while self.waiting:
            node = self.waiting.popleft()
            for edge in self.edges_at[node]:
                if edge not in self.chainage.from_m:
                    self._decide(edge, self._carries_on(edge, node))

    def _carries_on(self, edge: int, node: int) -> bool:
        """Where stakes contradict each other, a line rises as drawn."""
        network, stake = self.chainage.network, self.stakes_m[edge]
        ends = self.chainage.known[node]
        if int(network.tail[edge]) != node:
            return self._fits(edge, [end.chainage_m for end in ends]) is not False
        end = min(ends, key=lambda known: abs(known.chainage_m - stake))
        if abs(end.chainage_m - stake) > CLEAR_SHARE * float(network.lengths[edge]):
            return True
        along = float(_drawn(network, edge, True) @ np.array(end.rises_along))
        # Beyond a high end chainage rises away from it, before a low end towards it.
        return along > (TURNING_BACK if end.is_high else -TURNING_BACK)

    def _agrees_with_nearest_stake(self, edge: int) -> bool:
        """A line that joins no other rises as drawn, unless a stake near its far end clearly denies it."""
        network, own = self.chainage.network, self.row[edge]
        away = np.hypot(*(self.ends_xy - self.ends_xy[len(self.row) + own]).T)
        away[np.isnan(self.ends_m)] = np.inf
        away[own] = np.inf
        nearest = int(np.argmin(away))
        if not np.isfinite(away[nearest]):
            return True
        length, there = float(network.lengths[edge]), float(self.ends_m[nearest])
        rising = abs(abs(self.stakes_m[edge] + length - there) - float(away[nearest]))
        falling = abs(abs(self.stakes_m[edge] - length - there) - float(away[nearest]))
        return not (falling < CLEAR_SHARE_ACROSS_GAPS * length and falling < 0.5 * rising)


def _drawn(network: Network, edge: int, at_tail: bool) -> Floats:
    """Unit vector of the drawn direction of an edge at one of its ends."""
    first = network.starts[edge] if at_tail else network.starts[edge + 1] - 2
    step = network.coords[first + 1] - network.coords[first]
    drawn: Floats = step / np.hypot(step[0], step[1])
    return drawn


# ------------------------------------------------------------ lines without a stake


def _continue_along_lines(chainage: Chainage, edges: list[int]) -> None:
    """Lines that join a known one, and those that join them."""
    network = chainage.network
    at: dict[int, list[int]] = {}
    for edge in edges:
        for node in (network.tail[edge], network.head[edge]):
            at.setdefault(int(node), []).append(edge)
    waiting = deque(chainage.known)
    while waiting:
        node = waiting.popleft()
        for edge in at.get(node, ()):
            if edge not in chainage.from_m:
                _continue(chainage, edge, node)
                waiting += [int(network.tail[edge]), int(network.head[edge])]


def _continue(chainage: Chainage, edge: int, node: int) -> None:
    """Measure an edge on from a node: up from where the known line ends high, down from where it begins."""
    network, length = chainage.network, float(chainage.network.lengths[edge])
    at_tail = int(network.tail[edge]) == node
    ends = chainage.known[node]
    other_ends = chainage.known.get(int(network.head[edge] if at_tail else network.tail[edge]), [])
    here = next((end for end in ends if end.is_high), ends[0])
    away_rises = here.is_high
    if other_ends and int(network.tail[edge]) != int(network.head[edge]):
        away_rises = other_ends[0].chainage_m >= here.chainage_m
    rises = away_rises == at_tail
    there = here.chainage_m + (length if away_rises else -length)
    chainage.put(edge, here.chainage_m if at_tail else there, rises)


def _continue_across_gaps(chainage: Chainage, chains: list[Chain]) -> None:
    """Chains that join nothing known, from the nearest known end on, with the straight length of the gap."""
    network = chainage.network
    for chain in chains:
        nodes = list(chainage.known)
        xy = network.node_xy[nodes]
        gaps = np.array(
            [np.hypot(*(xy - point).T) for point in (start_of(network, chain), end_of(network, chain))]
        )
        side, nearest = np.unravel_index(int(np.argmin(gaps)), gaps.shape)
        ends, gap = chainage.known[nodes[nearest]], float(gaps[side, nearest])
        outward = turned(chain) if side else chain
        end = next((each for each in ends if each.is_high), ends[0])
        if end.is_high:
            _lay(chainage, [outward], end.chainage_m + gap)
        else:
            length = float(network.lengths[[edge for edge, _ in chain]].sum())
            _lay(chainage, [turned(outward)], end.chainage_m - gap - length)


# ------------------------------------------------------------ carriageways


def sides_where_stakes_repeat(chainage: Chainage) -> dict[int, Side]:
    """Right or left, for edges beside which another line of the road has the same stakes."""
    edges = np.array(chainage.order, np.int64)
    lows = np.array([min(chainage.from_m[e], chainage.to_m[e]) for e in chainage.order])
    highs = np.array([max(chainage.from_m[e], chainage.to_m[e]) for e in chainage.order])
    sides: dict[int, Side] = {}
    for row in np.flatnonzero(_overlapping(lows, highs)):
        middle = (lows[row] + highs[row]) / 2
        others = np.flatnonzero((lows <= middle) & (middle <= highs) & (np.arange(len(edges)) != row))
        side = _side_of(chainage, int(edges[row]), edges[others], float(middle))
        if side:
            sides[int(edges[row])] = side
    return sides


def _overlapping(lows: Floats, highs: Floats) -> Flags:
    """Whether each interval shares more than a point with another."""
    order = np.argsort(lows, kind="stable")
    reached = np.maximum.accumulate(highs[order])
    overlap = np.zeros(len(lows), bool)
    overlap[order[1:]] |= lows[order[1:]] < reached[:-1]
    next_low = np.append(lows[order[1:]], np.inf)
    overlap[order] |= highs[order] > next_low
    return overlap


def _side_of(chainage: Chainage, edge: int, others: Ints, at_m: float) -> Side:
    """On which side of the nearest other an edge lies at a chainage; those ahead or behind do not count."""
    network = chainage.network
    offset = [abs(at_m - chainage.from_m[edge])]
    here = points_along(network, [edge], offset)[0]
    rising = directions_along(network, [edge], offset)[0]
    if chainage.to_m[edge] < chainage.from_m[edge]:
        rising = -rising
    links = shapely.shortest_line(edge_lines(network, others), shapely.Point(here))
    from_other = here - shapely.get_coordinates(links)[0::2]
    along = from_other @ rising
    left = from_other @ np.array([-rising[1], rising[0]])
    beside = np.flatnonzero(np.abs(left) > np.abs(along))
    if not beside.size:
        return Side.NONE
    nearest = beside[np.argmin(np.abs(left[beside]))]
    return Side.LEFT if left[nearest] > 0 else Side.RIGHT
