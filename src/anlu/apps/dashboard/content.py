"""What the leader's view and the big screen share: the chosen figures of one window, their charts, the map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from anlu.kernel.core.filters import Selection
from anlu.kernel.core.language.formats import large_money
from anlu.kernel.indicators.define import Indicator
from anlu.kernel.indicators.evaluate import Value
from anlu.kernel.indicators.remembering import remembered_values_of
from anlu.kernel.indicators.tables import Cell, Heading, measure_table, narrowed
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Officer
from anlu.kernel.places.models import Road
from anlu.web.comparing import Comparison
from anlu.web.courses import Courses, course_chart, course_table, has_course
from anlu.web.figures import YUAN, Figure, amount_words, figure_of, names_in
from anlu.web.ledgers import Ledger, ledgers
from anlu.web.pages.map import filters_on
from anlu.web.pages.picture import Picture, RoadMark, frame_of
from anlu.web.tables import Line, NumberTable, level_of, number_of
from anlu.web.tiles import PointLayer, layers

HARM: Final = "harm"
HEAT: Final = "heat"
ROADS: Final = "roads"  # the code of the table beside the map
LISTED: Final = 12


@dataclass(frozen=True)
class Figures:
    """The chosen figures of a window: their cards, and a chart of each figure that is a sum of days."""

    values: Sequence[Value]
    cards: Sequence[Figure]
    charts: Sequence[dict[str, Any]]
    courses: Courses | None

    @classmethod
    def of(cls, chosen: Sequence[Indicator], compared: Comparison, viewer: Officer) -> Figures:
        """Cards with small lines, and charts whose numbers can be downloaded, all of both periods."""
        window, previous = compared.window, compared.previous
        values = remembered_values_of(chosen, window, viewer, previous=previous)
        summed = [one for one in chosen if has_course(one)]
        courses = Courses(summed, window, viewer, previous=previous) if summed else None
        cards, charts = [], []
        for value in values:
            mine = courses if courses and value.indicator in summed else None
            spark = mine.spark(value.indicator.code) if mine else None
            cards.append(figure_of(value, spark=spark, before=compared.before, compare=compared.choice))
            if mine and (value.numerator or value.previous):
                chart = course_chart(value, mine, value.indicator.label)
                charts.append(chart | {"table_code": value.indicator.code})
        return cls(values, cards, charts, courses)

    def table(self, code: str) -> NumberTable | None:
        """The numbers of the chart of a figure; None without such a chart."""
        value = next((one for one in self.values if one.indicator.code == code), None)
        if self.courses is None or value is None or code not in self.courses.now:
            return None
        return course_table(value, self.courses)


def _mapped(
    chosen: Sequence[Indicator], viewer: Officer
) -> Iterator[tuple[Indicator, PointLayer, Ledger, dict[str, str]]]:
    """The chosen figures whose rows lie on a map that the person may see, with what the ledger calls their day."""
    for one in chosen:
        ledger = ledgers.get(one.ledger) if one.ledger in ledgers else None
        names = names_in(ledger, one.main) if ledger is not None else None
        if ledger is None or not ledger.layer or names is None or one.main.parameters is None:
            continue
        layer = layers.get(ledger.layer)
        if viewer.may(layer.permission):
            yield one, layer, ledger, names


@dataclass(frozen=True)
class Roads:
    """The chosen figures of one ledger road by road: the roads coloured by the first, the worst in a table."""

    title: str
    picture: Picture
    layer: PointLayer
    ledger: Ledger
    table: NumberTable
    note: str


def roads_of(
    chosen: Sequence[Indicator], window: Window, viewer: Officer, *, most: int | None = LISTED
) -> Roads | None:
    """
    The map by road; None where nothing chosen happens on roads, or nothing did.

    Parameters
    ----------
    most
        How many roads the table holds, the worst first; None for all.
    """
    mapped = [one for one in _mapped(chosen, viewer) if one[1].roads is not None and _adds_up(one[0])]
    if not mapped:
        return None
    first, layer, ledger, names = mapped[0]
    alike = [one for one, its_layer, *_ in mapped if its_layer is layer]
    assert layer.roads is not None
    measures = [(Heading(one.code, one.label, one.main.parameters or ()), one.main) for one in alike]
    found = measure_table(measures, layer.roads(), window, viewer, parameters=window.parameters(names))
    known = dict(Road.objects.live().values_list("pk", "code"))
    some = [row for row in found.rows if found.cells[row.key][first.code].value]
    worst = sorted(
        (row for row in some if row.key in known), key=lambda row: -found.cells[row.key][first.code].value
    )
    elsewhere = [
        row for row in some if row.key not in known
    ]  # no road is known; with them the lines are the whole
    if not worst:
        return None

    def address(cell: Cell) -> str:
        return f"{ledger.url()}?{cell.query}"

    def line(row: Heading) -> Line:
        cells = [(found.cells[row.key][one.code], one.measure) for one in alike]
        return Line(row.label, tuple(number_of(cell, address, measure) for cell, measure in cells))

    def mark(row: Heading) -> RoadMark:
        cell = found.cells[row.key][first.code]
        words = f"{row.label} {amount_words(cell.value, first.measure)} {first.measure}"
        return RoadMark(level_of(cell.value, largest), words, address(cell))

    largest = found.cells[worst[0].key][first.code].value
    heads = tuple(one.label + (f"({large_money().unit})" if one.measure == YUAN else "") for one in alike)
    return Roads(
        first.label,
        Picture.of_roads(frame_of("", None), {known[row.key]: mark(row) for row in worst}),
        layer,
        ledger,
        NumberTable(
            ROADS,
            f"{first.label}按道路",
            "道路",
            heads,
            tuple(line(row) for row in [*worst[:most], *elsewhere]),
        ),
        f"前 {most} 条，共 {len(worst)} 条" if most is not None and len(worst) > most else "",
    )


def _adds_up(one: Indicator) -> bool:
    """Whether its value is the sum of its roads."""
    return one.base is None and one.main.additive


@dataclass(frozen=True)
class Map:
    """The rows behind the first chosen figure that has a place, drawn as heat."""

    title: str
    picture: Picture
    layer: PointLayer
    ledger: Ledger
    url: str
    weighted: bool


def map_of(chosen: Sequence[Indicator], window: Window, viewer: Officer) -> Map | None:
    """The map of the big screen; None where no chosen figure has rows on a map."""
    for one, layer, ledger, names in _mapped(chosen, viewer):
        assert one.main.parameters is not None
        stated = narrowed(tuple(window.parameters(names)), one.main.parameters)
        given: dict[str, list[str]] = {}
        for name, value in stated:
            given.setdefault(name, []).append(value)
        points = layer.points(viewer, Selection.read(filters_on(layer), given))
        shown_as = HARM if layer.weights else HEAT
        picture = Picture.of(layer, points, frame_of("", None), [], heat=shown_as)
        query = urlencode([*stated, ("as", shown_as)])
        return Map(
            one.label, picture, layer, ledger, f"{reverse(f'map.{layer.code}')}?{query}", bool(layer.weights)
        )
    return None
