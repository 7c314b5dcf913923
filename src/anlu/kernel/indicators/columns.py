"""
Columns of a snapshot: a table's column as an array, with just enough to compare it and to group by it.

A column with few different values keeps them once and a small number per row (``Coded``); a number, an amount
or a moment is kept as an integer (``Numeric``); what several rows of another table say of one row, as bits
(``Several``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import count
from typing import Any, Final

import numpy as np
from django.db import models
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]

NULL: Final = np.iinfo(np.int64).min
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MOST_SEVERAL: Final = 63  # bits of a signed word
LARGEST: Final = 2**62
COMPARED: Final = (
    6  # up to so many values are looked for one by one, which is quicker than a table of all of them
)
FEW: Final = 4_096  # up to so many different whole numbers are kept once and coded
AnyField = models.Field[Any, Any]


class Unanswerable(Exception):
    """The columns cannot answer this; ask the database."""


class Column(ABC):
    """One value for each row."""

    @property
    @abstractmethod
    def null(self) -> Mask:
        """Rows without a value, shape (n,)."""

    @abstractmethod
    def among(self, wanted: Iterable[Any]) -> Mask:
        """Rows with one of these values, shape (n,); raises ``Unanswerable``."""

    @abstractmethod
    def compared(self, test: Callable[[Any, Any], Any], other: Any) -> Mask:
        """Rows whose value passes ``test(value, other)``, False where there is none; raises ``Unanswerable``."""

    @abstractmethod
    def numbers(self, places: Numbers | None = None) -> Numbers:
        """
        Values as integers in the column's own unit, ``NULL`` where there is none.

        Parameters
        ----------
        places
            The rows asked for, in this order; all of them where it is not stated.

        Raises
        ------
        Unanswerable
            The values are no numbers.
        """

    @property
    @abstractmethod
    def nbytes(self) -> int:
        """Memory of the arrays, in bytes."""


@dataclass(frozen=True)
class Coded(Column):
    """``keys[codes[i]]`` is the value of row i, None where there is none."""

    codes: NDArray[Any]
    keys: tuple[Any, ...]

    @classmethod
    def of(cls, codes: Numbers, keys: Sequence[Any]) -> Coded:
        """In the smallest type that holds the codes."""
        return cls(codes.astype(np.min_scalar_type(max(len(keys), 1))), tuple(keys))

    def _by_key(self, test: Callable[[Any], bool]) -> Mask:
        passed = np.fromiter((test(key) for key in self.keys), dtype=np.bool_, count=len(self.keys))
        chosen = np.flatnonzero(passed)
        if len(chosen) > COMPARED:
            return np.take(
                passed, self.codes, mode="clip"
            )  # no code is too large; not to check them halves the time
        found = np.zeros(len(self.codes), np.bool_)
        for code in chosen:
            found |= self.codes == code
        return found

    @property
    def null(self) -> Mask:
        if None not in self.keys:
            return np.zeros(len(self.codes), np.bool_)
        found: Mask = self.codes == self.keys.index(None)
        return found

    def among(self, wanted: Iterable[Any]) -> Mask:
        chosen = frozenset(wanted)
        return self._by_key(lambda key: key is not None and key in chosen)

    def compared(self, test: Callable[[Any, Any], Any], other: Any) -> Mask:
        if isinstance(other, str):
            raise Unanswerable("the order of texts is the database's own")
        try:
            return self._by_key(lambda key: key is not None and bool(test(key, other)))
        except TypeError:
            raise Unanswerable(f"cannot compare with {other!r}") from None

    def numbers(self, places: Numbers | None = None) -> Numbers:
        if any(key is not None and type(key) is not int for key in self.keys):
            raise Unanswerable("not a column of whole numbers")
        known = np.array([NULL if key is None else key for key in self.keys] or [NULL], dtype=np.int64)
        found: Numbers = np.take(known, _at(self.codes, places), mode="clip")
        return found

    @property
    def nbytes(self) -> int:
        return self.codes.nbytes


@dataclass(frozen=True)
class Opaque(Coded):
    """JSON as the text that the database gives: good for grouping, compared by the database alone."""

    def among(self, wanted: Iterable[Any]) -> Mask:
        raise Unanswerable("JSON is compared by the database")

    def compared(self, test: Callable[[Any, Any], Any], other: Any) -> Mask:
        raise Unanswerable("JSON is compared by the database")


@dataclass(frozen=True)
class Numeric(Column):
    """
    Whole numbers, in the smallest type that holds them; the least value of the type stands for "none".

    Parameters
    ----------
    unit
        Turns a Python value into the column's number (yuan into fen, a moment into microseconds); raises
        ``Unanswerable`` where it cannot be one.
    """

    values: NDArray[Any]
    unit: Callable[[Any], int]
    places: int = 0  # decimal places that one stands for

    @classmethod
    def of(cls, values: Numbers, unit: Callable[[Any], int], places: int = 0) -> Numeric:
        """Pack numbers with ``NULL`` where there is none."""
        known = values[values != NULL]
        if not len(known) or (known.min() > np.iinfo(np.int32).min and known.max() <= np.iinfo(np.int32).max):
            small = np.where(values == NULL, np.iinfo(np.int32).min, values).astype(np.int32)
            return cls(small, unit, places)
        return cls(values, unit, places)

    @property
    def _none(self) -> int:
        return int(np.iinfo(self.values.dtype).min)

    @property
    def null(self) -> Mask:
        found: Mask = self.values == self._none
        return found

    def among(self, wanted: Iterable[Any]) -> Mask:
        stated = np.array([self.unit(one) for one in wanted], dtype=np.int64)
        found: Mask = np.isin(self.values, stated) & ~self.null
        return found

    def compared(self, test: Callable[[Any, Any], Any], other: Any) -> Mask:
        found: Mask = np.asarray(test(self.values, np.int64(self.unit(other))), dtype=np.bool_) & ~self.null
        return found

    def numbers(self, places: Numbers | None = None) -> Numbers:
        values = _at(self.values, places)
        if values.dtype == np.int64:
            return values
        return np.where(values == self._none, NULL, values.astype(np.int64))

    @property
    def nbytes(self) -> int:
        return self.values.nbytes


@dataclass(frozen=True)
class Several:
    """Which of ``keys`` (63 at most) hold for each row: bit k of ``bits[i]`` stands for ``keys[k]``."""

    bits: Numbers
    keys: tuple[Any, ...]

    @classmethod
    def of(cls, rows: int, places: Numbers, codes: Numbers, keys: Sequence[Any]) -> Several:
        """
        From pairs of a row's place and a code.

        Raises
        ------
        ValueError
            There are more than 63 keys.
        """
        if len(keys) > MOST_SEVERAL:
            raise ValueError(f"{len(keys)} different values, {MOST_SEVERAL} at most can be kept")
        bits = np.zeros(rows, dtype=np.int64)
        for code in range(len(keys)):
            bits[places[codes == code]] |= np.int64(1) << np.int64(code)
        return cls(bits, tuple(keys))

    @cached_property
    def masks(self) -> dict[Any, Mask]:
        """Rows of each key; None: rows of which nothing is known."""
        found: dict[Any, Mask] = {
            key: (self.bits >> np.int64(place)) & 1 == 1 for place, key in enumerate(self.keys)
        }
        return {**found, None: self.bits == 0}

    @property
    def nbytes(self) -> int:
        return self.bits.nbytes


def _at(values: NDArray[Any], places: Numbers | None) -> NDArray[Any]:
    return values if places is None else values[places]


# ------------------------------------------------------------------------------------------------ reading


def whole(value: Any) -> int:
    """A whole number as it is."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= LARGEST:
        raise Unanswerable(f"{value!r} is no whole number of this size")
    return value


