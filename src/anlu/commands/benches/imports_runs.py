"""Installations for one measurement, and the processes that work in them."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from anlu.commands.benches.imports_data import Files
from anlu.commands.benches.imports_floor import Spent, copy_floor, first_rows, sqlite_floor
from anlu.engine.errors import BadInput
from anlu.project.databases import SQLITE_FILE

PEER_COLUMNS: Final = (
    *(
        "number",
        "occurred_at",
        "recorded_at",
        "time_precision",
        "occurred_on",
        "occurred_hour",
        "occurred_weekday",
    ),
    *("occurred_month", "lon", "lat", "coordinate_system", "location_state", "road_name", "place_text"),
    *("cell_x", "cell_y", "severity", "procedure", "form", "weather", "light", "surface", "loss_cny"),
    *("vehicles_count", "marks", "facts"),
)


@dataclass(frozen=True)
class Done:
    """One run of ``anlu import``: what it reports, and what it took as the system saw it."""

    rows: int
    refused: int
    unchanged: int
    seconds: float
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True)
class Installation:
    """A data folder, and with it a database on the server when ``DATABASE_URL`` names one."""

    folder: Path
    database: str = ""

    @classmethod
    @contextmanager
    def several(cls, folder: Path, count: int) -> Iterator[list[Installation]]:
        """``count`` installations; their databases are dropped at the end."""
        server = os.environ.get("DATABASE_URL", "")
        with ExitStack() as stack:
            made = []
            for place in range(count):
                database = (
                    stack.enter_context(_database(server, place)) if server.startswith("postgres") else ""
                )
                one = cls(folder / f"data{place}", database)
                one._run("init")
                made.append(one)
            yield made

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return self.folder / SQLITE_FILE

    def environment(self) -> dict[str, str]:
        """For a process that works in this installation."""
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return (
            kept
            | {"ANLU_DATA": str(self.folder)}
            | ({"DATABASE_URL": self.database} if self.database else {})
        )

    def _run(self, *words: str) -> tuple[str, Any, float]:
        """Run ``anlu``; gives what it printed, the resources that it used and the seconds it took."""
        began = time.perf_counter()
        started = subprocess.Popen(
            [sys.executable, "-m", "anlu", *words], env=self.environment(), stdout=subprocess.PIPE, text=True
        )
        assert started.stdout is not None
        said = started.stdout.read()
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        if started.returncode:
            raise BadInput(f"anlu {words[0]} 没有成功", found=str(started.returncode), expected="0")
        return said, used, time.perf_counter() - began

    def imports(self, files: Files) -> Done:
        """Import both files."""
        said, used, seconds = self._run(
            "import", "crashes", str(files.crashes), "--casualties", str(files.parties), "--json"
        )
        found = json.loads(said)
        counts = {name: found[name] for name in ("rows", "refused", "unchanged")}
        peak = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
        return Done(**counts, seconds=seconds, cpu_s=used.ru_utime + used.ru_stime, peak_mb=peak)

    def module(self, name: str, *words: str, **variables: str) -> Any:
        """Run a module of this package in the installation; gives the JSON that it prints."""
        command = [sys.executable, "-m", f"anlu.commands.benches.{name}", *words]
        environment = self.environment() | variables
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise BadInput(f"{name} 没有跑成", found=str(done.returncode), expected="0")
        return json.loads(done.stdout)

    def working(self, name: str, *words: str) -> Working:
        """Begin a module of this package that waits for a word before it works."""
        return Working(name, self.environment(), words)

    def floor(self, target: Installation, tables: Sequence[str]) -> Spent:
        """What a bare write of the rows of ``tables`` to ``target`` takes."""
        if self.database:
            return copy_floor(self.database, target.database, tables)
        return sqlite_floor(self.file, target.file, tables)

    def peer_rate(self, target: Installation, path: str, rows: int) -> float:
        """Rows a second of django-import-export over the first ``rows`` finished crashes, without their parties."""
        table = target.folder / "crashes.csv"
        with table.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(PEER_COLUMNS)
            writer.writerows(first_rows(self.database or self.file, "crashes_crash", PEER_COLUMNS, rows))
        environment = target.environment() | {"PYTHONPATH": os.pathsep.join([*sys.path, path])}
        command = [sys.executable, "-m", "anlu.commands.benches.imports_peer", str(table)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["?"])[-1]
            raise BadInput(
                "同类程序没有跑成", field="--peer", found=said, expected="可导入的 django-import-export"
            )
        taken, seconds = done.stdout.split()[-2:]
        return int(taken) / float(seconds)


@contextmanager
def _database(server: str, place: int) -> Iterator[str]:
    """A new database on the server of an address, and its own address."""
    import psycopg

    name = f"anlu_bench_{os.getpid()}_{place}"
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class Working:
    """A module in a process of its own that says when it is ready, and begins when it is told to."""

    def __init__(self, name: str, environment: dict[str, str], words: Sequence[str]) -> None:
        self.name = name
        command = [sys.executable, "-m", f"anlu.commands.benches.{name}", *words]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)

    def ready(self) -> None:
        """Wait until it says a line; one that ends instead is told of by ``report``."""
        assert self.process.stdout is not None
        self.process.stdout.readline()

    def go(self) -> None:
        """Let it work."""
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write("\n")
            self.process.stdin.flush()

    def report(self) -> Any:
        """
        The JSON that it prints in the end.

        Raises
        ------
        BadInput
            It did not come to an end well.
        """
        said, _ = self.process.communicate()
        if self.process.returncode:
            raise BadInput(f"{self.name} 没有跑成", found=str(self.process.returncode), expected="0")
        return json.loads(said)


class Writer:
    """Somebody else who writes meanwhile, in a process of their own."""

    def __init__(self, where: Installation) -> None:
        self.where = where
        self.longest_wait_s = 0.0

    def __enter__(self) -> Writer:
        command = [sys.executable, "-m", "anlu.commands.benches.imports_writer"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, env=self.where.environment(), stdin=pipe, stdout=pipe, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        said, _ = self.process.communicate("")  # its input ends, and with it the writing
        if problem is None:
            self.longest_wait_s = float(said)
