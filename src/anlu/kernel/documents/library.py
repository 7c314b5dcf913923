"""Writes of what documents say and of the rules of issuing: templates by version, phrases, offices, combinations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError, ChangedMeanwhile
from anlu.kernel.core.models import Record
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import add_record, change_record, record_for, restore_record, void_record
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.define import kinds
from anlu.kernel.documents.figures import figure_source
from anlu.kernel.documents.models import Document, Phrase, Template
from anlu.kernel.documents.rules import in_force
from anlu.kernel.documents.templating import check_template


class TemplateInUse(AnluError):
    """A version that documents were made from."""


class NothingToRestore(AnluError):
    """A version whose wording is that of the newest."""


@transaction.atomic
def write_template(
    kind: str,
    *,
    title: str,
    body: str,
    by: Viewer,
    note: str = "",
    valid_from: date | None = None,
    based_on: int | None = None,
) -> Template:
    """
    A new version of a kind's template; earlier ones stay for the documents that were made from them.

    Parameters
    ----------
    based_on
        Number of the version that was edited; None does not ask.

    Raises
    ------
    BadTemplate
        It names what is not there; the message says where.
    ChangedMeanwhile
        Somebody wrote a later version than ``based_on``.
    """
    declared = kinds.get(kind)
    title, body = title.strip(), body.replace("\r\n", "\n").rstrip() + "\n"
    check_template(declared, title, body, knows_phrase=knows_phrase, knows_indicator=knows_indicator)
    last = Template.objects.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0
    if based_on is not None and based_on != last:
        raise ChangedMeanwhile(f"「{declared.label}」模板已有第 {last} 版，请核对后再保存")
    made = Template(
        kind=kind,
        number=last + 1,
        title=title,
        body=body,
        note=note.strip()[:200],
        valid_from=valid_from or today(),
        author_name=by.name[:60],
    )
    return add_record(made, by=by, permission=may.TEMPLATE_CHANGE)


@transaction.atomic
def write_again(uid: UUID, *, by: Viewer, valid_from: date | None = None, note: str = "") -> Template:
    """
    The wording of an earlier version as a new one; what lies between stays.

    Raises
    ------
    NothingToRestore
        The newest version says the same.
    BadTemplate
        It names what is no more.
    """
    found = record_for(Template, uid, by=by, permission=may.TEMPLATE_CHANGE)
    newest = Template.objects.live().filter(kind=found.kind).order_by("-number").first()
    if newest is not None and (newest.title, newest.body) == (found.title, found.body):
        raise NothingToRestore(f"第 {newest.number} 版就是这个写法，不用恢复")
    words = note.strip() or f"恢复第 {found.number} 版"
    return write_template(
        found.kind, title=found.title, body=found.body, by=by, note=words, valid_from=valid_from
    )


def void_template(uid: UUID, *, why: str, by: Viewer) -> Template:
    """
    Take back a version that was never used.

    Raises
    ------
    TemplateInUse
        Documents were signed with it, or it is the only one.
    """
    found = record_for(Template, uid, by=by, permission=may.TEMPLATE_CHANGE)
    if Document.objects.filter(template=found).exists():
        raise TemplateInUse("已有公文用这一版签发，不能作废；请写新的一版")
    if not Template.objects.live().filter(kind=found.kind).exclude(pk=found.pk).exists():
        raise TemplateInUse("这是唯一的一版，不能作废")
    return void_record(Template, uid, why=why, by=by, permission=may.TEMPLATE_CHANGE)


def restore_template(uid: UUID, *, by: Viewer) -> Template:
    """Bring a version back."""
    return restore_record(Template, uid, by=by, permission=may.TEMPLATE_CHANGE)


def knows_phrase(code: str) -> bool:
    """Whether a phrase with this code is in force."""
    return bool(in_force(Phrase, today()).filter(code=code).exists())


def knows_indicator(code: str) -> bool:
    """Whether an indicator with this code exists."""
    return code in set(figure_source().codes())


# ------------------------------------------------------------------------------------------------ plain registers
class Register:
    """Add, change, void and restore rows of one table of rules, under one permission."""

    def __init__(
        self, model: type[Record], permission: str, check: Callable[[Any], None] | None = None
    ) -> None:
        self.model, self.permission, self.check = model, permission, check

    def add(self, values: Mapping[str, Any], *, by: Viewer) -> Any:
        """A new row."""
        made = self.model(**values)
        if self.check is not None:
            self.check(made)
        return add_record(made, by=by, permission=self.permission)

    def change(self, uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Any:
        """Change a row that was opened at ``version``."""
        return change_record(
            self.model, uid, values, version=version, by=by, permission=self.permission, prepare=self.check
        )

    def void(self, uid: UUID, *, why: str, by: Viewer) -> Any:
        """Take a row out, with a reason."""
        return void_record(self.model, uid, why=why, by=by, permission=self.permission)

    def restore(self, uid: UUID, *, by: Viewer) -> Any:
        """Bring it back."""
        return restore_record(self.model, uid, by=by, permission=self.permission)