def scaled(places: int) -> Callable[[Any], int]:
    """An amount in units of its last decimal place."""

    def unit(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise Unanswerable(f"{value!r} is no amount")
        found = Decimal(value).scaleb(places)
        if found != found.to_integral_value() or abs(found) >= LARGEST:
            raise Unanswerable(f"{value} is no amount of {places} decimal places")
        return int(found)

    return unit


def microseconds(value: Any) -> int:
    """An aware moment in microseconds since 1970, a span of time in microseconds."""
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Unanswerable(f"{value!r} is no moment")
    return (value - EPOCH) // timedelta(microseconds=1)


def selected(field: AnyField, vendor: str) -> str:
    """The SQL that reads a column in the form that ``Packing`` takes."""
    column = f'"{field.column}"'
    if isinstance(field, models.JSONField):
        return f"CAST({column} AS TEXT)"
    if vendor == "postgresql":
        is_moment = isinstance(field, models.DateTimeField)
        return f"(EXTRACT(EPOCH FROM {column}) * 1000000)::bigint" if is_moment else column
    # Past the converters of the driver, which would make an object for every row.
    if isinstance(field, models.DateField):  # and its kind DateTimeField
        return f"CAST({column} AS TEXT)"
    return f"+{column}" if isinstance(field, models.BooleanField | models.DecimalField) else column


class Packing:
    """Packs the values of a field as they are read, many rows at a time."""

    def __init__(self, field: AnyField) -> None:
        self.field = field
        self._parts: list[Numbers] = []
        self._index: defaultdict[Any, int] = defaultdict(count().__next__)

    def add(self, raw: Sequence[Any]) -> None:
        """More rows, in the form that ``selected`` reads."""
        self._parts.append(self._numbers(raw))

    def _numbers(self, raw: Sequence[Any]) -> Numbers:
        if isinstance(self.field, models.DateTimeField):
            return _moments(raw)
        if isinstance(self.field, models.DecimalField):
            return _amounts(raw, self.field.decimal_places)
        if isinstance(self.field, models.IntegerField | models.AutoField):
            return _wholes(raw)
        return np.fromiter(map(self._index.__getitem__, raw), np.int64, len(raw))

    def column(self) -> Column:
        """Everything that was added."""
        field = self.field
        numbers = np.concatenate(self._parts) if self._parts else np.zeros(0, np.int64)
        if isinstance(field, models.DateTimeField):
            return Numeric.of(numbers, microseconds)
        if isinstance(field, models.DecimalField):
            return Numeric.of(numbers, scaled(field.decimal_places), field.decimal_places)
        if isinstance(field, models.IntegerField | models.AutoField):
            return of_wholes(numbers)
        if isinstance(field, models.JSONField):
            return Opaque.of(numbers, list(self._index))
        target = field.target_field if isinstance(field, models.ForeignKey) else field
        return Coded.of(numbers, [None if one is None else target.to_python(one) for one in self._index])


def of_wholes(numbers: Numbers) -> Column:
    """Whole numbers, coded where few of them are different."""
    keys, codes = np.unique(numbers, return_inverse=True)
    if len(keys) > FEW:
        return Numeric.of(numbers, whole)
    return Coded.of(codes, [None if one == NULL else int(one) for one in keys])


def joined(first: Column, second: Column, order: Numbers) -> Column:
    """
    The rows of two columns of the same field, one after the other and then in this order.

    Parameters
    ----------
    order
        Places in both together, shape (rows of the result,): what is not named is left out.
    """
    if isinstance(first, Coded) and isinstance(second, Coded):
        index = {key: code for code, key in enumerate(first.keys)}
        moved = np.array([index.setdefault(key, len(index)) for key in second.keys] or [0], dtype=np.int64)
        codes = np.concatenate([first.codes.astype(np.int64), moved[second.codes]])[order]
        return type(first).of(codes, list(index))
    numbers = np.concatenate([first.numbers(), second.numbers()])[order]
    if isinstance(first, Numeric) and (first.unit is not whole):
        return Numeric.of(numbers, first.unit, first.places)
    return of_wholes(numbers)


def several_joined(first: Several, second: Several, order: Numbers) -> Several:
    """As ``joined``, for what several rows say of one; raises ``ValueError`` for more than 63 keys."""
    index = {key: code for code, key in enumerate(first.keys)}
    moved = [index.setdefault(key, len(index)) for key in second.keys]
    if len(index) > MOST_SEVERAL:
        raise ValueError(f"{len(index)} different values, {MOST_SEVERAL} at most can be kept")
    bits = np.zeros(len(second.bits), dtype=np.int64)
    for place, code in enumerate(moved):
        bits |= ((second.bits >> np.int64(place)) & 1) << np.int64(code)
    return Several(np.concatenate([first.bits, bits])[order], tuple(index))


def _wholes(raw: Sequence[Any]) -> Numbers:
    return np.array([NULL if one is None else one for one in raw], dtype=np.int64)


def _moments(raw: Sequence[Any]) -> Numbers:
    """Integers as PostgreSQL gives them, or texts of SQLite, which are UTC."""
    if all(one is None or isinstance(one, int) for one in raw):
        return _wholes(raw)
    return np.array(raw, dtype="datetime64[us]").astype(np.int64)  # no time is the least number


def _amounts(raw: Sequence[Any], places: int) -> Numbers:
    """Exact decimals of PostgreSQL, binary ones of SQLite, which are within half a unit of the last place."""
    stated = np.array([np.nan if one is None else float(one) for one in raw], dtype=np.float64)
    none = np.isnan(stated)
    return np.where(none, NULL, np.rint(np.where(none, 0, stated) * 10**places).astype(np.int64))
