"""The course of figures: part by part in this period and in the one compared with it, as small lines and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from anlu.engine.periods import Kind, Period
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import Amount, Indicator
from anlu.kernel.indicators.evaluate import Value, in_parts, tallies_by_day
from anlu.kernel.indicators.window import Window
from anlu.web.figures import (
    NOTHING,
    Spark,
    chart_number,
    chart_unit,
    in_words,
    ledger_url,
    range_words,
    running,
)
from anlu.web.tables import Line, Number, NumberTable, number

SHORT_DAYS: Final = 45  # up to here a period is shown day by day
LIKE: Final = "上年同期"
SUCCESSIVE: Final = {"current": "本期", "previous": "上期"}

Series = list[tuple[Period, Amount]]


def has_course(indicator: Indicator) -> bool:
    """Whether its value is the sum of its days."""
    return indicator.base is None and indicator.main.daily


class Courses:
    """
    The indicators part by part, in this period and in the one before it; two queries.

    Parameters
    ----------
    previous
        With which it is compared, as ``evaluate.values_of`` takes it; None is the like span of last year.
    """

    def __init__(
        self,
        indicators: Sequence[Indicator],
        window: Window,
        viewer: Viewer,
        *,
        previous: Period | None = None,
    ) -> None:
        self.window, self.before = window, window.at(previous or window.period.previous_year())
        self.labels_of_both = SUCCESSIVE if previous is not None else year_labels(window.period)
        self.called = SUCCESSIVE["previous"] if previous is not None else LIKE
        self.kind: Kind = "day" if window.period.day_count <= SHORT_DAYS else "month"
        leaves = [one.main for one in indicators]
        now = tallies_by_day(leaves, window, viewer)
        then = tallies_by_day(leaves, self.before, viewer)
        self.now = {one.code: self._parts(now[one.main], window) for one in indicators}
        self.then = {one.code: self._parts(then[one.main], self.before) for one in indicators}

    def _parts(self, by_day: Mapping[date, Amount], window: Window) -> Series:
        return in_parts(by_day, window.period.split(self.kind))

    @property
    def labels(self) -> list[str]:
        """1月 ... 12月, with the year where the period crosses one; 1日 ... for days."""
        parts = self.window.period.split(self.kind)
        if self.kind == "day":
            return [f"{part.start.month}月{part.start.day}日" for part in parts]
        years = len({part.start.year for part in parts}) > 1
        return [
            f"{part.start.year}年{part.start.month}月" if years else f"{part.start.month}月" for part in parts
        ]

    def previous(self, code: str, place: int) -> tuple[Period, Amount] | None:
        """The like part of the period compared; none for 29 February, or where that period is shorter."""
        series = self.then[code]
        return series[place] if place < len(series) else None

    def spark(self, code: str) -> Spark:
        """The running totals of both periods."""
        labels = self.labels
        now, then = ([amount for _, amount in series[code]] for series in (self.now, self.then))
        return Spark(running(now), running(then), labels[0], labels[-1] if len(labels) > 1 else "")


def course_chart(value: Value, courses: Courses, label: str, *, interval: bool = True) -> dict[str, Any]:
    """
    Bars of this period, the one compared as a thin line; the title says what came of it.

    Parameters
    ----------
    label
        What the indicator is called here.
    interval
        Whether the range of chance stands below.
    """
    one, code = value.indicator, value.indicator.code
    now = courses.now[code]
    then = [courses.previous(code, place) for place in range(len(now))]
    cut = courses.window.period.is_cut and courses.kind == "month"
    options = {
        "kind": "bars",
        "ordered": True,
        "categories": courses.labels,
        "current": [chart_number(amount, one.measure) for _, amount in now],
        "previous": [None if part is None else chart_number(part[1], one.measure) for part in then],
        "unit": chart_unit(one.measure),
        "links": [
            ledger_url(one.ledger, one.main, courses.window.at(part)) if amount else None
            for part, amount in now
        ],
        "unfinished": [len(now) - 1] if cut else [],
        "labels": courses.labels_of_both,
    }
    return {
        "id": f"chart-{code.replace('.', '-')}",
        "title": chart_title(value, label, courses.called),
        "options": options,
        "interval": range_words(value) if interval else "",
        "height": "short",
        "table_code": "months",
    }


def course_table(value: Value, courses: Courses) -> NumberTable:
    """The numbers of the chart: each part with the like part of the period compared; both open their rows."""
    one, code = value.indicator, value.indicator.code
    labels = courses.labels_of_both

    def cell(part: Period, amount: Amount) -> Number:
        url = ledger_url(one.ledger, one.main, courses.window.at(part))
        return number(amount, one.measure, url)

    lines = []
    for place, (part, amount) in enumerate(courses.now[code]):
        before = courses.previous(code, place)
        then = Number(NOTHING) if before is None else cell(*before)
        lines.append(Line(courses.labels[place], (cell(part, amount), then)))
    title = chart_title(value, one.label, courses.called)
    return NumberTable(code, title, "期间", (labels["current"], labels["previous"]), tuple(lines))


def year_labels(period: Period) -> dict[str, str]:
    """What the two years are called in a chart."""
    before = period.previous_year()
    if period.start.year == period.end.year:
        return {"current": f"{period.start.year}年", "previous": f"{before.start.year}年"}
    return {"current": SUCCESSIVE["current"], "previous": LIKE}


def chart_title(value: Value, label: str, called: str = LIKE) -> str:
    """死亡人数下降26.42%(53→39人); ``called`` is what the period compared is called."""
    words, unit = in_words(value.value, value.indicator)
    before, _ = in_words(value.previous, value.indicator)
    return f"{label}{value.words.replace(LIKE, called)}({before}→{words}{unit})"
