"""Reads of inspections: what is asked on a round, what stands in no bulletin yet, what was seen in some days."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from anlu.apps.inspections.models import Check, Round, Told, Verdict
from anlu.apps.inspections.terms import checklist
from anlu.kernel.cases.models import Case, Outcome
from anlu.kernel.core.dictionaries import shown, terms
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents.models import State

FAMILY = "inspections.finding"
WAITING = {"stage": "resolved", "rechecked": "0"}  # how the ledger lists what waits to be looked at again


def items_of(one: Round) -> dict[tuple[str, str], str]:
    """(category, item) to its words: the checklist that was in force on the day of the round."""
    return {
        (category, term.code): shown(term)
        for category in one.categories
        for term in terms(checklist(category), on=one.planned_on)
    }


def findings(viewer: Viewer) -> QuerySet[Any]:
    """Findings that somebody may see, without those that were taken back."""
    seen = Case.objects.visible_to(viewer, f"{FAMILY}.view")
    found: QuerySet[Any] = seen.exclude(outcome__in=(Outcome.DROPPED, Outcome.MERGED))
    return found


def told() -> QuerySet[Told]:
    """What stands in a bulletin; one that was withdrawn or voided does not count."""
    return Told.objects.filter(document__voided_at__isnull=True).exclude(document__state=State.WITHDRAWN)


def untold_findings(viewer: Viewer, start: date, end: date) -> QuerySet[Any]:
    """Findings of these days that stand in no bulletin."""
    rows = findings(viewer).filter(found_on__gte=start, found_on__lte=end)
    return rows.exclude(pk__in=told().values("case")).select_related("lead").order_by("found_on", "pk")


@dataclass(frozen=True)
class Seen:
    """What inspectors saw in some days."""

    units: int
    checks: int
    fine: int
    categories: tuple[str, ...]

    @property
    def words(self) -> str:
        """For the bulletin, every number counted from the records."""
        if not self.checks:
            return ""
        return f"共督查{self.units}个单位，检查{self.checks}项，合格{self.fine}项，不合格{self.checks - self.fine}项。"


def summary_of(start: date, end: date, viewer: Viewer) -> Seen:
    """Units and lines that were looked at between two days."""
    rounds = Round.objects.visible_to(viewer).filter(planned_on__gte=start, planned_on__lte=end)
    checks = Check.objects.live().filter(round__in=rounds.values("pk"))
    rows = list(checks.values_list("unit", "category", "verdict"))
    order = Counter(category for _, category, _ in rows)
    return Seen(
        units=len({unit for unit, _, _ in rows}),
        checks=len(rows),
        fine=sum(verdict == Verdict.FINE for _, _, verdict in rows),
        categories=tuple(code for code, _ in order.most_common()),
    )


def waiting_for_recheck(viewer: Viewer) -> QuerySet[Any]:
    """Findings that were put right and have not been looked at again; ``WAITING`` lists just these."""
    closed = findings(viewer).filter(outcome=Outcome.RESOLVED, rechecked_on__isnull=True)
    return closed.select_related("lead", "road").order_by("closed_on", "pk")
