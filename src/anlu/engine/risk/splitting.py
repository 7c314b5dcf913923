"""
Equal-split network kernel density: waves that leave every crash and divide at nodes.

All walks are summed, not only shortest paths. At a node with n ends a wave of factor a goes on with

- a / (n - 1) into every other end (discontinuous), or
- 2a / n into every other end and a (2 / n - 1) back (continuous);

a dead end takes it in. A crash on a node sends 2 / n into every end there, 1 at a dead end. Sources: Okabe
and Sugihara (2012), *Spatial Analysis along Networks*, ch. 9; dead ends as in the reference values.
``methods/density.md``.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anlu.engine.compiling import COMPILED, INLINED
from anlu.engine.roads.network import Floats, Ints

from .moments import Marks, Shape
from .pieces import Ints32, Streets
from .simple import add_gathered, add_own_piece, add_run

MOST_WAVES = 1 << 17  # waves of one source kept apart; beyond, distances are put into bins
MOST_BINNED = 1 << 20
BINS = (4096, 1024, 256)  # of the bandwidth, the finest that fits into MOST_BINNED
LEVEL_MERGED = 1024  # waves that crossed equally many nodes: from here on, equal ones are taken together
ROUNDING = 1e-11  # walks over the same pieces in another order differ by less, in units
NEGLIGIBLE = 1e-17  # factor below which a wave is not followed


@njit(**INLINED)
def leave_node(
    node: int,
    came_piece: int,
    came_side: int,
    factor: float,
    travelled: float,
    continuous: bool,
    adj_start: Ints32,
    adj_piece: Ints32,
    adj_side: NDArray[np.int8],
    wave_dart: Ints32,
    wave_at: Floats,
    wave_factor: Floats,
    count: int,
) -> int:
    """
    Write the waves that leave a node for one that arrived on ``came_piece`` by its end ``came_side``.

    ``came_piece`` is -1 for a crash on the node itself. Returns the place after the last wave, or -1
    without room. A wave is the piece and side by which it enters (2 piece + side), the distance travelled,
    and its factor.
    """
    low, high = adj_start[node], adj_start[node + 1]
    n = high - low
    if count + n > len(wave_dart):
        return -1
    if n == 1 and came_piece >= 0:
        return count
    onward = factor / (n - 1) if n > 1 else factor
    if n > 1 and (continuous or came_piece < 0):
        onward = factor * 2.0 / n
    back = factor * (2.0 / n - 1.0) if continuous else 0.0
    for k in range(low, high):
        share = onward
        if adj_piece[k] == came_piece and adj_side[k] == came_side:
            share = back
        if abs(share) > NEGLIGIBLE:
            wave_dart[count] = 2 * adj_piece[k] + adj_side[k]
            wave_at[count], wave_factor[count] = travelled, share
            count += 1
    return count


@njit(**COMPILED)
def sort_waves(wave_dart: Ints32, wave_at: Floats, wave_factor: Floats, low: int, high: int) -> None:
    """Order waves ``low..high`` by piece and side, then by distance (Shell sort, gaps of Tokuda)."""
    gap = 1
    while 9 * gap < 4 * (high - low):
        gap = (9 * gap + 4) // 4
    while gap >= 1:
        for i in range(low + gap, high):
            dart, at, factor, j = wave_dart[i], wave_at[i], wave_factor[i], i
            while j >= low + gap and (
                wave_dart[j - gap] > dart or (wave_dart[j - gap] == dart and wave_at[j - gap] > at)
            ):
                wave_dart[j], wave_at[j], wave_factor[j] = (
                    wave_dart[j - gap],
                    wave_at[j - gap],
                    wave_factor[j - gap],
                )
                j -= gap
            wave_dart[j], wave_at[j], wave_factor[j] = dart, at, factor
        gap = 4 * gap // 9


@njit(**COMPILED)
def merge_equal(wave_dart: Ints32, wave_at: Floats, wave_factor: Floats, low: int, high: int) -> int:
    """Take waves ``low..high`` into the same piece at the same distance together; return the next place."""
    sort_waves(wave_dart, wave_at, wave_factor, low, high)
    count, i = low, low
    while i < high:
        dart, at, total = wave_dart[i], wave_at[i], 0.0
        while i < high and wave_dart[i] == dart and wave_at[i] - at <= ROUNDING:
            total += wave_factor[i]
            i += 1
        if abs(total) > NEGLIGIBLE:
            wave_dart[count], wave_at[count], wave_factor[count] = dart, at, total
            count += 1
    return count


@njit(**COMPILED)
def spread(
    node: int,
    came_piece: int,
    came_side: int,
    continuous: bool,
    reach: float,
    streets: Streets,
    wave_dart: Ints32,
    wave_at: Floats,
    wave_factor: Floats,
) -> int:
    """
    Write every wave that enters a piece before ``reach``, starting at a node with factor 1; return how many.

    -1 when there are more than the arrays hold. The waves stand in the order of nodes crossed.
    """
    tail, head, length, adj_start, adj_piece, _, _, adj_side = streets
    count: int = leave_node(
        node, came_piece, came_side, 1.0, 0.0, continuous,
        adj_start, adj_piece, adj_side, wave_dart, wave_at, wave_factor, 0
    )  # fmt: skip
    low = 0
    while 0 <= low < count:
        high = count
        for i in range(low, high):
            p, side = wave_dart[i] >> 1, wave_dart[i] & 1
            travelled = wave_at[i] + length[p]
            if travelled >= reach:
                continue
            count = leave_node(
                head[p] if side == 0 else tail[p], p, 1 - side, wave_factor[i], travelled,
                continuous, adj_start, adj_piece, adj_side, wave_dart, wave_at, wave_factor, count,
            )  # fmt: skip
            if count < 0:
                return -1
        if count - high >= LEVEL_MERGED:
            count = merge_equal(wave_dart, wave_at, wave_factor, high, count)
        low = high
    return count


@njit(**COMPILED)
def spread_in_bins(
    node: int,
    came_piece: int,
    came_side: int,
    continuous: bool,
    reach: float,
    bins: int,
    streets: Streets,
    wave_dart: Ints32,
    wave_at: Floats,
    wave_factor: Floats,
) -> int:
    """
    Like :func:`spread`, but waves that enter a piece within the same bin of distance become one.

    The one keeps the sum of their factors and, unless they cancel, their mean distance: the error of a
    smooth kernel is of second order in the bins' width. Time and room are bounded by bins x pieces within
    reach, however many walks there are.
    """
    tail, head, length, adj_start, adj_piece, _, _, adj_side = streets
    room = 4 * len(wave_dart)
    dart, at, factor = np.empty(room, np.int32), np.empty(room), np.empty(room)
    later, first = np.empty(room, np.int32), np.full(bins, -1, np.int32)
    slot = np.full(2 * len(tail), -1, np.int32)
    sum_at, sum_size, sum_size_at = np.empty(len(slot)), np.empty(len(slot)), np.empty(len(slot))
    waiting = leave_node(
        node, came_piece, came_side, 1.0, 0.0, continuous, adj_start, adj_piece, adj_side, dart, at, factor, 0
    )
    for i in range(waiting):
        later[i], first[0] = first[0], i
    count: int = 0
    for k in range(bins):
        while first[k] >= 0:
            low, i = count, first[k]
            first[k] = -1
            while i >= 0:
                d = dart[i]
                if slot[d] < 0:
                    if count == len(wave_dart):
                        return -1
                    slot[d] = count
                    wave_dart[count], wave_factor[count] = d, 0.0
                    sum_at[d], sum_size[d], sum_size_at[d] = 0.0, 0.0, 0.0
                    count += 1
                wave_factor[slot[d]] += factor[i]
                sum_at[d] += factor[i] * at[i]
                sum_size[d] += abs(factor[i])
                sum_size_at[d] += abs(factor[i]) * at[i]
                i = later[i]
            for w in range(low, count):
                d = wave_dart[w]
                slot[d] = -1
                wave_at[w] = sum_size_at[d] / sum_size[d]
                mean = sum_at[d] / wave_factor[w] if abs(wave_factor[w]) > 1e-9 * sum_size[d] else -1.0
                if abs(mean * bins / reach - (k + 0.5)) <= 0.5:
                    wave_at[w] = mean
                travelled = wave_at[w] + length[d >> 1]
                if travelled >= reach or abs(wave_factor[w]) <= NEGLIGIBLE:
                    continue
                before = waiting
                p, side = d >> 1, d & 1
                waiting = leave_node(
                    head[p] if side == 0 else tail[p], p, 1 - side, wave_factor[w], travelled,
                    continuous, adj_start, adj_piece, adj_side, dart, at, factor, before,
                )  # fmt: skip
                if waiting < 0:
                    return -1
                b = max(k, min(bins - 1, int(travelled * bins / reach)))
                for j in range(before, waiting):
                    later[j], first[b] = first[b], j
    return count


@njit(**COMPILED)
def add_waves(
    out: Floats,
    near: Floats,
    todo: Ints,
    coarse: Floats,
    continuous: bool,
    streets: Streets,
    crashes: Marks,
    sums: Floats,
    samples: Marks,
    shape: Shape,
    most_waves: int,
) -> None:
    """
    Add the waves of the crash groups ``todo`` to ``out`` (Q, B, C) and ``near`` (2P, B, C, size).

    Group g below P holds the crashes on piece g, group P + n those on node n. ``coarse`` (len(todo),) gets
    the width of the bins that waves had to be put into, in units: 0 where every walk was kept apart,
    infinite where even that failed.
    """
    tail, head, length = streets.tail, streets.head, streets.length
    start, at, _ = crashes
    q_start, q_at, _ = samples
    radius, k, power = shape.radius, shape.coefficients, shape.power
    pieces, reach = len(tail), radius[0]
    wave_dart, wave_at = np.empty(most_waves, np.int32), np.empty(most_waves)
    wave_factor = np.empty(most_waves)
    for i in range(len(todo)):
        g = todo[i]
        low, high = start[g], start[g + 1]
        on_node = g >= pieces
        if not on_node:
            add_own_piece(
                out, np.inf, length[g], low, high, g, at, sums, q_at, q_start[g], q_start[g + 1],
                radius, k, power,
            )  # fmt: skip
        for end in range(1 if on_node else 2):
            forward = end == 0
            own = 0.0 if on_node else length[g]
            nearest = at[low] if forward else own - at[high - 1]
            node = g - pieces if on_node else (tail[g] if forward else head[g])
            came = -1 if on_node else g
            count = spread(
                node, came, end, continuous, reach - nearest, streets, wave_dart, wave_at, wave_factor
            )  # fmt: skip
            for bins in BINS:
                if count >= 0:
                    break
                if len(wave_dart) < MOST_BINNED:
                    wave_dart, wave_at = np.empty(MOST_BINNED, np.int32), np.empty(MOST_BINNED)
                    wave_factor = np.empty(MOST_BINNED)
                # the whole reach: what is put together must not depend on the crashes
                count = spread_in_bins(
                    node, came, end, continuous, reach, bins, streets, wave_dart, wave_at, wave_factor
                )  # fmt: skip
                coarse[i] = max(coarse[i], reach / bins)
            if count < 0:
                coarse[i] = np.inf
                continue
            for w in range(count):
                dart = wave_dart[w]
                q_low, q_high = q_start[dart >> 1], q_start[(dart >> 1) + 1]
                if q_high > q_low:
                    add_run(
                        near, dart, out, dart & 1 == 1, wave_factor[w], wave_at[w], forward, own, low, high, g,
                        at, sums, q_at, q_low, q_high, length[dart >> 1], radius, k, power,
                    )  # fmt: skip


@njit(**COMPILED)
def add_all_gathered(out: Floats, near: Floats, length: Floats, samples: Marks, shape: Shape) -> None:
    """Add what was gathered per side of each piece (2P, B, C, size) to its samples in ``out`` (Q, B, C)."""
    start, at, _ = samples
    k, power = shape.coefficients, shape.power
    for p in range(len(length)):
        for end in range(2):
            add_gathered(
                out, near, 2 * p + end, end == 1, length[p], at, start[p], start[p + 1], k, power
            )  # fmt: skip


@njit(**COMPILED)
def add_own_waves(
    out: Floats,
    piece: Ints,
    at: Floats,
    node: Ints,
    order: Ints,
    continuous: bool,
    streets: Streets,
    shape: Shape,
    most_waves: int,
) -> bool:
    """
    Add to ``out`` (n, B) what each crash contributes to the density at its own place; False when there are too
    many walks even for bins.

    A crash on a node is looked at on the piece it was recorded on, ``at`` its end there. ``order`` takes the crashes
    of one node or piece together: they share their waves.
    """
    tail, head, length = streets.tail, streets.head, streets.length
    radius, k = shape.radius, shape.coefficients
    wave_dart, wave_at = np.empty(most_waves, np.int32), np.empty(most_waves)
    wave_factor = np.empty(most_waves)
    for end in range(2):
        last_source, last_came, count = -1, -1, 0
        for i in order:
            p, on_node = piece[i], node[i] >= 0
            begin = 0.0 if on_node else (at[i] if end == 0 else length[p] - at[i])
            source = node[i] if on_node else (tail[p] if end == 0 else head[p])
            came = -1 if on_node else p
            if end == 0 and not on_node:
                out[i] += k[:, 0]
            if end == 1 and on_node:
                continue
            if (
                source != last_source or came != last_came
            ):  # the whole reach, so that it serves the next crash too
                last_source, last_came = source, came
                count = spread(
                    source, came, end, continuous, radius[0], streets, wave_dart, wave_at, wave_factor
                )  # fmt: skip
                for bins in BINS:
                    if count >= 0:
                        break
                    if len(wave_dart) < MOST_BINNED:
                        wave_dart, wave_at = np.empty(MOST_BINNED, np.int32), np.empty(MOST_BINNED)
                        wave_factor = np.empty(MOST_BINNED)
                    count = spread_in_bins(
                        source, came, end, continuous, radius[0], bins, streets, wave_dart, wave_at, wave_factor
                    )  # fmt: skip
                if count < 0:
                    return False
            for w in range(count):
                if wave_dart[w] >> 1 == p:
                    way = begin + wave_at[w] + (at[i] if wave_dart[w] & 1 == 0 else length[p] - at[i])
                    for b in range(len(radius)):
                        if way < radius[b]:
                            value = 0.0
                            for j in range(k.shape[1] - 1, -1, -1):
                                value = value * way + k[b, j]
                            out[i, b] += wave_factor[w] * value
    return True
