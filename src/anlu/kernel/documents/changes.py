"""Whoever keeps documents about their records hears of every step in the life of one, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents.models import Document


@dataclass(frozen=True)
class Change:
    """
    One step of a document.

    ``action`` is that of its event (draft, change, check, return, sign, number, issue, deliver, refuse, reply,
    overdue, withdraw) or ``void``; ``note`` what was written beside it.
    """

    document: Document
    action: str
    by: Viewer
    note: str = ""


Hear = Callable[[Change], None]


@dataclass(frozen=True)
class Follower:
    """Somebody who wants to hear of documents; raising an ``AnluError`` refuses the step."""

    code: str
    hear: Hear


followers: Registry[Follower] = Registry("follower of documents")


def follow_documents(code: str) -> Callable[[Hear], Hear]:
    """Declare a function that hears of every step of every document; it looks at ``document.about_kind`` first."""

    def wrap(hear: Hear) -> Hear:
        followers.add(Follower(code, hear))
        return hear

    return wrap


def tell_followers(change: Change) -> None:
    """Called by every step, before its transaction ends."""
    for one in followers:
        one.hear(change)
