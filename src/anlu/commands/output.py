"""What commands print: strict JSON on standard output, progress on standard error when a person watches."""

from __future__ import annotations

import dataclasses
import enum
import json
import math
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

SECONDS_BETWEEN_STROKES = 0.1


def json_text(value: Any) -> str:
    """
    ``value`` as one strict JSON document in full precision.

    NaN and infinity become ``null``; dates and times ISO 8601; numpy scalars and arrays, frozen dataclasses,
    enumerations, sets (sorted) and paths are written as what they stand for.

    Raises
    ------
    TypeError
        A value has no place in JSON. It is never written as its ``repr``.
    """
    return json.dumps(_plain(value), allow_nan=False, ensure_ascii=False, indent=2)


def print_json(value: Any) -> None:
    """Print :func:`json_text` and a line break on standard output."""
    sys.stdout.write(json_text(value) + "\n")


def _plain(value: Any) -> Any:
    if value is None or (isinstance(value, bool | str) and not isinstance(value, enum.Enum)):
        return value
    if isinstance(value, enum.Enum):
        return _plain(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return _plain_container(value)


def _plain_container(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return [_plain(item) for item in sorted(value)]
    if hasattr(value, "tolist"):  # numpy scalars and arrays, without importing numpy here
        return _plain(value.tolist())
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def _key(key: Any) -> str:
    plain = _plain(key)
    if isinstance(plain, str):
        return plain
    if isinstance(plain, int) and not isinstance(plain, bool):
        return str(plain)
    raise TypeError(f"{key!r} cannot be a key in JSON")


class Progress:
    """
    A progress bar on standard error, silent unless that is a terminal.

    ``total`` may be unknown (``None``): then only the count is shown. Use as a context manager.
    """

    def __init__(
        self,
        label: str,
        total: int | None = None,
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self._stream = sys.stderr if stream is None else stream
        self._shown = self._stream.isatty()
        self._clock = clock
        self._drawn_at = -math.inf

    def advance(self, count: int = 1) -> None:
        """``count`` more are done."""
        self.done += count
        if self._shown and self._clock() - self._drawn_at >= SECONDS_BETWEEN_STROKES:
            self._draw()

    def _draw(self) -> None:
        self._drawn_at = self._clock()
        share = "" if not self.total else f" / {self.total} ({min(1.0, self.done / self.total):.0%})"
        self._stream.write(f"\r\x1b[K{self.label} {self.done}{share}")
        self._stream.flush()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
