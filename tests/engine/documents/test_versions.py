"""Two versions of a text beside each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.documents.versions import LinePair, Piece, compared_lines

LINES = st.lists(st.text("甲乙丙 a", max_size=6), max_size=8).map("\n".join)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("一\n二", "一\n二", [LinePair("same", (Piece("一"),), (Piece("一"),)),
                              LinePair("same", (Piece("二"),), (Piece("二"),))]),
        ("一", "一\n二", [LinePair("same", (Piece("一"),), (Piece("一"),)),
                          LinePair("added", after=(Piece("二", changed=True),))]),
        ("一\n二", "二", [LinePair("removed", (Piece("一", changed=True),)),
                          LinePair("same", (Piece("二"),), (Piece("二"),))]),
        ("请于三日内整改", "请于五日内整改", [
            LinePair("changed",
                     (Piece("请于"), Piece("三", changed=True), Piece("日内整改")),
                     (Piece("请于"), Piece("五", changed=True), Piece("日内整改")))]),
    ],
)  # fmt: skip
def test_what_changed_is_told_by_line_and_character(before, after, found):
    assert compared_lines(before, after) == found


def joined(pairs, side):
    return ["".join(piece.text for piece in getattr(pair, side)) for pair in pairs]


@given(LINES, LINES)
def test_each_side_is_its_text_again(before, after):
    pairs = compared_lines(before, after)
    old = joined([pair for pair in pairs if pair.kind != "added"], "before")
    new = joined([pair for pair in pairs if pair.kind != "removed"], "after")
    assert (old, new) == (before.splitlines(), after.splitlines())
    same = [pair for pair in pairs if pair.kind == "same"]
    assert joined(same, "before") == joined(same, "after")
