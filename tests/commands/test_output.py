"""JSON that any reader accepts, and progress only where somebody looks."""

import enum
import io
import json
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.commands.output import Progress, json_text, print_json

pytestmark = pytest.mark.no_database


class Colour(enum.StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Row:
    name: str
    value: float


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, None),
        (math.inf, None),
        (-math.inf, None),
        (Decimal("NaN"), None),
        (np.float64("nan"), None),
        (np.array([1.5, np.inf]), [1.5, None]),
        (np.int64(2**62), 2**62),
        (np.bool_(True), True),
        (Decimal("1.25"), 1.25),
        (datetime(2023, 6, 30, 8, tzinfo=UTC), "2023-06-30T08:00:00+00:00"),
        (datetime(2023, 6, 30, 8, tzinfo=timezone(timedelta(hours=8))), "2023-06-30T08:00:00+08:00"),
        (date(2023, 6, 30), "2023-06-30"),
        (Path("a/b"), "a/b"),
        (Colour.RED, "red"),
        ({Colour.RED: (1, 2), 3: {"b", "a"}}, {"red": [1, 2], "3": ["a", "b"]}),
        (Row("张", math.nan), {"name": "张", "value": None}),
        (True, True),
        (None, None),
    ],
)
def test_values_become_what_they_stand_for(value, expected):
    result = json.loads(json_text(value))
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize("value", [object(), Row, {1.5: 1}, {None: 1}, b"bytes", 1j])
def test_what_has_no_place_in_json_is_refused(value):
    with pytest.raises(TypeError):
        json_text(value)


@given(
    st.recursive(
        st.floats() | st.text() | st.integers(),
        lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    )
)
def test_the_document_is_strict_json(value):
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    json.loads(json_text(value), parse_constant=refuse)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_full_precision(value):
    assert json.loads(json_text(value)) == value


def test_chinese_is_written_as_it_is(capsys):
    print_json({"词": "下降"})
    assert "下降" in capsys.readouterr().out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_silent_unless_a_terminal_watches():
    stream = io.StringIO()
    with Progress("读取", 10, stream=stream) as progress:
        progress.advance(10)
    assert stream.getvalue() == ""


def test_progress_is_drawn_on_a_terminal_and_wiped_at_the_end():
    stream, ticks = Terminal(), iter([0.0, 0.0, 0.01, 1.0, 1.0])
    with Progress("读取", 10, stream=stream, clock=lambda: next(ticks)) as progress:
        progress.advance(4)
        progress.advance(1)  # too soon after the last stroke
        progress.advance(5)
    assert stream.getvalue() == "\r\x1b[K读取 4 / 10 (40%)\r\x1b[K读取 10 / 10 (100%)\r\x1b[K"
