"""
Numbers of documents: by office, series and year, without gaps, never used again.

The number is taken from a counter row in the transaction that writes the document, late: whoever wants the next one
waits for the commit, and a rollback gives it back. What is withdrawn keeps its number.
"""

from __future__ import annotations

from datetime import date

from anlu.kernel.core.numbers import next_number
from anlu.kernel.documents.define import DocumentKind
from anlu.kernel.documents.models import Document, Letterhead


def series_of(kind: DocumentKind) -> str:
    """Kinds of one office with the same words in their numbers share a series."""
    return kind.word or "-"


def counter_of(unit_pk: int, series: str, year: int) -> str:
    """The code of the counter row."""
    return f"document:{unit_pk}:{series}:{year}"


def give_number(document: Document, kind: DocumentKind, letterhead: Letterhead, *, on: date) -> None:
    """Set the number of a document; the caller saves it in the same transaction."""
    series = series_of(kind)
    serial = next_number(counter_of(document.unit_id, series, on.year))
    document.series, document.number_year, document.number_serial = series, on.year, serial
    document.number = kind.pattern.format(mark=letterhead.mark, word=kind.word, year=on.year, serial=serial)
