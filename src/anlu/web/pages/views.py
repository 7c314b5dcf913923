"""Choosing columns, and saving, sharing and deleting views of a ledger."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.models.views import SavedView, Sharing
from anlu.kernel.people.models import Officer
from anlu.web.ledgers import Column, Ledger
from anlu.web.nav import Crumb
from anlu.web.pages.base import LedgerPage
from anlu.web.pages.listing import Listing
from anlu.web.views import choose_columns, columns_of, delete_view, save_view, views_for


class Columns(LedgerPage):
    """``/<path>/columns/``: which columns the list shows for this person."""

    def get(self, request: HttpRequest) -> HttpResponse:
        request.trail = [Crumb("选择列")]  # type: ignore[attr-defined]
        context = {
            "ledger": self.ledger,
            "choices": column_choices(self.ledger, columns_of(self.ledger, self.viewer)),
            "back": _query(request.GET),
            "page_title": f"{self.ledger.label}的列",
            "cancel_url": reverse(self.ledger.code) + _asked(_query(request.GET)),
        }
        return render(request, "web/ledger/columns.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the ticked columns, or go back to the ledger's own."""
        names = [] if request.POST.get("deed") == "reset" else request.POST.getlist("column")
        choose_columns(self.ledger, names, by=self.viewer)
        back = _query(QueryDict(request.POST.get("back", "")))
        return HttpResponseRedirect(reverse(self.ledger.code) + _asked(back))


def _query(values: QueryDict) -> str:
    """An address without its choice of columns, which the new one replaces."""
    kept = values.copy()
    kept.pop("cols", None)
    return kept.urlencode()


def _asked(query: str) -> str:
    return f"?{query}" if query else ""


def column_choices(ledger: Ledger, columns: Iterable[Column]) -> list[dict[str, Any]]:
    """Every column of a ledger with whether it is among those shown; the first cannot be left out."""
    shown = {column.name for column in columns}
    return [
        {"name": column.name, "label": column.label, "shown": column.name in shown, "fixed": place == 0}
        for place, column in enumerate(ledger.columns)
    ]


class SaveView(forms.Form):
    """Name of a view and who finds it."""

    name = forms.CharField(label="名称", max_length=40, strip=True, help_text="如：我镇夜间亡人")
    sharing = forms.ChoiceField(label="谁可用", choices=Sharing.choices, initial=Sharing.OWN)


class Views(LedgerPage):
    """``/<path>/views/``: the saved views of a ledger; the address holds the selection that is to be saved."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(SaveView())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save the present selection, or delete a view."""
        if request.POST.get("deed") == "delete":
            return self._delete()
        form, listing = SaveView(request.POST), self._listing()
        if form.is_valid():
            columns = columns_of(self.ledger, self.viewer, listing.cols)
            try:
                view = save_view(
                    self.ledger, query=query_of(listing), columns=columns, by=self.viewer, **form.cleaned_data
                )
            except AnluError as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, f"已保存视图「{view.name}」")
                return HttpResponseRedirect(address_of(self.ledger, view))
        return self._page(form, status=422)

    def _delete(self) -> HttpResponse:
        try:
            name = delete_view(UUID(self.request.POST.get("uid", "")), by=self.viewer)
        except (AnluError, ValueError):
            messages.error(self.request, "没有这个视图，或它是别人的")
        else:
            messages.success(self.request, f"已删去视图「{name}」")
        return HttpResponseRedirect(
            reverse(f"{self.ledger.code}.views") + _asked(self.request.GET.urlencode())
        )

    def _listing(self) -> Listing:
        return Listing.read(self.ledger, self.viewer, self.request.GET)

    def _page(self, form: SaveView, status: int = 200) -> HttpResponse:
        listing = self._listing()
        self.request.trail = [Crumb("视图")]  # type: ignore[attr-defined]
        context = {
            "ledger": self.ledger,
            "form": form,
            "words": listing.words(),
            "views": [
                {
                    "view": view,
                    "url": address_of(self.ledger, view),
                    "own": view.owner == self.viewer.uid,
                    "words": words_of_view(self.ledger, view),
                }
                for view in views_for(self.ledger, self.viewer)
            ],
            "page_title": f"{self.ledger.label}的视图",
            "cancel_url": reverse(self.ledger.code) + listing.query(),
        }
        return render(self.request, "web/ledger/views.html", context, status=status)


def query_of(listing: Listing) -> str:
    """What a view keeps of a listing: conditions and order; columns are kept apart."""
    return urlencode(
        [(name, value) for name, value in listing.parameters() if name not in ("cols", "voided")]
    )


def words_of_view(ledger: Ledger, view: SavedView) -> str:
    """The conditions of a view in words."""
    return Listing.read(ledger, None, QueryDict(view.query)).words()


def address_of(ledger: Ledger, view: SavedView) -> str:
    """The list as a view shows it."""
    values = QueryDict(view.query, mutable=True)
    if view.columns:
        values["cols"] = ",".join(view.columns)
    return reverse(ledger.code) + _asked(values.urlencode())


def saved_views(listing: Listing, viewer: Officer) -> list[dict[str, Any]]:
    """The views of a ledger as links above the list; the one whose conditions and columns are shown is marked."""
    here = sorted(QueryDict(query_of(listing)).lists())
    return [
        {
            "label": view.name,
            "url": address_of(listing.ledger, view),
            "active": sorted(QueryDict(view.query).lists()) == here
            and ",".join(view.columns) == listing.cols,
        }
        for view in views_for(listing.ledger, viewer)
    ]
