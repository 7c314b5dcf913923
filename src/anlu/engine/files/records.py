"""What a table and a vector layer have in common: named columns, and a place in the file for every row."""

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Protocol, TypedDict, TypeVar

import numpy as np
from numpy.typing import NDArray

from anlu.engine.errors import BadInput

T = TypeVar("T")
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)|(\d{4})(\d{2})(\d{2})(?!\d)")


class Place(TypedDict, total=False):
    """
    Where a row stands: the line of a text file counted from 1, or the feature of a layer counted from 0.
    """

    line: int
    feature: int


class Records(Protocol):
    """Rows of a table or of a vector layer."""

    @property
    def file(self) -> str:
        """The file as the user named it."""

    def __len__(self) -> int: ...

    def column(self, name: str) -> Sequence[Any] | NDArray[Any]:
        """
        The values of one column, as the file has them.

        Raises
        ------
        BadInput
            There is no such column; the message lists those that exist.
        """

    def place(self, row: int) -> Place:
        """Where a row stands in the file."""


def numbers(
    records: Records, name: str, *, least: float = -math.inf, missing: float | None = None
) -> NDArray[np.float64]:
    """
    A column as finite numbers (n,), whether it holds numbers or their text.

    Parameters
    ----------
    least
        Smallest value allowed.
    missing
        What an empty cell or null stands for; by default it is bad input.

    Raises
    ------
    BadInput
        A value is no finite number or smaller than ``least``.
    """
    values = records.column(name)
    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
        found = values.astype(np.float64)
    else:
        found = _numbers_of_text(values)
    right = np.isfinite(found) & (found >= least)
    if missing is not None:
        empty = [row for row in np.flatnonzero(np.isnan(found)).tolist() if _is_empty(values[row])]
        found[empty], right[empty] = missing, True
    wrong = np.flatnonzero(~right)
    if wrong.size:
        expected = "数字" if least == -math.inf else f"不小于 {least:g} 的数字"
        raise _bad(records, name, int(wrong[0]), values, expected)
    return found


def _numbers_of_text(values: Sequence[Any] | NDArray[Any]) -> NDArray[np.float64]:
    try:  # one call for the common case of a column without mistakes
        return np.array(values, np.float64)
    except (TypeError, ValueError):
        return np.array([_number(value) for value in values], np.float64)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _is_empty(value: Any) -> bool:
    if value is None or (isinstance(value, float | np.floating) and math.isnan(value)):
        return True
    if isinstance(value, np.datetime64):
        return bool(np.isnat(value))
    return isinstance(value, str) and not value.strip()


def days(records: Records, name: str) -> NDArray[np.datetime64]:
    """
    A column as dates (n,) of type datetime64[D], as written: a time of day or a zone is left out.

    Raises
    ------
    BadInput
        A value is not a date of the calendar.
    """
    values = records.column(name)
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        found = values.astype("datetime64[D]")
        return _refuse(records, name, values, found, np.isnat(found), "日期, 如 2023-06-30")
    known: dict[Any, np.datetime64] = {}
    nowhere = np.datetime64("NaT", "D")
    found = np.array([_cached(known, value, _day, nowhere) for value in values], "datetime64[D]")
    return _refuse(records, name, values, found, np.isnat(found), "日期, 如 2023-06-30")


def texts(records: Records, name: str) -> list[str]:
    """A column as text (n,) without surrounding blanks; null is empty."""
    values = records.column(name)
    return ["" if _is_empty(value) else str(value).strip() for value in values]


def chosen(records: Records, name: str, meaning: Callable[[str], T | None], expected: str) -> list[T]:
    """
    A column of words translated one by one.

    Raises
    ------
    BadInput
        ``meaning`` gives None for a value.
    """
    known: dict[str, T | None] = {}
    found: list[T] = []
    for row, text in enumerate(texts(records, name)):
        if text not in known:
            known[text] = meaning(text)
        value = known[text]
        if value is None:
            raise _bad(records, name, row, records.column(name), expected)
        found.append(value)
    return found


def _day(value: Any) -> np.datetime64 | None:
    if isinstance(value, datetime | date):
        return np.datetime64(value.strftime("%Y-%m-%d"), "D")
    match = DAY.match(str(value).strip())
    if not match:
        return None
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return np.datetime64(date(year, month, day), "D")
    except ValueError:
        return None


def _cached(known: dict[Any, T], value: Any, work: Callable[[Any], T | None], otherwise: T) -> T:
    if value not in known:
        result = work(value)
        known[value] = otherwise if result is None else result
    return known[value]


def _refuse(
    records: Records,
    name: str,
    values: Sequence[Any] | NDArray[Any],
    found: NDArray[np.datetime64],
    wrong: NDArray[np.bool_],
    expected: str,
) -> NDArray[np.datetime64]:
    if wrong.any():
        raise _bad(records, name, int(np.flatnonzero(wrong)[0]), values, expected)
    return found


def _bad(
    records: Records, name: str, row: int, values: Sequence[Any] | NDArray[Any], expected: str
) -> BadInput:
    value = values[row]
    shown = "" if _is_empty(value) else value
    return BadInput(file=records.file, field=name, found=shown, expected=expected, **records.place(row))


def missing_column(file: str, name: str, present: Sequence[str]) -> BadInput:
    """The refusal of a column that a file does not have."""
    return BadInput(
        file=file, field=name, found="没有这一列", expected=f"{'、'.join(present) or '有列的文件'}"
    )
