"""Lifecycles: what is refused in words, what the checks find, and that walking never leaves the declared states."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.lifecycle import EvidenceMissing, Lifecycle, Move, MoveNotAllowed

LOOP = Lifecycle(
    start="found",
    done=("closed", "rejected"),
    moves=(
        Move("send", "交办", ("found", "returned", "reopened"), "sent", role="squadron", working_days=3),
        Move("reject", "不予受理", ("found",), "rejected", role="brigade", needs=("note",)),
        Move("fix", "整改完成", ("sent",), "fixed", role="owner", needs=("photo", "note")),
        Move("return", "退回", ("fixed",), "returned", role="squadron", needs=("note",), returns=True),
        Move("close", "销号", ("fixed",), "closed", role="squadron", needs=("after",)),
        Move("rebound", "反弹", ("closed",), "reopened", role="inspector", needs=("photo",), reopens=True),
    ),
)


def with_moves(*moves, start="found", done=("closed",)):
    return Lifecycle(start=start, done=done, moves=moves)


def test_a_sound_lifecycle_has_no_problems():
    assert LOOP.problems() == []
    assert LOOP.path() == ("found", "sent", "fixed", "closed")
    assert LOOP.path("returned") == ("returned", "sent", "fixed", "closed")


def test_a_move_from_another_state_is_refused_in_words():
    with pytest.raises(MoveNotAllowed, match="现在是「待核实」，不能「销号」"):
        LOOP.move("found", "close", given={"after": 1})
    with pytest.raises(MoveNotAllowed, match="不能「fly」这一步"):
        LOOP.move("found", "fly", given={})


def test_what_is_missing_is_named_and_enough_is_enough():
    with pytest.raises(EvidenceMissing, match="「整改完成」还缺照片、说明") as caught:
        LOOP.move("sent", "fix", given={})
    assert caught.value.missing == ("photo", "note")
    assert LOOP.move("sent", "fix", given={"photo": 2, "note": 1}).to == "fixed"


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (with_moves(Move("a", "甲", ("found",), "sent", role="r")), "dead end"),
        (
            with_moves(
                Move("a", "甲", ("found",), "closed", role="r"),
                Move("b", "乙", ("sent",), "closed", role="r"),
            ),
            "nothing leads to 'sent'",
        ),
        (
            with_moves(
                Move("a", "甲", ("found",), "closed", role="r"),
                Move("b", "乙", ("closed",), "found", role="r"),
            ),
            "must say reopens",
        ),
        (
            with_moves(
                Move("a", "甲", ("found",), "closed", role="r"),
                Move("b", "甲", ("found",), "closed", role="r"),
            ),
            "are called 甲",
        ),
        (
            with_moves(
                Move("a", "甲", ("found",), "closed", role="r"),
                Move("a", "乙", ("found",), "closed", role="r"),
            ),
            "two moves 'a'",
        ),
        (with_moves(Move("a", "甲", ("found",), "closed", role="r", needs=("gold",))), "no kind of evidence"),
        (with_moves(Move("a", "甲", ("found",), "closed", role="r", asks=("gold",))), "nobody knows"),
        (with_moves(Move("a", "甲", ("found",), "closed", role="")), "lacks"),
        (with_moves(Move("a", "甲", ("found",), "closed", role="r", working_days=-1)), "negative"),
        (with_moves(Move("a", "甲", ("found",), "odd", role="r"), done=("odd",)), "has no label"),
        (
            Lifecycle(
                "found",
                ("closed",),
                (Move("a", "甲", ("found",), "closed", role="r"),),
                labels={"found": "已销号"},
            ),
            "two states are called",
        ),
    ],
)
def test_what_is_wrong_with_a_lifecycle_is_found(broken, words):
    assert any(words in problem for problem in broken.problems()), broken.problems()


@given(st.data())
def test_a_walk_replays_to_where_it_ended_and_can_always_be_finished(data):
    state, walked = LOOP.start, []
    for _ in range(data.draw(st.integers(0, 30))):
        moves = LOOP.moves_from(state)
        if not moves:
            break
        step = data.draw(st.sampled_from(moves))
        given_kinds = {kind: data.draw(st.integers(0, 2)) for kind in step.needs}
        if all(given_kinds.values()):
            state = LOOP.move(state, step.code, given=given_kinds).to
            walked.append(step.code)
        else:
            with pytest.raises(EvidenceMissing):
                LOOP.move(state, step.code, given=given_kinds)
    assert LOOP.replay(walked) == state
    assert LOOP.is_done(state) or LOOP.path(state) or LOOP.moves_from(state)


def test_the_picture_names_every_state_and_every_move():
    drawn = LOOP.mermaid()
    assert all(f"{state} : {LOOP.label(state)}" in drawn for state in LOOP.states)
    assert all(f": {move.label}" in drawn for move in LOOP.moves)
    assert drawn.count("--> [*]") == len(LOOP.done)


def test_colours_tell_put_right_from_dropped_and_sent_back():
    assert [LOOP.colour(state) for state in ("found", "returned", "reopened", "closed", "rejected")] == [
        "blue", "amber", "amber", "green", "grey",
    ]  # fmt: skip
