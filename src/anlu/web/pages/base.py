"""What the pages of a ledger have in common."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest
from django.views import View

from anlu.kernel.people.models import Officer
from anlu.web.ledgers import Ledger
from anlu.web.viewers import require_viewer


class LedgerPage(View):
    """
    A page about one ledger. Who may open it is decided at the door (``nav.guarded``) by its permission; which records
    it shows is decided by ``Ledger.visible_rows`` and nothing else.
    """

    ledger: Ledger = cast(Ledger, None)  # given to as_view(), which wants to find the attribute
    verb = "view"

    @property
    def viewer(self) -> Officer:
        """The person asking."""
        return require_viewer(self.request)

    def thing(self, identity: UUID | str, *, columns: Any = None) -> Any:
        """
        One record of the ledger.

        Raises
        ------
        Http404
            absent, or outside the person's scope: the answer is the same for both.
        """
        rows = self.ledger.visible_rows(self.viewer, self.verb)
        return one_of(rows, self.ledger, identity, columns)

    def voided_thing(self, identity: UUID | str) -> Any:
        """One voided record that this person may take back; ``Http404`` when there is none."""
        return one_of(self.ledger.voided_rows(self.viewer), self.ledger, identity)


def one_of(rows: Any, ledger: Ledger, identity: UUID | str, columns: Any = None) -> Any:
    """The record with this identity among ``rows``, everything that ``columns`` need joined; ``Http404`` if absent."""
    joined = ledger.joins(columns) if columns else []
    found = (rows.select_related(*joined) if joined else rows).filter(**{ledger.identity: identity}).first()
    if found is None:
        raise Http404(ledger.noun)
    return found


def may(request: HttpRequest, permission: str) -> bool:
    """True when the person asking holds the permission anywhere."""
    return require_viewer(request).may(permission)
