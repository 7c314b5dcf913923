"""Real installations for tests of the platform's commands: a data folder, a database, and the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests import databases

# The last one would make every start compile all our modules again.
NOT_HANDED_ON = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE")

# Put into and read from an installation: one person with an identity number.
ENCRYPTED = """
from datetime import UTC, datetime
from anlu.apps.crashes.models import Crash, CrashParty
at = datetime(2023, 6, 30, 4, 30, 15, 123456, tzinfo=UTC)
crash = Crash.objects.create(number="测-1", occurred_at=at, occurred_on=at.date(), occurred_weekday=5,
    occurred_month="2023-06", loss_cny="1234.50", facts={"乙": [1, 2.5, None], "甲": "值"}, marks=["x"])
CrashParty.objects.create(crash=crash, seq=1, name="某人", id_number="37152519900101002X")
"""
READ = """
from anlu.apps.crashes.models import CrashParty
print(CrashParty.objects.get(id_number_index="37152519900101002x").id_number)
"""


@dataclass
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


@dataclass
class Place:
    """Where an installation is or will be; ``server`` is the PostgreSQL to make its database on, "" for
    SQLite.
    """

    folder: Path
    server: str = ""
    database: str = ""
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What its commands find in their environment."""
        ours = {"ANLU_DATA": str(self.folder), **self.variables}
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("ANLU_") and name not in NOT_HANDED_ON
        }
        return kept | ours | ({"DATABASE_URL": self.url} if self.server else {})

    @property
    def url(self) -> str:
        """The address of its database."""
        if not self.server:
            return f"sqlite:///{self.folder / 'anlu.sqlite3'}"
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{self.database}"))

    def anlu(self, *words: str | Path, **variables: str) -> Ran:
        """Run a command to its end."""
        command = [sys.executable, "-m", "anlu", *map(str, words)]
        done = subprocess.run(
            command, env={**self.environment, **variables}, capture_output=True, text=True, timeout=240
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def start(self, *command: str, **variables: str) -> subprocess.Popen[str]:
        """Start a Python process with this installation's environment."""
        return subprocess.Popen(
            [sys.executable, *command],
            env={**self.environment, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def script(self, text: str, **variables: str) -> str:
        """Run a few lines with Django set up; give what they print."""
        prepared = f"from anlu.project.start import set_up\nset_up()\n{text}"
        done = subprocess.run(
            [sys.executable, "-c", prepared],
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def copy_to(self, folder: Path) -> Place:
        """The same installation once more, with a database of its own."""
        shutil.copytree(self.folder, folder)
        return Place(folder, self.server, _make_database(self.server, template=self.database))

    def drop(self) -> None:
        """Take its database away."""
        if self.server:
            _sql(self.server, f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')


def empty_place(folder: Path) -> Place:
    """Room for an installation on the database of this run."""
    server = os.environ["DATABASE_URL"] if on_postgres() else ""
    return Place(folder, server, _make_database(server))


def on_postgres() -> bool:
    """Whether this run is on PostgreSQL."""
    return os.environ.get(databases.CHOICE_VARIABLE) == "postgres"


def sqlite_place(folder: Path) -> Place:
    """Room for an installation on SQLite, whatever the run is on."""
    return Place(folder)


def _make_database(server: str, *, template: str = "template0") -> str:
    if not server:
        return ""
    name = f"anlu_{uuid.uuid4().hex[:12]}"
    _sql(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return name


def _sql(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that is killed at the end of the block if it still runs."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def lines_until(process: subprocess.Popen[str], words: str) -> list[str]:
    """What a process prints, up to the line that holds ``words``."""
    assert process.stdout is not None
    found = []
    for line in process.stdout:
        found.append(line.rstrip("\n"))
        if words in line:
            return found
    raise AssertionError(f"it ended without saying {words!r}:\n" + "\n".join(found))
