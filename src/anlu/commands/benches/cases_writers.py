"""
Many who open and move cases at the same moment, each in a process of its own and through the API.

``python -m anlu.commands.benches.cases_writers write WORKERS EACH`` lets so many processes open so many cases each and
carry them to their end; between two cases they all move and remark on the same few. ``… count`` looks for numbers that
are missing or given twice, moves and remarks that were lost, and histories that do not lead to the state. Each prints
one JSON document. The processes are forked from one that has started and begin together.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from multiprocessing import get_context
from typing import Any, Final

from django.db import connections

from anlu.commands.benches.web_requests import LOGIN, signed_in
from anlu.project.start import start

FAMILY = KIND = "bench.hazard"
API: Final = "/api/v1/cases"
SHARED: Final = 3
OWN, EVERYBODYS = "各办各的", "大家都办"
LONGEST_START_S: Final = 600.0
NEXT: Final = {"found": "send", "sent": "fix", "fixed": "return", "returned": "send"}
_gates: list[Any] = []  # of this process


def declare() -> None:
    """A family and a kind of their own: what is measured is not the evidence that an app asks for."""
    from anlu.engine.lifecycle import Lifecycle, Move
    from anlu.kernel.cases.kinds import Family, Kind, add_family, add_kind
    from anlu.web.registering import add_pages

    moves = (
        Move("send", "交办", ("found", "returned"), "sent", role="squadron", asks=("lead",), working_days=7),
        Move("fix", "整改完成", ("sent",), "fixed", role="owner"),
        Move("return", "退回", ("fixed",), "returned", role="squadron", needs=("note",), returns=True),
        Move("close", "销号", ("fixed",), "closed", role="squadron"),
    )
    add_family(Family(FAMILY, "bench-hazards", "测量隐患", "隐患", unit="处"))
    add_kind(Kind(KIND, "测量隐患", "CL", Lifecycle("found", ("closed",), moves, working_days=2), FAMILY))
    add_pages()


class Hand:
    """Somebody at the API: what was answered, and how long the longest answer took."""

    def __init__(self) -> None:
        self.client = signed_in()
        self.answers: Counter[int] = Counter()
        self.unexpected: list[str] = []
        self.longest_s = 0.0

    def ask(
        self, method: str, address: str, body: dict[str, Any] | None = None, *, may_refuse: bool = False
    ) -> Any:
        """The answer; what is neither wanted nor an expected refusal is written down."""
        asked = time.perf_counter()
        try:
            answer = self.client.generic(
                method, f"{API}{address}", json.dumps(body or {}), content_type="application/json"
            )
        except Exception as error:  # a test client lets an unforeseen one through; a server would answer 500
            self.unexpected.append(f"{type(error).__name__}: {error}"[:300])
            self.answers[500] += 1
            return None
        finally:
            self.longest_s = max(self.longest_s, time.perf_counter() - asked)
        self.answers[answer.status_code] += 1
        if answer.status_code >= 500 or (answer.status_code >= 400 and not may_refuse):
            self.unexpected.append(
                f"{method} {address} {answer.status_code}: {answer.content[:200].decode()}"
            )
        return answer


def write_together(workers: int, each: int) -> list[dict[str, Any]]:
    """So many workers, all at once."""
    from anlu.kernel.cases.services import open_case
    from anlu.kernel.core.readiness import get_ready, settle
    from anlu.kernel.core.scope import SYSTEM

    get_ready()  # as a process that serves pages has
    settle()
    signed_in()
    _allow_everything()
    for _ in range(SHARED):
        open_case(KIND, {"title": EVERYBODYS}, by=SYSTEM)
    connections.close_all()  # a connection is never shared by two processes
    forked = get_context("fork")
    with forked.Pool(workers, _gates.append, (forked.Barrier(workers),)) as pool:
        return pool.starmap(write, [(seed, each) for seed in range(workers)], chunksize=1)


def _allow_everything() -> None:
    """Whoever was made before the family was declared may do nothing with it yet."""
    from anlu.kernel.core.permissions import permissions
    from anlu.kernel.people.models import Role, RolePermission

    role = Role.objects.get(code=LOGIN)
    codes = [code for code in permissions.codes() if code.startswith(f"{FAMILY}.")]
    RolePermission.objects.bulk_create(
        [RolePermission(role=role, code=code) for code in codes], ignore_conflicts=True
    )


def write(seed: int, each: int) -> dict[str, Any]:
    """One of them."""
    from anlu.kernel.cases.models import Case

    dice, hand = random.Random(seed), Hand()
    shared = list(Case.objects.filter(title=EVERYBODYS).order_by("pk").values_list("uid", flat=True))
    moved, remarks = 0, 0
    _gates[-1].wait(LONGEST_START_S)
    begun, worked = time.time(), time.process_time()
    for _ in range(each):
        opened = hand.ask("POST", f"/new/{KIND}", {"title": OWN})
        if opened is not None and opened.status_code == 201:
            for code, body in (("send", {"lead": f"B{seed % 20}"}), ("fix", {}), ("close", {})):
                hand.ask("POST", f"/{opened.json()['uid']}/moves/{code}", body)
        uid = dice.choice(shared)
        moved += _move_on(hand, uid, seed)
        remark = hand.ask("POST", f"/{uid}/comments", {"note": f"第 {seed} 人"})
        remarks += remark is not None and remark.status_code < 300
    return {
        "moved": moved,
        "remarks": remarks,
        "answers": dict(hand.answers),
        "unexpected": hand.unexpected,
        "longest_s": hand.longest_s,
        "processor_s": time.process_time() - worked,
        "begun": begun,
        "ended": time.time(),
    }


def _move_on(hand: Hand, uid: Any, seed: int) -> bool:
    """Whether it was this one who made the next move of a case that everybody moves."""
    seen = hand.ask("GET", f"/{uid}")
    if seen is None or seen.status_code != 200:
        return False
    found = seen.json()
    body = {"note": "再办", "version": found["version"], "lead": f"B{seed % 20}"}
    made = hand.ask("POST", f"/{uid}/moves/{NEXT[found['state']]}", body, may_refuse=True)
    return made is not None and made.status_code == 200


def count() -> dict[str, int]:
    """What the database holds: numbers, moves, remarks, and histories that lead elsewhere."""
    from anlu.kernel.cases.history import replayed
    from anlu.kernel.cases.models import Case, CaseEvent

    cases = list(Case.objects.filter(family=FAMILY, title__in=(OWN, EVERYBODYS)))
    given = [int(case.number.rpartition("-")[2]) for case in cases]
    shared = [case for case in cases if case.title == EVERYBODYS]
    events = CaseEvent.objects.filter(case__in=shared)
    return {
        "closed": sum(case.state == "closed" for case in cases),
        "gaps": len(set(range(1, max(given, default=0) + 1)) - set(given)),
        "doubled": len(given) - len(set(given)),
        "moved": events.filter(is_move=True).count(),
        "versions": sum(case.version - 1 for case in shared),
        "remarks": events.filter(code="comment").count(),
        "astray": sum(replayed(case) != case.state for case in cases),
    }


def main(task: str, *given: str) -> None:
    """Do one of the tasks and print what came of it."""
    start()
    declare()
    print(json.dumps(write_together(*(int(one) for one in given)) if task == "write" else count()))


if __name__ == "__main__":
    main(*sys.argv[1:])
