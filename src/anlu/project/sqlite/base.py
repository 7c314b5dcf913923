"""
The backend: the gate is taken before ``BEGIN IMMEDIATE`` and given back after commit or rollback.

A single statement that writes outside a transaction passes the gate as well, for that statement.
Reads never do.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from anlu.project.sqlite.gate import Gate, GateTimeout

# What cannot write, or (PRAGMA, SAVEPOINT ...) never takes the write lock by itself.
READS = re.compile(
    r"\s*(SELECT|PRAGMA|EXPLAIN|VALUES|SAVEPOINT|RELEASE|ROLLBACK|COMMIT|END|BEGIN|ATTACH|DETACH)\b", re.I
)


class Cursor(base.SQLiteCursorWrapper):
    """Django's cursor; a statement that writes in autocommit mode goes through the gate."""

    passing: Callable[[str], AbstractContextManager[None]]

    def execute(self, query: str, params: Any = None) -> Any:
        with self.passing(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        with self.passing(query):
            return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's SQLite connection behind the gate; a database in memory has no gate."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._gate: Gate | None = None

    @property
    def gate(self) -> Gate | None:
        """The gate of the file in use now (test runners change the name after construction)."""
        if self.is_in_memory_db():
            return None
        name = str(self.settings_dict["NAME"])
        if self._gate is None or self._gate.gate_path != f"{name}.gate":
            self._gate = Gate(name, timeout_s=float(self.settings_dict["OPTIONS"].get("timeout", 5.0)))
        return self._gate

    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.passing = self._passing
        return cursor

    def _passing(self, query: str) -> AbstractContextManager[None]:
        gate = self.gate
        if gate is None or gate.held or READS.match(query):
            return nullcontext()
        return _through(gate)

    def _start_transaction_under_autocommit(self) -> None:
        gate = self.gate
        if gate is None:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        _enter(gate)
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            gate.leave()
            raise

    def _commit(self) -> None:
        """Commit; when that fails, Django rolls back, which opens the gate."""
        super()._commit()  # type: ignore[misc]
        self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave()

    def _leave(self) -> None:
        if self._gate is not None:
            self._gate.leave()


def _enter(gate: Gate) -> None:
    """Enter, failing in the words that Django's callers expect."""
    try:
        gate.enter()
    except GateTimeout as error:
        raise OperationalError(f"database is locked: {error}") from error
    except OSError as error:
        raise OperationalError(f"unable to open the gate: {error}") from error


@contextmanager
def _through(gate: Gate) -> Iterator[None]:
    """The gate for one statement."""
    _enter(gate)
    try:
        yield
    finally:
        gate.leave()
