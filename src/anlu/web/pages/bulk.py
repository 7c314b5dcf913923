"""What is done with several ticked rows of a list at once: export them, void them, restore voided ones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import AnluError
from anlu.kernel.people.signin import address_of
from anlu.web.allowance import allowance
from anlu.web.cells import words_of
from anlu.web.ledgers import Ledger
from anlu.web.nav import Crumb, pages
from anlu.web.pages.base import LedgerPage
from anlu.web.pages.export import excel_response, record_export, table_of
from anlu.web.pages.form import Reason
from anlu.web.pages.listing import Listing

MOST = 200  # a page of a list never holds more
VERBS = {"export": "export", "void": "void", "restore": "void"}


class Bulk(LedgerPage):
    """``/<path>/bulk/``: the deed named by ``deed`` with the rows named by ``row``."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        return HttpResponseRedirect(reverse(self.ledger.code))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Do it; what a person may not do is not found."""
        deed = request.POST.get("deed", "")
        if deed not in deeds_for(self.ledger, self.viewer, voided=deed == "restore"):
            raise Http404
        identities = request.POST.getlist("row")[:MOST]
        verbs = VERBS | {one.code: one.verb for one in self.ledger.deeds}
        try:
            things = self._things(identities, verbs[deed], voided=deed == "restore")
        except (ValidationError, ValueError):
            raise Http404 from None
        if not things:
            messages.error(request, "没有选中记录，或它们已不在您的范围内")
            return HttpResponseRedirect(self._back())
        match deed:
            case "export":
                return self._export(things)
            case "void":
                return self._void(things)
            case "restore":
                return self._restore(things)
            case _:
                return self.do(deed, things)

    def do(self, deed: str, things: QuerySet[Any]) -> HttpResponseBase:
        """A deed that the ledger itself declares; its own page overrides this."""
        raise Http404

    def _things(self, identities: list[str], verb: str, *, voided: bool) -> QuerySet[Any]:
        ledger = self.ledger
        rows = ledger.voided_rows(self.viewer) if voided else ledger.visible_rows(self.viewer, verb)
        return rows.filter(**{f"{self.ledger.identity}__in": identities}).order_by("pk")

    def _back(self) -> str:
        query = self.request.GET.urlencode()
        return reverse(self.ledger.code) + (f"?{query}" if query else "")

    def _export(self, things: QuerySet[Any]) -> HttpResponseBase:
        listing = Listing.read(self.ledger, self.viewer, self.request.GET, verb="export")
        number = things.count()
        if not self._taken(number, listing):
            return HttpResponseRedirect(self._back())
        moment = now()
        table = table_of(listing, total=number, moment=moment, viewer=self.viewer, rows=things)
        return excel_response(table, f"{self.ledger.label}所选_{moment:%Y%m%d}.xlsx")

    @transaction.atomic
    def _taken(self, number: int, listing: Listing) -> bool:
        """Record that so many rows are taken; False when somebody else would have to allow it."""
        found = allowance(self.ledger, number, by=self.viewer, held=True)
        if found.needs_leave:
            messages.error(self.request, f"{found.words}。请用「导出」提交申请")
            return False
        record_export(
            listing, "xlsx", number, by=self.viewer, address=address_of(self.request), taken=found.taken
        )
        return True

    def _void(self, things: QuerySet[Any]) -> HttpResponseBase:
        form = Reason(self.request.POST if "why" in self.request.POST else None)
        if form.is_bound and form.is_valid():
            try:
                number = self._void_all(things, form.cleaned_data["why"])
            except AnluError as problem:
                form.add_error(None, f"{problem}。一条也没有作废")
            else:
                messages.success(
                    self.request, f"已作废 {number} {self.ledger.unit}，需要时可在作废记录中恢复"
                )
                return HttpResponseRedirect(self._back())
        return self._ask(things, form)

    def _restore(self, things: QuerySet[Any]) -> HttpResponseBase:
        """All or none."""
        assert self.ledger.restore is not None
        wanted = [getattr(thing, self.ledger.identity) for thing in things]
        try:
            with transaction.atomic():
                for identity in wanted:
                    self.ledger.restore(identity, by=self.viewer)
        except AnluError as problem:
            messages.error(self.request, f"{problem}。一条也没有恢复")
        else:
            messages.success(self.request, f"已恢复 {len(wanted)} {self.ledger.unit}")
        return HttpResponseRedirect(self._back())

    @transaction.atomic
    def _void_all(self, things: QuerySet[Any], why: str) -> int:
        """All or none."""
        assert self.ledger.void is not None
        wanted = [getattr(thing, self.ledger.identity) for thing in things]
        for identity in wanted:
            self.ledger.void(identity, why=why, by=self.viewer)
        return len(wanted)

    def _ask(self, things: QuerySet[Any], form: Reason) -> HttpResponseBase:
        self.request.trail = [Crumb("作废所选")]  # type: ignore[attr-defined]
        listed = [
            {"uid": getattr(one, self.ledger.identity), "title": self.ledger.title(one)} for one in things
        ]
        context = {
            "ledger": self.ledger,
            "form": form,
            "things": listed,
            "page_title": f"作废 {len(listed)} {self.ledger.unit}{self.ledger.noun}",
            "as_of": words_of(now()),
            "cancel_url": self._back(),
        }
        return render(self.request, "web/ledger/bulk_void.html", context, status=422 if form.errors else 200)


def deeds_for(ledger: Ledger, viewer: Any, *, voided: bool = False) -> list[str]:
    """What this person may do with ticked rows of a ledger, or of its voided records."""
    if f"{ledger.code}.bulk" not in pages:
        return []
    usual = {"export": f"{ledger.code}.export_excel", "void": f"{ledger.code}.void"}
    possible = {"restore": f"{ledger.code}.restore"} if voided else usual
    more = [] if voided else ledger.deeds
    return [
        *(one.code for one in more if viewer.may(ledger.permission_to(one.verb))),
        *(deed for deed, code in possible.items() if code in pages and pages.get(code).allows(viewer)),
    ]
