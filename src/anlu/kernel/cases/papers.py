"""
Documents of cases: what they take from a case, drafts of the escalation ladder, and what becomes of them.

The worker drafts; checking, signing, numbering and delivering happen in ``kernel.documents`` by those who may. Each of
these steps is a line in the history of the case (``hear_of_paper``), and a signature is what the next rung counts from.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from anlu.kernel.cases.deadlines import due_after
from anlu.kernel.cases.history import add_event, followers_of, people_of_parts, tell
from anlu.kernel.cases.kinds import Family, families, kinds
from anlu.kernel.cases.models import Case, CaseFile, Escalation, Part, Rung, StepState
from anlu.kernel.core.clock import now, today
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.documents.changes import Change, follow_documents
from anlu.kernel.documents.define import kinds as document_kinds
from anlu.kernel.documents.models import Combination, Document, State
from anlu.kernel.documents.rules import addressee_of, in_force, letterhead_of
from anlu.kernel.documents.services import draft_document, void_draft
from anlu.kernel.documents.subjects import Subject, subjects
from anlu.kernel.people.access import valid_on
from anlu.kernel.people.models import Unit, UnitKind

ISSUERS: Final = (UnitKind.BRIGADE, UnitKind.COMMITTEE, UnitKind.GOVERNMENT)  # who is asked first
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "draft": ("{}拟稿", "grey"),
    "check": ("{}已核稿，待签发", "amber"),
    "return": ("{}退回修改", "amber"),
    "sign": ("签发{}", "red"),
    "number": ("{}编号", "blue"),
    "issue": ("印发{}", "red"),
    "deliver": ("送达{}", "blue"),
    "refuse": ("{}拒收，留置送达", "amber"),
    "reply": ("回复{}", "green"),
    "overdue": ("{}逾期未复", "red"),
    "recount": ("{}回复期限重算", "amber"),
    "withdraw": ("撤回{}", "grey"),
    "void": ("作废{}拟稿", "grey"),
}


OVER: Final = Q(case__closed_on__isnull=False) | Q(case__voided_at__isnull=False)


class CaseOver(AnluError):
    """A document of the ladder about a case that is closed or voided meanwhile."""


# ------------------------------------------------------------------------------------------------ facts
def place_of(case: Case) -> str:
    """国道105 K18+620, else the words as stated, else the town."""
    road = case.road.name if case.road else case.road_name
    stake = ""
    if case.chainage_m is not None:
        stake = f"K{int(case.chainage_m) // 1000}+{int(case.chainage_m) % 1000:03d}"
    words = " ".join(part for part in (road, stake) if part) or case.place_text
    return words or (case.town.name if case.town else "")


def case_facts(case: Case) -> dict[str, Any]:
    """What documents take from any case, by the names of ``Field.source``; a family adds its own (``Subject``)."""
    kind = kinds.get(case.kind)
    own: dict[str, Any] = {
        one.name: label_of(one.fact.choices, str(value)) if one.fact.choices else value
        for one in kind.facts
        if (value := kind.load(case.details, case.details_version).get(one.name)) not in (None, "")
    }
    return own | {
        "number": case.number,
        "title": case.title,
        "place": place_of(case),
        "kind": kind.label,
        "findings": findings_of(case),
        "measures": own.get("measures") or own.get("demand") or own.get("measure") or "",
        "owner": case.lead.name if case.lead else "",
        "before": before_words(case),
        "due_on": case.due_on,
        "days_over": days_over(case),
    }


def findings_of(case: Case) -> str:
    """The description (else the title), and how many photographs there are."""
    words = (case.description.strip() or case.title).rstrip("。") + "。"
    number = CaseFile.objects.filter(
        case=case, voided_at__isnull=True, media_type__startswith="image/"
    ).count()
    return f"{words}附现场照片{number}张。" if number else words


def before_words(case: Case) -> str:
    """前期办理: what was sent and urged before."""
    steps = Escalation.objects.filter(case=case).exclude(state__in=(StepState.DRAFTED, StepState.DROPPED))
    found = [f"{one.on.month}月{one.on.day}日{one.label}" for one in steps.order_by("pk")]
    return f"已于{'、'.join(found)}，逾期未办结" if found else ""


def days_over(case: Case) -> int | None:
    """Calendar days past the deadline; None when there are none."""
    return (today() - case.due_on).days if case.due_on is not None and case.due_on < today() else None


def add_subjects() -> None:
    """Let documents be about every family; one that an app registered itself stays."""
    for family in families:
        if family.code not in subjects:
            subjects.add(_subject_of(family))


def _subject_of(family: Family) -> Subject:
    return Subject(
        family.code,
        family.label,
        Case,
        facts=case_facts,
        title=lambda case: f"{case.number} {case.title}",
        permission=family.permission_to("view"),
        page=f"{family.code}.detail",
    )


# ------------------------------------------------------------------------------------------------ drafts
def issuer_of(kind: str, case: Case, *, on: date) -> Unit | None:
    """
    Who may send this kind of document to the lead of a case: by the table of allowed combinations.

    The case's own superior is taken first, then an office that has a letterhead.
    """
    if case.lead is None:
        return None
    allowed = {(one.issuer, one.addressee) for one in in_force(Combination, on).filter(kind=kind)}
    above = set()
    if case.unit_id is not None:
        above = set(Unit.objects.filter(paths_down__descendant=case.unit_id).values_list("pk", flat=True))
    fitting = [
        unit
        for unit in Unit.objects.live().filter(valid_on(on), kind__in=ISSUERS).order_by("pk")
        if (unit.kind, addressee_of(case.lead, issuer=unit)) in allowed
    ]
    return min(
        fitting,
        key=lambda unit: (
            unit.pk not in above,
            letterhead_of(unit, on=on) is None,
            ISSUERS.index(UnitKind(unit.kind)),
            unit.pk,
        ),
        default=None,
    )


def may_be_drafted(case: Case, rung: Rung, *, on: date) -> bool:
    """Whether somebody may send the document of a rung to the lead, and none about this case was written before."""
    written = Document.objects.live().filter(kind=rung.document, about_kind=case.family, about_uid=case.uid)
    if rung.document not in document_kinds or written.exclude(state=State.WITHDRAWN).exists():
        return False
    return issuer_of(rung.document, case, on=on) is not None


def draft_paper(case: Case, rung: Rung, *, on: date, by: Viewer = SYSTEM) -> Document | None:
    """
    The document of a rung, drafted in the caller's transaction; None where there is no kind for it, no unit that may
    send it to the lead, or no template: the step then keeps its words as text.
    """
    if not rung.document or rung.document not in document_kinds:
        return None
    issuer = issuer_of(rung.document, case, on=on)
    if issuer is None:
        return None
    add_subjects()
    kind = document_kinds.get(rung.document)
    stated: dict[str, Any] = {}
    if rung.limit_days is not None and kind.field("limit_on") is not None:
        stated["limit_on"] = due_after(on, rung.limit_days).on
    try:
        with transaction.atomic():
            return draft_document(
                kind.code, stated, unit=issuer, by=by, about=(case.family, case.uid), addressee=case.lead
            )
    except AnluError:
        return None


def drop_stale_papers() -> int:
    """Take back drafts of the ladder whose case was closed or voided before anybody signed; gives how many."""
    waiting = Escalation.objects.filter(OVER, state=StepState.DRAFTED)
    dropped = 0
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)[:200]):
        with transaction.atomic():
            step = waiting.select_for_update(of=("self",)).select_related("case").filter(pk=pk).first()
            if step is None:
                continue
            why = "事项已办结" if step.case.voided_at is None else "事项已作废"
            Escalation.objects.filter(pk=pk).update(state=StepState.DROPPED, version=F("version") + 1)
            paper = paper_of_step(step)
            if paper is not None and not paper.number:
                void_draft(paper.uid, why=why, by=SYSTEM)
            else:
                add_event(step.case, f"drop.{step.rung}", f"{step.label}不再签发", by=SYSTEM, note=why)
            dropped += 1
    return dropped


def paper_of_step(step: Escalation) -> Document | None:
    """The live document of a step."""
    if step.document is None:
        return None
    found: Document | None = Document.objects.live().filter(uid=step.document).first()
    return found


def papers_of(case: Case, viewer: Viewer) -> QuerySet[Document]:
    """Documents about a case that ``viewer`` may see, the latest first."""
    rows: QuerySet[Document] = Document.objects.visible_to(viewer).filter(
        about_kind=case.family, about_uid=case.uid
    )
    return rows.select_related("unit", "addressee_unit", "template").order_by("-pk")


# ------------------------------------------------------------------------------------------------ what becomes of them
@follow_documents("cases")
def hear_of_paper(change: Change) -> None:
    """
    Write a step of a document about a case into its history; a signature reaches the rung.

    Raises
    ------
    CaseOver
        A document of the ladder is to be signed or issued, but the case was closed or voided meanwhile.
    """
    document = change.document
    if document.about_kind not in families or document.about_uid is None or change.action not in WORDS:
        return
    rows = Case.objects.select_for_update(of=("self",)).filter(uid=document.about_uid)
    case = rows.first()
    if case is None or (change.action == "draft" and change.by.uid == SYSTEM.uid):
        return
    step = Escalation.objects.filter(case=case, document=document.uid).first()
    if step is not None:
        if change.action in ("check", "sign", "issue"):
            _require_going_on(case)
        _carry(step, case, change)
    label = document_kinds.get(document.kind).label
    words, colour = WORDS[change.action]
    note = " ".join(dict.fromkeys(part for part in (document.number, change.note) if part))
    event = add_event(
        case,
        f"paper.{change.action}",
        words.format(label),
        by=change.by,
        note=note,
        colour=colour,
        facts={"document": str(document.uid)},
    )
    if change.action == "issue" and case.voided_at is None:  # of a voided case nobody can open the page
        people = people_of_parts(case, Part.LEAD, Part.HELPER) | followers_of(case)
        title = f"{label} {document.number}：{case.number} {case.title}"
        tell(case, people, title, key=f"{event.uid}", colour="red", by=change.by)


def _require_going_on(case: Case) -> None:
    if case.voided_at is not None:
        raise CaseOver(f"{case.number} 已作废，不用再发；请作废这份拟稿")
    if case.closed_on is not None:
        raise CaseOver(f"{case.number} 已办结，不用再发；请作废这份拟稿")


def _carry(step: Escalation, case: Case, change: Change) -> None:
    """The state of the step after a step of its document."""
    if change.action == "sign" and step.state == StepState.DRAFTED:
        step.state, step.on = StepState.SIGNED, today()
        step.signed_by, step.signed_by_name, step.signed_at = change.by.uid, change.by.name[:60], now()
    elif change.action == "return" and step.state == StepState.SIGNED:
        step.state, step.signed_by, step.signed_by_name, step.signed_at = StepState.DRAFTED, None, "", None
    elif change.action in ("withdraw", "void") and step.state in (StepState.DRAFTED, StepState.SIGNED):
        step.state = StepState.DROPPED
    else:
        return
    step.version += 1
    step.save()
    _look_again(case, step)


def _look_again(case: Case, step: Escalation) -> None:
    """The rung that the case stands on now; the worker looks again at what comes next."""
    case.rung = rung_reached(step)
    case.step_on = today() if case.closed_on is None else None
    Case.objects.filter(pk=case.pk).update(rung=case.rung, step_on=case.step_on, version=F("version") + 1)


def rung_reached(step: Escalation) -> str:
    """The highest rung of the climb to which a step belongs: steps are taken upwards, drafts are none yet."""
    taken = Escalation.objects.filter(
        case=step.case_id, due_on=step.due_on, state__in=(StepState.DONE, StepState.SIGNED)
    )
    highest = taken.order_by("-pk").first()
    return highest.rung if highest else ""
