"""
Tables of crashes, without any page: what the pages show, exports hold and tests check.

Each is one grouped query that the index ``crash_statistics`` covers (``foundations`` 2.4).
"""

from __future__ import annotations

from typing import Final

from anlu.apps.crashes.models import Crash
from anlu.apps.crashes.statistics.dimensions import (
    by_hour,
    by_region,
    by_severity,
    by_town,
    by_weekday,
    by_year,
)
from anlu.apps.crashes.statistics.measures import CRASHES, Handling
from anlu.kernel.core.scope import Scope, Viewer
from anlu.kernel.indicators.define import Leaf, Parameters, Sum
from anlu.kernel.indicators.tables import Dimension, Heading, Table, cross_table, measure_table, narrowed
from anlu.kernel.indicators.window import Window

# How the crash ledger calls the parts of a window.
NAMES: Final = {"from": "occurred_from", "to": "occurred_to", "unit": "unit", "area": "town"}


def parameters_of(leaf: Leaf, window: Window) -> Parameters:
    """What the crash ledger is asked for to list the rows that a leaf adds up in a window."""
    return narrowed(tuple(window.parameters(NAMES)), leaf.parameters or ())


def divided(
    rows: Dimension,
    columns: Dimension,
    window: Window,
    viewer: Viewer,
    *,
    leaf: Leaf | None = None,
    hide_empty: bool = False,
) -> Table:
    """``leaf`` (by default all crashes) divided by two dimensions; a cell opens its rows in the ledger."""
    counted = leaf or CRASHES.leaf(Handling.ALL)
    return cross_table(
        counted,
        rows,
        columns,
        window,
        viewer,
        parameters=parameters_of(counted, window),
        hide_empty=hide_empty,
    )


def by_year_and(columns: Dimension, window: Window, viewer: Viewer, *, leaf: Leaf | None = None) -> Table:
    """Years × any dimension."""
    return divided(by_year(window), columns, window, viewer, leaf=leaf)


def towns_by_year(window: Window, viewer: Viewer, *, leaf: Leaf | None = None) -> Table:
    """Towns (districts) × years."""
    return divided(by_town(window, scope_of(viewer)), by_year(window), window, viewer, leaf=leaf)


def regions_by_severity(window: Window, viewer: Viewer, *, leaf: Leaf | None = None) -> Table | None:
    """Regions × severity; None where there are no regions."""
    regions = by_region(window)
    return None if regions is None else divided(regions, by_severity(), window, viewer, leaf=leaf)


def weekday_by_hour(window: Window, viewer: Viewer, *, leaf: Leaf | None = None) -> Table:
    """Days of the week × hours of the day."""
    return divided(by_weekday(), by_hour(), window, viewer, leaf=leaf)


def persons(rows: Dimension, window: Window, viewer: Viewer, *, handling: Handling = Handling.ALL) -> Table:
    """Killed, seriously and slightly injured, injured in all, divided by one dimension."""
    counted = CRASHES.leaf(handling)
    stated = counted.parameters or ()
    columns = [
        (Heading(name, label, (*stated, (parameter, "1"))), Sum(counted.rows, column=name))
        for name, label, parameter in PERSONS
    ]
    return measure_table(columns, rows, window, viewer, parameters=window.parameters(NAMES))


PERSONS: Final = (
    ("killed", "死亡", "killed_min"),
    ("seriously_injured", "重伤", "serious_min"),
    ("slightly_injured", "轻伤", "slight_min"),
    ("injured", "受伤合计", "injured_min"),
)


def scope_of(viewer: Viewer) -> Scope:
    """Where a person sees crashes."""
    return viewer.scope_for(Crash.view_permission)
