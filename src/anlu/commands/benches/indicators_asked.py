"""
All figures, the half-year report and the leader's view, asked in this process.

``python -m anlu.commands.benches.indicators_asked REPEATS`` works in the installation of ``ANLU_DATA`` and prints
milliseconds as JSON: ``{"again": [on the clock, of the processor], ...}``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from anlu.commands.benches.web_requests import signed_in
from anlu.project.start import start

Spent = tuple[float, float]


def main(repeats: int) -> dict[str, Spent]:
    """Ask and measure."""
    start()
    from anlu.apps.reports.arrangement import HALF_YEAR
    from anlu.apps.reports.printing import docx_of
    from anlu.apps.reports.services import period_of, report_for, text_of
    from anlu.engine.periods import Period
    from anlu.kernel.core.clock import today
    from anlu.kernel.core.scope import SYSTEM
    from anlu.kernel.indicators.closing import windows_of
    from anlu.kernel.indicators.define import indicators
    from anlu.kernel.indicators.remembering import forget_values, remembered_values_of
    from anlu.kernel.indicators.window import Window

    known = list(indicators)

    def figures(code: str) -> None:
        remembered_values_of(known, Window(Period.parse(code).to_date(today())), SYSTEM)

    def report() -> None:
        report = report_for(HALF_YEAR, period_of(HALF_YEAR, "2022H1"))
        docx_of(report.title, text_of(report, SYSTEM), office="大队", dated=today())

    def fresh(work: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> None:
            forget_values()
            work()

        return run

    client = signed_in()

    def leader() -> None:
        answer = client.get("/leader/", {"period": "2022H1"})
        if answer.status_code != 200:
            raise RuntimeError(f"/leader/: {answer.status_code}")

    found = {"cold": _taken(lambda: figures("2022"), 1)}
    found["first"] = _taken(fresh(lambda: figures("2022H1")), repeats)
    found["again"] = _taken(lambda: figures("2022H1"), repeats)
    places = windows_of(Period.parse("2022H1"))[1:]
    clock, processor = _taken(lambda: [remembered_values_of(known, one, SYSTEM) for one in places], 1)
    found["places"] = (clock / max(1, len(places)), processor / max(1, len(places)))
    found["report"] = _taken(fresh(report), repeats)
    leader()  # what a process makes once: templates, the forms of the pickers
    found["leader"] = _taken(fresh(leader), repeats)
    found["leader_again"] = _taken(leader, repeats)
    return found


def _taken(work: Callable[[], Any], repeats: int) -> Spent:
    """The least of several runs, in milliseconds on the clock and of the processor."""
    clock, processor = [], []
    for _ in range(max(1, repeats)):
        began, worked = time.perf_counter(), time.process_time()
        work()
        clock.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - worked))
    return min(clock), min(processor)


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
