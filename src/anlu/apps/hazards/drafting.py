"""Documents about hazards: what they take from a case, and which may be drafted from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from anlu.apps.hazards.common import FAMILY
from anlu.apps.hazards.models import STANDING, Hazard, InterimMeasure
from anlu.apps.hazards.terms import INTERIM
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.papers import case_facts, days_over, issuer_of
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents.models import LIVE_STATES, Document
from anlu.kernel.documents.services import documents_about, draft_document
from anlu.kernel.documents.subjects import Subject, subjects
from anlu.kernel.people.access import valid_on
from anlu.kernel.people.models import Unit, UnitKind

NOTICE: Final = "rectification"


class NoIssuer(AnluError):
    """There is no unit that may issue this document, or nobody to whom it could go."""


def facts_of(case: Case) -> dict[str, Any]:
    """What documents take from a hazard, by the names of ``Field.source``."""
    sheet = Hazard.objects.filter(case=case).first()
    standing = InterimMeasure.objects.live().filter(STANDING, case=case).order_by("pk")
    return case_facts(case) | {
        "sight_m": sheet.sight_m if sheet else None,
        "needed_m": sheet.needed_m if sheet else None,
        "crashes_12m": (sheet.injury_crashes or None) if sheet else None,
        "measures": str(case.details.get("demand") or ""),
        "interim": "、".join(label_of(INTERIM, one.measure) for one in standing),
    }


subjects.add(
    Subject(
        FAMILY.code, FAMILY.label, Case, facts=facts_of, permission=FAMILY.permission_to("view"),
        page=f"{FAMILY.code}.detail",
    )
)  # fmt: skip


def _interview_is_due(case: Case) -> str:
    """ "" when there is something to be interviewed about: overdue, and after a rectification notice."""
    if days_over(case) is None:
        return "还没有逾期，逾期未改的才约谈"
    notices = Document.objects.live().filter(
        kind=NOTICE, about_kind=FAMILY.code, about_uid=case.uid, state__in=LIVE_STATES
    )
    return "" if notices.exists() else "还没有印发整改通知书，先通知、仍逾期的才约谈"


@dataclass(frozen=True)
class Draft:
    """
    A kind of document that is drafted from a hazard.

    Parameters
    ----------
    issuer
        Kind of the unit that issues it where it goes to nobody of the register (whoever planted or placed something);
        None: it goes to the lead unit, and the table of combinations decides who may send it there.
    ready
        Why it cannot be drafted of a hazard yet, "" when it can.
    """

    kind: str
    label: str
    help: str
    issuer: UnitKind | None = None
    ready: Callable[[Case], str] = lambda case: ""

    def why_not(self, case: Case) -> str:
        """Why it cannot be drafted now, "" when it can."""
        if self.issuer is None and case.lead is None:
            return "还没有交办，没有主送单位"
        return self.ready(case)


DRAFTS = (
    Draft("referral", "隐患抄告单", "大队 → 牵头部门：发现的隐患书面抄告"),
    Draft(NOTICE, "整改通知书", "交安委办 → 牵头部门、镇街：限期整改"),
    Draft("clearance", "排除妨碍通知书", "大队 → 种植、设置人：责令排除", issuer=UnitKind.BRIGADE),
    Draft(
        "interview_notice",
        "约谈通知书",
        "交安委办 → 牵头部门、镇街：逾期约谈",
        ready=_interview_is_due,
    ),
)


def draft_for(case: Case, draft: Draft, *, by: Viewer) -> Document:
    """
    Draft a document from the facts of a hazard; whoever may signs it later.

    Raises
    ------
    NoIssuer
        No unit may issue it to the lead of the hazard, the hazard has no lead, or it is too early.
    NotAllowed, BadFact
        As ``draft_document``.
    """
    if why := draft.why_not(case):
        raise NoIssuer(why)
    if draft.issuer is None:
        addressee, issuer = case.lead, issuer_of(draft.kind, case, on=today())
    else:
        addressee, issuer = None, _own(case, draft.issuer)
    if issuer is None:
        to = f"向{addressee.name}" if addressee is not None else ""
        raise NoIssuer(f"按发文规则没有单位可以{to}发{draft.label}")
    return draft_document(
        draft.kind, {}, unit=issuer, by=by, about=(FAMILY.code, case.uid), addressee=addressee
    )


def _own(case: Case, kind: UnitKind) -> Unit | None:
    """The unit of a kind above the one that found the hazard, else the first of its kind that is there today."""
    there = Unit.objects.live().filter(valid_on(today()), kind=kind).order_by("pk")
    above: Unit | None = there.filter(paths_down__descendant=case.unit_id).first()
    return above or there.first()


def drafts_of(case: Case, viewer: Viewer) -> QuerySet[Document]:
    """Documents about the hazard that ``viewer`` may see."""
    return documents_about(FAMILY.code, case.uid, viewer=viewer)
