"""Kinds of reports: over which period each is written, what it is called, which sections it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from anlu.engine.periods import Kind, Period
from anlu.kernel.core.registry import Registry
from anlu.kernel.documents.sections import CHAPTERS, Section, in_order

FREE: Final = "free"


@dataclass(frozen=True)
class ReportKind:
    """
    A kind of report.

    Parameters
    ----------
    code
        ``half-year``; sections name it to say that they belong into it.
    title
        With ``{period}``.
    over
        The kind of its period; "" = any.
    """

    code: str
    label: str
    title: str
    over: Kind

    def title_of(self, period: Period) -> str:
        """2023年上半年道路交通安全工作总结."""
        return self.title.format(period=period.label)


report_kinds: Registry[ReportKind] = Registry("report kind")
WEEKLY = report_kinds.add(ReportKind("weekly", "周报", "{period}道路交通安全工作周报", "week"))
DISPATCH = report_kinds.add(ReportKind("dispatch", "调度会材料", "{period}调度会材料", "week"))
MONTHLY = report_kinds.add(ReportKind("monthly", "月报", "{period}道路交通安全工作月报", "month"))
HALF_YEAR = report_kinds.add(ReportKind("half-year", "半年总结", "{period}道路交通安全工作总结", "half"))
ANNUAL = report_kinds.add(ReportKind("annual", "年度总结", "{period}道路交通安全工作总结", "year"))
OWN = report_kinds.add(ReportKind(FREE, "自选报告", "{period}情况报告", "span"))


def sections_of(kind: ReportKind, chosen: Iterable[str] = ()) -> list[Section]:
    """The sections of a report in their order; a free report takes those that were chosen."""
    wanted = set(chosen)
    if kind.code == FREE:
        return [one for one in in_order() if one.code in wanted]
    return [one for one in in_order() if not one.kinds or kind.code in one.kinds]


def by_chapter(sections: Iterable[Section]) -> list[tuple[str, list[Section]]]:
    """Chapters that have sections, each with its own."""
    listed = list(sections)
    found = [(chapter, [one for one in listed if one.chapter == chapter]) for chapter in CHAPTERS]
    return [(chapter, members) for chapter, members in found if members]
