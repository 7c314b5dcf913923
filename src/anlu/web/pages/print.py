"""The list as it goes on paper: all chosen rows up to a limit, with head, date and page numbers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core.clock import now
from anlu.web.cells import Renderer, words_of
from anlu.web.nav import Crumb
from anlu.web.pages.base import LedgerPage
from anlu.web.pages.list import Row, headings
from anlu.web.pages.listing import Listing
from anlu.web.views import columns_of

PRINTED = 500  # some thirty sheets; more belongs into a file


class Print(LedgerPage):
    """``/<path>/print/``."""

    def get(self, request: HttpRequest) -> HttpResponse:
        listing = Listing.read(self.ledger, self.viewer, request.GET)
        columns = columns_of(self.ledger, self.viewer, listing.cols)
        total = listing.chosen.total()
        renderer = Renderer(self.ledger.model, columns)
        rows = [Row("", "", renderer.cells(thing)) for thing in listing.in_order(columns)[:PRINTED]]
        request.trail = [Crumb("打印")]  # type: ignore[attr-defined]
        context = {
            "ledger": self.ledger,
            "page_title": f"{self.ledger.label}打印",
            "page_note": f"共 {total} {self.ledger.unit}"
            + (f",只印前 {PRINTED}" if total.number > PRINTED else ""),
            "words": listing.words(),
            "as_of": words_of(now()),
            "columns": [heading_only(heading) for heading in headings(listing, renderer)],
            "rows": rows,
            "back_url": reverse(self.ledger.code) + listing.query(),
            "too_many": total.number > PRINTED,
        }
        return render(request, "web/ledger/print.html", context)


def heading_only(heading: object) -> dict[str, str]:
    """A head without its way to another order: nobody clicks on paper."""
    return {"label": getattr(heading, "label", ""), "align": getattr(heading, "align", "")}
