"""
Whose records these are: what a system gave that is registered as read-only is corrected there and imported again.

(``practice`` 8.) Fields that a model calls its own (``ours``) stay ours.
"""

from __future__ import annotations

from collections.abc import Iterable

from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.models.records import Record, Sourced
from anlu.kernel.core.models.sources import Handling, SourceSystem


class NotOurs(AnluError):
    """The record belongs to another system: it is corrected there."""


def system_of(source: str) -> SourceSystem | None:
    """The registered system whose import formats hold this code."""
    if not source:
        return None
    return next((one for one in SourceSystem.objects.live() if source in one.formats), None)


def name_of(source: str) -> str:
    """What people call a source; a code that nobody registered stands for itself."""
    found = system_of(source)
    return found.name if found else source


def is_read_only(thing: object) -> bool:
    """True when the record came from a system that keeps the right to correct it."""
    if not isinstance(thing, Sourced) or not thing.source:
        return False
    found = system_of(thing.source)
    return found is not None and found.handling == Handling.READ_ONLY


def require_ours(thing: Record, names: Iterable[str]) -> None:
    """
    Refuse to change fields of a record that another system owns.

    Raises
    ------
    NotOurs
        Some of ``names`` are not among the fields that the model calls ours.
    """
    if set(names) - set(getattr(thing, "ours", ())) and is_read_only(thing):
        source = name_of(getattr(thing, "source", ""))
        raise NotOurs(f"这条记录来自{source}，在这里只读：请在原系统更正，再导入一次")
