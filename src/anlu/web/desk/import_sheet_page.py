"""系统 › 导入记录 › one sheet of an import: rows brought, changed or missed, on the page and as an Excel file."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core.clock import now
from anlu.kernel.core.language.words import Verbatim
from anlu.kernel.core.models import Batch
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.models import Officer
from anlu.kernel.people.signin import address_of
from anlu.web.allowance import allowance
from anlu.web.cells import Cell, Renderer, words_of
from anlu.web.desk.import_sheets import SHEETS, Sheet, changes_in, ledger_for
from anlu.web.desk.imports import CHAPTER, ITEM, noun_label, seen_batch
from anlu.web.ledgers import Column, Ledger
from anlu.web.nav import Crumb, page, pages
from anlu.web.pages.export import (
    CHUNK,
    Table,
    excel_response,
    exported_columns,
    head_lines,
    is_quick,
    record_rows,
)
from anlu.web.pages.list import Heading, Row
from anlu.web.pages.paging import total_of
from anlu.web.viewers import require_viewer

SHOWN: Final = 200


@page(
    "web.batch.sheet",
    "system/imports/<uuid:uid>/<slug:which>/",
    "导入对照",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    ledger="core.batch",
)
def sheet_page(request: HttpRequest, uid: UUID, which: str) -> HttpResponseBase:
    """One sheet, its first rows on the page and all of them as a file for people who may export."""
    batch, viewer = seen_batch(request, uid), require_viewer(request)
    ledger, sheet = ledger_for(batch, viewer), SHEETS.get(which)
    if ledger is None or sheet is None:
        raise Http404
    rows, words = sheet.rows(ledger.visible_rows(viewer), batch)
    rows = rows.order_by("pk")
    counted = total_of(rows)
    total = counted.number
    exports = viewer.may(ledger.permission_to("export"))
    if request.GET.get("as") == "xlsx":
        if not exports or not is_quick(total, "xlsx"):
            raise Http404
        return _file(request, ledger, sheet, batch, rows, viewer)
    given = is_quick(total, "xlsx") and not allowance(ledger, total, by=viewer).needs_leave
    columns = [column for column in ledger.columns if column.listed]
    request.trail = [  # type: ignore[attr-defined]
        Crumb(str(batch), reverse("web.batch", args=[batch.uid])),
        Crumb(sheet.label),
    ]
    context = {
        "columns": [Heading(column.name, column.label) for column in (*columns, *_more(sheet))],
        "rows": _lines(ledger, columns, rows[:SHOWN], viewer, batch, sheet),
        "total": total,
        "total_words": str(counted),
        "unit": ledger.unit,
        "shown": min(total, SHOWN),
        "words": words,
        "file_url": "?as=xlsx" if exports and total and given else "",
        "too_many": exports and not given,
        "batch_url": reverse("web.batch", args=[batch.uid]),
        "page_title": f"{noun_label(batch)}{sheet.label}",
        "page_note": f"{batch} · {words_of(batch.finished_at)} · {counted} {ledger.unit}",
    }
    return render(request, "web/importing/sheet.html", context)


def _more(sheet: Sheet) -> list[Column]:
    """Columns that a sheet has beyond those of the ledger."""
    return [Column("changes", "变化")] if sheet is SHEETS["changed"] else []


def _lines(
    ledger: Ledger, columns: list[Column], rows: QuerySet[Any], viewer: Viewer, batch: Batch, sheet: Sheet
) -> list[Row]:
    renderer = Renderer(ledger.model, columns)
    joins = ledger.joins(columns)
    opens = f"{ledger.code}.detail" in pages and pages.get(f"{ledger.code}.detail").allows(viewer)
    things = list(rows.select_related(*joins) if joins else rows)
    changes = changes_in(batch, ledger, [thing.pk for thing in things]) if _more(sheet) else {}
    return [
        Row(
            str(thing.uid),
            ledger.url_of(thing) if opens else "",
            [
                *(renderer.cell(column, thing) for column in columns),
                *(Cell(Verbatim(changes.get(thing.pk, ""))) for _ in _more(sheet)),
            ],
        )
        for thing in things
    ]


def _file(
    request: HttpRequest, ledger: Ledger, sheet: Sheet, batch: Batch, rows: QuerySet[Any], viewer: Officer
) -> HttpResponseBase:
    columns = exported_columns(ledger)
    renderer, joins, moment = Renderer(ledger.model, columns), ledger.joins(columns), now()
    total, words = rows.count(), f"{batch} {sheet.label}"
    with transaction.atomic():
        found = allowance(ledger, total, by=viewer, held=True)
        if found.needs_leave:
            raise Http404
        record_rows(ledger, "xlsx", total, words, by=viewer, address=address_of(request), taken=found.taken)
    wanted = rows.select_related(*joins) if joins else rows
    changes = changes_in(batch, ledger, list(rows.values_list("pk", flat=True))) if _more(sheet) else {}
    table = Table(
        f"{ledger.label}{sheet.label}",
        head_lines(ledger, words, total=total, moment=moment, viewer=viewer),
        [column.label for column in (*columns, *_more(sheet))],
        (
            [
                *(renderer.plain(column, one) for column in columns),
                *(changes.get(one.pk, "") for _ in _more(sheet)),
            ]
            for one in wanted.iterator(chunk_size=CHUNK)
        ),
    )
    return excel_response(table, f"{ledger.label}{sheet.label}_{moment:%Y%m%d}.xlsx")
