"""
The order in which the lines of one road join.

A road comes as a heap of lines, drawn either way, with gaps, forks and roundabouts. Its main line is the
longest of the shortest ways through each connected piece; pieces follow each other so that the gaps are
shortest; what branches off comes after the main line and so never shifts its chainage.

Method and limits: ``methods/roads.md``.
"""

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np

from .network import Floats, Ints, Network

#: Edge, and whether it is passed as drawn.
Step: TypeAlias = tuple[int, bool]
#: Edges that join end to end.
Chain: TypeAlias = list[Step]

MOST_STARTS = 60  # ends tried as the start of a road with gaps; more pieces than that start at an extreme end


def chains_of(network: Network, edges: Iterable[int]) -> list[Chain]:
    """
    Put the edges of one road in the order that joins them, each edge once.

    The road runs the way that more of its main line was drawn; where that is even, its first edge as drawn.

    Parameters
    ----------
    edges
        In file order, none twice.
    """
    road = sorted(edges)
    if len(road) == 1:
        return [[(road[0], True)]]
    mains: list[Chain] = []
    branches: list[Chain] = []
    for piece in _pieces(network, road):
        main = _main_line(network, piece)
        mains.append(main)
        passed = {edge for edge, _ in main}
        branches += _strokes(network, [edge for edge in piece if edge not in passed])
    ordered = _as_drawn(network, _least_gaps(network, mains))
    return ordered + _nearest_next(network, branches, end_of(network, ordered[-1]))


def start_of(network: Network, chain: Chain) -> Floats:
    """Point (2,) where a chain begins."""
    edge, forward = chain[0]
    point: Floats = network.coords[network.starts[edge] if forward else network.starts[edge + 1] - 1]
    return point


def end_of(network: Network, chain: Chain) -> Floats:
    """Point (2,) where a chain ends."""
    return start_of(network, turned(chain))


def turned(chain: Chain) -> Chain:
    """The same chain, passed the other way."""
    return [(edge, not forward) for edge, forward in reversed(chain)]


# ------------------------------------------------------------ connected pieces and their main line


def _meetings(network: Network, edges: list[int]) -> dict[int, list[int]]:
    """Edges at each node, a loop twice."""
    at: dict[int, list[int]] = {}
    for edge in edges:
        at.setdefault(int(network.tail[edge]), []).append(edge)
        at.setdefault(int(network.head[edge]), []).append(edge)
    return at


def _pieces(network: Network, edges: list[int]) -> list[list[int]]:
    at, seen, pieces = _meetings(network, edges), set[int](), list[list[int]]()
    for first in edges:
        if first in seen:
            continue
        seen.add(first)
        piece, waiting = [], [first]
        while waiting:
            edge = waiting.pop()
            piece.append(edge)
            for node in (int(network.tail[edge]), int(network.head[edge])):
                fresh = [other for other in at[node] if other not in seen]
                seen.update(fresh)
                waiting += fresh
        pieces.append(sorted(piece))
    return pieces


def _main_line(network: Network, piece: list[int]) -> Chain:
    at = _meetings(network, piece)
    if max(len(edges) for edges in at.values()) > 2:
        return _longest_way(network, piece)
    ends = [node for node in (int(network.tail[piece[0]]), *at) if len(at[node]) == 1]
    return _followed(network, at, piece[0] if not ends else at[ends[0]][0], ends[0] if ends else None)


def _followed(network: Network, at: dict[int, list[int]], edge: int, node: int | None) -> Chain:
    """Edges from ``edge`` on, entered at ``node`` (a ring: as drawn), where never more than two meet."""
    forward = node is None or int(network.tail[edge]) == node
    chain: Chain = [(edge, forward)]
    passed = {edge}
    while True:
        node = int(network.head[edge] if forward else network.tail[edge])
        onward = [other for other in at[node] if other not in passed]
        if not onward:
            return chain
        edge = onward[0]
        forward = int(network.tail[edge]) == node
        passed.add(edge)
        chain.append((edge, forward))


def _longest_way(network: Network, piece: list[int]) -> Chain:
    """The way between two nodes far apart (found by two sweeps), shortest between these."""
    nodes, ends = np.unique(np.stack([network.tail[piece], network.head[piece]]), return_inverse=True)
    tail, head = ends.reshape(2, -1)
    best: dict[tuple[int, int], int] = {}  # of parallel edges only the shortest
    for row in np.lexsort((np.arange(len(piece)), network.lengths[piece])):
        best.setdefault((min(tail[row], head[row]), max(tail[row], head[row])), int(row))
    rows = np.array([row for pair, row in best.items() if pair[0] != pair[1]], np.int64)
    if not rows.size:
        return [(piece[0], True)]
    weights = network.lengths[np.asarray(piece)[rows]]
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    graph = csr_matrix((weights, (tail[rows], head[rows])), shape=(len(nodes), len(nodes)))
    far = int(np.argmax(dijkstra(graph, directed=False, indices=[int(tail[rows[0]])])))
    distance, before = dijkstra(graph, directed=False, indices=[far], return_predecessors=True)
    chain: Chain = []
    node = int(np.argmax(distance))
    while node != far:
        previous = int(before[0, node])
        row = best[min(node, previous), max(node, previous)]
        chain.append((piece[row], int(tail[row]) == node))
        node = previous
    return chain


