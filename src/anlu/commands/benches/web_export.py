"""
All crashes of an installation as a file, ordered and written as a person's order is.

``python -m anlu.commands.benches.web_export`` prints ``{"rows", "seconds", "before_mb", "peak_mb"}``.
"""

from __future__ import annotations

import json
import resource
import sys
import time

from anlu.commands.benches.web_requests import signed_in
from anlu.project.start import start


def peak_mb() -> float:
    """The largest that this process has been."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1 << 20 if sys.platform == "darwin" else 1 << 10
    )


def main() -> None:
    """Order, write, and print what it took."""
    start()
    from anlu.kernel.core.models import ExportOrder
    from anlu.kernel.core.tasks import run_job

    client = signed_in()
    client.get("/crashes/")
    answer = client.post("/crashes/export/?as=csv", {"purpose": "测量"})
    order = ExportOrder.objects.get()
    if answer.status_code != 302 or order.job is None:
        raise SystemExit("the export was not begun")
    before, began = peak_mb(), time.perf_counter()
    run_job(order.job.pk)
    seconds = time.perf_counter() - began
    order.refresh_from_db()
    print(
        json.dumps(
            {
                "rows": order.rows,
                "seconds": seconds,
                "before_mb": before,
                "peak_mb": peak_mb(),
                "state": order.state,
            }
        )
    )


if __name__ == "__main__":
    main()
