"""
Snapshots that are at hand: lists use one when it is there and never wait for it.

The process that serves pages switches this on: then a thread makes snapshots while nobody waits, first when the
server starts and again after data changed. It rests after each for a multiple of the time that it took, so that many
changes in a row do not keep the machine busy; meanwhile lists ask the database.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Final

from django.db import connections
from django.db.models import Model

from anlu.kernel.indicators.facts import FactTable, Snapshot, fact_tables, kept_now, snapshot_of, table_of

RESTS: Final = 4  # times as long as it worked
_log = logging.getLogger(__name__)
_switch = threading.Event()
_wanted: dict[str, FactTable] = {}
_bell = threading.Condition()


def at_hand(model: type[Model]) -> Snapshot | None:
    """The snapshot of a table as its data are now; None when it would have to be made first."""
    table = table_of(model)
    if table is None:
        return None
    kept, current = kept_now(table)
    if kept is None or not current:
        _want(table)
        return None
    return kept


def stand_by() -> None:
    """Make snapshots in a thread of this process from now on, those of all tables at once."""
    if not _switch.is_set():
        _switch.set()
        threading.Thread(target=_work, name="snapshots", daemon=True).start()
    for table in fact_tables:
        _want(table)


def _want(table: FactTable) -> None:
    if _switch.is_set():
        with _bell:
            _wanted[table.code] = table
            _bell.notify()


def _work() -> None:
    while True:
        with _bell:
            while not _wanted:
                _bell.wait()
            _, table = _wanted.popitem()
        began = time.monotonic()
        try:
            snapshot_of(table.model)
        except Exception:  # whatever it is, lists ask the database and the next change tries again
            _log.exception("the snapshot of %s was not made", table.code)
        finally:
            connections.close_all()
        time.sleep(RESTS * (time.monotonic() - began))
