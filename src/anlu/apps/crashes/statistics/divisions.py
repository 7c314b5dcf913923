"""时空分布: crashes divided by time, hour, place, cause, form and road."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from anlu.apps.crashes.statistics.comparing import (
    SEVERAL_NOTE,
    UNSTATED,
    Divide,
    Pair,
    compared,
    four_figures,
    one_figure,
)
from anlu.apps.crashes.statistics.content import Block, Content, Looking, address, crash_url
from anlu.apps.crashes.statistics.dimensions import (
    Atlas,
    by_administrative_class,
    by_age,
    by_cause,
    by_form,
    by_junction,
    by_light,
    by_region,
    by_road,
    by_road_class,
    by_severity,
    by_technical_class,
    by_time,
    by_town,
    by_vehicle_class,
    by_weather,
    by_year,
    ranked,
)
from anlu.apps.crashes.statistics.measures import CRASHES, MEASURES, short_label
from anlu.apps.crashes.statistics.tables import divided, persons, scope_of, weekday_by_hour
from anlu.engine.indicators.rounding import round_half_up
from anlu.kernel.indicators.define import Amount
from anlu.kernel.indicators.tables import Dimension, Heading, Table
from anlu.kernel.indicators.window import Window
from anlu.web.figures import amount_words, chart_number, chart_unit
from anlu.web.tables import NumberTable, Part, change_of, heat_table, number_table
from anlu.web.windows import Switch, words_of_period

COLUMNS_SWITCH: Final = Switch(
    "columns",
    "分栏",
    (("compare", "同比"), ("four", "四项指数"), ("severity", "按后果"), ("year", "按年份")),
    "compare",
)
YEAR_ON_YEAR: Final = ("compare", "four")
EMPTY_SWITCH: Final = Switch("rows", "列出的项", (("used", "只列有事故的"), ("all", "全部列出")), "used")
BARS: Final = 16  # most bars of a chart
NARROW: Final = 6  # most columns of a table that has its chart beside it

# ------------------------------------------------------------------------------------------------ time


def time(looking: Looking) -> Content:
    """Years, and the months of the last of them, by severity and with the persons hurt."""
    years = by_year(looking.window)
    yearly = _by_severity("years", "年份", years, looking)
    last = looking.window.period.split("year")[-1]
    in_last = replace(looking, asked=replace(looking.asked, window=looking.window.at(last)))
    monthly = _by_severity("months", "月份", by_time(in_last.window, "month"), in_last)
    return Content(
        finding=_time_finding(yearly[1], looking),
        charts=[
            _stacked(f"chart-{numbers.code}", _time_finding(table, here), table, here)
            for (numbers, table), here in ((yearly, looking), (monthly, in_last))
            if len(table.rows) > 1
        ],
        blocks=[Block(yearly[0]), Block(monthly[0])],
    )


def _by_severity(code: str, corner: str, rows: Dimension, looking: Looking) -> tuple[NumberTable, Table]:
    table = divided(rows, by_severity(), looking.window, looking.viewer, leaf=looking.leaf)
    parts = [Part(table, f"{_counted(looking)}，按后果", looking.indicator.measure)]
    if looking.measure is CRASHES:
        hurt = persons(rows, looking.window, looking.viewer, handling=looking.handling)
        parts.append(Part(hurt, "伤亡人数(人)"))
    title = f"{words_of_period(looking.window.period)}各{corner}"
    return number_table(code, title, corner, parts, address), table


def _time_finding(table: Table, looking: Looking) -> str:
    """2014–2019年共95,821起,2015年最多(16,170起)."""
    most = _greatest(table)
    span = words_of_period(looking.window.period)
    if most is None:
        return f"{span}没有事故"
    if len(table.rows) < 2:
        return f"{span}{_counted_words(_sum(table), looking)}"
    words = _counted_words(most[1], looking)
    return f"{span}{_counted_words(_sum(table), looking)}，{most[0].label}最多({words})"


# ------------------------------------------------------------------------------------------------ hours


def hours(looking: Looking) -> Content:
    """Hour × weekday."""
    table = weekday_by_hour(looking.window, looking.viewer, leaf=looking.leaf)
    title = hour_finding(table, looking)
    note = f"{_counted(looking)}，按当地发生时刻；点格看事故"
    heat = heat_table("hours", title, "星期", table, address, measure=looking.indicator.measure, note=note)
    turned = turn(table)
    charts = [
        _bars("chart-hours", _peak_words(turned, looking), turned, looking, horizontal=False, most=25),
        _bars("chart-days", _peak_words(table, looking), table, looking, horizontal=False)
        | {"table_code": "hours"},
    ]
    return Content(finding=title, blocks=[Block(heat)], charts_below=charts if _sum(table) else [])


def _peak_words(table: Table, looking: Looking) -> str:
    """18时最多(443起，占9.3%)."""
    most = _greatest(table)
    if most is None:
        return ""
    row, amount = most
    return f"{row.label}最多({_counted_words(amount, looking)}，占{_percent(amount, _sum(table))})"


def hour_finding(table: Table, looking: Looking) -> str:
    """17–19时占全天19.6%,周五最多: the three hours in a row with most of it, and the day of the week."""
    total = _sum(table)
    if not total:
        return f"{words_of_period(looking.window.period)}没有事故"
    by_hour = [table.column_totals[hour].value for hour in range(24)]
    first = max(range(24), key=lambda hour: sum(by_hour[(hour + step) % 24] for step in range(3)))
    share = _percent(sum(by_hour[(first + step) % 24] for step in range(3)), total)
    day = _greatest(table)
    return f"{first}–{(first + 3) % 24 or 24}时占全天{share}，{day[0].label if day else ''}最多"


def turn(table: Table) -> Table:
    """Rows as columns."""
    return Table(
        table.columns,
        table.rows,
        {c.key: {r.key: table.cells[r.key][c.key] for r in table.rows} for c in table.columns},
        table.column_totals,
        table.row_totals,
        table.total,
    )


# ------------------------------------------------------------------------------------------------ divisions


def areas(looking: Looking) -> Content:
    """Towns (districts), and regions where there are any."""
    atlas, scope = Atlas.read(), scope_of(looking.viewer)
    blocks = [_division(lambda window: by_town(window, scope, atlas), looking)]
    if by_region(looking.window, atlas) is not None:
        blocks.append(_division(lambda window: _regions(window, atlas), looking))
    return _content(blocks, looking)


def _regions(window: Window, atlas: Atlas) -> Dimension:
    found = by_region(window, atlas)
    assert found is not None, "asked only where there are regions"
    return found


def causes(looking: Looking) -> Content:
    """认定原因分类."""
    return _divided_by(looking, by_cause)


def forms(looking: Looking) -> Content:
    """事故形态."""
    return _divided_by(looking, by_form)


def roads(looking: Looking) -> Content:
    """Classes of the roads of the register, type of road and kind of place as the crash states them, roads."""
    return _divided_by(
        looking, by_administrative_class, by_technical_class, by_road_class, by_junction, by_road
    )


def surroundings(looking: Looking) -> Content:
    """Light, weather."""
    return _divided_by(looking, by_light, by_weather)


def involved(looking: Looking) -> Content:
    """Classes of the vehicles, ages of the parties."""
    return _divided_by(looking, by_vehicle_class, by_age)


def _divided_by(looking: Looking, *ways: Callable[[], Dimension]) -> Content:
    return _content([_division(lambda window, make=make: make(), looking) for make in ways], looking)


def _content(blocks: Sequence[Block], looking: Looking) -> Content:
    chart = next((block.chart for block in blocks if block.chart), None)
    hints = [CUT] if looking.columns in YEAR_ON_YEAR and looking.window.period.is_cut else []
    return Content(finding=chart["title"] if chart else "", blocks=blocks, hints=hints)


CUT: Final = "本期未满，与上年同样起止日期的一段比较。"


def _division(divide: Divide, looking: Looking) -> Block:
    """One way to divide, as the address asks: one figure year on year, all four, by severity or by year."""
    if looking.columns in YEAR_ON_YEAR:
        return _year_on_year(divide, looking)
    rows = divide(looking.window)
    columns = by_year(looking.window) if looking.columns == "year" else by_severity()
    table = ranked(
        divided(
            rows,
            columns,
            looking.window,
            looking.viewer,
            leaf=looking.leaf,
            hide_empty=not looking.with_empty,
        )
    )
    chosen = dict(COLUMNS_SWITCH.options)[looking.columns]
    title = f"各{rows.label}({chosen})"
    part = Part(table, "", looking.indicator.measure)
    note = "；".join([_counted(looking), *([SEVERAL_NOTE] if rows.several else [])])
    numbers = number_table(rows.code, title, rows.label, [part], address, note=note)
    if not _sum(table):
        return Block(numbers)
    chart = _bars(f"chart-{rows.code}", division_finding(rows, table, looking), table, looking)
    return Block(numbers, chart, wide=len(table.columns) > NARROW)


def _year_on_year(divide: Divide, looking: Looking) -> Block:
    rows = divide(looking.window)
    if looking.columns == "four":
        indicators = [one.indicator(looking.handling) for one in MEASURES]
        first = [looking.indicator, *(one for one in indicators if one is not looking.indicator)]
        pair = compared(divide, first, looking, empty=looking.with_empty)
        numbers = four_figures(rows.code, rows.label, pair, indicators)
    else:
        pair = compared(divide, [looking.indicator], looking, empty=looking.with_empty)
        numbers = one_figure(rows.code, rows.label, pair, looking.indicator)
    now, then = pair.totals(looking.indicator.code)
    if not now.value and not then.value:
        return Block(numbers)
    return Block(numbers, _pair_chart(rows, pair, looking), wide=True)


def _pair_chart(rows: Dimension, pair: Pair, looking: Looking) -> dict[str, Any]:
    """Bars of this period with a stroke for last year."""
    indicator = looking.indicator
    cells = [(row, *pair.cells(row.key, indicator.code)) for row in pair.rows]
    cells = [one for one in cells if one[1].value or one[2].value]
    shown, rest = cells[:BARS], len(cells[BARS:])
    measure = indicator.measure
    return {
        "id": f"chart-{rows.code}",
        "title": pair_finding(rows, pair, looking),
        "note": f"前 {len(shown)} 项，其余 {rest} 项见表" if rest else "",
        "height": "tall" if len(shown) > 8 else "",
        "table_code": rows.code,
        "options": {
            "kind": "bars",
            "horizontal": True,
            "categories": [row.label for row, _, _ in shown],
            "current": [chart_number(now.value, measure) for _, now, _ in shown],
            "previous": [chart_number(then.value, measure) for _, _, then in shown],
            "unit": chart_unit(measure),
            "links": [crash_url(now.parameters) if now.value else None for _, now, _ in shown],
            "labels": {"current": "本期", "previous": "上年同期"},
        },
    }


def pair_finding(rows: Dimension, pair: Pair, looking: Looking) -> str:
    """辖区：沙田区最多(1,234起，占12.3%)，上升4.20%: what has most, and how it changed."""
    code = looking.indicator.code
    stated = [row for row in pair.rows if row.key not in UNSTATED and pair.cells(row.key, code)[0].value]
    total = pair.totals(code)[0].value
    if not total:
        return f"{rows.label}：本期没有"
    if not stated:
        return f"{rows.label}：来源都没有填写"
    now, then = pair.cells(stated[0].key, code)
    change = change_of(now.value, then.value, looking.indicator.better).text
    share = _percent(now.value, total)
    return f"{rows.label}：{stated[0].label}最多({_counted_words(now.value, looking)}，占{share})，比上年同期{change}"


def division_finding(rows: Dimension, table: Table, looking: Looking) -> str:
    """沙田区最多(1,234起，占12.3%): which part of what is stated has most."""
    stated = [row for row in table.rows if row.key not in (None, "")]
    total = _sum(table)
    if not total:
        return f"{rows.label}：没有事故"
    most = max(stated, key=lambda row: table.row_totals[row.key].value, default=None)
    if most is None or not table.row_totals[most.key].value:
        return f"{rows.label}：来源都没有填写"
    amount = table.row_totals[most.key].value
    return f"{rows.label}：{most.label}最多({_counted_words(amount, looking)}，占{_percent(amount, total)})"


# ------------------------------------------------------------------------------------------------ words


def _counted(looking: Looking) -> str:
    return f"{short_label(looking.indicator)}({chart_unit(looking.indicator.measure)})"


def _counted_words(amount: Amount, looking: Looking) -> str:
    measure = looking.indicator.measure
    return f"{amount_words(amount, measure)}{chart_unit(measure)}"


def _percent(part: Amount, whole: Amount) -> str:
    return f"{round_half_up(100 * float(part) / float(whole), 1):f}%"


def _sum(table: Table) -> Amount:
    return table.total.value if table.total is not None else 0


def _greatest(table: Table) -> tuple[Heading, Amount] | None:
    """The row with most, None when nothing happened."""
    found = max(
        ((row, table.row_totals[row.key].value) for row in table.rows), key=lambda one: one[1], default=None
    )
    return found if found is not None and found[1] else None


# ------------------------------------------------------------------------------------------------ charts


def _stacked(chart: str, title: str, table: Table, looking: Looking) -> dict[str, Any]:
    measure = looking.indicator.measure
    return {
        "id": chart,
        "title": title,
        "table_code": chart.removeprefix("chart-"),
        "options": {
            "kind": "stack",
            "categories": short_labels(table.rows),
            "series": [
                {
                    "label": column.label,
                    "colour": column.colour,
                    "values": [
                        chart_number(table.cells[row.key][column.key].value, measure) for row in table.rows
                    ],
                }
                for column in table.columns
            ],
            "unit": chart_unit(measure),
            "links": _row_links(table, table.rows),
        },
    }


def short_labels(rows: Sequence[Heading]) -> list[str]:
    """Labels for an axis: without (截至...), and without the year where all have the same."""
    plain = [row.label.split("(")[0] for row in rows]
    years = {label[:5] for label in plain}
    return [label[5:] for label in plain] if len(years) == 1 and all(label[5:] for label in plain) else plain


def _bars(
    chart: str, title: str, table: Table, looking: Looking, *, horizontal: bool = True, most: int = BARS
) -> dict[str, Any]:
    rows = [row for row in table.rows if not horizontal or table.row_totals[row.key].value]
    shown, rest = rows[:most], len(rows[most:])
    measure = looking.indicator.measure
    return {
        "id": chart,
        "title": title,
        "note": f"前 {len(shown)} 项，其余 {rest} 项见表" if rest else "",
        "height": "tall" if horizontal and len(shown) > 8 else "",
        "table_code": chart.removeprefix("chart-"),
        "options": {
            "kind": "bars",
            "horizontal": horizontal,
            "categories": [row.label for row in shown],
            "current": [chart_number(table.row_totals[row.key].value, measure) for row in shown],
            "unit": chart_unit(measure),
            "links": _row_links(table, shown),
            "labels": {"current": looking.indicator.label},
        },
    }


def _row_links(table: Table, rows: Iterable[Heading]) -> list[str | None]:
    totals = [table.row_totals[row.key] for row in rows]
    return [crash_url(cell.parameters) if cell.value else None for cell in totals]


Division = Callable[[Looking], Content]
