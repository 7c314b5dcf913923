"""Figures as people see them: words, cards, and the address of exactly the rows behind a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse

from anlu.engine.indicators.rounding import round_half_up
from anlu.engine.indicators.wording import MINUS
from anlu.kernel.core.filters import DateFilter, StandingFilter
from anlu.kernel.core.language.formats import large_money
from anlu.kernel.indicators.define import Amount, Indicator, Leaf, Stock
from anlu.kernel.indicators.evaluate import Value
from anlu.kernel.indicators.tables import narrowed
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.places.filters import AreaFilter
from anlu.web.ledgers import Ledger, ledgers

YUAN: Final = "元"
NOTHING: Final = "—"


# ------------------------------------------------------------------------------------------------ words


def in_words(value: float | Amount | None, indicator: Indicator) -> tuple[str, str]:
    """A value of an indicator and its unit: ("1,234", "起"), ("46.80", "万元"), ("45.0", "%")."""
    if value is None:
        return NOTHING, ""
    if indicator.is_share:
        return f"{round_half_up(100 * value, 1):f}", "%"
    if indicator.measure == YUAN:
        return amount_words(value, YUAN), large_money().unit
    return amount_words(value, indicator.measure), indicator.measure


def amount_words(value: float | Amount, measure: str = "") -> str:
    """An amount: thousands apart, money in 万元 with two digits, rates with two digits."""
    if measure == YUAN:
        money = large_money()
        return f"{round_half_up(Decimal(value) / money.yuan, money.digits):,f}"
    return f"{value:,}" if isinstance(value, int) else f"{round_half_up(value, 2):,f}"


def range_words(value: Value) -> str:
    """How far chance alone would carry the change, in plain words; "" where that is not known."""
    if value.range_words:
        return value.range_words
    if value.change_points is None or value.change_interval is None:
        return ""
    low, high = (_signed(bound) for bound in value.change_interval)
    return f"波动范围 {low}~{high} 个百分点"


def _signed(points: float) -> str:
    rounded = round_half_up(points, 1)
    return f"{'+' if rounded > 0 else MINUS if rounded < 0 else ''}{abs(rounded):f}"


def interval_words(value: Value) -> str:
    """The 95 % interval of the value itself: ``28~53``, ``38.9%~51.2%``."""
    if value.interval is None:
        return ""
    low, high = value.interval
    if value.indicator.is_share:
        return f"{round_half_up(100 * low, 1):f}%~{round_half_up(100 * high, 1):f}%"
    return f"{round_half_up(low, 0):,f}~{round_half_up(high, 0):,f}"


def tone_of(value: Value) -> str:
    """green for better, red for worse, grey where neither is said."""
    return {True: "green", False: "red", None: "grey"}[value.good]


# ------------------------------------------------------------------------------------------------ addresses


def rows_url(indicator: Indicator, window: Window, *, base: bool = False) -> str:
    """
    Where the rows behind a number are listed.

    That is the ledger, filtered, or the indicator's own page where the ledger has no filters for it or cannot
    look back to an earlier day.
    """
    leaf = indicator.base if base else indicator.main
    assert leaf is not None, f"{indicator.code} has no denominator"
    return ledger_url(indicator.ledger, leaf, window) or own_url(
        "indicators.rows", indicator, window, base=base
    )


def ledger_url(code: str, leaf: Leaf, window: Window) -> str:
    """The ledger filtered to the rows that a leaf adds up in a window; "" where it has no filter for that."""
    ledger = ledgers.get(code) if code in ledgers else None
    names = names_in(ledger, leaf) if ledger is not None else None
    if ledger is None or names is None or leaf.parameters is None or window.as_of is not None:
        return ""
    if (window.unit and leaf.unit and "unit" not in names) or (
        window.area and leaf.area and "area" not in names
    ):
        return ""
    stated = narrowed(tuple(window.parameters(names)), leaf.parameters)
    return f"{ledger.url()}?{urlencode(stated)}"


def names_in(ledger: Ledger, leaf: Leaf) -> dict[str, str] | None:
    """What a ledger calls the day, unit and area that a leaf goes by; None without a filter for the day."""
    names: dict[str, str] = {}
    stock = isinstance(leaf, Stock)
    for one in ledger.filters:
        if isinstance(one, StandingFilter) and isinstance(leaf, Stock) and _is_of(one, leaf):
            names["at"] = one.name
        elif isinstance(one, DateFilter) and one.path == leaf.on and not stock:
            names["from"], names["to"] = one.names
        elif isinstance(one, UnitFilter) and one.path == leaf.unit and not one.merged:
            names["unit"] = one.name
        elif isinstance(one, AreaFilter) and one.path == leaf.area:
            names["area"] = one.name
    return names if "from" in names or "at" in names else None


def _is_of(one: StandingFilter, leaf: Stock) -> bool:
    """Whether a filter keeps what the leaf counts."""
    return (one.on, one.until, one.due) == (leaf.on, leaf.until, leaf.due) and not leaf.until_included


def own_url(page: str, indicator: Indicator, window: Window, *, base: bool = False, compare: str = "") -> str:
    """A page of the indicator itself, through the same window; ``compare`` is how it compares, "" as usual."""
    stated = {
        "period": window.period.code,
        "unit": window.unit.code if window.unit else "",
        "area": window.area.code if window.area else "",
        "as_of": window.as_of.isoformat() if window.as_of else "",
        "side": "base" if base else "",
        "compare": compare,
    }
    query = urlencode({name: value for name, value in stated.items() if value})
    return f"{reverse(page, args=[indicator.code])}?{query}"


# ------------------------------------------------------------------------------------------------ cards


@dataclass(frozen=True)
class Spark:
    """The small lines of a card: this year's running total over last year's."""

    current: Sequence[float]
    previous: Sequence[float]
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class Figure:
    """A card, as ``components/figure.html`` draws it."""

    label: str
    value: str
    unit: str
    url: str
    direction: str
    change: str
    tone: str
    previous: str
    previous_url: str
    interval: str
    method_url: str
    spark: Spark | None = None


def figure_of(
    value: Value, *, spark: Spark | None = None, before: str = "上年同期", compare: str = ""
) -> Figure:
    """The card of one figure; its value and that of ``before`` open their rows, its method compares in the same way."""
    words, unit = in_words(value.value, value.indicator)
    then, then_unit = in_words(value.previous, value.indicator)
    comparable = value.direction and not (value.direction != "same" and value.previous == 0)
    return Figure(
        label=value.indicator.label,
        value=words,
        unit=unit,
        url=rows_url(value.indicator, value.window) if value.numerator else "",
        direction=value.direction if comparable else "",
        change=value.words.removeprefix("上升").removeprefix("下降").replace("上年同期", before),
        tone=tone_of(value),
        previous=f"{before} {then} {then_unit}".strip(),
        previous_url=rows_url(value.indicator, value.previous_window) if value.previous else "",
        interval=range_words(value),
        method_url=own_url("indicators.indicator", value.indicator, value.window, compare=compare),
        spark=spark,
    )


def chart_number(value: Amount, measure: str) -> float | int:
    """A value as a chart takes it; money in 万元."""
    if measure == YUAN:
        return float(round_half_up(Decimal(value) / 10_000, 2))
    return value if isinstance(value, int) else float(value)


def chart_unit(measure: str) -> str:
    """The unit of a chart's axis."""
    return large_money().unit if measure == YUAN else measure


def running(values: Sequence[Any]) -> list[float]:
    """Running totals, for small lines."""
    total, found = 0.0, []
    for value in values:
        total += float(value)
        found.append(total)
    return found
