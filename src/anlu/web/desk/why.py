"""系统 › 角色 › 权限由来: why can this person see this, or why not."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlu.kernel.core.models import Record
from anlu.kernel.core.permissions import permissions
from anlu.kernel.people import permissions as may
from anlu.kernel.people.explain import grounds_for, hidden_words
from anlu.kernel.people.models import Officer
from anlu.web.ledgers import Ledger, ledgers
from anlu.web.nav import page
from anlu.web.viewers import require_viewer

UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
VERBS = (
    ("view", "查看"),
    ("export", "导出"),
    ("change", "更正"),
    ("void", "作废"),
    ("reveal", "查看个人信息"),
)


class Question(forms.Form):
    """Who, what, and which record."""

    person = forms.ModelChoiceField(label="人员", queryset=Officer.objects.none(), empty_label="请选择人员")
    ledger = forms.ChoiceField(label="台账")
    verb = forms.ChoiceField(label="能否", choices=VERBS)
    record = forms.CharField(
        label="记录", required=False, strip=True, help_text="编号，或记录页面的网址；不填则只看权限。"
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["ledger"].choices = [(one.code, one.label) for one in asked_about()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Find the record that is meant."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("record") and given.get("ledger"):
            given["thing"] = record_of(ledgers.get(given["ledger"]), given["record"])
            if given["thing"] is None:
                self.add_error("record", "没有这条记录：请核对编号或网址")
        return given


def asked_about() -> list[Ledger]:
    """Ledgers whose records have a scope."""
    return [one for one in ledgers if issubclass(one.model, Record) and one.rows is None]


def record_of(ledger: Ledger, words: str) -> Record | None:
    """The record with this number, or whose address this is; None when there is none."""
    rows = ledger.model._default_manager.all()
    if found := UID.search(words.lower()):
        return rows.filter(uid=UUID(found.group())).first()
    names = {one.name for one in ledger.model._meta.get_fields()}
    key = next((name for name in ("number", "code", "login") if name in names), "")
    return rows.filter(**{key: words}).first() if key else None


@page(
    "people.why",
    "system/why/",
    "权限由来",
    chapter="系统",
    item="角色",
    permission=may.ACCESS_EXPLAIN,
    entry=True,
)
def why(request: HttpRequest) -> HttpResponse:
    """Every role of a person, and what it does for the permission and the record asked about."""
    people = Officer.objects.visible_to(require_viewer(request), may.ACCESS_EXPLAIN).order_by(
        "sort_key", "pk"
    )
    form = Question(request.GET if "person" in request.GET else None, people=people)
    answer = _answer(**form.cleaned_data) if form.is_bound and form.is_valid() else None
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "web/desk/why.html", {"form": form, "answer": answer}, status=status)


def _answer(
    person: Officer, ledger: str, verb: str, record: str, thing: Record | None = None
) -> dict[str, Any]:
    about = ledgers.get(ledger)
    code = about.permission_to(verb)
    grounds = grounds_for(person, code, thing)
    hidden = hidden_words(thing) if thing is not None else ""
    held = any(one.carries for one in grounds)
    can = held if thing is None else not hidden and any(one.because for one in grounds)
    label = permissions.get(code).label if code in permissions else f"{dict(VERBS)[verb]}{about.noun}"
    return {
        "can": can,
        "hidden": hidden,
        "grounds": grounds,
        "person": person.name,
        "what": f"{label}{f' {about.title(thing)}' if thing is not None else ''}",
        "known": code in permissions,
        "thing": thing,
    }
