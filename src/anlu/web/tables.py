"""Tables of figures as pages show them and as Excel files hold them: every number leads to its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from django.http import FileResponse, HttpRequest

from anlu.engine.indicators.compare import change_words
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now
from anlu.kernel.core.language.words import word, worded
from anlu.kernel.indicators.define import Amount, Better
from anlu.kernel.indicators.tables import Cell, Heading, Table
from anlu.kernel.people.models import Officer
from anlu.web.cells import Plain
from anlu.web.figures import amount_words
from anlu.web.pages.export import Table as Exported
from anlu.web.pages.export import excel_response, head_of, moment_in_name

LEVELS: Final = 6  # of the ramp

Address = Callable[[Cell], str]


@dataclass(frozen=True, slots=True)
class Number:
    """
    One cell: its words, the value for a file, where its rows are.

    ``level`` 0-6 is the shade of a heat table (None: no shade), ``tone`` green, red or grey for changes.
    """

    text: str
    plain: Plain = None
    url: str = ""
    level: int | None = None
    tone: str = ""


@dataclass(frozen=True)
class Line:
    """A row: heading and numbers. ``colour`` is a severity or a colour of the dictionary."""

    label: str
    numbers: tuple[Number, ...]
    url: str = ""
    total: bool = False


@dataclass(frozen=True)
class NumberTable:
    """
    A table with its finding as title.

    Parameters
    ----------
    code
        Name of the table in addresses of downloads.
    corner
        What the rows are, and the head of the first column.
    groups
        A line above the heads: label and number of columns, for tables of several parts.
    heat
        Drawn as small shaded cells.
    """

    code: str
    title: str
    corner: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    groups: tuple[tuple[str, int], ...] = ()
    note: str = ""
    heat: bool = False
    download_url: str = ""

    @property
    def columns(self) -> list[str]:
        """Heads of all columns on one line, for files."""
        above = [label for label, span in self.groups for _ in range(span)] or [""] * len(self.heads)
        return [self.corner, *(f"{top} {head}".strip() for top, head in zip(above, self.heads, strict=True))]

    @property
    def rows(self) -> list[list[Plain]]:
        """Values for files."""
        return [[line.label, *(number.plain for number in line.numbers)] for line in self.lines]


# ------------------------------------------------------------------------------------------------ numbers


def number(amount: Amount, measure: str = "", url: str = "", level: int | None = None) -> Number:
    """An amount that leads to its rows; 0 leads nowhere."""
    plain = amount if isinstance(amount, int) else float(amount)
    return Number(amount_words(amount, measure), plain, url if amount else "", level)


def number_of(cell: Cell, address: Address, measure: str = "", level: int | None = None) -> Number:
    """A cell of a table as a number."""
    return number(cell.value, measure, address(cell), level)


def change_of(current: Amount, previous: Amount, better: Better) -> Number:
    """下降26.42%, in green or red where one way is better."""
    words = change_words(current, previous)
    way = Better.UP if current > previous else Better.DOWN if current < previous else Better.NEITHER
    tone = "grey" if not better or not way else "green" if way == better else "red"
    return Number(words, words, tone=tone)


def level_of(amount: Amount, largest: Amount) -> int:
    """The shade of a cell: 0 for nothing, 6 for the greatest."""
    return ceil(LEVELS * float(amount) / float(largest)) if amount and largest else 0


# ------------------------------------------------------------------------------------------------ tables


@dataclass(frozen=True)
class Part:
    """A cross table that stands in a table with others; ``total`` names the column of its row totals."""

    table: Table
    label: str = ""
    measure: str = ""
    total: str = "合计"


def number_table(
    code: str, title: str, corner: str, parts: Sequence[Part], address: Address, *, note: str = ""
) -> NumberTable:
    """One or several cross tables with the same rows side by side, totals below."""
    heads = tuple(head for part in parts for head in _heads(part))
    groups = tuple((part.label, len(_heads(part))) for part in parts) if len(parts) > 1 else ()
    rows = {row.key: row for part in parts for row in part.table.rows}
    lines = [_line(row, parts, address) for row in rows.values()]
    totals = tuple(number for part in parts for number in _totals(part, address))
    return NumberTable(
        code, title, corner, heads, (*lines, Line("合计", totals, total=True)), groups, note=note
    )


def _heads(part: Part) -> list[str]:
    heads = [column.label for column in part.table.columns]
    return [*heads, part.total] if part.table.total is not None else heads


def _line(row: Heading, parts: Sequence[Part], address: Address) -> Line:
    found: list[Number] = []
    for part in parts:
        cells = part.table.cells.get(row.key)
        if cells is None:  # nothing of this part lies here
            found += [number(0, part.measure) for _ in _heads(part)]
            continue
        found += [number_of(cells[column.key], address, part.measure) for column in part.table.columns]
        if row.key in part.table.row_totals:
            found.append(number_of(part.table.row_totals[row.key], address, part.measure))
    return Line(row.label, tuple(found))


def _totals(part: Part, address: Address) -> list[Number]:
    found = [number_of(cell, address, part.measure) for cell in part.table.footer]
    if part.table.total is not None:
        found.append(number_of(part.table.total, address, part.measure))
    return found


def heat_table(
    code: str, title: str, corner: str, table: Table, address: Address, *, measure: str = "", note: str = ""
) -> NumberTable:
    """A cross table whose cells carry the levels of the ramp; totals are not shaded."""
    largest = table.largest

    def line(row: Heading, cells: Sequence[Cell], total: Cell | None) -> Line:
        shaded = [number_of(cell, address, measure, level_of(cell.value, largest)) for cell in cells]
        return Line(row.label, (*shaded, *_total_of(total, address, measure)))

    sums = [number_of(cell, address, measure) for cell in table.footer]
    below = Line("合计", (*sums, *_total_of(table.total, address, measure)), total=True)
    heads = [column.label for column in table.columns] + ["合计"] * (table.total is not None)
    lines = (*(line(*one) for one in table.lines()), below)
    return NumberTable(code, title, corner, tuple(heads), lines, note=note, heat=True)


def _total_of(cell: Cell | None, address: Address, measure: str) -> list[Number]:
    return [] if cell is None else [number_of(cell, address, measure)]


# ------------------------------------------------------------------------------------------------ files


def download(table: NumberTable, words: str, request: HttpRequest, viewer: Officer) -> FileResponse:
    """The table as an Excel file; recorded like every export."""
    moment = now()
    size = f"{len(table.lines)} 行"
    record(
        "export",
        None,
        by=viewer,
        kind="indicators.table",
        label=table.title[:120],
        note=f"xlsx {size}:{words}"[:300],
        changes={"rows": [None, len(table.lines)], "selection": [None, request.GET.urlencode()]},
        address=request.META.get("REMOTE_ADDR", ""),
    )
    head = head_of(
        table.title, size, words, form=f"indicators.table.{table.code}/1", moment=moment, viewer=viewer
    )
    name = f"{word(table.title)}_{moment_in_name(moment)}.xlsx"
    return excel_response(Exported(table.title, head, table.columns, worded(table.rows)), name)
