"""What the leader's view and the big screen share: the chosen figures of one window, their charts, the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from anlu.kernel.core.filters import Selection
from anlu.kernel.indicators.define import Indicator
from anlu.kernel.indicators.evaluate import Value
from anlu.kernel.indicators.remembering import remembered_values_of
from anlu.kernel.indicators.tables import narrowed
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Officer
from anlu.web.courses import Courses, course_chart, has_course
from anlu.web.desk.indicators import Goal, goal_of
from anlu.web.figures import Figure, figure_of, names_in
from anlu.web.ledgers import Ledger, ledgers
from anlu.web.pages.map import filters_on
from anlu.web.pages.picture import Picture, frame_of
from anlu.web.tiles import PointLayer, layers

HARM: Final = "harm"
HEAT: Final = "heat"


@dataclass(frozen=True)
class Card:
    """A figure, with its target where there is one."""

    figure: Figure
    goal: Goal | None = None


@dataclass(frozen=True)
class Figures:
    """The chosen figures of a window."""

    values: Sequence[Value]
    cards: Sequence[Card]
    charts: Sequence[dict[str, Any]]

    @classmethod
    def of(
        cls, chosen: Sequence[Indicator], window: Window, viewer: Officer, *, with_goals: bool = False
    ) -> Figures:
        """
        Cards with the small lines of both years, and a chart of each figure that is a sum of days.

        Parameters
        ----------
        with_goals
            Also how the target of each stands.
        """
        values = remembered_values_of(chosen, window, viewer)
        summed = [one for one in chosen if has_course(one)]
        courses = Courses(summed, window, viewer) if summed else None
        cards, charts = [], []
        for value in values:
            mine = courses if courses and value.indicator in summed else None
            spark = mine.spark(value.indicator.code) if mine else None
            goal = goal_of(value, viewer) if with_goals else None
            cards.append(Card(figure_of(value, spark=spark), goal))
            if mine and (value.numerator or value.previous):
                charts.append(course_chart(value, mine, value.indicator.label))
        return cls(values, cards, charts)


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
    for one in chosen:
        ledger = ledgers.get(one.ledger) if one.ledger in ledgers else None
        names = names_in(ledger, one.main) if ledger is not None else None
        if ledger is None or not ledger.layer or names is None or one.main.parameters is None:
            continue
        layer = layers.get(ledger.layer)
        if not viewer.may(layer.permission):
            continue
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
