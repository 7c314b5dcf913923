"""What a case belongs to, and what belongs to it: a task and its parts, a discussion and its problems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from anlu.kernel.cases.kinds import Kind, families, kinds, kinds_of
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import About
from anlu.kernel.core.clock import today
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents.subjects import link_of, subjects
from anlu.web.desk.cases.work import lines_of


@dataclass(frozen=True)
class Owner:
    """The record that a case belongs to."""

    about: About
    label: str
    title: str
    url: str


def owner_of(code: str, uid: UUID | None, viewer: Viewer) -> Owner | None:
    """A case, or a subject of documents, that ``viewer`` may see; None when there is none."""
    if uid is None:
        return None
    if code in families:
        case = (
            Case.objects.visible_to(viewer, families.get(code).permission_to("view")).filter(uid=uid).first()
        )
        if case is None:
            return None
        return Owner(About(code, uid), families.get(code).noun, str(case), families.get(code).address_of(uid))
    found = link_of(code, uid, viewer=viewer) if code in subjects else None
    return None if found is None else Owner(About(code, uid), found.label, found.title, found.url)


def stated_owner(kind: Kind, stated: str, viewer: Viewer) -> Owner | None:
    """The owner that an address names by its uid; None where the kind stands by itself or it cannot be seen."""
    try:
        uid = UUID(stated)
    except ValueError:
        return None
    return owner_of(kind.within, uid, viewer) if kind.within else None


def new_address(kind: Kind, uid: UUID) -> str:
    """Where a case of a kind is opened within the record of ``uid``."""
    return f"{reverse(f'{kind.family}.new')}?{urlencode({'kind': kind.code, 'within': str(uid)})}"


def belonging_to(case: Case, viewer: Viewer) -> dict[str, Any]:
    """Cases that belong to a case, and what may be added to it."""
    on = today()
    offered = [one for one in kinds if one.within == case.family and one.family in families]
    lines = lines_of(Case.objects.visible_to(viewer).filter(about_uid=case.uid).order_by("pk"), on)
    new = [
        {"label": f"登记{one.label}", "url": new_address(one, case.uid)}
        for one in offered
        if case.closed_on is None
        and not kinds.get(case.kind).within
        and viewer.may(families.get(one.family).permission_to("add"))
    ]
    label = offered[0].label if offered else "下属事项"
    return {"label": label, "lines": lines, "new": new}


def standing_alone(family: str) -> list[Kind]:
    """Kinds of a family that are opened by themselves."""
    return [one for one in kinds_of(family) if one.alone or not one.within]
