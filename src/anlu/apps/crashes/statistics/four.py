"""四项指数: this period against the like span of last year, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from anlu.apps.crashes.statistics.comparing import compared, four_figures
from anlu.apps.crashes.statistics.content import Block, Content, Looking
from anlu.apps.crashes.statistics.dimensions import Atlas, by_town
from anlu.apps.crashes.statistics.measures import MEASURES, Handling, short_label
from anlu.apps.crashes.statistics.tables import scope_of
from anlu.engine.periods import Kind, Period
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import Amount, Indicator
from anlu.kernel.indicators.evaluate import Value, in_parts, tallies_by_day, values_of
from anlu.kernel.indicators.window import Window
from anlu.web.figures import (
    Figure,
    Spark,
    chart_number,
    chart_unit,
    figure_of,
    in_words,
    ledger_url,
    range_words,
    running,
)
from anlu.web.tables import Line, Number, NumberTable, number

SHORT_DAYS: Final = 45  # up to here a period is shown day by day

Series = list[tuple[Period, Amount]]


def four(looking: Looking) -> Content:
    """The four figures with last year's, their intervals, and the course of both years."""
    indicators = [one.indicator(looking.handling) for one in MEASURES]
    values = values_of(indicators, looking.window, looking.viewer)
    courses = Courses(indicators, looking.window, looking.viewer)
    return Content(
        finding=finding(values, looking.window.period),
        figures=[_figure(value, courses) for value in values],
        charts=[_chart(value, courses) for value in values if value.numerator or value.previous],
        blocks=[
            Block(course_table(indicators, courses, looking.window)),
            Block(town_table(indicators, looking)),
        ],
        hints=hints(values, looking),
    )


def finding(values: Sequence[Value], period: Period) -> str:
    """2023年上半年四项指数全部下降; or which fell and which rose."""
    fallen = [_short(one) for one in values if one.direction == "down"]
    risen = [_short(one) for one in values if one.direction == "up"]
    if not any(one.numerator or one.previous for one in values):
        return f"{period.label}没有事故"
    if len(fallen) == len(values):
        return f"{period.label}四项指数全部下降"
    parts = [f"{'、'.join(names)}{verb}" for names, verb in ((fallen, "下降"), (risen, "上升")) if names]
    return f"{period.label}{'，'.join(parts) or '四项指数持平'}"


def _short(value: Value) -> str:
    codes = {one.ordinary: one.label for one in MEASURES} | {one.everything: one.label for one in MEASURES}
    return codes.get(value.indicator.code, value.indicator.label)


def hints(values: Sequence[Value], looking: Looking) -> list[str]:
    """What a reader should know before using the numbers."""
    found = []
    if looking.handling is Handling.ORDINARY and not values[0].numerator:
        found.append("本期没有标明按一般程序处理的事故；来源未写处理程序时，请看“全部程序”。")
    if looking.window.period.is_cut:
        found.append("本期未满，与上年同样起止日期的一段比较。")
    return found


class Courses:
    """The indicators part by part, in this period and in the like span of last year; two queries."""

    def __init__(self, indicators: Sequence[Indicator], window: Window, viewer: Viewer) -> None:
        self.window, self.before = window, window.at(window.period.previous_year())
        self.kind: Kind = "day" if window.period.day_count <= SHORT_DAYS else "month"
        leaves = [one.main for one in indicators]
        now = tallies_by_day(leaves, window, viewer)
        then = tallies_by_day(leaves, self.before, viewer)
        self.now = {one.code: self._parts(now[one.main], window) for one in indicators}
        self.then = {one.code: self._parts(then[one.main], self.before) for one in indicators}

    def _parts(self, by_day: Any, window: Window) -> Series:
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
        """The like part of last year; none for 29 February."""
        series = self.then[code]
        return series[place] if place < len(series) else None


def _figure(value: Value, courses: Courses) -> Figure:
    code, labels = value.indicator.code, courses.labels
    spark = Spark(
        running([amount for _, amount in courses.now[code]]),
        running([amount for _, amount in courses.then[code]]),
        labels[0],
        labels[-1] if len(labels) > 1 else "",
    )
    return replace(figure_of(value, spark=spark), label=short_label(value.indicator))


def _chart(value: Value, courses: Courses) -> dict[str, Any]:
    """Bars of this year, last year as a thin line; the title says what came of it."""
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
        "links": [_url(one, courses.window, part) if amount else None for part, amount in now],
        "unfinished": [len(now) - 1] if cut else [],
        "labels": year_labels(courses.window.period),
    }
    return {
        "id": f"chart-{code.replace('.', '-')}",
        "title": chart_title(value),
        "options": options,
        "interval": range_words(value),
        "height": "short",
        "table_code": "months",
    }


def year_labels(period: Period) -> dict[str, str]:
    """What the two years are called in a chart."""
    before = period.previous_year()
    if period.start.year == period.end.year:
        return {"current": f"{period.start.year}年", "previous": f"{before.start.year}年"}
    return {"current": "本期", "previous": "上年同期"}


def chart_title(value: Value) -> str:
    """死亡人数下降26.42%(53→39人)."""
    words, unit = in_words(value.value, value.indicator)
    before, _ = in_words(value.previous, value.indicator)
    return f"{short_label(value.indicator)}{value.words}({before}→{words}{unit})"


def _url(indicator: Indicator, window: Window, part: Period) -> str:
    return ledger_url(indicator.ledger, indicator.main, window.at(part))


def course_table(indicators: Sequence[Indicator], courses: Courses, window: Window) -> NumberTable:
    """Each part of the period with last year's beside it, for all four figures."""
    lines = [
        Line(label, tuple(_pairs(indicators, courses, place))) for place, label in enumerate(courses.labels)
    ]
    labels = year_labels(window.period)
    heads = (labels["current"], labels["previous"]) * len(indicators)
    return NumberTable(
        "months",
        "逐日对比" if courses.kind == "day" else "逐月对比",
        "日期" if courses.kind == "day" else "月份",
        heads,
        (*lines, Line("合计", tuple(_totals(indicators, courses)), total=True)),
        tuple((_head(one), 2) for one in indicators),
    )


def _head(indicator: Indicator) -> str:
    return f"{short_label(indicator)}({chart_unit(indicator.measure)})"


def _pairs(indicators: Sequence[Indicator], courses: Courses, place: int) -> list[Number]:
    found = []
    for one in indicators:
        part, amount = courses.now[one.code][place]
        found.append(number(amount, one.measure, _url(one, courses.window, part)))
        then = courses.previous(one.code, place)
        found.append(
            Number("—") if then is None else number(then[1], one.measure, _url(one, courses.before, then[0]))
        )
    return found


def _totals(indicators: Sequence[Indicator], courses: Courses) -> list[Number]:
    found = []
    for one in indicators:
        for window, series in ((courses.window, courses.now), (courses.before, courses.then)):
            total = sum((amount for _, amount in series[one.code]), start=0)
            found.append(number(total, one.measure, _url(one, window, window.period)))
    return found


# ------------------------------------------------------------------------------------------------ by town


def town_table(indicators: Sequence[Indicator], looking: Looking) -> NumberTable:
    """The four figures of every town with anything in either year, this period against last year."""
    atlas, scope = Atlas.read(), scope_of(looking.viewer)
    pair = compared(
        lambda window: by_town(window, scope, atlas), indicators, looking, empty=looking.with_empty
    )
    return replace(four_figures("towns", "辖区", pair, indicators), title="各辖区对比")
