"""Ordering an export that is too large to be written while somebody waits, or that needs leave."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core.errors import AnluError
from anlu.web.allowance import allowance
from anlu.web.exports import order_export
from anlu.web.nav import Crumb
from anlu.web.pages.base import LedgerPage
from anlu.web.pages.listing import Listing
from anlu.web.pages.paging import total_of


class Purpose(forms.Form):
    """What an export is for."""

    purpose = forms.CharField(
        label="用途",
        max_length=200,
        strip=True,
        help_text="如：上半年事故分析，报支队。与导出人、时间一起登记。",
    )


class OrderExport(LedgerPage):
    """``/<path>/export/``: says how much it would be, asks what it is for, and orders it."""

    verb = "export"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(self._listing(), Purpose())

    def post(self, request: HttpRequest) -> HttpResponse:
        listing, form = self._listing(), Purpose(request.POST)
        if form.is_valid():
            try:
                order = order_export(listing, self._form_name(), by=self.viewer, **form.cleaned_data)
            except AnluError as problem:
                form.add_error(None, str(problem))
            else:
                return HttpResponseRedirect(reverse("web.export", args=[order.uid]))
        return self._page(listing, form, status=422)

    def _listing(self) -> Listing:
        return Listing.read(self.ledger, self.viewer, self.request.GET, verb=self.verb)

    def _form_name(self) -> str:
        return "csv" if self.request.GET.get("as") == "csv" else "xlsx"

    def _page(self, listing: Listing, form: Purpose, status: int = 200) -> HttpResponse:
        total = total_of(listing.rows(), up_to=10**9).number
        self.request.trail = [Crumb("导出")]  # type: ignore[attr-defined]
        context = {
            "ledger": self.ledger,
            "form": form,
            "form_name": "CSV 文件" if self._form_name() == "csv" else "Excel 表格",
            "total": total,
            "words": listing.words(),
            "allowance": allowance(self.ledger, total, by=self.viewer),
            "page_title": f"申请导出{self.ledger.label}",
            "cancel_url": reverse(self.ledger.code) + listing.query(),
        }
        return render(self.request, "web/exports/order.html", context, status=status)
