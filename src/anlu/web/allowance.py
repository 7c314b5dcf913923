"""
How many rows somebody may take away before another person has to allow it.

What one person exports of one kind of record within some hours counts together, so that many small files are one large
one. Rows that somebody allowed do not count against later ones. Ask and write down in one transaction, with
``held=True``: of two exports at the same moment the second one then counts the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Model, Sum

from anlu.kernel.core.clock import now
from anlu.kernel.core.models import AuditEntry
from anlu.kernel.core.models.exports import ExportOrder, ExportState
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.models import Officer
from anlu.web.ledgers import Ledger, ledgers

ALLOWED_BY = "allowed_by"  # in the changes of an entry: who allowed these rows


@dataclass(frozen=True)
class Allowance:
    """Rows that are wanted, and those taken of the same kind within the hours that count together."""

    rows: int
    taken: int
    most: int
    hours: int

    @property
    def together(self) -> int:
        """All rows that would have been taken after this export."""
        return self.rows + self.taken

    @property
    def needs_leave(self) -> bool:
        """True when so many rows leave the platform only with somebody else's consent."""
        return self.together > self.most

    @property
    def words(self) -> str:
        """Why leave is needed, as a sentence; empty when it is not."""
        if not self.needs_leave:
            return ""
        if self.rows > self.most:
            return f"超过 {self.most:,} 行，须由他人审批"
        return (
            f"最近 {self.hours} 小时已导出同类记录 {self.taken:,} 行，连同这次 {self.rows:,} 行超过 {self.most:,} 行，"
            "须由他人审批"
        )


def allowance(
    ledger: Ledger, rows: int, *, by: Viewer, but: ExportOrder | None = None, held: bool = False
) -> Allowance:
    """
    What exporting ``rows`` of a ledger comes to for this person.

    Parameters
    ----------
    but
        The order that these rows belong to: it does not count against itself.
    held
        Let other exports of this person wait until the transaction ends.
    """
    if held:
        list(Officer.objects.select_for_update().filter(uid=by.uid).values_list("pk"))
    taken = rows_taken(ledger.model, by=by, but=but)
    return Allowance(rows, taken, settings.ANLU_EXPORT_APPROVAL_ROWS, settings.ANLU_EXPORT_COUNT_HOURS)


def rows_taken(model: type[Model], *, by: Viewer, but: ExportOrder | None = None) -> int:
    """Rows of a kind that somebody exported of late without another's leave, files being written included."""
    hours = settings.ANLU_EXPORT_COUNT_HOURS
    if not hours:
        return 0
    since = now() - timedelta(hours=hours)
    entries = AuditEntry.objects.filter(
        actor=by.uid, at__gte=since, action="export", thing_kind=model._meta.label_lower
    )
    written = sum(_rows_of(changes) for changes in entries.values_list("changes", flat=True))
    same = [one.code for one in ledgers if one.model is model]
    begun = ExportOrder.objects.filter(
        actor=by.uid, asked_at__gte=since, state=ExportState.RUNNING, ledger__in=same, decided_by__isnull=True
    )
    if but is not None:
        begun = begun.exclude(pk=but.pk)
    return written + (begun.aggregate(found=Sum("rows"))["found"] or 0)


def _rows_of(changes: dict[str, Any]) -> int:
    if ALLOWED_BY in changes or "rows" not in changes:
        return 0
    return int(changes["rows"][1] or 0)
