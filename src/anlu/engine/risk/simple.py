"""
Network kernel density over shortest paths, exact, for all samples at once.

For every piece with samples: one bounded search from each of its two nodes, then the crashes of every piece
near it enter by their moments. Where a whole run of crashes is nearer than the bandwidth for all samples of
the piece it costs one addition whatever their number; otherwise a cut in the sorted offsets. Method:
``methods/density.md``.
"""

import numpy as np
from numba import njit

from anlu.engine.compiling import COMPILED, INLINED
from anlu.engine.roads.network import Floats, Ints

from .moments import (
    Marks,
    Shape,
    first_at_least,
    first_beyond,
    gather,
    kernel_sum,
    moments_sum,
)
from .nearby import empty_queue, search
from .pieces import Ints32, Streets

ROOM = 1 << 16  # first room for the nodes near one group of pieces


@njit(**INLINED)
def add_run(
    near: Floats,
    row: int,
    out: Floats,
    from_head: bool,
    share: float,
    distance: float,
    forward: bool,
    length: float,
    low: int,
    high: int,
    shift: int,
    at: Floats,
    sums: Floats,
    sample_at: Floats,
    q_low: int,
    q_high: int,
    sample_length: float,
    radius: Floats,
    k: Floats,
    power: Floats,
) -> None:
    """
    Add ``share`` times the kernel of the crashes ``low..high`` of one piece at the samples
    ``q_low..q_high`` of another.

    ``distance`` lies between the near end of the samples' piece (its head when ``from_head``) and the end
    of the crashes' piece by which they are reached (its tail when ``forward``). Runs that lie within the
    bandwidth of all samples go to ``near[row]`` (B, C, size) as moments of their distance from the near end;
    others go straight to ``out`` (Q, B, C).
    """
    if forward:
        nearest, farthest, base, sign = at[low], at[high - 1], distance, 1.0
    else:
        nearest, farthest, base, sign = length - at[high - 1], length - at[low], distance + length, -1.0
    if from_head:
        s_near, s_far = sample_length - sample_at[q_high - 1], sample_length - sample_at[q_low]
    else:
        s_near, s_far = sample_at[q_low], sample_at[q_high - 1]
    columns = sums.shape[1]
    for b in range(len(radius)):
        r = radius[b]
        if distance + s_near + nearest >= r:
            return
        if distance + s_far + farthest < r:
            for c in range(columns):
                gather(near, row, b, share, sums, low + shift, high + shift, c, base, sign, power)
            continue
        first, last = low, high
        for i in range(q_high - q_low):
            if from_head:
                q = q_high - 1 - i
                s = sample_length - sample_at[q]
            else:
                q = q_low + i
                s = sample_at[q]
            if forward:
                last = first_at_least(at, first, last, r - base - s)
            else:
                first = first_beyond(at, first, last, base + s - r)
            if first >= last:
                break
            for c in range(columns):
                out[q, b, c] += share * kernel_sum(
                    sums, first + shift, last + shift, c, base + s, sign, k, power, b
                )


@njit(**INLINED)
def add_piece(
    near: Floats,
    row: int,
    out: Floats,
    from_head: bool,
    to_tail: float,
    to_head: float,
    length: float,
    low: int,
    high: int,
    shift: int,
    at: Floats,
    sums: Floats,
    sample_at: Floats,
    q_low: int,
    q_high: int,
    sample_length: float,
    radius: Floats,
    k: Floats,
    power: Floats,
) -> None:
    """
    Add all crashes of a piece reached through one end of the samples' piece: each by its own nearer end.
    """
    turn = 0.5 * (to_head + length - to_tail)  # crashes before it are nearer by the tail
    middle = high
    if turn <= 0.0:
        middle = low
    elif turn < length:
        middle = first_at_least(at, low, high, turn)
    for end in range(2):
        first, last = (low, middle) if end == 0 else (middle, high)
        distance = to_tail if end == 0 else to_head
        if first < last and distance < radius[0]:
            add_run(
                near, row, out, from_head, 1.0, distance, end == 0, length, first, last, shift, at, sums,
                sample_at, q_low, q_high, sample_length, radius, k, power,
            )  # fmt: skip


@njit(**INLINED)
def add_run_at(
    out: Floats,
    q: int,
    base: float,
    sign: float,
    low: int,
    high: int,
    shift: int,
    at: Floats,
    sums: Floats,
    radius: Floats,
    k: Floats,
    power: Floats,
) -> None:
    """
    Add the crashes ``low..high`` to one sample, each at ``base + sign offset`` if that is below the
    bandwidth.
    """
    for b in range(len(radius)):
        first, last = low, high
        if sign > 0.0:
            last = first_at_least(at, first, last, radius[b] - base)
        else:
            first = first_beyond(at, first, last, base - radius[b])
        if first >= last:
            return
        for c in range(sums.shape[1]):
            out[q, b, c] += kernel_sum(sums, first + shift, last + shift, c, base, sign, k, power, b)


