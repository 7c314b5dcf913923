"""
Stretches of road that a rule calls black spots.

A window is all crashes within half the rule's length of some place on the network, so that no two are farther apart
than its length, within some run of days no longer than its years. Windows that meet a clause are taken from the worst
on; each crash counts for one spot of a clause. Method: ``methods/blackspots.md``.
"""

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from anlu.engine.compiling import COMPILED
from anlu.engine.roads.network import Flags, Floats, Ints, Network

from .coverage import Stretches, stretches_within
from .positions import Positions
from .rules import Clause, Rule
from .severity import EPDO, Severity

Days = NDArray[np.datetime64]
MOST_MEMBERS = 20_000_000  # of 8 bytes
FIRST_STEP = 0.01  # of the rule's length


@dataclass(frozen=True, eq=False)
class Crashes:
    """
    What a rule looks at, one row per crash on the network.

    Attributes
    ----------
    positions
    severities : (n,)
        1-4.
    dates : (n,)
        datetime64[D].
    killed : (n,)
        Persons.
    """

    positions: Positions
    severities: Ints
    dates: Days
    killed: Ints

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def are_fatal(self) -> Flags:
        return np.asarray(self.severities == Severity.FATAL)

    @property
    def are_injury(self) -> Flags:
        """People were hurt, nobody died."""
        return np.isin(self.severities, (Severity.SERIOUS, Severity.SLIGHT))


@dataclass(frozen=True, eq=False)
class Spot:
    """
    A black spot, with what made it one.

    Attributes
    ----------
    clause
        The clause that is met.
    edge, offset_m
        Its middle: every crash of it is at most half the clause's length away.
    rows
        Its crashes, in order of date.
    crashes, injury, fatal, killed
        How many of them, how many with injured but without killed, how many with killed, and persons killed.
    from_date, to_date
        Of the first and of the last.
    """

    clause: Clause
    edge: int
    offset_m: float
    rows: Ints
    crashes: int
    injury: int
    fatal: int
    killed: int
    from_date: np.datetime64
    to_date: np.datetime64

    @property
    def why(self) -> str:
        """Rule, window and counts in words: ``死亡事故多发: 500 米、3 年内死亡事故 3 起(应不少于 3)…``."""
        needed = zip(
            ("事故", "伤人事故", "死亡事故", "死亡"),
            (self.crashes, self.injury, self.fatal, self.killed),
            self.clause.thresholds,
            ("起", "起", "起", "人"),
            strict=True,
        )
        met = [f"{what} {n} {unit}(应不少于 {least})" for what, n, least, unit in needed if least is not None]
        window = f"{self.clause.length_m:g} 米、{self.clause.years:g} 年内"
        return f"{self.clause.name}: {window}{'、'.join(met)}; {self.from_date} 至 {self.to_date}"


class _Windows(NamedTuple):
    """Crashes near a place: window w has ``member[start[w]:start[w + 1]]``, rising; the place is on an edge."""

    start: Ints
    member: Ints
    edge: Ints
    place_m: Floats


class _Facts(NamedTuple):
    """Crashes in order of date: what a run of them is judged by, and the first that is too late to join it."""

    too_late: Ints
    harm: Floats
    injury: Ints
    fatal: Ints
    killed: Ints


def find_by_rule(network: Network, crashes: Crashes, rule: Rule) -> list[Spot]:
    """
    Black spots of a rule: clause by clause, of each the worst first.

    One clause is enough, so that a spot whose crashes all lie in one spot of an earlier clause is not named again.

    Raises
    ------
    TooMuchRoad
        As :func:`find_black_spots`.
    """
    found: list[Spot] = []
    for clause in rule.clauses:
        named = [set(spot.rows.tolist()) for spot in found]
        spots = find_black_spots(network, crashes, clause)
        found += [spot for spot in spots if not any(set(spot.rows.tolist()) <= rows for rows in named)]
    return found


def find_black_spots(network: Network, crashes: Crashes, clause: Clause) -> list[Spot]:
    """
    Black spots of one clause, the worst first: by sum of severity (10 fatal, 5 injury, 1 damage), then by killed.

    Parameters
    ----------
    network, crashes
    clause
        Of a rule (:mod:`.rules`).

    Raises
    ------
    TooMuchRoad
        The clause is so long and the crashes so many that the windows do not fit into memory (:mod:`.coverage`).
    """
    order = np.lexsort((np.arange(len(crashes)), crashes.dates))
    stretches = stretches_within(network, crashes.positions[order], clause.length_m / 2.0)
    fewest = max(clause.min_crashes or 1, clause.min_injury or 0, clause.min_fatal or 0)
    facts = _facts(crashes, order, clause)
    windows = _largest_windows(_by_place(stretches, network.edges), facts.harm, fewest, clause.length_m)
    needed = np.array([least or 0 for least in clause.thresholds], np.int64)
    taken, taken_start, taken_row = _worst_first(windows, facts, needed, len(crashes))
    return _spots(clause, windows, taken, crashes, order[taken_row], taken_start)


