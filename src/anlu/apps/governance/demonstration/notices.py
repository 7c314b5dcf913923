"""Rectification notices and an interview notice of the committee's office (Q11): answered, and one that is not."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from anlu.apps.governance.demonstration import table
from anlu.kernel.core.demo import entered_on, on_day
from anlu.kernel.documents import services as documents
from anlu.kernel.documents.models import Document
from anlu.kernel.people.models import Officer, Unit

OFFICE: Final = "AWB"
KINDS: Final = ("rectification", "interview_notice")


def make_notices() -> str:
    """Drafted by the committee's office, checked, signed, issued and served on its day."""
    if Document.objects.filter(kind="interview_notice").exists():
        return "已有"
    units = {one.code: one for one in Unit.objects.live()}
    people = {one.login: one for one in Officer.objects.all()}
    for row in table("notices.csv"):
        _notice(row, units, people)
    return f"{len(table('notices.csv'))} 份"


def facts_of(stated: str) -> dict[str, Any]:
    """``位置=…；整改期限=2023-04-14`` as facts; what is a day becomes one."""
    pairs = dict(part.split("=", 1) for part in stated.split("；") if "=" in part)
    return {name: _value(value) for name, value in pairs.items()}


def _value(text: str) -> Any:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _notice(row: dict[str, str], units: dict[str, Unit], people: dict[str, Officer]) -> None:
    addressee = units[row["addressee"]]
    with on_day(row["on"]):
        document = documents.draft_document(
            row["kind"],
            facts_of(row["facts"]),
            unit=units[OFFICE],
            by=people["committee"],
            addressee=addressee,
        )
        documents.check(document, by=people["legal"])
        documents.sign(document, by=people["chief"])
        documents.issue(document, by=people["committee"])
        documents.deliver(document, by=people["committee"], receiver="收发室", place=addressee.name)
    if row["replied"]:
        with on_day(row["replied"]):
            documents.reply(document, "已按要求整改，情况和照片附后。", by=people["committee"])
    entered = entered_on(date.fromisoformat(row["on"]))
    Document.objects.filter(pk=document.pk).update(recorded_at=entered)
