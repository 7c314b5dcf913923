"""Crashes with their severity and date, placed on the network: what screening and black spots start from."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlu.commands.risk.inputs import RoadFile, read_crashes
from anlu.engine.files.records import chosen, days, numbers
from anlu.engine.risk.positions import Positions, place_crashes
from anlu.engine.risk.severity import EXPECTED_WORDS, severity_of
from anlu.engine.roads.matching import snap
from anlu.engine.roads.network import Ints


@dataclass(frozen=True, eq=False)
class PlacedCrashes:
    """
    Crashes that could be placed (m,), in the order of their file.

    Attributes
    ----------
    events
        Rows of the file.
    rows : (m,)
        Row of each in the file, counted from 0.
    positions, severities, dates
    killed : (m,), optional
        Persons, when a column was named.
    """

    events: int
    rows: Ints
    positions: Positions
    severities: Ints
    dates: NDArray[np.datetime64]
    killed: Ints | None


def read_placed(args: argparse.Namespace, roads: RoadFile, killed: str | None = None) -> PlacedCrashes:
    """
    Read ``--events`` with ``--severity`` and ``--date``, and place each crash on its nearest road.

    Raises
    ------
    BadInput
        A column does not exist, or a value is no severity, no date, or no number of persons.
    """
    columns = [args.severity, args.date, *([killed] if killed is not None else [])]
    crashes = read_crashes(args, columns)
    severities = np.array(chosen(crashes.records, args.severity, severity_of, EXPECTED_WORDS), np.int64)
    dates = days(crashes.records, args.date)
    persons = None if killed is None else numbers(crashes.records, killed, least=0.0, missing=0.0)
    x, y = roads.to_metres(crashes.crs, crashes.x, crashes.y)
    positions, rows = place_crashes(roads.network, snap(roads.network, x, y))
    dead = None if persons is None else persons[rows].astype(np.int64)
    return PlacedCrashes(len(crashes.x), rows, positions, severities[rows], dates[rows], dead)
