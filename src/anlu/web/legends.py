"""The legend of a map: which classes its points fall into, how many are in each, and how they are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from anlu.kernel.core.filters import Selection
from anlu.kernel.places.points import Points
from anlu.web.marks import CLASSES, OTHER
from anlu.web.tiles import PointLayer, Theme


@dataclass(frozen=True)
class LegendClass:
    """
    One line: the values of the theme's column (``path``) that fall into it, and how many of the points do.

    ``query`` are the parameters that narrow the selection to it, "" where no filter does.
    """

    label: str
    mark: str
    values: tuple[str, ...]
    number: int
    query: str = ""
    path: str = ""


def legend_of(
    layer: PointLayer, theme: Theme | None, points: Points, selection: Selection
) -> list[LegendClass]:
    """
    The classes of a theme in the order of the legend.

    Where the theme has marks of its own it keeps its order and shows empty classes too, so that a legend never moves;
    elsewhere the most frequent values get the marks of classes and the rest is one class.
    """
    if theme is None:
        return []
    counts = points.counts(theme.path)
    found = _own_marks(theme, counts) if theme.marks else list(_most_frequent(theme, counts))
    return [replace(one, query=_query(layer, theme, one, selection), path=theme.path) for one in found]


def _own_marks(theme: Theme, counts: dict[str, int]) -> list[LegendClass]:
    labels = dict(theme.choices())
    known = [
        LegendClass(labels.get(value, value), mark, (value,), counts.get(value, 0))
        for value, mark in theme.marks.items()
    ]
    rest = {value: number for value, number in counts.items() if value not in theme.marks}
    return [*known, *_rest(rest)]


def _most_frequent(theme: Theme, counts: dict[str, int]) -> Iterator[LegendClass]:
    labels = dict(theme.choices())
    grouped: dict[str, list[str]] = {}
    for value in counts:
        grouped.setdefault(theme.groups.get(value, value), []).append(value)
    sums = {group: sum(counts[value] for value in values) for group, values in grouped.items()}
    stated = [group for group in labels if sums.get(group)]  # in the order of the list
    often = sorted(stated, key=lambda group: -sums[group])[: len(CLASSES)]
    ordered = [group for group in stated if group in often] if theme.ordered else often
    for group, mark in zip(ordered, CLASSES, strict=False):
        yield LegendClass(labels[group], mark, tuple(sorted(grouped[group])), sums[group])
    left = {value: counts[value] for group in grouped if group not in often for value in grouped[group]}
    yield from _rest(left)


def _rest(counts: dict[str, int]) -> list[LegendClass]:
    if not counts:
        return []
    words = "未填" if set(counts) == {""} else "其他、未填" if "" in counts else "其他"
    return [LegendClass(words, OTHER, tuple(sorted(counts)), sum(counts.values()))]


def _query(layer: PointLayer, theme: Theme, one: LegendClass, selection: Selection) -> str:
    """The selection narrowed to this class; the filter is the one that goes by the theme's name."""
    filters = {each.name: each for each in layer.filters}
    if theme.code not in filters or one.mark == OTHER:
        return ""
    wider = selection.parameters(without=theme.code)
    return urlencode([*wider, *((theme.code, value) for value in one.values)])
