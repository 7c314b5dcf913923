"""Indicators as numbers of documents."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from anlu.engine.periods import Period, PeriodError
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import NotAllowed
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents.figures import Figure, FigureUnknown, register_source, written
from anlu.kernel.indicators.define import Indicator, Share, indicators
from anlu.kernel.indicators.evaluate import Value, value_of
from anlu.kernel.indicators.permissions import VIEW
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.access import units_below
from anlu.kernel.people.models import Unit, UnitKind

WHOLE = frozenset({UnitKind.BRIGADE, UnitKind.COMMITTEE, UnitKind.GOVERNMENT, UnitKind.DETACHMENT})


class Indicators:
    """
    The figures of ``kernel.indicators``: of the whole installation for brigade and committee, of a unit for others.

    What a document says does not depend on who drafts it: whoever may not see the whole figure is refused.
    """

    def codes(self) -> Iterable[str]:
        """Codes of all indicators."""
        return indicators.codes()

    def figure(self, code: str, *, unit: Unit, period: str, viewer: Viewer) -> Figure:
        """The value of the period so far, with its change against the year before."""
        if code not in indicators:
            raise FigureUnknown(f"没有指标「{code}」")
        indicator = indicators.get(code)
        _require_whole(unit, viewer)
        try:
            span = Period.parse(period).to_date(today())
        except PeriodError as problem:
            raise FigureUnknown(str(problem)) from None
        window = Window(span, unit=None if unit.kind in WHOLE else unit)
        return _written(indicator, value_of(indicator, window, viewer), period)


def _require_whole(unit: Unit, viewer: Viewer) -> None:
    scope = viewer.scope_for(VIEW)
    if scope.everything:
        return
    if unit.kind in WHOLE or not units_below([unit.pk]) <= scope.units:
        raise NotAllowed(f"您不能查看「{unit}」全部的指标，不能由您取数；请由能查看的人拟稿")


def _written(indicator: Indicator, value: Value, period: str) -> Figure:
    if value.value is None:
        raise FigureUnknown(f"「{indicator.label}」没有值")
    share = isinstance(indicator.expression, Share)
    number = round(float(value.value) * 100, 2) if share else value.value
    plain = float(number) if isinstance(number, Decimal) else number
    plain = round(plain, 2) if isinstance(plain, float) else plain
    return Figure(
        label=indicator.label,
        text=written(plain),
        unit="%" if share else indicator.measure,
        value=plain,
        change=value.words,
        origin={"kind": "indicator", "code": indicator.code, "period": period, "on": today().isoformat()},
    )


register_source(Indicators())
