"""Crashes divided by anything, this period beside the like span of last year: one figure or all four."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from anlu.apps.crashes.statistics.content import Looking, crash_url
from anlu.apps.crashes.statistics.measures import short_label
from anlu.apps.crashes.statistics.tables import NAMES
from anlu.engine.indicators.compare import SMALL_COUNT, compare_counts
from anlu.engine.indicators.rounding import round_half_up
from anlu.engine.indicators.wording import signed_percent
from anlu.kernel.indicators.define import Amount, Indicator
from anlu.kernel.indicators.tables import Cell, Dimension, Heading, Table, measure_table
from anlu.kernel.indicators.window import Window
from anlu.web.figures import chart_unit
from anlu.web.tables import Line, Number, NumberTable, change_of, number

UNSTATED: Final = (None, "")
Divide = Callable[[Window], Dimension]
RANGE_NOTE: Final = (
    "波动范围：仅凭偶然也会出现的变化（95%）；"
    f"本期或上年同期不足{SMALL_COUNT}的标“数量较小”，单独一行的升降不宜作为结论"
)
SMALL_NOTE: Final = "数量小的行升降幅度大，不宜单独作为结论；波动范围见“同比”"
SEVERAL_NOTE: Final = "一起事故涉及几类的，每类各计一起，各行之和大于合计"


@dataclass(frozen=True)
class Pair:
    """The same table of this period and of the like span of last year."""

    now: Table
    then: Table
    rows: tuple[Heading, ...]
    several: bool

    def cells(self, key: Any, code: str) -> tuple[Cell, Cell]:
        """Both cells of a row."""
        return _cell(self.now, key, code), _cell(self.then, key, code)

    def totals(self, code: str) -> tuple[Cell, Cell]:
        """Both totals of a column."""
        return self.now.column_totals[code], self.then.column_totals[code]


def _cell(table: Table, key: Any, code: str) -> Cell:
    return table.cells[key][code] if key in table.cells else Cell(0, ())


def compared(
    divide: Divide, indicators: Sequence[Indicator], looking: Looking, *, empty: bool = False
) -> Pair:
    """
    The indicators of every row in both spans, the greatest of the first indicator first, what is not stated last.

    Parameters
    ----------
    empty
        Also rows without anything in either span.
    """
    before = looking.window.at(looking.window.period.previous_year())
    rows, rows_before = divide(looking.window), divide(before)
    now = _measured(rows, indicators, looking.window, looking)
    then = _measured(rows_before, indicators, before, looking)
    headings = {row.key: row for table in (now, then) for row in table.rows}
    pair = Pair(now, then, (), rows.several)
    first = indicators[0].code

    def place(row: Heading) -> tuple[bool, Any, Any]:
        here, before = pair.cells(row.key, first)
        return row.key in UNSTATED, -here.value, -before.value

    used = [
        row
        for row in headings.values()
        if empty or any(cell.value for one in indicators for cell in pair.cells(row.key, one.code))
    ]
    return replace(pair, rows=tuple(sorted(used, key=place)))


def _measured(rows: Dimension, indicators: Sequence[Indicator], window: Window, looking: Looking) -> Table:
    columns = [(Heading(one.code, one.label, one.main.parameters or ()), one.main) for one in indicators]
    return measure_table(columns, rows, window, looking.viewer, parameters=window.parameters(NAMES))


# ------------------------------------------------------------------------------------------------ one figure


def one_figure(code: str, label: str, pair: Pair, indicator: Indicator) -> NumberTable:
    """This period, its share, last year, the change and, for counts, its range."""
    lines = [
        Line(row.label, _compared(pair, pair.cells(row.key, indicator.code), indicator)) for row in pair.rows
    ]
    total = Line("合计", _compared(pair, pair.totals(indicator.code), indicator), total=True)
    heads = ("本期", "占比", "上年同期", "变化")
    notes = [SEVERAL_NOTE] if pair.several else []
    if counts(indicator):
        heads, notes = (*heads, "波动范围"), [*notes, RANGE_NOTE]
    return NumberTable(
        code,
        f"各{label}：{short_label(indicator)}({chart_unit(indicator.measure)})",
        label,
        heads,
        (*lines, total),
        note="；".join(notes),
    )


def counts(indicator: Indicator) -> bool:
    """Whether it counts things, so that chance alone moves it in a known way; money does not."""
    return not getattr(indicator.main, "is_amount", False)


def _compared(pair: Pair, cells: tuple[Cell, Cell], indicator: Indicator) -> tuple[Number, ...]:
    now, then = cells
    numbers = [
        number(now.value, indicator.measure, crash_url(now.parameters)),
        _share(now.value, pair.now.column_totals[indicator.code].value),
        number(then.value, indicator.measure, crash_url(then.parameters)),
        change_of(now.value, then.value, indicator.better),
    ]
    if counts(indicator):
        numbers.append(range_of(int(now.value), int(then.value)))
    return tuple(numbers)


def _share(part: Amount, whole: Amount) -> Number:
    if not whole:
        return Number("—")
    share = round_half_up(100 * Decimal(part) / Decimal(whole), 1)
    return Number(f"{share:f}%", float(share))


def range_of(current: int, previous: int) -> Number:
    """−12%~+8%, with a word where the numbers are small; — where one of them is 0."""
    found = compare_counts(current, previous)
    if not (current or previous):
        return Number("—")
    small = min(current, previous) < SMALL_COUNT
    if found.ci95 is None:
        return Number("数量较小", "数量较小", tone="grey")
    low, high = (signed_percent(100 * (bound - 1)) for bound in found.ci95)
    words = f"{low}~{high}" + ("（数量较小）" if small else "")
    return Number(words, words, tone="grey" if small else "")


# ------------------------------------------------------------------------------------------------ four figures


def four_figures(code: str, label: str, pair: Pair, indicators: Sequence[Indicator]) -> NumberTable:
    """All four figures, each with last year's and the change."""
    lines = [
        Line(row.label, _each(indicators, [pair.cells(row.key, one.code) for one in indicators]))
        for row in pair.rows
    ]
    total = Line("合计", _each(indicators, [pair.totals(one.code) for one in indicators]), total=True)
    return NumberTable(
        code,
        f"各{label}：四项指数",
        label,
        ("本期", "上年同期", "变化") * len(indicators),
        (*lines, total),
        tuple((f"{short_label(one)}({chart_unit(one.measure)})", 3) for one in indicators),
        note="；".join([*([SEVERAL_NOTE] if pair.several else []), SMALL_NOTE]),
    )


def _each(indicators: Sequence[Indicator], cells: Sequence[tuple[Cell, Cell]]) -> tuple[Number, ...]:
    found: list[Number] = []
    for one, (now, then) in zip(indicators, cells, strict=True):
        found += [number(cell.value, one.measure, crash_url(cell.parameters)) for cell in (now, then)]
        found.append(change_of(now.value, then.value, one.better))
    return tuple(found)
