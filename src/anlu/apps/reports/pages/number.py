"""数字来源: one number of a report with its value, last year's, formula, rows and 口径."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlu.apps.reports.pages.looking import Looking, looking_at
from anlu.apps.reports.permissions import VIEW
from anlu.apps.reports.standalone import rows_of
from anlu.apps.reports.writing import PART_NOTE, Said
from anlu.kernel.indicators.define import Indicator
from anlu.kernel.indicators.evaluate import rows_behind
from anlu.kernel.indicators.quality import quality_of
from anlu.web.cells import Renderer
from anlu.web.desk.indicators import formula_of
from anlu.web.figures import figure_of, own_url, range_words, rows_url
from anlu.web.ledgers import Ledger, ledgers
from anlu.web.nav import Crumb, page

SHOWN_ROWS: Final = 7
SHOWN_COLUMNS: Final = 3


@page(
    "reports.number",
    "reports/<str:kind>/numbers/<str:key>/",
    "数字来源",
    chapter="统计报告",
    item="半年总结",
    permission=VIEW,
    entry=False,
)
def number_page(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The panel beside the text; by itself a page with the same."""
    looking = looking_at(request, kind)
    numbers = looking.text.numbers
    place = next((n for n, one in enumerate(numbers) if one.key == key), None)
    request.trail = [Crumb(looking.report.title, looking.url()), Crumb("数字来源")]  # type: ignore[attr-defined]
    if place is None:  # its evidence has gone since the page was drawn
        gone = {"page_title": "数字来源", "looking": looking}
        return render(request, "reports/gone.html", gone)
    said = numbers[place]
    neighbours = [numbers[n] if 0 <= n < len(numbers) else None for n in (place - 1, place + 1)]
    context: dict[str, Any] = {
        "page_title": said.indicator.label,
        "looking": looking,
        "said": said,
        "place": place + 1,
        "count": len(numbers),
        "earlier": _url(looking, neighbours[0]),
        "later": _url(looking, neighbours[1]),
        "figure": replace(figure_of(said.found), interval=""),
        "range": range_words(said.found),
        "formula": formula_of(said.indicator),
        "quality": quality_of(said.indicator, said.found.window, looking.viewer),
        "method_url": own_url("indicators.indicator", said.indicator, said.found.window),
        "rows_url": rows_of(said),
        "before_url": rows_url(said.indicator, said.found.previous_window) if said.found.previous else "",
        "note": PART_NOTE if said.indicator.code in looking.text.narrow else "",
        "changed": next((one for one in looking.watch.changed if one.said.key == key), None),
        **_table(said, looking),
    }
    panel = bool(request.headers.get("HX-Request"))
    return render(request, "reports/_number.html" if panel else "reports/number.html", context)


def _url(looking: Looking, said: Said | None) -> str:
    return looking.url("reports.number", key=said.key) if said is not None else ""


def _table(said: Said, looking: Looking) -> dict[str, Any]:
    """The latest rows in the first columns of their ledger."""
    leaf = said.indicator.main
    rows = rows_behind(said.indicator, said.found.window, looking.viewer).order_by(f"-{leaf.on}", "-pk")
    ledger = ledger_of(said.indicator)
    columns = [one for one in ledger.columns if one.listed and not one.personal] if ledger else []
    columns = columns[:SHOWN_COLUMNS]
    if ledger is not None and (joined := ledger.joins(columns)):
        rows = rows.select_related(*joined)
    renderer = Renderer(leaf.rows.model, columns)
    shown = list(rows[:SHOWN_ROWS])
    return {
        "heads": [one.label for one in columns] or ["记录"],
        "rows": [
            {
                "cells": renderer.cells(one) or [str(one)],
                "url": ledger.url_of(one) if ledger and ledger.has_detail else "",
                "adds": f"{leaf.adds(one):,}",
            }
            for one in shown
        ],
        "more": max(0, said.rows - len(shown)),
        "measure": said.indicator.measure,
    }


def ledger_of(indicator: Indicator) -> Ledger | None:
    """The ledger that shows the rows of an indicator."""
    named = ledgers.get(indicator.ledger) if indicator.ledger in ledgers else None
    model = indicator.main.rows.model
    if named is not None and named.model is model:
        return named
    return next((one for one in ledgers if one.model is model), None)
