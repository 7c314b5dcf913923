"""
A process of its own that imports again and again and is killed each time at a random statement.

Run by ``test_import_kills``: it makes an installation in ``ANLU_DATA``, imports a file, then brings a second file with
new and changed rows. For every kill a child is forked, which sends itself SIGKILL before its n-th
statement; what it left is looked at, and then the import either goes on or is cleared away. This process
itself never reads a file with polars, whose threads do not survive a fork: every import is a child's. It loads the
library, which starts none of these threads: otherwise every child would.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

BASE, NEW, CHUNK = 40, 90, 30


def main(folder: Path, kills: int, seed: int) -> None:
    """Print what was found after each kill, as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "anlu.project.settings.base"
    os.environ["ANLU_DATA"] = str(folder)
    from anlu.commands import init

    init.run(_arguments(init))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the platform says is nobody's business here

    import polars  # noqa: F401

    from anlu.kernel.core.importing import passes

    passes.CHUNK = CHUNK
    _write_files(folder)
    _in_a_child(folder, "base.csv")
    _in_a_child(folder, "second.csv")
    whole = int((folder / "statements").read_text())
    _withdraw_last()
    rng = random.Random(seed)
    found = [_one_kill(folder, rng, whole) for _ in range(kills)]
    sys.stderr.write(json.dumps({"statements": whole, "kills": found}) + "\n")


def _arguments(command: Any) -> Any:
    import argparse

    parser = argparse.ArgumentParser()
    command.configure(parser)
    return parser.parse_args([])


def _write_files(folder: Path) -> None:
    from tests.apps.crashes.files import crash_rows, csv_file, party_rows

    rows = crash_rows(BASE)
    csv_file(folder / "base.csv", rows)
    changed = [dict(row) | {"note": "第二次"} if place % 2 else row for place, row in enumerate(rows)]
    fresh = crash_rows(NEW, prefix="N")
    csv_file(folder / "second.csv", [*fresh, *changed])
    csv_file(folder / "parties.csv", party_rows(fresh))


def _import(path: Path) -> Any:
    from tests.apps.crashes.files import import_file

    return import_file(path, casualties=path.parent / "parties.csv")


def _withdraw_last() -> None:
    from anlu.kernel.core.importing.lifecycle import withdraw
    from anlu.kernel.core.models import Batch
    from anlu.kernel.core.scope import SYSTEM

    withdraw(Batch.objects.order_by("-pk")[0], by=SYSTEM)


class Counter:
    """Counts statements, and kills this process before the one that it was told."""

    def __init__(self, last: int = 0) -> None:
        self.count, self.last = 0, last

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


def _in_a_child(folder: Path, name: str, last: int = 0) -> int:
    """Import in a forked process; gives the signal that it died of, 0 when it came to its end."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        from django.db import connection

        counter = Counter(last)
        try:
            with connection.execute_wrapper(counter):
                _import(folder / name)
            (folder / "statements").write_text(str(counter.count))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status)
    if os.WEXITSTATUS(status):
        raise SystemExit("an import failed")
    return 0


def _one_kill(folder: Path, rng: random.Random, whole: int) -> dict[str, Any]:
    last = rng.randrange(1, whole + 1)
    died_of = _in_a_child(folder, "second.csv", last)
    seen = _seen()
    goes_on = rng.random() < 0.5
    if goes_on:
        _in_a_child(folder, "second.csv")
    else:
        _clear()
    after = _seen()
    if after["new"]:
        _withdraw_last()
    return {
        "statement": last,
        "signal": died_of,
        "seen": seen,
        "goes_on": goes_on,
        "after": after,
        "withdrawn": _seen(),
        "left": _left(),
    }


def _clear() -> None:
    from anlu.kernel.core.importing.lifecycle import tend
    from anlu.kernel.core.scope import SYSTEM

    tend(by=SYSTEM)


def _seen() -> dict[str, int]:
    """What anybody can see: base rows, how many of them changed, and new rows with their parties."""
    from anlu.apps.crashes.models import Crash, CrashParty
    from anlu.kernel.core.scope import SYSTEM

    rows = Crash.objects.visible_to(SYSTEM)
    return {
        "base": rows.filter(number__startswith="S").count(),
        "changed": sum(crash.facts.get("note") == "第二次" for crash in rows.filter(number__startswith="S")),
        "new": rows.filter(number__startswith="N").count(),
        "parties": CrashParty.objects.visible_to(SYSTEM).filter(crash__number__startswith="N").count(),
    }


def _left() -> dict[str, int]:
    """What lies in the tables although nobody sees it."""
    from anlu.apps.crashes.models import Crash, CrashParty
    from anlu.kernel.core.models import SearchEntry

    return {
        "crashes": Crash.objects.count(),
        "parties": CrashParty.objects.filter(crash__number__startswith="N").count(),
        "entries": SearchEntry.objects.filter(kind="crashes.crash").count(),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
