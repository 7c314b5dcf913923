"""
Many who issue documents, each in a process of its own.

``python -m anlu.commands.benches.numbers_worker make N`` makes so many signed documents of one series; ``… issue
WORKERS`` issues them by so many processes at once; ``… count`` looks for gaps and doubles. Each prints one JSON
document.
The processes are forked from one that has started, so that what is measured is issuing and not fifty starts.
"""

from __future__ import annotations

import json
import random
import sys
import time
from datetime import date
from multiprocessing import get_context
from typing import Any, Final

from django.db import connections

from anlu.project.start import start

ROLLED_BACK_SHARE: Final = 0.2
WITHDRAWN_SHARE: Final = 0.1
LONGEST_START_S: Final = 600.0


def make(documents: int) -> dict[str, Any]:
    """An office and so many documents of it, signed."""
    from anlu.kernel.core.scope import SYSTEM
    from anlu.kernel.documents.define import kinds
    from anlu.kernel.documents.models import Document, Letterhead, State
    from anlu.kernel.documents.seeding import seed_documents
    from anlu.kernel.documents.services import draft_document
    from anlu.kernel.documents.sources import living, template_of
    from anlu.kernel.people.models import Unit, UnitKind
    from anlu.kernel.people.services import add_unit

    seed_documents()
    office = Unit.objects.filter(code="BENCH").first() or add_unit(
        "BENCH", "大队", UnitKind.BRIGADE, by=SYSTEM
    )
    Letterhead.objects.get_or_create(unit=office, name="大队", mark="测公交")
    template = template_of(kinds.get("brief"), on=date.today())
    for number in range(documents):
        made = draft_document(
            "brief", {"headline": f"简报{number}", "body": "内容。"}, unit=office, by=SYSTEM
        )
        frozen = living(made, kinds.get("brief"), template)
        Document.objects.filter(pk=made.pk).update(state=State.SIGNED, template=template, frozen=frozen)
    return {"documents": documents}


def issue_together(workers: int) -> list[dict[str, Any]]:
    """Issue all documents by so many processes, which begin at the same moment."""
    from anlu.kernel.core.readiness import get_ready, settle

    get_ready()  # as a process that serves pages has
    settle()
    connections.close_all()  # a connection is never shared by two processes
    forked = get_context("fork")
    gate = forked.Barrier(workers)
    with forked.Pool(workers, _stand_at, (gate,)) as pool:
        return pool.starmap(issue, [(seed, workers) for seed in range(workers)], chunksize=1)


_gates: list[Any] = []  # of this process


def _stand_at(gate: Any) -> None:
    _gates.append(gate)


def issue(seed: int, of: int) -> dict[str, Any]:
    """Issue every ``of``-th document; roll some back on the way, and withdraw some."""
    from django.db import transaction

    from anlu.kernel.core.scope import SYSTEM
    from anlu.kernel.documents import services
    from anlu.kernel.documents.models import Document

    rng = random.Random(seed)
    mine = list(Document.objects.order_by("pk").values_list("uid", flat=True))[seed::of]
    longest, rolled_back, errors = 0.0, 0, []
    _gates[-1].wait(LONGEST_START_S)
    begun = time.time()
    for uid in mine:
        asked = time.monotonic()
        try:
            if rng.random() < ROLLED_BACK_SHARE:
                with transaction.atomic():
                    services.issue(uid, by=SYSTEM)
                    transaction.set_rollback(True)
                rolled_back += 1
            services.issue(uid, by=SYSTEM)
            if rng.random() < WITHDRAWN_SHARE:
                services.withdraw(uid, why="测试", by=SYSTEM)
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
        longest = max(longest, time.monotonic() - asked)
    return {
        "longest_s": longest,
        "rolled_back": rolled_back,
        "errors": errors,
        "begun": begun,
        "ended": time.time(),
    }


def count() -> dict[str, Any]:
    """How many were issued, and whether their numbers are 1, 2, 3 … each once."""
    from anlu.kernel.documents.models import Document

    given = list(Document.objects.filter(number_serial__isnull=False).values_list("number_serial", flat=True))
    whole = set(range(1, max(given, default=0) + 1))
    return {"issued": len(given), "gaps": len(whole - set(given)), "doubles": len(given) - len(set(given))}


def main(task: str, *given: str) -> int:
    """Do one task and print what came of it."""
    start()
    match task:
        case "make":
            found: Any = make(int(given[0]))
        case "issue":
            found = issue_together(int(given[0]))
        case _:
            found = count()
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