def _spots(
    clause: Clause, windows: _Windows, taken: Ints, crashes: Crashes, rows: Ints, start: Ints
) -> list[Spot]:
    """Spots with their counts; spot i has ``rows[start[i]:start[i + 1]]``."""
    injury, fatal, killed = (
        np.diff(np.concatenate(([0], np.cumsum(values[rows])))[start]).tolist()
        for values in (crashes.are_injury, crashes.are_fatal, crashes.killed)
    )
    edge, place_m = windows.edge[taken].tolist(), windows.place_m[taken].tolist()
    first, last = crashes.dates[rows[start[:-1]]], crashes.dates[rows[start[1:] - 1]]
    own = [rows[begin:end] for begin, end in pairwise(start.tolist())]
    number = np.diff(start).tolist()
    facts = zip(edge, place_m, own, number, injury, fatal, killed, first, last, strict=True)
    return [Spot(clause, *each) for each in facts]


def _facts(crashes: Crashes, order: Ints, clause: Clause) -> _Facts:
    dates = crashes.dates[order].astype("datetime64[D]")
    return _Facts(
        np.searchsorted(dates, later_by(dates, clause.years), side="left").astype(np.int64),
        EPDO.of(crashes.severities[order]),
        crashes.are_injury[order].astype(np.int64),
        crashes.are_fatal[order].astype(np.int64),
        crashes.killed[order].astype(np.int64),
    )


def later_by(dates: Days, years: float) -> Days:
    """
    The days (n,) that lie so many years after, by the calendar: whole months, then the rest in days.

    Of a day that its month does not have the last takes the place (29 February and one year: 28 February).
    """
    months = int(years * 12 + 1e-9)
    rest = round((years - months / 12) * 365.25)
    month = dates.astype("datetime64[M]")
    day = (dates - month.astype("datetime64[D]")).astype(np.int64)
    target = (month + months).astype("datetime64[D]")
    longest = ((month + months + 1).astype("datetime64[D]") - target).astype(np.int64) - 1
    return np.asarray(target + np.minimum(day, longest) + rest)


@njit(**COMPILED)
def _by_place(stretches: Stretches, edges: int) -> Stretches:
    """The same in order of edge, then of where they begin, then of crash."""
    crash, edge, begin, end = stretches
    slot = np.zeros(edges + 1, np.int64)
    for e in edge:
        slot[e + 1] += 1
    slot = np.cumsum(slot)
    first = slot.copy()
    order = np.empty(len(edge), np.int64)
    for i in range(len(edge)):
        order[slot[edge[i]]] = i
        slot[edge[i]] += 1
    for e in range(edges):
        own = order[first[e] : first[e + 1]]
        own[:] = own[np.argsort(begin[own], kind="mergesort")]
    return Stretches(crash[order], edge[order], begin[order], end[order])


# ---------------------------------------------------------------------------------------------- windows on the network


def _largest_windows(stretches: Stretches, harm: Floats, fewest: int, length_m: float) -> _Windows:
    """
    Every set of at least so many crashes near a place, wherever the next comes into reach only after one left.

    Where they would be more than memory should hold, of places less than a step apart only the worst is kept.
    """
    nothing = _Windows(np.empty(0, int), np.empty(0, int), np.empty(0, int), np.empty(0))
    step_m = 0.0
    count, size = _sweep(stretches, harm, fewest, step_m, nothing, False)
    while size > MOST_MEMBERS and step_m < length_m:
        step_m = max(2.0 * step_m, length_m * FIRST_STEP)
        count, size = _sweep(stretches, harm, fewest, step_m, nothing, False)
    found = _Windows(np.zeros(count + 1, int), np.empty(size, int), np.empty(count, int), np.empty(count))
    _sweep(stretches, harm, fewest, step_m, found, True)
    return found


