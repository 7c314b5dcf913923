"""
The reference page of the kinds of cases, written from their declarations.

    python -m anlu.project.kinds docs/reference/kinds.md
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(path: str) -> None:
    """Write the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlu.project.settings.test")
    import django  # set up first: the kinds are found by the apps

    django.setup()
    from anlu.kernel.cases.reference import kinds_page

    Path(path).write_text(kinds_page(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
