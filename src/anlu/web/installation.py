"""The installation as pages show it: read once, then kept until it changes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import DatabaseError

from anlu.kernel.core.language.words import Verbatim
from anlu.kernel.core.models import Installation


@dataclass(frozen=True)
class Place:
    """Who this installation is."""

    uid: UUID = UUID(int=0)
    name: str = ""
    demo: bool = False
    network: str = "内网"
    format_number: int = 0


def the_installation() -> Place:
    """The row of this installation; an unnamed one before ``anlu init`` has made it (or when it cannot be read)."""
    try:
        found = Installation.objects.order_by("pk").first()
    except DatabaseError:
        return Place()
    if found is None:
        return Place()
    return Place(found.uid, Verbatim(found.name), found.demo, format_number=found.format_number)