# ------------------------------------------------------------ branches


def _strokes(network: Network, edges: list[int]) -> list[Chain]:
    """Chains through what the main line leaves, going straight on where several edges meet."""
    partner = _straight_on(network, edges)
    loose = [(edge, at_tail) for edge in edges for at_tail in (True, False) if (edge, at_tail) not in partner]
    strokes: list[Chain] = []
    passed: set[int] = set()
    for edge, at_tail in (*loose, *((edge, True) for edge in edges)):  # open strokes first, then rings
        if edge in passed:
            continue
        stroke: Chain = []
        entry: Step | None = (edge, at_tail)
        while entry is not None and entry[0] not in passed:
            stroke.append(entry)  # entered at the tail: passed as drawn
            passed.add(entry[0])
            entry = partner.get((entry[0], not entry[1]))
        strokes.append(stroke)
    return strokes


def _straight_on(network: Network, edges: list[int]) -> dict[Step, Step]:
    """Which end of which edge continues which; an end is (edge, whether it is the tail)."""
    at: dict[int, list[Step]] = {}
    for edge in edges:
        at.setdefault(int(network.tail[edge]), []).append((edge, True))
        at.setdefault(int(network.head[edge]), []).append((edge, False))
    partner: dict[Step, Step] = {}
    for ends in at.values():
        while len(ends) > 1:
            one, other = _most_opposite(network, ends)
            partner[one], partner[other] = other, one
            ends = [end for end in ends if end not in (one, other)]
    return partner


def _most_opposite(network: Network, ends: list[Step]) -> tuple[Step, Step]:
    if len(ends) == 2:
        return ends[0], ends[1]
    away = np.array([_away(network, *end) for end in ends])
    cosines = away @ away.T
    cosines[np.tril_indices(len(ends))] = np.inf
    one, other = divmod(int(np.argmin(cosines)), len(ends))
    return ends[one], ends[other]


def _away(network: Network, edge: int, at_tail: bool) -> Floats:
    """Unit vector in which an edge leaves one of its ends."""
    first, last = network.starts[edge], network.starts[edge + 1] - 1
    here, there = (first, first + 1) if at_tail else (last, last - 1)
    step = network.coords[there] - network.coords[here]
    away: Floats = step / np.hypot(step[0], step[1])
    return away


# ------------------------------------------------------------ across gaps


def _least_gaps(network: Network, chains: list[Chain]) -> list[Chain]:
    """Chains one after the other, each from its nearest end on; of all starts the one with the least gaps."""
    if len(chains) == 1:
        return chains
    ends = np.array([[start_of(network, chain), end_of(network, chain)] for chain in chains])
    best, least = _greedy(ends, 0, 0)
    for start in _starts_to_try(ends)[1:]:
        order, gaps = _greedy(ends, *divmod(int(start), 2))
        if gaps < least * (1 - 1e-12):
            best, least = order, gaps
    return [turned(chains[i]) if back else chains[i] for i, back in best]


def _starts_to_try(ends: Floats) -> Ints:
    """Ends (2 i + 0 or 1) that may begin a road: all, or the outermost along its main direction."""
    points = ends.reshape(-1, 2)
    if len(points) <= MOST_STARTS:
        return np.arange(len(points))
    middle = points - points.mean(axis=0)
    along = middle @ np.linalg.svd(middle, full_matrices=False)[2][0]
    return np.argsort(along, kind="stable")[[0, 0, -1]]


def _greedy(ends: Floats, first: int, side: int) -> tuple[list[tuple[int, bool]], float]:
    """Order (chain, turned) from one end on, always to the nearest open end, and the sum of gaps."""
    order = [(first, side == 1)]
    here, gaps = ends[first, 1 - side], 0.0
    free = ends.astype(np.float64).copy()
    free[first] = np.inf
    for _ in range(len(ends) - 1):
        distance = np.hypot(free[:, :, 0] - here[0], free[:, :, 1] - here[1])
        chain, near = divmod(int(np.argmin(distance)), 2)
        gaps += float(distance[chain, near])
        order.append((chain, near == 1))
        here = ends[chain, 1 - near]
        free[chain] = np.inf
    return order, gaps


def _nearest_next(network: Network, chains: list[Chain], here: Floats) -> list[Chain]:
    if not chains:
        return []
    ends = np.array([[start_of(network, chain), end_of(network, chain)] for chain in chains])
    distance = np.hypot(ends[:, :, 0] - here[0], ends[:, :, 1] - here[1])
    order, _ = _greedy(ends, *divmod(int(np.argmin(distance)), 2))
    return [turned(chains[i]) if back else chains[i] for i, back in order]


def _as_drawn(network: Network, chains: list[Chain]) -> list[Chain]:
    steps = [step for chain in chains for step in chain]
    lengths = network.lengths[[edge for edge, _ in steps]]
    balance = float((lengths * [1 if forward else -1 for _, forward in steps]).sum())
    if abs(balance) <= 1e-9 * float(lengths.sum()):
        balance = 1.0 if min(steps)[1] else -1.0
    return chains if balance > 0 else [turned(chain) for chain in reversed(chains)]
