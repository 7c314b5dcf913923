"""Documents about hazards: what they take from a case, and which may be drafted from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from anlu.apps.hazards.common import FAMILY
from anlu.apps.hazards.models import Hazard, InterimMeasure
from anlu.apps.hazards.terms import INTERIM
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.papers import case_facts
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents.models import Document
from anlu.kernel.documents.services import documents_about, draft_document
from anlu.kernel.documents.subjects import Subject, subjects
from anlu.kernel.people.models import Unit, UnitKind


class NoIssuer(AnluError):
    """There is no unit that may issue this document, or nobody to whom it could go."""


def facts_of(case: Case) -> dict[str, Any]:
    """What documents take from a hazard, by the names of ``Field.source``."""
    sheet = Hazard.objects.filter(case=case).first()
    standing = InterimMeasure.objects.live().filter(case=case, removed_on__isnull=True).order_by("pk")
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


@dataclass(frozen=True)
class Draft:
    """A kind of document that is drafted from a hazard: who issues it, to whom it goes."""

    kind: str
    label: str
    help: str
    issuer: UnitKind
    to_lead: bool = True
    ready: Callable[[Case], str] = lambda case: ""

    def why_not(self, case: Case) -> str:
        """Why it cannot be drafted now, "" when it can."""
        if self.to_lead and case.lead is None:
            return "还没有交办，没有主送单位"
        return self.ready(case)


DRAFTS = (
    Draft("referral", "隐患抄告单", "大队 → 牵头部门：发现的隐患书面抄告", UnitKind.BRIGADE),
    Draft("rectification", "整改通知书", "交安委办 → 牵头部门、镇街：限期整改", UnitKind.COMMITTEE),
    Draft("clearance", "排除妨碍通知书", "大队 → 种植、设置人：责令排除", UnitKind.BRIGADE, to_lead=False),
    Draft("interview_notice", "约谈通知书", "交安委办 → 牵头部门、镇街：逾期约谈", UnitKind.COMMITTEE),
)


def draft_for(case: Case, draft: Draft, *, by: Viewer) -> Document:
    """
    Draft a document from the facts of a hazard; whoever may signs it later.

    Raises
    ------
    NoIssuer
        No brigade or committee is registered, or the hazard has no lead.
    NotAllowed, BadFact
        As ``draft_document``.
    """
    if why := draft.why_not(case):
        raise NoIssuer(why)
    units = Unit.objects.live().filter(kind=draft.issuer, valid_to__isnull=True)
    issuer = units.order_by("pk").first()
    if issuer is None:
        raise NoIssuer(f"没有登记{draft.issuer.label}，不能起草{draft.label}")
    addressee = case.lead if draft.to_lead else None
    return draft_document(
        draft.kind, {}, unit=issuer, by=by, about=(FAMILY.code, case.uid), addressee=addressee
    )


def drafts_of(case: Case, viewer: Viewer) -> QuerySet[Document]:
    """Documents about the hazard that ``viewer`` may see."""
    return documents_about(FAMILY.code, case.uid, viewer=viewer)
