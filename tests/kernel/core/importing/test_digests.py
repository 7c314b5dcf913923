"""Digests: equal exactly when what the source states is equal, sheet by sheet."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from anlu.kernel.core.importing.digests import BYTES, OWN_BYTES, Digest, children_digests, own_digests, stated
from anlu.kernel.core.importing.fields import MAIN, ImportField, Kind, Sheet
from anlu.kernel.core.importing.parsing import FACTS

SHEET = Sheet(
    MAIN, "x", (ImportField("number", "编号"), ImportField("a", "甲"), ImportField("b", "乙", Kind.INTEGER))
)
SHEETS = (SHEET, Sheet("cars", "车", ()), Sheet("people", "人", ()))
ROWS = st.lists(st.tuples(st.text(max_size=4), st.integers(-5, 5) | st.none()), min_size=1, max_size=8)


def frame(rows: list[tuple[str, int | None]]) -> pl.DataFrame:
    data = {"a": [a for a, _ in rows], "b": [b for _, b in rows], FACTS: ["{}"] * len(rows)}
    return pl.DataFrame(data, schema={"a": pl.String, "b": pl.Int64, FACTS: pl.String})


@given(ROWS)
def test_rows_have_the_same_digest_exactly_when_they_say_the_same(rows: list[tuple[str, int | None]]) -> None:
    digests = own_digests(stated(frame(rows), SHEET))
    for one, first in zip(rows, digests, strict=True):
        for other, second in zip(rows, digests, strict=True):
            assert (one == other) == (first == second)


def test_the_order_of_the_columns_of_the_file_does_not_matter() -> None:
    whole = frame([("x", 1)])
    assert stated(whole, SHEET)[0] == stated(whole.select(FACTS, "b", "a"), SHEET)[0]


def test_a_column_without_values_says_as_little_as_one_that_is_absent() -> None:
    whole = frame([("", None)])
    assert stated(whole, SHEET)[0] == stated(whole.select(FACTS), SHEET)[0]


def test_a_value_cannot_pass_for_another_field() -> None:
    texts = stated(frame([("1", None), ("", 1), ("b=1", None)]), SHEET).to_list()
    assert len(set(texts)) == 3


@given(st.lists(st.tuples(st.integers(0, 3), st.text(max_size=3)), max_size=10), st.randoms())
def test_children_may_come_in_any_order(children: list[tuple[int, str]], rng: object) -> None:
    shuffled = list(children)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]

    def digests(rows: list[tuple[int, str]]) -> list[bytes]:
        parents = pl.Series([parent for parent, _ in rows], dtype=pl.UInt32)
        return children_digests(pl.Series([text for _, text in rows], dtype=pl.String), parents, 4, 5)

    assert digests(children) == digests(shuffled)


def test_a_record_without_children_differs_from_one_with_an_empty_child() -> None:
    one = children_digests(pl.Series([""]), pl.Series([0], dtype=pl.UInt32), 2, 5)
    assert one[0] != one[1]
    assert one[1] == bytes(5)


def test_only_the_sheets_that_are_brought_are_compared() -> None:
    digest = Digest(SHEETS)
    old = digest.joined([b"O" * OWN_BYTES], {"cars": [b"C" * 5], "people": [b"P" * 5]})[0]
    again = digest.joined([b"O" * OWN_BYTES], {})[0]
    assert len(old) == BYTES
    assert digest.merged(old, again, frozenset()) == old
    assert digest.merged(old, again, frozenset({"cars"})) != old
    fewer = digest.joined([b"O" * OWN_BYTES], {"cars": [b"C" * 5]})[0]
    assert digest.merged(old, fewer, frozenset({"cars"})) == old
    assert digest.merged(None, fewer, frozenset({"cars"})) == fewer
