"""时空分布: crashes divided by time, hour, place, cause, form and road."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from anlu.apps.crashes.statistics.content import Block, Content, Looking, address, crash_url
from anlu.apps.crashes.statistics.dimensions import (
    Atlas,
    by_cause,
    by_form,
    by_light,
    by_region,
    by_road_class,
    by_severity,
    by_time,
    by_town,
    by_weather,
    by_year,
    ranked,
)
from anlu.apps.crashes.statistics.measures import CRASHES
from anlu.apps.crashes.statistics.tables import divided, persons, scope_of, weekday_by_hour
from anlu.engine.indicators.rounding import round_half_up
from anlu.kernel.indicators.define import Amount
from anlu.kernel.indicators.tables import Dimension, Heading, Table
from anlu.web.figures import amount_words, chart_number, chart_unit
from anlu.web.tables import NumberTable, Part, heat_table, number_table
from anlu.web.windows import Switch

COLUMNS_SWITCH: Final = Switch("columns", "分栏", (("severity", "按后果"), ("year", "按年份")), "severity")
BARS: Final = 16  # most bars of a chart

# ------------------------------------------------------------------------------------------------ time


def time(looking: Looking) -> Content:
    """Years, and the months of the last of them, by severity and with the persons hurt."""
    years = by_year(looking.window)
    yearly = _by_severity("years", "年份", years, looking)
    last = looking.window.period.split("year")[-1]
    in_last = replace(looking, asked=replace(looking.asked, window=looking.window.at(last)))
    monthly = _by_severity("months", "月份", by_time(in_last.window, "month"), in_last)
    return Content(
        finding=f"{looking.window.period.label}{looking.indicator.label}{_total(yearly[1], looking)}",
        blocks=[_time_block(yearly, looking), _time_block(monthly, in_last)],
    )


def _by_severity(code: str, corner: str, rows: Dimension, looking: Looking) -> tuple[NumberTable, Table]:
    table = divided(rows, by_severity(), looking.window, looking.viewer, leaf=looking.leaf)
    parts = [Part(table, f"{_counted(looking)},按后果", looking.indicator.measure)]
    if looking.measure is CRASHES:
        hurt = persons(rows, looking.window, looking.viewer, handling=looking.handling)
        parts.append(Part(hurt, "伤亡人数(人)"))
    title = _time_finding(table, looking)
    return number_table(code, title, corner, parts, address), table


def _time_block(shown: tuple[NumberTable, Table], looking: Looking) -> Block:
    numbers, table = shown
    if len(table.rows) < 2:
        return Block(numbers)
    return Block(numbers, _stacked(f"chart-{numbers.code}", numbers.title, table, looking))


def _time_finding(table: Table, looking: Looking) -> str:
    """2014–2019年共95,821起,2015年最多(16,170起)."""
    most = _greatest(table)
    span = looking.window.period.label
    if most is None:
        return f"{span}没有事故"
    if len(table.rows) < 2:
        return f"{span}{_counted_words(_sum(table), looking)}"
    words = _counted_words(most[1], looking)
    return f"{span}{_counted_words(_sum(table), looking)},{most[0].label}最多({words})"


# ------------------------------------------------------------------------------------------------ hours


def hours(looking: Looking) -> Content:
    """Hour × weekday."""
    table = weekday_by_hour(looking.window, looking.viewer, leaf=looking.leaf)
    title = hour_finding(table, looking)
    heat = heat_table("hours", title, "星期", table, address, measure=looking.indicator.measure)
    note = f"{looking.window.period.label}{_counted(looking)},按当地发生时刻;点格看事故"
    blocks = [Block(replace(heat, note=note)), Block(_hour_lines(table, looking))]
    return Content(finding=title, blocks=blocks)


def hour_finding(table: Table, looking: Looking) -> str:
    """17–19时占全天19.6%,周五最多: the three hours in a row with most of it, and the day of the week."""
    total = _sum(table)
    if not total:
        return f"{looking.window.period.label}没有事故"
    by_hour = [table.column_totals[hour].value for hour in range(24)]
    first = max(range(24), key=lambda hour: sum(by_hour[(hour + step) % 24] for step in range(3)))
    share = _percent(sum(by_hour[(first + step) % 24] for step in range(3)), total)
    day = _greatest(table)
    return f"{first}–{(first + 3) % 24 or 24}时占全天{share},{day[0].label if day else ''}最多"


def _hour_lines(table: Table, looking: Looking) -> NumberTable:
    """The hours one below the other, with the days of the week as columns: to read and to download."""
    turned = turn(table)
    title = "各时段与星期的数量"
    return number_table("hour-days", title, "时段", [Part(turned, "", looking.indicator.measure)], address)


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
    atlas = Atlas.read()
    towns = by_town(looking.window, scope_of(looking.viewer), atlas)
    blocks = [_division(towns, looking, hide_empty=False)]
    regions = by_region(looking.window, atlas)
    if regions is not None:
        blocks.append(_division(regions, looking, hide_empty=False))
    return _content(blocks)


def causes(looking: Looking) -> Content:
    """认定原因分类."""
    return _content([_division(by_cause(), looking)])


def forms(looking: Looking) -> Content:
    """事故形态."""
    return _content([_division(by_form(), looking)])


def roads(looking: Looking) -> Content:
    """Class of the road, weather, light."""
    return _content([_division(make(), looking) for make in (by_road_class, by_light, by_weather)])


def _content(blocks: Sequence[Block]) -> Content:
    return Content(finding=blocks[0].table.title, blocks=blocks)


def _columns(looking: Looking) -> Dimension:
    return by_year(looking.window) if looking.asked.chosen.get("columns") == "year" else by_severity()


def _division(rows: Dimension, looking: Looking, *, hide_empty: bool = True) -> Block:
    table = divided(
        rows, _columns(looking), looking.window, looking.viewer, leaf=looking.leaf, hide_empty=hide_empty
    )
    table = ranked(table)
    title = division_finding(rows, table, looking)
    part = Part(table, "", looking.indicator.measure)
    numbers = number_table(
        rows.code,
        title,
        rows.label,
        [part],
        address,
        note=f"{looking.window.period.label} {_counted(looking)}",
    )
    chart = _bars(f"chart-{rows.code}", title, rows, table, looking) if _sum(table) else None
    return Block(numbers, chart)


def division_finding(rows: Dimension, table: Table, looking: Looking) -> str:
    """沙田区最多(1,234起,占12.3%): which part of what is stated has most."""
    stated = [row for row in table.rows if row.key not in (None, "")]
    total = _sum(table)
    if not total:
        return f"{rows.label}:没有事故"
    most = max(stated, key=lambda row: table.row_totals[row.key].value, default=None)
    if most is None or not table.row_totals[most.key].value:
        return f"{rows.label}:来源都没有填写"
    amount = table.row_totals[most.key].value
    return f"{rows.label}:{most.label}最多({_counted_words(amount, looking)},占{_percent(amount, total)})"


# ------------------------------------------------------------------------------------------------ words


def _counted(looking: Looking) -> str:
    return f"{looking.indicator.label}({chart_unit(looking.indicator.measure)})"


def _counted_words(amount: Amount, looking: Looking) -> str:
    measure = looking.indicator.measure
    return f"{amount_words(amount, measure)}{chart_unit(measure)}"


def _percent(part: Amount, whole: Amount) -> str:
    return f"{round_half_up(100 * float(part) / float(whole), 1):f}%"


def _sum(table: Table) -> Amount:
    return table.total.value if table.total is not None else 0


def _total(table: Table, looking: Looking) -> str:
    return _counted_words(_sum(table), looking)


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
        "options": {
            "kind": "stack",
            "categories": [row.label for row in table.rows],
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


def _bars(chart: str, title: str, rows: Dimension, table: Table, looking: Looking) -> dict[str, Any]:
    shown = [row for row in table.rows if table.row_totals[row.key].value][:BARS]
    measure = looking.indicator.measure
    rest = len([row for row in table.rows if table.row_totals[row.key].value]) - len(shown)
    return {
        "id": chart,
        "title": title,
        "note": f"前 {len(shown)} 项,其余 {rest} 项见表" if rest else "",
        "height": "tall" if len(shown) > 8 else "",
        "options": {
            "kind": "bars",
            "horizontal": True,
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
