"""Curves of roads: smooth lines through given places, with the gentle irregularity of real ones."""

from __future__ import annotations

import numpy as np
import shapely

from .dice import Dice, Floats

STEP_M = 40.0
THIN_M = 0.8  # how far a thinned curve may lie from the drawn one


def smooth(places: Floats, step_m: float = STEP_M) -> list[Floats]:
    """
    A centripetal Catmull-Rom curve through ``places`` (n, 2): for each of the n - 1 spans its points, both ends
    included. This kind never loops and never overshoots.
    """
    if len(places) == 2:
        return [_straight(places[0], places[1], step_m)]
    before, after = 2 * places[0] - places[1], 2 * places[-1] - places[-2]
    row = np.vstack([before, places, after])
    return [_span(row[i : i + 4], step_m) for i in range(len(places) - 1)]


def _straight(start: Floats, end: Floats, step_m: float) -> Floats:
    count = max(2, int(np.hypot(*(end - start)) / step_m) + 1)
    return start + np.linspace(0.0, 1.0, count)[:, None] * (end - start)


def _span(four: Floats, step_m: float) -> Floats:
    """Between the second and the third of four places (Barry and Goldman's pyramid)."""
    gaps = np.sqrt(np.hypot(*np.diff(four, axis=0).T))
    t0, t1, t2, t3 = np.concatenate([[0.0], np.cumsum(gaps)])
    count = max(3, int(np.hypot(*(four[2] - four[1])) / step_m) + 1)
    t = np.linspace(t1, t2, count)[:, None]
    a1 = (t1 - t) / (t1 - t0) * four[0] + (t - t0) / (t1 - t0) * four[1]
    a2 = (t2 - t) / (t2 - t1) * four[1] + (t - t1) / (t2 - t1) * four[2]
    a3 = (t3 - t) / (t3 - t2) * four[2] + (t - t2) / (t3 - t2) * four[3]
    b1 = (t2 - t) / (t2 - t0) * a1 + (t - t0) / (t2 - t0) * a2
    b2 = (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
    curve = np.asarray((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
    curve[0], curve[-1] = four[1], four[2]
    return curve


def swung(path: Floats, dice: Dice, swing_m: float, wave_m: float) -> Floats:
    """``path`` (n, 2) with sideways waves of about ``swing_m`` that die away at both ends."""
    steps = np.hypot(*np.diff(path, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    length = along[-1]
    aside = np.zeros(len(path))
    for octave in range(2):
        waves = max(1.0, round(length / wave_m * 2**octave)) * dice.between(0.8, 1.2)
        aside += swing_m / 2**octave * np.sin(np.pi * waves * along / length + 2 * np.pi * dice.share())
    window = np.sin(np.pi * along / length)
    direction = np.gradient(path, axis=0)
    direction /= np.maximum(np.hypot(*direction.T), 1e-9)[:, None]
    moved = path + (aside * window)[:, None] * np.column_stack([-direction[:, 1], direction[:, 0]])
    moved[0], moved[-1] = path[0], path[-1]
    return np.asarray(moved)


def thinned(path: Floats, tolerance_m: float = THIN_M) -> Floats:
    """``path`` without the vertices that change little, to the millimetre."""
    line = shapely.simplify(shapely.linestrings(path), tolerance_m)
    return np.asarray(np.round(shapely.get_coordinates(line), 3))


def joined(spans: list[Floats]) -> Floats:
    """Spans that follow each other as one path."""
    return np.vstack([spans[0], *[span[1:] for span in spans[1:]]])


def length_of(path: Floats) -> float:
    """Metres."""
    return float(np.hypot(*np.diff(path, axis=0).T).sum())


def measures_of(path: Floats) -> Floats:
    """Distance of each vertex from the first (n,)."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
