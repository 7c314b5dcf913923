"""
The worker process: does the jobs in a few threads, seals the audit every second, keeps leases alive.

    python -m anlu.project.worker

SIGTERM: running jobs go back to the queue at their next sign of progress, then the process ends. SIGKILL:
the next worker takes everything over.
"""

from __future__ import annotations

import os

import django


def main() -> None:
    """Work until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlu.project.settings.base")
    django.setup()
    from anlu.kernel.core.readiness import get_ready_meanwhile
    from anlu.project.consumer import worker_consumer  # imports models, which need the set-up above

    get_ready_meanwhile()
    worker_consumer().run()


if __name__ == "__main__":
    main()
