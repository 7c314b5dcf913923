"""The drawing of a lifecycle: every state and move is on it, nothing lies on something else, it is well-formed."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

from anlu.engine.lifecycle import Lifecycle, Move
from anlu.engine.lifecycle_drawing import BOX_H, BOX_W, boxes, drawing, levels

NAME = "{http://www.w3.org/2000/svg}"
LOOP = Lifecycle(
    start="found",
    done=("closed", "rejected"),
    labels={"found": "待核实<&>"},
    moves=(
        Move("send", "交办", ("found", "returned"), "sent", role="squadron"),
        Move("reject", "不予受理", ("found",), "rejected", role="brigade"),
        Move("fix", "整改完成", ("sent",), "fixed", role="owner"),
        Move("return", "退回", ("fixed",), "returned", role="squadron", returns=True),
        Move("close", "销号", ("fixed",), "closed", role="squadron"),
    ),
)


def test_states_stand_by_how_far_they_are_from_the_start() -> None:
    assert levels(LOOP) == {"found": 0, "sent": 1, "rejected": 1, "fixed": 2, "returned": 3, "closed": 3}


def test_no_box_lies_on_another() -> None:
    for one, other in combinations(boxes(LOOP).values(), 2):
        assert abs(one.x - other.x) >= BOX_W or abs(one.y - other.y) >= BOX_H


def test_every_state_and_every_move_is_drawn_and_words_are_escaped() -> None:
    picture = ElementTree.fromstring(
        drawing(LOOP, "隐患", name="a").replace("<svg ", f'<svg xmlns="{NAME[1:-1]}" ', 1)
    )
    said = [one.text for one in picture.iter(f"{NAME}text")]
    assert {"待核实<&>", "整改中", "待验收", "已退回", "已销号", "不予受理"} <= set(said)
    assert (
        sum(said.count(move.label) for move in LOOP.moves if move.code != "send") == 5
    )  # 不予受理 twice: state, move
    assert said.count("交办") == 2
    assert len(list(picture.iter(f"{NAME}rect"))) == 6


def test_an_arrow_within_a_column_passes_beside_the_boxes_and_inside_the_picture() -> None:
    beside = Move("accept", "重新受理", ("rejected",), "sent", role="brigade")
    again = Move("urge", "催办", ("closed",), "closed", role="brigade")
    lifecycle = replace(LOOP, moves=(*LOOP.moves, beside, again))
    placed, picture = boxes(lifecycle), drawing(lifecycle, "隐患", name="a")
    width = int(re.findall(r'width="(\d+)"', picture)[0])
    ways = [
        [int(one) for one in re.findall(r"-?\d+", way)] for way in re.findall(r' d="(M\d.*?)" m', picture)
    ]
    for state, label in (("sent", "重新受理"), ("closed", "催办")):
        edge = placed[state].x + BOX_W
        assert any(min(way[::2]) >= edge and max(way[::2]) < width for way in ways), label


def test_words_of_another_language_are_drawn_and_their_boxes_are_wide_enough() -> None:
    english = {"待核实<&>": "Waiting to be verified on the spot", "销号": "Close", "隐患": "Hazard"}
    say = lambda text: english.get(text, text)  # noqa: E731
    picture, placed = drawing(LOOP, "隐患", name="a", say=say), boxes(LOOP, say)
    assert ">Waiting to be verified on the spot<" in picture
    assert ">Close<" in picture
    assert "<title>Hazard</title>" in picture
    assert "待核实" not in picture
    assert placed["found"].width >= 7 * len(english["待核实<&>"])
    for one, other in combinations(placed.values(), 2):
        assert abs(one.x - other.x) >= one.width or abs(one.y - other.y) >= BOX_H
