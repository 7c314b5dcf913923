"""Who looked and when, written across screens and into exported files (``domain/practice.md``)."""

from __future__ import annotations

from datetime import datetime

from anlu.kernel.people.models import Officer
from anlu.web.cells import words_of


def watermark_of(viewer: Officer, moment: datetime) -> str:
    """Name, police number (or login) and minute."""
    parts = (viewer.name, viewer.badge or viewer.login, words_of(moment))
    return " ".join(part for part in parts if part)
