"""
Large libraries that single commands do without and a server has at hand.

A command loads one where it first needs it. A server loads them all before anybody waits: the first export, import
or tile of a morning takes no longer than the second.
"""

from __future__ import annotations

import importlib
from typing import Final

LIBRARIES: Final = (
    "huey",
    "jinja2.sandbox",
    "mapbox_vector_tile",
    "numba",
    "openpyxl",
    "polars",
    "scipy.optimize",
    "scipy.sparse.csgraph",
    "scipy.stats",
)
COMPILED: Final = ("anlu.engine.roads.searching",)  # reads what was compiled earlier


def load_libraries() -> None:
    """Import them all."""
    for name in (*LIBRARIES, *COMPILED):
        importlib.import_module(name)
