"""
``anlu bench import``: made-up crashes with parties into an installation of its own, beside a bare write of the same
rows.

Every run is a process of its own, so that time and memory are those a user would see. While the first one runs,
somebody else writes ten times a second. ``--rows`` says how many crashes (default 100,000);
``--peer django-import-export=PATH`` names the folder that ``pip install --target PATH django-import-export`` filled.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from anlu.commands.benches import Options, Peer, Result
from anlu.commands.benches.imports_data import Files, write_files
from anlu.commands.benches.imports_floor import RECORDS, SEARCH, Spent
from anlu.commands.benches.imports_runs import Done, Installation, Writer
from anlu.engine.errors import BadInput

ROWS: Final = 100_000
PEER: Final = "django-import-export"
PEERS: Final = (PEER,)
INSTALLATIONS: Final = 4
PEER_ROWS: Final = 20_000
MOST_MB: Final = 1_000.0
LONGEST_WAIT_S: Final = 2.0


def measure(options: Options) -> Iterator[Result]:
    """The first import against the bare write, its memory, its neighbours' wait, the second import, the peer."""
    with (
        tempfile.TemporaryDirectory(prefix="anlu-bench-") as name,
        Installation.several(Path(name), INSTALLATIONS) as made,
    ):
        used, records_only, everything, other = made
        files = write_files(Path(name), options.rows or ROWS)
        with Writer(used) as writer:
            first = used.imports(files)
        _check(first, files)
        yield from _first(first, writer.longest_wait_s)
        yield from _floors(
            first, used.floor(everything, (*RECORDS, *SEARCH)), used.floor(records_only, RECORDS)
        )
        yield _again(used.imports(files), first)
        if path := options.peers.get(PEER):
            yield _beside(first, used.peer_rate(other, path, PEER_ROWS))


def _check(done: Done, files: Files) -> None:
    """An import that lost a row has no time."""
    if (done.rows, done.refused) != (files.rows, files.bad):
        raise BadInput(
            field="import", found=f"{done.rows} / {done.refused}", expected=f"{files.rows} / {files.bad}"
        )


def _first(first: Done, longest_wait_s: float) -> Iterator[Result]:
    yield Result("import", first.seconds, "s")
    yield Result("import.rows", first.rows / first.seconds, "rows/s")
    yield _against("import.memory", first.peak_mb, "MB", MOST_MB)
    yield _against("import.longest_wait", longest_wait_s, "s", LONGEST_WAIT_S)


def _floors(first: Done, everything: Spent, records: Spent) -> Iterator[Result]:
    """Against the bare write of all tables that the import fills, then of those without the search."""
    yield _against("import.against_bare_write", first.seconds, "s", everything.seconds)
    yield _against("import.against_bare_write_without_search", first.seconds, "s", records.seconds)
    if everything.cpu_s is not None:
        yield _against("import.processor_against_bare_write", first.cpu_s, "s", everything.cpu_s)


def _again(again: Done, first: Done) -> Result:
    if again.unchanged != first.rows - first.refused:
        raise BadInput(
            field="import", found=f"{again.unchanged} unchanged", expected=str(first.rows - first.refused)
        )
    return _against("import.again", again.seconds, "s", first.seconds)


def _beside(first: Done, theirs: float) -> Result:
    ours = first.rows / first.seconds
    return Result(
        "import.beside_peer", ours, "rows/s", None, ours / theirs, Peer(PEER, theirs, measured=True)
    )


def _against(name: str, value: float, unit: str, floor: float) -> Result:
    return Result(name, value, unit, floor, value / floor)
