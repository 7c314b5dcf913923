"""
What a document is about: a record of any app, found by kind and uid.

An app registers its records as a ``Subject``; documents then take facts from them, link to them, and never show them
to somebody who may not see them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from anlu.kernel.core.errors import NotFound
from anlu.kernel.core.models import Record
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import Viewer


@dataclass(frozen=True)
class Subject:
    """
    A kind of record that documents may be about.

    Parameters
    ----------
    code
        ``<app>.<noun>``, the code of its ledger.
    facts
        Gives what documents may take from a record; the names are those of ``Field.source``.
    permission
        Under which somebody sees it; "" = the model's own.
    page
        Name of the address of one record, which takes its uid; "" = ``<code>.detail``.
    """

    code: str
    label: str
    model: type[Record]
    facts: Callable[[Any], Mapping[str, Any]] = field(default=lambda thing: {})
    title: Callable[[Any], str] = str
    permission: str = ""
    page: str = ""

    def find(self, uid: UUID, viewer: Viewer) -> Any:
        """The record, None when it is absent or out of the viewer's sight."""
        return self.model.objects.visible_to(viewer, self.permission).filter(uid=uid).first()

    def url_of(self, uid: UUID) -> str:
        """Where one reads it."""
        try:
            return reverse(self.page or f"{self.code}.detail", args=[uid])
        except NoReverseMatch:
            return ""


subjects: Registry[Subject] = Registry("subject of documents")


@dataclass(frozen=True)
class Link:
    """A subject as a page shows it."""

    label: str
    title: str
    url: str


def subject_record(kind: str, uid: UUID, *, viewer: Viewer) -> Any:
    """
    The record that a document is about.

    Raises
    ------
    UnknownCode
        Nobody registered the kind.
    NotFound
        Absent, or outside the viewer's scope.
    """
    subject = subjects.get(kind)
    found = subject.find(uid, viewer)
    if found is None:
        raise NotFound(f"没有这条{subject.label}，或不在您的管辖范围内")
    return found


def link_of(kind: str, uid: UUID | None, *, viewer: Viewer) -> Link | None:
    """The subject with its address, for those who may see it; None for others."""
    if not kind or uid is None or kind not in subjects:
        return None
    subject = subjects.get(kind)
    found = subject.find(uid, viewer)
    return None if found is None else Link(subject.label, subject.title(found), subject.url_of(uid))
