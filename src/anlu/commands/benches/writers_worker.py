"""
One person among many: a writer or a reader in a process of their own.

``python -m anlu.commands.benches.writers_worker make ROWS`` makes sites whose name is a number;
``… write|read SECONDS SEED`` says READY, waits for a line and then works, and ``… count`` adds the numbers up. A writer
opens a site as a form does, and saves its number raised by one: if somebody else saved meanwhile the platform refuses,
and the writer opens it again. Each prints one JSON document.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from anlu.commands.benches.web_requests import signed_in
from anlu.project.start import start

LONGEST_PAUSE_S: Final = 0.05
PREFIX: Final = "B"
READY: Final = "ready"
READ: Final = ("/system/sites/", "/system/sites/?q=1", "/today/", "/search/?q=1")
Turn = Callable[[random.Random], bool]


def make(rows: int) -> dict[str, Any]:
    """So many sites, each with the name 0, and the person who reads."""
    from anlu.kernel.core.scope import SYSTEM
    from anlu.kernel.places.registers import add_site

    for number in range(rows):
        add_site({"code": f"{PREFIX}{number:04d}", "name": "0", "kind": "other"}, by=SYSTEM)
    signed_in()
    return {"rows": rows}


def count() -> dict[str, Any]:
    """All numbers together."""
    from anlu.kernel.places.models import Site

    names = Site.objects.filter(code__startswith=PREFIX).values_list("name", flat=True)
    return {"total": sum(map(int, names))}


def writing() -> Turn:
    """A turn of a writer: true when the number was saved, false when somebody else was first."""
    from anlu.kernel.core.errors import ChangedMeanwhile
    from anlu.kernel.core.readiness import get_ready, settle
    from anlu.kernel.core.scope import SYSTEM
    from anlu.kernel.places.models import Site
    from anlu.kernel.places.registers import change_site

    get_ready()  # as a server does when it starts
    settle()
    uids = list(Site.objects.filter(code__startswith=PREFIX).order_by("pk").values_list("uid", flat=True))

    def turn(rng: random.Random) -> bool:
        opened = Site.objects.get(uid=rng.choice(uids))
        try:
            change_site(opened.uid, {"name": str(int(opened.name) + 1)}, version=opened.version, by=SYSTEM)
        except ChangedMeanwhile:
            return False
        return True

    return turn


def reading() -> Turn:
    """A turn of a reader: a page that must be there."""
    client = signed_in()

    def turn(rng: random.Random) -> bool:
        address = rng.choice(READ)
        status = client.get(address).status_code
        if status != 200:
            raise RuntimeError(f"{address}: {status}")
        return True

    return turn


def everybody_is_there() -> None:
    """Say so, and wait until the others have said it as well."""
    print(READY, flush=True)
    sys.stdin.readline()


def work(
    turn: Turn, seconds: float, seed: int, wait: Callable[[], None] = everybody_is_there
) -> dict[str, Any]:
    """Take turns with pauses; errors are kept, not raised. ``saved`` counts the turn before the others too."""
    rng = random.Random(seed)
    done = refused = 0
    longest = 0.0
    errors: list[str] = []
    kept = turn(rng)  # a server that has just started is slower: this turn is saved and not timed
    wait()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.perf_counter()
        try:
            taken = turn(rng)
        except Exception as problem:  # whatever it is, the measurement reports it
            errors.append(f"{type(problem).__name__}: {problem}"[:200])
        else:
            done, refused = done + taken, refused + (not taken)
        longest = max(longest, time.perf_counter() - began)
        time.sleep(rng.uniform(0, LONGEST_PAUSE_S))
    return {"done": done, "saved": done + kept, "refused": refused, "longest_s": longest, "errors": errors}


def main(words: list[str]) -> None:
    """Do what the first word says."""
    start()
    task, *rest = words
    if task == "make":
        found = make(int(rest[0]))
    elif task == "count":
        found = count()
    else:
        turn = {"write": writing, "read": reading}[task]()
        found = work(turn, float(rest[0]), int(rest[1]))
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
