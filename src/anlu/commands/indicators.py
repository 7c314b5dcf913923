"""``anlu indicators``: every registered figure of a period, for a unit, an area or the whole installation."""

from __future__ import annotations

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any

from anlu.commands.arguments import json_argument
from anlu.commands.output import print_json
from anlu.engine.errors import BadInput
from anlu.engine.periods import FORMS, Period, PeriodError
from anlu.project.start import start

if TYPE_CHECKING:
    from anlu.kernel.indicators.evaluate import Value
    from anlu.kernel.indicators.window import Window

DAY_FORM = "日期, 写成 2023-06-30"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--period", required=True, metavar="期间", help=f"如 {FORMS}")
    parser.add_argument("--unit", metavar="代码", default="", help="单位或辖区代码; 不写 = 整个单位")
    parser.add_argument("--as-of", metavar="日期", default="", help="只计到这一天已入账、未作废的记录")
    json_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Work out all figures and print them."""
    period, as_of = _period(args.period), _day(args.as_of)
    start()
    from anlu.kernel.core.clock import today
    from anlu.kernel.core.scope import SYSTEM
    from anlu.kernel.indicators.define import indicators
    from anlu.kernel.indicators.evaluate import values_of
    from anlu.kernel.indicators.facts import none_made

    try:
        day = today()
    except ValueError as problem:
        raise BadInput(str(problem), field="ANLU_TODAY") from None
    window = _window(_so_far(period, as_of, day), args.unit.strip(), as_of)
    known = sorted(indicators, key=lambda one: (one.order, one.code))
    with none_made():
        values = values_of(known, window, SYSTEM)
    if args.json:
        print_json(_result(window, args.unit.strip(), values))
    else:
        print("\n".join(_lines(window, args.unit.strip(), values)))
    return 0


def _period(text: str) -> Period:
    try:
        return Period.parse(text)
    except PeriodError as problem:
        raise BadInput(str(problem), field="--period") from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise BadInput(field="--as-of", found=text, expected=DAY_FORM) from None


def _so_far(period: Period, as_of: date | None, today: date) -> Period:
    """The period cut at the business date, or at the day of knowledge where that lies in it."""
    last = min(today, as_of) if as_of and as_of >= period.start else today
    try:
        return period.to_date(last)
    except PeriodError as problem:
        raise BadInput(str(problem), field="--period") from None


def _window(period: Period, code: str, as_of: date | None) -> Window:
    """The window of a unit or an area code."""
    from anlu.kernel.indicators.window import Window
    from anlu.kernel.people.models import Unit
    from anlu.kernel.places.models import Area

    if not code:
        return Window(period, as_of=as_of)
    unit = Unit.objects.live().filter(code=code).first() if "\x00" not in code else None
    if unit is not None:
        return Window(period, unit=unit, as_of=as_of)
    area = Area.objects.live().filter(code=code).first() if "\x00" not in code else None
    if area is None:
        raise BadInput(field="--unit", found=code, expected="已有的单位代码或辖区代码")
    return Window(period, area=area, as_of=as_of)


def _result(window: Window, code: str, values: list[Value]) -> dict[str, Any]:
    return {
        "period": window.period.code,
        "unit": code or None,
        "as_of": window.as_of,
        "indicators": [_one(value) for value in values],
    }


def _target(value: Value) -> dict[str, Any] | None:
    """The year's target of the brigade with its light; None for a part of it, and where there is none."""
    from anlu.kernel.core.scope import SYSTEM
    from anlu.kernel.indicators.targets import standing_of

    found = standing_of(value.indicator, value.window, SYSTEM)
    if found is None:
        return None
    return {
        "year": found.target.year,
        "goal": found.target.goal,
        "direction": value.indicator.better,
        "light": found.light,
        "probability": found.probability,
    }


def _one(value: Value) -> dict[str, Any]:
    one = value.indicator
    return {
        "code": one.code,
        "label": one.label,
        "unit": one.measure,
        "nature": one.nature,
        "value": value.value,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "previous": value.previous,
        "change_pct": value.change_pct,
        "change_points": value.change_points,
        "ci95": value.interval,
        "target": _target(value),
        "rows": value.rows,
        "denominator_rows": value.base_rows,
        "figures": list(dict.fromkeys(name.partition(".")[0] for name in one.figures)),
    }


def _lines(window: Window, code: str, values: list[Value]) -> list[str]:
    known = f", 截至 {window.as_of} 已入账" if window.as_of else ""
    head = f"{window.period.label}{f', {code}' if code else ''}{known}"
    return [head, *(_line(value) for value in values)]


def _line(value: Value) -> str:
    one = value.indicator
    now, before = (_plain(amount) for amount in (value.value, value.previous))
    compared = f"上年同期 {before}, {value.words}" if value.words else f"上年同期 {before}"
    return f"{one.label} {now}{one.measure} ({compared}; {value.rows} 条记录)"


def _plain(amount: Any) -> str:
    if amount is None:
        return "—"
    return f"{amount:.4f}" if isinstance(amount, float) else f"{amount}"