@njit(**INLINED)
def add_by_sample(
    out: Floats,
    u_tail: float,
    u_head: float,
    v_tail: float,
    v_head: float,
    length: float,
    low: int,
    high: int,
    shift: int,
    at: Floats,
    sums: Floats,
    sample_at: Floats,
    q_low: int,
    q_high: int,
    sample_length: float,
    radius: Floats,
    k: Floats,
    power: Floats,
) -> None:
    """Add all crashes of a piece that some samples reach through u and others through v: sample by sample."""
    for q in range(q_low, q_high):
        s = sample_at[q]
        to_tail = min(s + u_tail, sample_length - s + v_tail)
        to_head = min(s + u_head, sample_length - s + v_head)
        turn = 0.5 * (to_head + length - to_tail)
        middle = high
        if turn <= 0.0:
            middle = low
        elif turn < length:
            middle = first_at_least(at, low, high, turn)
        for end in range(2):
            first, last = (low, middle) if end == 0 else (middle, high)
            base = to_tail if end == 0 else to_head + length
            if first < last and base - (0.0 if end == 0 else length) < radius[0]:
                add_run_at(out, q, base, 1.0 - 2.0 * end, first, last, shift, at, sums, radius, k, power)


@njit(**COMPILED)
def add_own_piece(
    out: Floats,
    around: float,
    length: float,
    low: int,
    high: int,
    shift: int,
    at: Floats,
    sums: Floats,
    sample_at: Floats,
    q_low: int,
    q_high: int,
    radius: Floats,
    k: Floats,
    power: Floats,
) -> None:
    """
    Add the crashes of the samples' own piece: straight along it, or ``around`` from one end to the other if
    shorter.

    ``around`` is infinite where only the straight way counts (and for the waves of :mod:`.splitting`).
    """
    for q in range(q_low, q_high):
        s = sample_at[q]
        here = first_at_least(at, low, high, s)
        before = 0.5 * (2.0 * s - length - around)  # crashes before it are nearer by leaving at the head
        behind = 0.5 * (2.0 * s + length + around)  # crashes from there on by leaving at the tail
        left = first_at_least(at, low, here, before) if before > 0.0 else low
        right = first_at_least(at, here, high, behind) if behind < length else high
        for b in range(len(radius)):
            first = max(left, first_beyond(at, low, here, s - radius[b]))
            last = min(right, first_at_least(at, here, high, s + radius[b]))
            for c in range(sums.shape[1]):
                if first < here:
                    out[q, b, c] += kernel_sum(sums, first + shift, here + shift, c, s, -1.0, k, power, b)
                if last > here:
                    out[q, b, c] += kernel_sum(sums, here + shift, last + shift, c, -s, 1.0, k, power, b)
        for end in range(2):
            first, last = (low, left) if end == 0 else (right, high)
            base = length - s + around if end == 0 else s + around + length
            if first < last:
                add_run_at(out, q, base, 1.0 - 2.0 * end, first, last, shift, at, sums, radius, k, power)


@njit(**COMPILED)
def add_gathered(
    out: Floats,
    near: Floats,
    row: int,
    from_head: bool,
    length: float,
    sample_at: Floats,
    q_low: int,
    q_high: int,
    k: Floats,
    power: Floats,
) -> None:
    """Add moments ``near[row]`` (B, C, size) taken from one end of a piece to the piece's samples."""
    for b in range(near.shape[1]):
        for c in range(near.shape[2]):
            if near[row, b, c, 0] != 0.0 or near[row, b, c, near.shape[3] - 1] != 0.0:
                for q in range(q_low, q_high):
                    s = length - sample_at[q] if from_head else sample_at[q]
                    out[q, b, c] += moments_sum(near, row, b, c, s, k, power)


