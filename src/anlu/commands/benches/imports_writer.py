"""A person at work while an import runs: ten small transactions a second, until the input ends."""

from __future__ import annotations

import sys
import threading
import time

from anlu.project.start import start

PAUSE_S = 0.1


def main() -> None:
    """Print the longest time that one of them took."""
    start()
    from django.db import transaction

    from anlu.kernel.core.revisions import touch

    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    longest = 0.0
    while not ended.wait(PAUSE_S):
        began = time.perf_counter()
        with transaction.atomic():
            touch("bench.writer")
        longest = max(longest, time.perf_counter() - began)
    print(longest)


if __name__ == "__main__":
    main()
