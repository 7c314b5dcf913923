"""
Figures that every family of cases has: closed, in time, how quickly, open, overdue, back again.

Reports, desk and API use them like any other figure. An app that wants other words or another place in the catalogue
calls ``family_indicators`` in a file of its ``indicators/``; every other family gets them by itself
(``figures_of_families``). Method: ``docs/methods/closed-loops.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from anlu.kernel.cases.kinds import Family, families, kinds_of
from anlu.kernel.cases.models import Case, Outcome
from anlu.kernel.indicators.define import (
    Count,
    Expression,
    Leaf,
    MedianDays,
    Parameters,
    Share,
    Stock,
    indicator,
    indicators,
)

METHOD: Final = "methods/closed-loops.md"
NOT_MERGED: Final[Parameters] = (("stage", "open"), ("stage", "resolved"), ("stage", "dropped"))
PUT_RIGHT: Final[Parameters] = (("stage", "resolved"),)
LAST: Final = 900  # place in the catalogue of figures that no app declares
IN_TIME: Final[Parameters] = (*PUT_RIGHT, ("on_time", "1"))
BACK: Final[Parameters] = (*NOT_MERGED, ("rebound", "1"))


def cases_of(family: Family) -> QuerySet[Case]:
    """Cases of a family without those that were merged into another, which count there."""
    return Case.objects.filter(family=family.code).exclude(outcome=Outcome.MERGED)


def family_indicators(
    family: Family,
    *,
    order: int,
    prefix: str = "",
    noun: str = "",
    method: str = METHOD,
    attributed: bool = True,
    but: tuple[str, ...] = (),
) -> None:
    """
    Declare ``<prefix>.closed``, ``on_time_share``, ``days``, ``open``, ``overdue`` and ``rebound`` of a family.

    Parameters
    ----------
    order
        Place of the first in the catalogue; the others follow.
    prefix, noun
        Of the codes and labels; "" = the family's own.
    attributed
        False: its cases belong to no unit.
    but
        Those that the app declares in its own words.
    """
    figures = _Figures(family, noun or family.noun, attributed)
    for place, one in enumerate(figures.all()):
        if one.code not in but:
            indicator(
                f"{prefix or family.code}.{one.code}",
                label=one.label,
                definition=one.definition,
                better=one.better,
                measure="" if isinstance(one.expression, Share) else one.measure or family.unit,
                nature="process",
                method=method,
                ledger=family.code,
                order=order + place,
            )(one.stated)


def figures_of_families() -> None:
    """Declare the figures of every family about which no app declares any; twice is once."""
    counted = {one.ledger for one in indicators}
    for family in families:
        held = kinds_of(family.code)
        if held and family.code not in counted:
            family_indicators(family, order=LAST, attributed=all(kind.attributed for kind in held))


@dataclass(frozen=True)
class _Figure:
    """What is said of one figure."""

    code: str
    label: str
    definition: str
    expression: Expression
    better: str = "down"
    measure: str = ""

    def stated(self) -> Expression:
        """The expression, as ``indicator`` asks for it."""
        return self.expression


@dataclass(frozen=True)
class _Figures:
    """The figures of a family."""

    family: Family
    noun: str
    attributed: bool

    def all(self) -> Iterator[_Figure]:
        """In the order of the catalogue."""
        yield from self._of_closing()
        yield from self._of_staying()

    def _of_closing(self) -> Iterator[_Figure]:
        noun, right = self.noun, cases_of(self.family).filter(outcome=Outcome.RESOLVED)
        limited = right.filter(on_time__isnull=False)
        kept = limited.filter(on_time=True)
        yield _Figure(
            "closed",
            f"办结{noun}",
            f"期内办结的{noun}，按办结日期统计；不予受理、并入其他的不算。",
            self._leaf(Count, right, on="closed_on", parameters=PUT_RIGHT),
            better="",
        )
        yield _Figure(
            "on_time_share",
            f"{noun}按期办结率",
            f"期内办结且有期限的{noun}中，不晚于期限的占比。",
            Share(
                self._leaf(Count, kept, on="closed_on", parameters=IN_TIME),
                self._leaf(Count, limited, on="closed_on"),
            ),
            better="up",
        )
        yield _Figure(
            "days",
            f"{noun}办结天数中位数",
            f"期内办结的{noun}，从发现到办结所用天数的中位数。",
            self._leaf(MedianDays, right, on="closed_on", since="found_on", parameters=PUT_RIGHT),
            measure="天",
        )

    def _of_staying(self) -> Iterator[_Figure]:
        noun, rows = self.noun, cases_of(self.family)
        yield _Figure(
            "open",
            f"未办结{noun}",
            f"期末已发现、尚未办结的{noun}。",
            self._leaf(Stock, rows, on="found_on", until="closed_on", parameters=NOT_MERGED),
        )
        yield _Figure(
            "overdue",
            f"逾期{noun}",
            f"期末尚未办结、已过期限的{noun}。",
            self._leaf(Stock, rows, on="found_on", until="closed_on", due="due_on", parameters=NOT_MERGED),
        )
        yield _Figure(
            "rebound",
            f"反弹{noun}",
            f"回头看不合格、重新办理的{noun}，按最近一次反弹日期统计，编号不变。",
            self._leaf(Count, rows.filter(rebounds__gt=0), on="reopened_on", parameters=BACK),
        )

    def _leaf(self, leaf: Callable[..., Leaf], rows: QuerySet[Case], **rest: Any) -> Any:
        """A leaf over cases of the family: attributed as the family is, seen by those who may view it."""
        unit, area = "unit" if self.attributed else "", "town" if self.family.located else ""
        return leaf(rows, permission=self.family.permission_to("view"), unit=unit, area=area, **rest)