@njit(**COMPILED)
def add_shortest_paths(
    out: Floats,
    todo: Ints32,
    groups: Ints,
    streets: Streets,
    with_crashes: tuple[Ints32, Ints32, Ints32, Ints32],
    crashes: Marks,
    sums: Floats,
    samples: Marks,
    shape: Shape,
    buckets: int,
) -> None:
    """
    Add to ``out`` (Q, B, C) the kernel sums at the samples of the pieces ``todo``, taken group by group.

    ``with_crashes`` is the adjacency (start, piece, node, side) of the pieces that hold crashes. The
    searches of a group are kept until its last piece is done: ``groups`` are the places in ``todo`` where
    each begins.
    """
    tail, head, length, adj_start, _, adj_node, adj_length, _ = streets
    near_start, near_piece, near_node, near_side = with_crashes
    start, at, _ = crashes
    q_start, q_at, _ = samples
    radius, k, power = shape.radius, shape.coefficients, shape.power
    nodes, reach = len(adj_start) - 1, radius[0]
    queue = empty_queue(nodes, buckets)
    slot = np.full(nodes, -1, np.int32)
    begin = np.empty(nodes + 1, np.int64)
    reached, distance = np.empty(ROOM + nodes, np.int32), np.empty(ROOM + nodes)
    from_u, from_v = np.full(nodes, np.inf), np.full(nodes, np.inf)
    by_end = np.zeros((2, len(radius), sums.shape[1], sums.shape[2]))
    for g in range(len(groups) - 1):
        searched, count = 0, 0
        begin[0] = 0
        for i in range(groups[g], groups[g + 1]):
            for end in range(2):
                u = tail[todo[i]] if end == 0 else head[todo[i]]
                if slot[u] >= 0:
                    continue
                if count + nodes > len(reached):
                    larger_reached = np.empty(2 * len(reached), np.int32)
                    larger_distance = np.empty(2 * len(reached))
                    larger_reached[:count], larger_distance[:count] = reached[:count], distance[:count]
                    reached, distance = larger_reached, larger_distance
                slot[u] = searched
                searched += 1
                count = search(u, adj_start, adj_node, adj_length, queue, reached, distance, count, reach)
                begin[searched] = count
        for i in range(groups[g], groups[g + 1]):
            p = todo[i]
            u, v, own = slot[tail[p]], slot[head[p]], length[p]
            for j in range(begin[u], begin[u + 1]):
                from_u[reached[j]] = distance[j]
            for j in range(begin[v], begin[v + 1]):
                from_v[reached[j]] = distance[j]
            q_low, q_high = q_start[p], q_start[p + 1]
            # all samples go through u where that is shorter for the last of them, through v for the first
            gain_u, gain_v = 2.0 * q_at[q_high - 1] - own, 2.0 * q_at[q_low] - own
            by_end[:] = 0.0
            for end in range(2):
                w = u if end == 0 else v
                for j in range(begin[w], begin[w + 1]):
                    x = reached[j]
                    xu, xv = from_u[x], from_v[x]
                    if end == 1 and xu < np.inf:
                        continue  # seen from u already
                    for i_near in range(near_start[x], near_start[x + 1]):
                        y, f = near_node[i_near], near_piece[i_near]
                        yu, yv = from_u[y], from_v[y]
                        if near_side[i_near] == 1:
                            if yu < np.inf or yv < np.inf:
                                continue  # taken from its tail
                            tu, tv, hu, hv = yu, yv, xu, xv
                        else:
                            tu, tv, hu, hv = xu, xv, yu, yv
                        if f == p:
                            continue
                        low, high = start[f], start[f + 1]
                        through_u = (tv == np.inf or tv - tu >= gain_u) and (
                            hv == np.inf or hv - hu >= gain_u
                        )
                        through_v = (tu == np.inf or tv - tu <= gain_v) and (
                            hu == np.inf or hv - hu <= gain_v
                        )
                        # two calls, so that each is compiled for its side: a third faster than one for both
                        if through_u:
                            add_piece(
                                by_end, 0, out, False, tu, hu, length[f], low, high, f, at, sums,
                                q_at, q_low, q_high, own, radius, k, power,
                            )  # fmt: skip
                        elif through_v:
                            add_piece(
                                by_end, 1, out, True, tv, hv, length[f], low, high, f, at, sums,
                                q_at, q_low, q_high, own, radius, k, power,
                            )  # fmt: skip
                        else:
                            add_by_sample(
                                out, tu, hu, tv, hv, length[f], low, high, f, at, sums,
                                q_at, q_low, q_high, own, radius, k, power,
                            )  # fmt: skip
            if start[p + 1] > start[p]:
                add_own_piece(
                    out, from_v[tail[p]], own, start[p], start[p + 1], p, at, sums,
                    q_at, q_low, q_high, radius, k, power,
                )  # fmt: skip
            for end in range(2):
                add_gathered(out, by_end, end, end == 1, own, q_at, q_low, q_high, k, power)
            for j in range(begin[u], begin[u + 1]):
                from_u[reached[j]] = np.inf
            for j in range(begin[v], begin[v + 1]):
                from_v[reached[j]] = np.inf
        for i in range(groups[g], groups[g + 1]):
            slot[tail[todo[i]]], slot[head[todo[i]]] = -1, -1
