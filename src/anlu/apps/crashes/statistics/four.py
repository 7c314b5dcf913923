"""四项指数: this period against the like span of last year, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from anlu.apps.crashes.statistics.comparing import compared, four_figures
from anlu.apps.crashes.statistics.content import Block, Content, Looking
from anlu.apps.crashes.statistics.dimensions import Atlas, by_town
from anlu.apps.crashes.statistics.measures import MEASURES, Handling, short_label
from anlu.apps.crashes.statistics.tables import scope_of
from anlu.engine.periods import Period
from anlu.kernel.indicators.define import Indicator
from anlu.kernel.indicators.evaluate import Value, values_of
from anlu.kernel.indicators.window import Window
from anlu.web.courses import Courses, course_chart, year_labels
from anlu.web.figures import Figure, chart_unit, figure_of, ledger_url
from anlu.web.tables import Line, Number, NumberTable, number


def four(looking: Looking) -> Content:
    """The four figures with last year's, their intervals, and the course of both years."""
    indicators = [one.indicator(looking.handling) for one in MEASURES]
    values = values_of(indicators, looking.window, looking.viewer)
    courses = Courses(indicators, looking.window, looking.viewer)
    return Content(
        finding=finding(values, looking.window.period),
        figures=[_figure(value, courses) for value in values],
        charts=[
            course_chart(value, courses, short_label(value.indicator))
            for value in values
            if value.numerator or value.previous
        ],
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


def _figure(value: Value, courses: Courses) -> Figure:
    figure = figure_of(value, spark=courses.spark(value.indicator.code))
    return replace(figure, label=short_label(value.indicator))


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
