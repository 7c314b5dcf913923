"""Documents on the boards: what waits for a signature, a number, a reply."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, Q
from django.urls import reverse

from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.models.documents import Document, State
from anlu.web.ledgers import ledgers
from anlu.web.panels import Board, Contents, Entry, Sight, Tally, panel

CODE: Final = "documents.document"
SHOWN: Final = 5
WAITING: Final = (
    (State.CHECKED, "待签发", "amber"),
    (State.SIGNED, "待编号", ""),
    (State.NUMBERED, "待印发", ""),
    (State.OVERDUE, "逾期未复", "red"),
)


@panel("documents.waiting", "公文", permission=may.VIEW, boards=(Board.MORNING, Board.LEADER), rank=40)
def waiting(sight: Sight) -> Contents:
    """How many documents wait for what, and those that wait for a signature."""
    ledger = ledgers.get(CODE)
    rows: Any = ledger.visible_rows(sight.viewer).order_by()
    found = rows.aggregate(**{state.value: Count("pk", filter=Q(state=state)) for state, _, _ in WAITING})
    tallies = [
        Tally(
            label,
            found[state.value],
            "份",
            ledger.url({"state": state.value}) if found[state.value] else "",
            colour if found[state.value] else "",
        )
        for state, label, colour in WAITING
    ]
    unsigned = list(rows.filter(state=State.CHECKED).order_by("pk")[:SHOWN]) if found[State.CHECKED] else []
    return Contents(
        tallies=tallies,
        entries=[_entry(one) for one in unsigned],
        more=max(0, found[State.CHECKED] - SHOWN),
        url=ledger.url({"state": State.CHECKED.value}) if unsigned else "",
    )


def _entry(one: Document) -> Entry:
    url = reverse(f"{CODE}.detail", args=[one.uid])
    return Entry(one.title, url, "待签发", "amber", one.addressee_name)
