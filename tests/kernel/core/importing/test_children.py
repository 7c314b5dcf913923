"""Children in any order come back with their records, whatever number stands where and however often."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.kernel.core.importing import registers
from anlu.kernel.core.importing.children import PARENT, Children
from anlu.kernel.core.importing.parsing import LINK, REFUSAL
from anlu.kernel.core.importing.registers import Register, _again, _paired, bucket_of, hashes_of
from anlu.kernel.core.importing.tables import ROW

NUMBERS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=40)
SMALL = 3


@pytest.fixture(autouse=True, scope="module")
def _small_buckets():
    """Buckets of three rows, so that a few rows fill several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registers, "BUCKET_ROWS", SMALL)
        yield


def records_of(numbers: list[str]) -> pl.DataFrame:
    rows = range(2, len(numbers) + 2)
    return pl.DataFrame({LINK: numbers, ROW: rows}, schema={LINK: pl.String, ROW: pl.UInt32})


def register_for(records: pl.DataFrame) -> Register:
    hashes = hashes_of(records[LINK])
    return Register(*_paired(hashes, bucket_of(records[ROW].to_numpy())), _again(hashes.copy()))


def children_of(records: pl.DataFrame, named: list[str | None], pieces: int = 2) -> Children:
    frame = pl.DataFrame(
        {LINK: named, ROW: range(2, len(named) + 2), REFUSAL: [None if one else "缺少编号" for one in named]},
        schema={LINK: pl.String, ROW: pl.UInt32, REFUSAL: pl.String},
    )
    children = Children(register_for(records), frame.clear().drop(REFUSAL))
    size = max(1, -(-frame.height // pieces))
    for start in range(0, frame.height, size):
        children.lay(frame[start : start + size])
    return children


@given(NUMBERS, st.lists(st.sampled_from([*"abcdefghxyz", None]), max_size=60), st.integers(1, 7))
def test_every_record_gets_its_own_children_in_file_order(
    numbers: list[str], named: list[str | None], step: int
) -> None:
    records = records_of(numbers)
    children = children_of(records, named)
    for start in range(0, len(numbers), step):
        some = records[start : start + step]
        found = children.of(some).select(PARENT, LINK, ROW).rows()
        assert found == [
            (parent, number, row)
            for parent, number in enumerate(some[LINK])
            for row, other in enumerate(named, 2)
            if other == number
        ]


@given(NUMBERS, st.lists(st.sampled_from([*"abcdefghxyz", None]), max_size=60))
def test_those_without_a_record_are_named_and_those_without_a_number_counted(
    numbers: list[str], named: list[str | None]
) -> None:
    children = children_of(records_of(numbers), named)
    orphans = [row for row, one in enumerate(named, 2) if one is not None and one not in numbers]
    assert children.orphans() == orphans
    assert children.orphan_count() == len(orphans) + named.count(None)


@given(NUMBERS)
def test_a_register_knows_which_numbers_come_again(numbers: list[str]) -> None:
    found = register_for(records_of(numbers)).comes_again(pl.Series(numbers)).tolist()
    assert found == [numbers.count(one) > 1 for one in numbers]


def test_a_bucket_that_was_left_is_not_held() -> None:
    numbers = [f"n{place}" for place in range(40)]
    records = records_of(numbers)
    children = children_of(records, numbers)
    for start in range(0, 40, 2):
        assert children.of(records[start : start + 2]).height == 2
        assert len(children._held) <= 2
