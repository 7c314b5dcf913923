"""
A ledger as Excel or CSV: the same rows in the same order as the list, streamed, every export recorded.

Cells that a spreadsheet would take for a formula stay text; every file says from which installation, as of when and
by whom it was made.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now
from anlu.kernel.core.language.words import word
from anlu.kernel.people.models import Officer
from anlu.kernel.people.signin import address_of
from anlu.web.allowance import ALLOWED_BY, allowance
from anlu.web.cells import Plain, Renderer, words_of
from anlu.web.installation import the_installation
from anlu.web.ledgers import Column, Ledger
from anlu.web.pages.base import LedgerPage
from anlu.web.pages.listing import Listing
from anlu.web.pages.paging import total_of
from anlu.web.watermark import watermark_of

if TYPE_CHECKING:
    from openpyxl import Workbook

CHUNK = 2_000
AT_ONCE_EXCEL = 10_000  # about three seconds
SHEET_ROWS = 1_000_000  # Excel holds 1,048,576
LONGEST_CELL = 32_767  # of Excel
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ILLEGAL = {code: None for code in range(32) if code not in (9, 10, 13)}  # XML cannot hold them


@dataclass(frozen=True)
class Table:
    """What is exported: heading lines, column labels, rows."""

    title: str
    head: list[list[str]]
    labels: list[str]
    rows: Iterable[list[Plain]]


class Export(LedgerPage):
    """``/<path>/export.xlsx`` and ``/<path>/export.csv``."""

    verb = "export"
    form = "xlsx"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        listing = Listing.read(self.ledger, self.viewer, request.GET, verb=self.verb)
        total = total_of(listing.rows(), up_to=10**9).number
        if not taken_at_once(listing, self.form, total, by=self.viewer, address=address_of(request)):
            order = reverse(f"{self.ledger.code}.export_order") + listing.query({"as": self.form})
            return HttpResponseRedirect(order)
        moment = now()
        table = table_of(listing, total=total, moment=moment, viewer=self.viewer)
        name = f"{word(self.ledger.label)}_{moment_in_name(moment)}.{self.form}"
        return excel_response(table, name) if self.form == "xlsx" else csv_response(table, name)


def moment_in_name(moment: datetime) -> str:
    """A time as file names hold it: 2023-06-30_0715."""
    return f"{timezone.localtime(moment):%Y-%m-%d_%H%M}"


def is_quick(rows: int, form: str) -> bool:
    """True when a file of so many rows is given while somebody waits: CSV is streamed, Excel takes its time."""
    return rows <= AT_ONCE_EXCEL if form == "xlsx" else True


@transaction.atomic
def taken_at_once(listing: Listing, form: str, total: int, *, by: Officer, address: str = "") -> bool:
    """Record an export that needs no order, nobody waiting long and nobody having to allow it; False = it needs one."""
    if not is_quick(total, form):
        return False
    found = allowance(listing.ledger, total, by=by, held=True)
    if not found.needs_leave:
        record_export(listing, form, total, by=by, address=address, taken=found.taken)
    return not found.needs_leave


def record_export(
    listing: Listing,
    form: str,
    total: int,
    *,
    by: Officer,
    address: str = "",
    taken: int = 0,
    allowed_by: str = "",
) -> None:
    """
    Into the audit: who took how many rows of which ledger, by which conditions.

    Parameters
    ----------
    taken
        Rows that this person took before, as far as they count together with these.
    allowed_by
        Who allowed these rows, where somebody had to.
    """
    selection = listing.selection.query_string()
    record_rows(listing.ledger, form, total, listing.words(), by=by, address=address, selection=selection,
                taken=taken, allowed_by=allowed_by)  # fmt: skip


def record_rows(
    ledger: Ledger,
    form: str,
    total: int,
    words: str,
    *,
    by: Officer,
    address: str = "",
    selection: str = "",
    taken: int = 0,
    allowed_by: str = "",
) -> None:
    """The same for rows that no listing chose; ``words`` say which ones they are."""
    changes = {"rows": [None, total], "selection": [None, selection], "together": [None, total + taken]}
    record(
        "export",
        None,
        by=by,
        kind=ledger.model._meta.label_lower,
        label=ledger.label,
        note=f"{form.upper()}，{total:,} {ledger.unit}；条件：{words}"[:300],
        changes=changes | ({ALLOWED_BY: [None, allowed_by]} if allowed_by else {}),
        address=address,
    )


def exported_columns(ledger: Ledger) -> list[Column]:
    """Columns that an export holds."""
    return [column for column in ledger.columns if column.exported]


def table_of(
    listing: Listing, *, total: int, moment: datetime, viewer: Officer, rows: QuerySet[Any] | None = None
) -> Table:
    """The rows of a listing, or those given, with the head that says where they come from."""
    columns = exported_columns(listing.ledger)
    renderer = Renderer(listing.ledger.model, columns)
    words = listing.words() if rows is None else f"所选 {total} {listing.ledger.unit}"
    joins = listing.ledger.joins(columns)
    wanted = listing.in_order(columns) if rows is None else rows.select_related(*joins) if joins else rows
    return Table(
        listing.ledger.label,
        head_lines(listing.ledger, words, total=total, moment=moment, viewer=viewer),
        [column.label for column in columns],
        (
            [renderer.plain(column, thing) for column in columns]
            for thing in wanted.iterator(chunk_size=CHUNK)
        ),
    )


def head_lines(
    ledger: Ledger, words: str, *, total: int, moment: datetime, viewer: Officer
) -> list[list[str]]:
    """Origin, selection and watermark of a ledger's rows."""
    size, form = f"共 {total} {ledger.unit}", f"{ledger.code}/{ledger.schema}"
    return head_of(ledger.label, size, words, form=form, moment=moment, viewer=viewer)


