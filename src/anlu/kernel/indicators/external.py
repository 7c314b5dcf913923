"""The ledger of external figures: what a rate is per (vehicles, people), and what superiors state (ranks, polls)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from anlu.engine.periods import Period, PeriodError
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import add_record, change_record, restore_record, void_record
from anlu.kernel.indicators.models import ExternalFigure
from anlu.kernel.indicators.occasions import Latest
from anlu.kernel.indicators.permissions import EXTERNAL_CHANGE

KINDS: Final = "indicators.external"
RANK: Final = "rank"


class NoSuchPeriod(AnluError):
    """A period that nobody can read, or one in which the day of the figure does not lie."""


@dataclass(frozen=True, eq=False)
class ExternalBase(Latest):
    """The latest external figure of one kind for exactly the place that is looked at."""

    @property
    def exact_place(self) -> bool:
        return True


def Base(kind: str) -> ExternalBase:
    """
    What a rate is per: ``Ratio(Sum(...), Base("vehicles"), scale=10_000)``.

    Parameters
    ----------
    kind
        Code of the dictionary ``indicators.external``: ``vehicles``, ``people``, ``road_km`` ...
    """
    rows = ExternalFigure.objects.filter(kind=kind)
    return ExternalBase(rows, on="day", unit="", area="area", parameters=(("kind", kind),), column="value")


def add_external(values: Mapping[str, Any], *, by: Viewer) -> ExternalFigure:
    """Enter a figure that a document states."""
    _check_period(values)
    return add_record(ExternalFigure(**values), by=by, permission=EXTERNAL_CHANGE)


def change_external(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> ExternalFigure:
    """Correct what was entered."""
    _check_period(values)
    return change_record(ExternalFigure, uid, values, version=version, by=by, permission=EXTERNAL_CHANGE)


def void_external(uid: UUID, *, why: str, by: Viewer) -> ExternalFigure:
    """Take a figure out."""
    return void_record(ExternalFigure, uid, why=why, by=by, permission=EXTERNAL_CHANGE)


def restore_external(uid: UUID, *, by: Viewer) -> ExternalFigure:
    """Bring it back."""
    return restore_record(ExternalFigure, uid, by=by, permission=EXTERNAL_CHANGE)


def _check_period(values: Mapping[str, Any]) -> None:
    stated, day = values.get("period"), values.get("day")
    if not stated:
        return
    try:
        period = Period.parse(stated)
    except PeriodError as problem:
        raise NoSuchPeriod(str(problem)) from None
    if day is not None and day not in period:
        raise NoSuchPeriod(f"数据日期 {day} 不在{period.label}之内")
