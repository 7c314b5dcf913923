"""A lifecycle as a drawing (SVG): states from left to right by the moves that lead to them, moves as arrows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from html import escape
from typing import Final

from anlu.engine.lifecycle import Lifecycle

BOX_W: Final = 104
BOX_H: Final = 36
GAP_X: Final = 96
GAP_Y: Final = 64
MARGIN: Final = 24
LIFT: Final = 26  # height of an arrow that leads back, for each column
HEAD: Final = 132  # room for them above the boxes


@dataclass(frozen=True, slots=True)
class Box:
    """A state where it is drawn; x and y of the upper left corner in pixels."""

    state: str
    x: int
    y: int


def levels(lifecycle: Lifecycle) -> dict[str, int]:
    """How many moves, not counting those that lead back, lead from the start to each state."""
    found, new = {lifecycle.start: 0}, [lifecycle.start]
    while new:
        state = new.pop(0)
        for move in lifecycle.moves_from(state):
            if move.to not in found:
                found[move.to] = found[state] + 1
                new.append(move.to)
    return found


def boxes(lifecycle: Lifecycle) -> dict[str, Box]:
    """Where every state is drawn: a column for each level, in the order of declaration."""
    level, rows, found = levels(lifecycle), defaultdict[int, int](int), {}
    for state in lifecycle.states:
        column = level[state]
        x = MARGIN + column * (BOX_W + GAP_X)
        found[state] = Box(state, x, HEAD + rows[column] * (BOX_H + GAP_Y))
        rows[column] += 1
    return found


def drawing(lifecycle: Lifecycle, title: str, *, name: str) -> str:
    """The SVG, coloured by the style sheet of the page; ``name`` tells it from other drawings on the same page."""
    placed = boxes(lifecycle)
    between: dict[tuple[str, str], list[str]] = defaultdict(list)
    for move in lifecycle.moves:
        for state in move.froms:
            between[state, move.to].append(move.label)
    beside = GAP_X if any(placed[first].x == placed[last].x for first, last in between) else 0
    width = max(box.x for box in placed.values()) + BOX_W + beside + MARGIN
    height = max(box.y for box in placed.values()) + BOX_H + MARGIN
    parts = [
        f'<svg class="lifecycle" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<defs><marker id="tip-{name}" viewBox="0 0 8 8" refX="7" refY="4" '
        'markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z"/></marker></defs>',
    ]
    parts += [
        _arrow(placed[first], placed[last], "、".join(names), name)
        for (first, last), names in between.items()
    ]
    parts += [_box(box, lifecycle) for box in placed.values()]
    return "".join([*parts, "</svg>"])


def _box(box: Box, lifecycle: Lifecycle) -> str:
    label, middle = escape(lifecycle.label(box.state)), box.y + BOX_H // 2 + 5
    return (
        f'<g class="lifecycle__state lifecycle__state--{lifecycle.colour(box.state)}">'
        f'<rect x="{box.x}" y="{box.y}" width="{BOX_W}" height="{BOX_H}" rx="6"/>'
        f'<text x="{box.x + BOX_W // 2}" y="{middle}" text-anchor="middle">{label}</text></g>'
    )


def _arrow(first: Box, last: Box, label: str, name: str) -> str:
    """Straight to the right; in a bow beside the boxes within a column, above them where it leads back."""
    y, end_y = first.y + BOX_H // 2, last.y + BOX_H // 2
    if last.x > first.x:
        x, end = first.x + BOX_W, last.x
        bend = f"M{x} {y} C{x + 40} {y} {end - 40} {end_y} {end - 2} {end_y}"
        at = (x + end) // 2, (y + end_y) // 2 - 6
    elif last.x == first.x:
        x, out = first.x + BOX_W, first.x + BOX_W + GAP_X // 2
        y, end_y = (y - BOX_H // 4, y + BOX_H // 4) if first is last else (y, end_y)
        bend = f"M{x} {y} C{out} {y} {out} {end_y} {x + 2} {end_y}"
        at = out, (y + end_y) // 2 + 4
    else:
        x, end = first.x + BOX_W // 2, last.x + BOX_W // 2
        lift = 20 + LIFT * (first.x - last.x) // (BOX_W + GAP_X)  # the farther back, the higher
        top = min(first.y, last.y) - lift
        bend = f"M{x} {first.y} C{x} {top} {end} {top} {end} {last.y - 2}"
        at = (x + end) // 2, min(first.y, last.y) - lift * 3 // 4 - 4
    words = (
        f'<text class="lifecycle__move" x="{at[0]}" y="{at[1]}" text-anchor="middle">{escape(label)}</text>'
    )
    return f'<path class="lifecycle__way" d="{bend}" marker-end="url(#tip-{name})"/>{words}'