@njit(**COMPILED)
def _sweep(
    stretches: Stretches, harm: Floats, fewest: int, step_m: float, out: _Windows, write: bool
) -> tuple[int, int]:
    """Go along every edge and count the windows and their crashes; write them into ``out`` if asked to."""
    crash, edge, begin, end = stretches
    active = np.empty(1024, np.int64)
    count, size, there, sum_there, before, before_sum, before_bin = 0, 0, 0, 0.0, 0, 0.0, -1
    for i in range(len(edge)):
        if i == 0 or edge[i] != edge[i - 1]:
            there, sum_there, before_bin = 0, 0.0, -1
        kept, leaves = 0, end[i]
        for a in range(there):
            if end[active[a]] >= begin[i]:
                leaves = min(leaves, end[active[a]])
                active[kept] = active[a]
                kept += 1
            else:
                sum_there -= harm[crash[active[a]]]
        if kept == len(active):
            longer = np.empty(2 * kept, np.int64)
            longer[:kept] = active
            active = longer
        active[kept] = i
        there, sum_there = kept + 1, sum_there + harm[crash[i]]
        last = i + 1 == len(edge) or edge[i + 1] != edge[i]
        if there < fewest or not (last or leaves < begin[i + 1]):
            continue
        place = (begin[i] + leaves) / 2.0
        if step_m > 0.0 and int(place / step_m) == before_bin:
            if sum_there <= before_sum:
                continue
            count, size = count - 1, before
        before, before_sum = size, sum_there
        before_bin = int(place / step_m) if step_m > 0.0 else -1
        if write:
            out.edge[count], out.place_m[count] = edge[i], place
            out.start[count + 1] = size + there
            for a in range(there):
                out.member[size + a] = crash[active[a]]
            out.member[size : size + there].sort()
        count, size = count + 1, size + there
    return count, size


# ------------------------------------------------------------------------------------------------------ worst first


@njit(**COMPILED)
def _worst_first(windows: _Windows, facts: _Facts, needed: Ints, crashes: int) -> tuple[Ints, Ints, Ints]:
    """Windows taken, where the crashes of each begin, and the crashes; a crash taken is gone for the others."""
    free, room = np.ones(crashes, np.bool_), np.empty(crashes, np.int64)
    count = len(windows.edge)
    waiting = [(0.0, 0, 0, 0) for _ in range(0)]
    for w in range(count):
        harm, killed, number, _, _ = _best_run(windows, w, facts, needed, free, room)
        if number:
            heappush(waiting, (-harm, -killed, -number, w))
    taken, start, row = (
        np.empty(crashes, np.int64),
        np.zeros(crashes + 1, np.int64),
        np.empty(crashes, np.int64),
    )
    spots, rows = 0, 0
    while len(waiting):
        was = heappop(waiting)
        w = was[3]
        harm, killed, number, first, last = _best_run(windows, w, facts, needed, free, room)
        if not number:
            continue
        now = (-harm, -killed, -number, w)
        if now != was:  # it lost crashes to a worse spot, so it may have to wait
            heappush(waiting, now)
            continue
        for at in range(first, last):
            free[room[at]] = False
            row[rows] = room[at]
            rows += 1
        taken[spots] = w
        spots += 1
        start[spots] = rows
        heappush(waiting, was)  # other days of the same place may be a spot too
    return taken[:spots], start[: spots + 1], row[:rows]


@njit(**COMPILED)
def _best_run(
    windows: _Windows, w: int, facts: _Facts, needed: Ints, free: Flags, room: Ints
) -> tuple[float, int, int, int, int]:
    """
    Harm, killed, number and place in ``room`` of the run of days that meets the clause with the greatest harm.

    ``room`` is filled with the window's crashes that are still free. The number is 0 when no run meets it.
    """
    n = 0
    for m in range(windows.start[w], windows.start[w + 1]):
        if free[windows.member[m]]:
            room[n] = windows.member[m]
            n += 1
    best = (-1.0, 0, 0, 0, 0)
    if n < needed[0]:
        return best
    harm, injury, fatal, killed, last = 0.0, 0, 0, 0, 0
    for first in range(n):
        while last < n and room[last] < facts.too_late[room[first]]:
            x = room[last]
            harm, killed = harm + facts.harm[x], killed + facts.killed[x]
            injury, fatal = injury + facts.injury[x], fatal + facts.fatal[x]
            last += 1
        number = last - first
        met = number >= needed[0] and injury >= needed[1] and fatal >= needed[2] and killed >= needed[3]
        if met and (harm, killed, number) > (best[0], best[1], best[2]):
            best = (harm, killed, number, first, last)
        x = room[first]
        harm, killed = harm - facts.harm[x], killed - facts.killed[x]
        injury, fatal = injury - facts.injury[x], fatal - facts.fatal[x]
    return best
