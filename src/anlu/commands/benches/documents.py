"""Official documents: 200 of all kinds written as .docx and printed as PDF by LibreOffice, two calls at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Final

from anlu.commands.benches import Options, Result
from anlu.engine.documents.docx import render_docx
from anlu.engine.documents.samples import KINDS, sample
from anlu.engine.files.office import convert_to_pdf, find_office

DOCUMENTS: Final = 200
SECONDS: Final = 60.0


def measure(options: Options) -> Iterator[Result]:
    """Seconds for writing, and for writing and printing; without LibreOffice only the first."""
    count = options.rows or DOCUMENTS
    started = time.perf_counter()
    files = [render_docx(sample(kind)) for kind in islice(cycle(KINDS), count)]
    written = time.perf_counter() - started
    yield Result("documents.written", written, "s")
    if find_office() is None:
        return
    convert_to_pdf(files)
    both = time.perf_counter() - started
    floor = SECONDS if count == DOCUMENTS else None
    yield Result("documents.written_and_printed", both, "s", floor, None if floor is None else both / floor)
