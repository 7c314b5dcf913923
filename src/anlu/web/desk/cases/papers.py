"""Documents on the page of a case: drafts of the ladder with what to check first, and what became of the others."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from anlu.kernel.cases.escalation import draft_ready
from anlu.kernel.cases.models import Case, Escalation, StepState
from anlu.kernel.cases.papers import papers_of
from anlu.kernel.cases.roles import has_role, is_sworn
from anlu.kernel.core.errors import AnluError
from anlu.kernel.documents.checks import remarks_on
from anlu.kernel.documents.define import kinds
from anlu.kernel.documents.models import STATE_COLOURS, Document, State
from anlu.kernel.documents.sources import paper_of
from anlu.kernel.people.models import Officer
from anlu.web.desk.documents.paper import CODE, may_read_persons
from anlu.web.nav import pages
from anlu.web.papers import shown


def drafts_of(case: Case, viewer: Officer, act_url: str) -> list[dict[str, Any]]:
    """Steps that wait for a signature; of a document what this person may see of it."""
    waiting = Escalation.objects.filter(case=case, state=StepState.DRAFTED).order_by("pk")
    known = {one.uid: one for one in papers_of(case, viewer)}
    signs = has_role(case, "signer", viewer) and is_sworn(viewer)
    return [
        {
            "label": step.label,
            "state": "待签发",
            "lines": (
                step.text or f"{step.label}已由系统拟稿，由有权查看公文的人员核稿、签发。"
            ).splitlines(),
            "checks": draft_ready(step, case),
            "sign_url": f"{act_url}?{urlencode({'act': 'sign', 'step': str(step.uid)})}" if signs else "",
        }
        | (_paper(known[step.document], viewer, step, case) if step.document in known else {})
        for step in waiting
    ]


def _paper(document: Document, viewer: Officer, step: Escalation, case: Case) -> dict[str, Any]:
    """The document itself: its paper, and everything there is to look at before it is signed."""
    address = [document.uid]
    remarks = [(False, one.message) for one in remarks_on(document)]
    fine = [] if remarks else [(True, "要素齐全，发文组合符合规定")]
    found: dict[str, Any] = {
        "state": document.get_state_display(),
        "checks": [*draft_ready(step, case), *fine, *remarks],
        "url": reverse(f"{CODE}.detail", args=address),
    }
    if document.state == State.DRAFT and pages.get(f"{CODE}.change").allows(viewer):
        found["change_url"] = reverse(f"{CODE}.change", args=address)
    if may_read_persons(document, viewer):
        try:
            found["paper"] = shown(paper_of(document, marked=True), document.figures)
            found["docx_url"] = reverse(f"{CODE}.docx", args=address)
        except AnluError as problem:
            found["lines"] = [str(problem)]
    return found


def paper_lines(case: Case, viewer: Officer) -> list[dict[str, str]]:
    """All documents about the case, one line each: state, number, to whom, by when."""
    return [
        {
            "kind": kinds.get(one.kind).label,
            "state": one.get_state_display(),
            "colour": STATE_COLOURS[one.state],
            "number": one.number,
            "title": one.title,
            "to": one.addressee_name,
            "dates": _dates(one),
            "url": reverse(f"{CODE}.detail", args=[one.uid]),
        }
        for one in papers_of(case, viewer)
    ]


def _dates(document: Document) -> str:
    known = (
        ("签发", document.signed_on),
        ("送达", document.delivered_on),
        ("回复", document.replied_on),
        ("期限", document.due_on if document.replied_on is None else None),
    )
    return "，".join(f"{label} {day:%m-%d}" for label, day in known if day is not None)