def head_of(
    title: str, size: str, words: str, *, form: str, moment: datetime, viewer: Officer
) -> list[list[str]]:
    """The two lines that every exported file begins with: origin and selection, watermark and format."""
    place = the_installation()
    return [
        [
            f"{place.name or '安路'} {title}",
            size,
            f"数据截至 {words_of(moment)}",
            f"条件 {words}",
        ],
        [
            f"导出 {watermark_of(viewer, moment)}",
            f"装机 {place.uid}",
            f"格式 {form}",
            "演示数据" if place.demo else "内部资料，注意保管",
        ],
    ]


# ------------------------------------------------------------------------------------------------ CSV


class Echo(io.StringIO):
    """A file that hands each written line straight on."""

    def write(self, text: str) -> Any:
        """Give back what was to be written."""
        return text


def harmless(value: Plain) -> str:
    """A value as text that no spreadsheet takes for a formula (an apostrophe in front, as spreadsheets do)."""
    if isinstance(value, int | float):
        return repr(value)
    text = words_of(value) if isinstance(value, date) else str(value or "")
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_lines(table: Table) -> Iterator[str]:
    """Lines of a CSV file in UTF-8 with byte-order mark, so that Excel and WPS read the characters."""
    writer = csv.writer(Echo())
    yield "\ufeff"
    for line in (*table.head, table.labels):
        yield writer.writerow([harmless(word(value)) for value in line])
    for row in table.rows:
        yield writer.writerow([harmless(value) for value in row])


def csv_response(table: Table, name: str) -> StreamingHttpResponse:
    """The table as a streamed CSV download."""
    answer = StreamingHttpResponse(in_chunks(csv_lines(table)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = attachment(name)
    return answer


def in_chunks(lines: Iterable[str], size: int = 64_000) -> Iterator[bytes]:
    """Join short lines to pieces worth sending."""
    held: list[str] = []
    length = 0
    for line in lines:
        held.append(line)
        length += len(line)
        if length >= size:
            yield "".join(held).encode()
            held, length = [], 0
    if held:
        yield "".join(held).encode()


# ------------------------------------------------------------------------------------------------ Excel


def excel_response(table: Table, name: str) -> FileResponse:
    """The table as an Excel download, written row by row to a temporary file."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - closed by the response
    write_excel(table, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=EXCEL)


def write_excel(table: Table, file: Any) -> None:
    """Write the table as a workbook in flat memory; more than a million rows go on to further sheets."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet, written, number = None, 0, 0
    for row in table.rows:
        if sheet is None or written == SHEET_ROWS:
            number += 1
            sheet, written = new_sheet(book, table, number), 0
        sheet.append([safe_cell(sheet, value) for value in row])
        written += 1
    if sheet is None:
        new_sheet(book, table, 1)
    book.save(file)


def new_sheet(book: Workbook, table: Table, number: int) -> Any:
    """A sheet with the head lines and the labels of the columns; the labels stay in sight."""
    from openpyxl.utils import get_column_letter

    sheet: Any = book.create_sheet(f"{sheet_name(word(table.title))}{number if number > 1 else ''}")
    sheet.freeze_panes = f"A{len(table.head) + 2}"
    for place, label in enumerate(table.labels, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = min(40, max(11, 2 * len(label) + 4))
    for line in table.head:
        sheet.append([safe_cell(sheet, word(value)) for value in line])
    sheet.append([bold(sheet, word(label)) for label in table.labels])
    return sheet


def sheet_name(title: str) -> str:
    """A title without what the name of a sheet must not hold."""
    return "".join("_" if letter in r"[]:*?/\\'" else letter for letter in title)[:25]


def bold(sheet: Any, label: str) -> Any:
    """A cell in bold type."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, label)
    cell.font = Font(bold=True)
    return cell


def safe_cell(sheet: Any, value: Plain) -> Any:
    """A value that stays what it is: text that looks like a formula is marked as text (as after an apostrophe)."""
    if not isinstance(value, str):
        return value
    text = value.translate(ILLEGAL)[:LONGEST_CELL]
    if not text.startswith(FORMULA_STARTS):
        return text
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def attachment(name: str) -> str:
    """Header of a download whose name is Chinese."""
    return f"attachment; filename=\"export\"; filename*=UTF-8''{quote(name)}"
