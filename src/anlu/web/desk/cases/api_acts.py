"""Cases for programs, continued: correcting, later deadlines, doubles; lists of requests and of what is to be done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from anlu.kernel.cases.extensions import ask_extension, decide_extension
from anlu.kernel.cases.kinds import kinds
from anlu.kernel.cases.merging import likely_duplicates, merge_cases
from anlu.kernel.cases.models import Case, Decision, Extension
from anlu.kernel.cases.queries import open_cases
from anlu.kernel.cases.services import case_for, change_case
from anlu.kernel.core.clock import today
from anlu.web.api import ERRORS, Paged, paged
from anlu.web.desk.cases.shapes import (
    CasePage,
    CaseWhole,
    PlaceText,
    RoadName,
    Title,
    case_out,
    case_whole,
    town_of,
)
from anlu.web.pages.paging import Order
from anlu.web.viewers import require_viewer


class ChangeIn(Schema):
    """
    What is corrected; what is not stated stays, so that no default is ever read.

    ``version`` is that of the case as it was read. null empties what may be unknown and is refused for all else.
    """

    version: int
    title: Title = ""
    description: str = ""
    found_on: date = Field(default_factory=today)
    town: str | None = Field(None, description="镇街代码")
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-85, le=85)
    road_name: RoadName = ""
    chainage_m: float | None = None
    place_text: PlaceText = ""
    details: dict[str, Any] | None = Field(None, description="要更正的要素；未写的不变")


class ExtensionIn(Schema):
    """A request for a later deadline."""

    until: date
    why: str


class DecisionIn(Schema):
    """What becomes of the request that waits."""

    grant: bool
    note: str = ""


class MergeIn(Schema):
    """The case that stays."""

    into: UUID


class ExtensionOut(Schema):
    """A request and what became of it."""

    uid: UUID
    case: UUID
    number: str
    due_on: date | None
    until: date
    why: str
    asked_by: str
    decision: str
    decided_by: str
    decided_at: datetime | None
    note: str


class ExtensionPage(Paged):
    """A page of requests."""

    items: list[ExtensionOut]


class Duplicate(Schema):
    """A case that may be the same thing."""

    uid: UUID
    number: str
    title: str
    distance_m: float


def extension_out(one: Extension) -> dict[str, Any]:
    """A request as it is answered."""
    return {
        name: getattr(one, name) for name in ("uid", "due_on", "until", "why", "decision", "decided_at")
    } | {
        "case": one.case.uid,
        "number": one.case.number,
        "asked_by": one.asked_by_name,
        "decided_by": one.decided_by_name,
        "note": one.decided_note,
    }


def add_acts(router: Router) -> None:
    """Lists over all families, and what can be done to one case besides the moves of its lifecycle."""

    @router.get("/work", response={200: CasePage, **ERRORS}, summary="我的事项")
    def work(
        request: HttpRequest,
        which: Literal["mine", "unit", "overdue", "week"] = "mine",
        after: UUID | None = None,
        limit: int = 50,
    ) -> Any:
        """Open cases of a work list, the earliest deadline first, those without one last."""
        viewer = require_viewer(request)
        rows = open_cases(viewer, which, on=today()).order_by().select_related("unit", "lead", "town", "road")
        known = Case.objects.visible_to(viewer)
        shown, following = paged(
            rows, known, Order.of(Case, "due_on", descending=False), after=after, limit=limit
        )
        return {"items": [case_out(case) for case in shown], "next": following}

    @router.get("/extensions", response={200: ExtensionPage, **ERRORS}, summary="延期申请")
    def extensions(
        request: HttpRequest,
        decision: Literal["asked", "granted", "refused"] | None = None,
        after: UUID | None = None,
        limit: int = 50,
    ) -> Any:
        """Requests for later deadlines of cases that the person may see, the newest first."""
        viewer = require_viewer(request)
        cases = Case.objects.visible_to(viewer)
        known = Extension.objects.live().filter(case__in=cases.values("pk"))
        rows = known.filter(decision=Decision(decision)) if decision else known
        newest_first = Order("pk", descending=True)
        shown, following = paged(
            rows.order_by().select_related("case"), known, newest_first, after=after, limit=limit
        )
        return {"items": [extension_out(one) for one in shown], "next": following}

    @router.patch("/{uuid:uid}", response={200: CaseWhole, **ERRORS}, summary="更正")
    def change(request: HttpRequest, uid: UUID, stated: ChangeIn) -> Any:
        """Correct facts; somebody else's change in between is refused and not overwritten."""
        viewer = require_viewer(request)
        values = stated.model_dump(exclude_unset=True, exclude={"version", "details"})
        if "town" in values:
            values["town"] = town_of(values["town"] or "")
        case = case_for(viewer, uid)
        details = None
        if stated.details is not None:
            details = kinds.get(case.kind).load(case.details, case.details_version) | stated.details
        changed = change_case(case.uid, values, version=stated.version, by=viewer, details=details)
        return case_whole(changed, viewer)

    @router.get(
        "/{uuid:uid}/extensions", response={200: list[ExtensionOut], **ERRORS}, summary="一件的延期申请"
    )
    def of_case(request: HttpRequest, uid: UUID) -> Any:
        """Requests of one case, the newest first."""
        case = case_for(require_viewer(request), uid)
        return [
            extension_out(one) for one in Extension.objects.live().filter(case=case).select_related("case")
        ]

    @router.post("/{uuid:uid}/extensions", response={201: ExtensionOut, **ERRORS}, summary="申请延期")
    def ask(request: HttpRequest, uid: UUID, stated: ExtensionIn) -> Any:
        """Ask for a later deadline."""
        viewer = require_viewer(request)
        return 201, extension_out(ask_extension(uid, stated.until, stated.why, by=viewer))

    @router.post("/{uuid:uid}/extensions/decision", response={200: CaseWhole, **ERRORS}, summary="审批延期")
    def decide(request: HttpRequest, uid: UUID, stated: DecisionIn) -> Any:
        """Grant or refuse the request that waits; nobody decides their own."""
        viewer = require_viewer(request)
        return case_whole(decide_extension(uid, grant=stated.grant, by=viewer, note=stated.note), viewer)

    @router.get("/{uuid:uid}/duplicates", response={200: list[Duplicate], **ERRORS}, summary="疑似重复")
    def duplicates(request: HttpRequest, uid: UUID) -> Any:
        """Open cases of the kind nearby, the nearest first."""
        viewer = require_viewer(request)
        case = case_for(viewer, uid)
        found = likely_duplicates(case, kinds.get(case.kind), by=viewer)
        names = ("uid", "number", "title")
        return [
            {name: getattr(one, name) for name in names} | {"distance_m": metres} for one, metres in found
        ]

    @router.post("/{uuid:uid}/merge", response={200: CaseWhole, **ERRORS}, summary="并入")
    def merge(request: HttpRequest, uid: UUID, stated: MergeIn) -> Any:
        """Merge this case into another; what is done to it later is done to that one."""
        viewer = require_viewer(request)
        return case_whole(merge_cases(uid, stated.into, by=viewer), viewer)
