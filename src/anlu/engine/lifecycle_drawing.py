"""A lifecycle as a drawing (SVG): states from left to right by the moves that lead to them, moves as arrows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
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
LETTER: Final = 7  # width of a Latin letter; a Chinese character is twice as wide

Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Box:
    """A state where it is drawn, in pixels: upper left corner, width, and the gap behind it."""

    state: str
    x: int
    y: int
    width: int = BOX_W
    gap: int = GAP_X


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


def boxes(lifecycle: Lifecycle, say: Say = str) -> dict[str, Box]:
    """Where every state is drawn: a column for each level, in the order of declaration, wide enough for its words."""
    level, rows, found = levels(lifecycle), defaultdict[int, int](int), {}
    width = max(BOX_W, _widest(say(lifecycle.label(state)) for state in lifecycle.states))
    gap = max(GAP_X, _widest(say(move.label) for move in lifecycle.moves))
    for state in lifecycle.states:
        column = level[state]
        x = MARGIN + column * (width + gap)
        found[state] = Box(state, x, HEAD + rows[column] * (BOX_H + GAP_Y), width, gap)
        rows[column] += 1
    return found


def _widest(texts: Iterable[str]) -> int:
    """Pixels for the longest of some texts, with a little air on both sides."""
    return max(sum(LETTER if letter.isascii() else 2 * LETTER for letter in text) for text in texts) + LETTER


def drawing(lifecycle: Lifecycle, title: str, *, name: str, say: Say = str) -> str:
    """
    The SVG, coloured by the style sheet of the page.

    Parameters
    ----------
    name
        Tells it from other drawings on the same page.
    say
        Puts a label into the language of the reader.
    """
    placed = boxes(lifecycle, say)
    between: dict[tuple[str, str], list[str]] = defaultdict(list)
    for move in lifecycle.moves:
        for state in move.froms:
            between[state, move.to].append(move.label)
    inside = any(placed[first].x == placed[last].x for first, last in between)
    width = max(box.x + box.width + inside * box.gap for box in placed.values()) + MARGIN
    height = max(box.y for box in placed.values()) + BOX_H + MARGIN
    parts = [
        f'<svg class="lifecycle" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        f"<title>{escape(say(title))}</title>",
        f'<defs><marker id="tip-{name}" viewBox="0 0 8 8" refX="7" refY="4" '
        'markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z"/></marker></defs>',
    ]
    parts += [
        _arrow(placed[first], placed[last], say("、".join(names)), name)
        for (first, last), names in between.items()
    ]
    parts += [_box(box, say(lifecycle.label(box.state)), lifecycle) for box in placed.values()]
    return "".join([*parts, "</svg>"])


def _box(box: Box, label: str, lifecycle: Lifecycle) -> str:
    return (
        f'<g class="lifecycle__state lifecycle__state--{lifecycle.colour(box.state)}">'
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{BOX_H}" rx="6"/>'
        f'<text x="{box.x + box.width // 2}" y="{box.y + BOX_H // 2 + 5}" text-anchor="middle">'
        f"{escape(label)}</text></g>"
    )


def _arrow(first: Box, last: Box, label: str, name: str) -> str:
    """Straight to the right; in a bow beside the boxes within a column, above them where it leads back."""
    y, end_y = first.y + BOX_H // 2, last.y + BOX_H // 2
    if last.x > first.x:
        x, end = first.x + first.width, last.x
        bend = f"M{x} {y} C{x + 40} {y} {end - 40} {end_y} {end - 2} {end_y}"
        at = (x + end) // 2, (y + end_y) // 2 - 6
    elif last.x == first.x:
        x = first.x + first.width
        out = x + first.gap // 2
        y, end_y = (y - BOX_H // 4, y + BOX_H // 4) if first is last else (y, end_y)
        bend = f"M{x} {y} C{out} {y} {out} {end_y} {x + 2} {end_y}"
        at = out, (y + end_y) // 2 + 4
    else:
        x, end = first.x + first.width // 2, last.x + last.width // 2
        lift = 20 + LIFT * (first.x - last.x) // (first.width + first.gap)  # the farther back, the higher
        top = min(first.y, last.y) - lift
        bend = f"M{x} {first.y} C{x} {top} {end} {top} {end} {last.y - 2}"
        at = (x + end) // 2, min(first.y, last.y) - lift * 3 // 4 - 4
    words = (
        f'<text class="lifecycle__move" x="{at[0]}" y="{at[1]}" text-anchor="middle">{escape(label)}</text>'
    )
    return f'<path class="lifecycle__way" d="{bend}" marker-end="url(#tip-{name})"/>{words}'
