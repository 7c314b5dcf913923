"""Rows that were not taken: handed back as they came, with the reason in the last column."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from anlu.kernel.core.importing.workbooks import Cell, Sheet, write_workbook

REASON: Final = "退回原因"
ROW_TITLE: Final = "原文件行号"
MASKED: Final = "已隐去"
SHOWN: Final = 50
MOST_IN_EXCEL: Final = 200_000
MOST_SORTED: Final = 20_000
_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Refused:
    """One row that was not taken."""

    row: int
    cells: tuple[str, ...]
    reason: str


@dataclass
class RefusedRows:
    """
    Collects refused rows without keeping them in memory.

    Cells of ``private`` columns are hidden before anything is written: the row number leads back to the
    original.
    """

    header: tuple[str, ...]
    private: frozenset[str] = frozenset()
    first: list[Refused] = field(default_factory=list)
    count: int = 0
    orphans: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._hidden = [place for place, name in enumerate(self.header) if name in self.private]
        self._spool: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115
        self._writer = csv.writer(self._spool)

    def add(self, row: int, cells: Sequence[str | None], reason: str) -> None:
        """One more."""
        shown = [cell or "" for cell in cells]
        for place in self._hidden:
            if place < len(shown) and shown[place]:
                shown[place] = MASKED
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(Refused(row, tuple(shown), reason))
        self._writer.writerow([row, *shown, reason])

    def rows(self) -> Iterator[list[str]]:
        """All of them, in the order of the file unless they are very many: row number, cells, reason."""
        self._spool.seek(0)
        found: Iterable[list[str]] = csv.reader(self._spool)
        yield from sorted(found, key=lambda row: int(row[0])) if self.count <= MOST_SORTED else found
        self._spool.seek(0, 2)

    def save(self, path: Path) -> Path:
        """
        Write them as Excel, or as CSV when the name says so or they are too many for a sheet; gives the
        path written.
        """
        if path.suffix.lower() == ".csv" or self.count > MOST_IN_EXCEL:
            path = path.with_suffix(".csv")
            self._save_csv(path)
        else:
            self._save_excel(path)
        return path

    def _titles(self) -> list[str]:
        return [ROW_TITLE, *self.header, REASON]

    def _laid(self) -> Iterator[list[str]]:
        """Rows as wide as the titles, the reason always last."""
        width = len(self.header)
        for number, *cells, reason in self.rows():
            kept = cells[:width] + [""] * (width - len(cells))
            if len(cells) > width:
                kept[-1:] = [" | ".join(cells[width - 1 :])]
            yield [number, *kept, reason]

    def _save_csv(self, path: Path) -> None:
        with path.open("w", encoding="utf-8-sig", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(self._titles())
            for row in self._laid():
                writer.writerow([f"'{cell}" if cell.startswith(_STARTS_FORMULA) else cell for cell in row])
            for sheet, rows in self.orphans.items():
                for number in rows:
                    writer.writerow([number, *[""] * len(self.header), f"{sheet}:找不到对应的记录"])

    def _save_excel(self, path: Path) -> None:
        refused: Iterator[Sequence[Cell]] = ((int(number), *cells) for number, *cells in self._laid())
        sheets = [Sheet("退回", self._titles(), refused)]
        if self.orphans:
            others: Iterator[Sequence[Cell]] = (
                (name, row, "找不到对应的记录")
                for name, rows in self.orphans.items()
                for row in rows[:MOST_IN_EXCEL]
            )
            sheets.append(Sheet("找不到记录的明细", ("文件", ROW_TITLE, REASON), others))
        write_workbook(path, sheets)
