"""Results beside the columns that a file came with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def with_results(given: Mapping[str, Any], results: Mapping[str, Any]) -> dict[str, Any]:
    """
    The given columns, then the results.

    A given column with the name of a result keeps its values under ``<name>_given``.
    """
    taken = {name.lower() for name in (*given, *results)}
    columns: dict[str, Any] = {}
    for name, values in given.items():
        columns[_free(name, taken) if name.lower() in results else name] = values
    return {**columns, **results}


def _free(name: str, taken: set[str]) -> str:
    """``name_given``, or with a number if that is taken too; a GeoPackage ignores case."""
    free, number = f"{name}_given", 2
    while free.lower() in taken:
        free, number = f"{name}_given{number}", number + 1
    taken.add(free.lower())
    return free
