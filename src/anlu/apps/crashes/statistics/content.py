"""What a statistics page holds, before any template: figures, tables, charts and what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlencode

from anlu.apps.crashes.models import Crash, Procedure
from anlu.apps.crashes.permissions import VIEW
from anlu.apps.crashes.statistics.measures import MEASURES, Handling, Measure, measure_of
from anlu.engine.periods import Period
from anlu.kernel.core.clock import today
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import Indicator, Leaf, Parameters
from anlu.kernel.indicators.tables import Cell
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Officer
from anlu.web.figures import Figure
from anlu.web.ledgers import ledgers
from anlu.web.tables import NumberTable
from anlu.web.windows import Asked, Switch

LEDGER: Final = "crashes.crash"
YEARS_SHOWN: Final = 10


@dataclass(frozen=True)
class Block:
    """A table with the chart of the same numbers; ``chart`` as ``components/chart.html`` takes it."""

    table: NumberTable
    chart: dict[str, Any] | None = None
    wide: bool = False  # the chart below the table, not beside it


@dataclass(frozen=True)
class Content:
    """A page: its finding, cards, tables with charts, and remarks that a reader must not miss."""

    finding: str = ""
    figures: Sequence[Figure] = ()
    blocks: Sequence[Block] = ()
    hints: Sequence[str] = ()
    charts: Sequence[dict[str, Any]] = ()
    charts_below: Sequence[dict[str, Any]] = ()
    pairs: Sequence[Block] = ()  # small tables, two beside each other

    def table(self, code: str) -> NumberTable | None:
        """The table of this code; the first without one."""
        tables = (one.table for one in (*self.blocks, *self.pairs))
        return next((one for one in tables if code in ("", one.code)), None)


@dataclass(frozen=True)
class Looking:
    """Who looks through which window at what."""

    asked: Asked
    viewer: Officer
    days: Days = field(repr=False)

    @property
    def window(self) -> Window:
        """The window of the page."""
        return self.asked.window

    @property
    def handling(self) -> Handling:
        """一般程序 or all."""
        return Handling(self.asked.chosen.get("procedure", Handling.ALL))

    @property
    def columns(self) -> str:
        """How tables are divided into columns: compare, four, severity, year."""
        return self.asked.chosen.get("columns", "severity")

    @property
    def with_empty(self) -> bool:
        """Whether rows without any crash are shown."""
        return self.asked.chosen.get("rows") == "all"

    @property
    def measure(self) -> Measure:
        """What is counted."""
        return measure_of(self.asked.chosen.get("measure", ""))

    @property
    def indicator(self) -> Indicator:
        """The registered indicator of the measure."""
        return self.measure.indicator(self.handling)

    @property
    def leaf(self) -> Leaf:
        """What it adds up."""
        return self.indicator.main


@dataclass(frozen=True)
class Days:
    """First and last day of the crashes that a person sees; asked when needed."""

    viewer: Viewer

    @cached_property
    def last(self) -> date | None:
        """The day of the latest crash."""
        return self._one("-occurred_on")

    @cached_property
    def first(self) -> date | None:
        """The day of the earliest crash."""
        return self._one("occurred_on")

    def _one(self, order: str) -> date | None:
        days = Crash.objects.visible_to(self.viewer).values_list("occurred_on", flat=True)
        found: date | None = days.order_by(order).first()
        return found


def crash_url(parameters: Parameters) -> str:
    """The crash ledger, filtered."""
    return f"{ledgers.get(LEDGER).url()}?{urlencode(parameters)}"


def address(cell: Cell) -> str:
    """Where the rows of a cell are."""
    return crash_url(cell.parameters)


# ------------------------------------------------------------------------------------------------ questions


def procedure_switch(default: Handling) -> Switch:
    """一般程序 or 全部程序."""
    return Switch(
        "procedure", "处理程序", ((Handling.ORDINARY, "一般程序"), (Handling.ALL, "全部程序")), default
    )


MEASURE_SWITCH: Final = Switch(
    "measure", "统计什么", tuple((one.code, one.label) for one in MEASURES), MEASURES[0].code
)


def usual_handling(viewer: Viewer) -> Handling:
    """一般程序, unless the crashes that a person sees do not say by which procedure they were handled."""
    ordinary = Crash.objects.visible_to(viewer).filter(procedure=Procedure.ORDINARY)
    return Handling.ORDINARY if ordinary.exists() else Handling.ALL


def all_years(days: Days) -> Period:
    """The years of which there are crashes, the last ten at most."""
    if days.last is None or days.first is None:
        return Period.containing(today(), "year")
    start = max(days.first.year, days.last.year - YEARS_SHOWN + 1)
    return Period("span", date(start, 1, 1), date(days.last.year, 12, 31))


Build = Callable[[Looking], Content]
PERMISSIONS: Final = (VIEW,)
