"""Cases for programs: kinds with their schemas, lists, one case, opening, moving, files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from ninja import File, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field, create_model

from anlu.kernel.cases.files import attach, files_of, keep_files
from anlu.kernel.cases.history import events_of
from anlu.kernel.cases.kinds import Family, Kind, families, kinds, kinds_of
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.queries import figures
from anlu.kernel.cases.services import case_for, comment_case, move_case, open_case
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.core.filters import Selection
from anlu.kernel.people.models import Officer, Unit
from anlu.web.api import ERRORS, add_router, paged
from anlu.web.desk.cases.api_acts import add_acts
from anlu.web.desk.cases.columns import filters_of
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


class BadFilter(AnluError):
    """A filter in the address that cannot be read."""


# ------------------------------------------------------------------------------------------------ schemas
class MoveOut(Schema):
    """A move of a lifecycle."""

    code: str
    label: str
    froms: list[str]
    to: str
    role: str
    needs: list[str]
    asks: list[str]
    working_days: int | None


class KindOut(Schema):
    """A kind: its states, moves, and the JSON Schema of its facts."""

    code: str
    label: str
    family: str
    prefix: str
    start: str
    done: list[str]
    states: dict[str, str]
    moves: list[MoveOut]
    details: dict[str, Any]
    picture: str = Field(description="Mermaid")


class EventOut(Schema):
    """A line of the history."""

    code: str
    label: str
    is_move: bool
    before: str
    after: str
    at: datetime
    on: date
    by: str
    note: str


class FileOut(Schema):
    """A file of a case; ``url`` gives it to those who may see the case."""

    uid: UUID
    kind: str
    name: str
    media_type: str
    bytes: int
    taken_at: datetime | None
    lon: float | None
    lat: float | None
    warnings: list[str]
    url: str


class FiguresOut(Schema):
    """Flows of a period and stocks at its end; shares are 0-1, null where there is nothing to divide by."""

    found: int
    closed: int
    due: int
    on_time: int
    rebounds: int
    open_at_end: int
    overdue_at_end: int
    closed_share: float | None
    on_time_share: float | None
    rebound_share: float | None
    ages: dict[str, int]


class MoveIn(Schema):
    """What a move is given; units by code."""

    note: str = ""
    version: int | None = Field(None, description="打开时的版本；期间被他人办理则拒绝")
    lead: str = Field("", description="牵头单位代码")
    helpers: list[str] = Field(default_factory=list, description="配合单位代码")
    due_on: date | None = None
    grade: str = ""


class NoteIn(Schema):
    """Words."""

    note: str


class CaseIn(Schema):
    """A new case, apart from the facts of its kind."""

    title: Title = ""
    description: str = ""
    found_on: date | None = None
    grade: str = ""
    town: str = Field("", description="镇街代码")
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-85, le=85)
    road_name: RoadName = ""
    chainage_m: float | None = None
    place_text: PlaceText = ""


# ------------------------------------------------------------------------------------------------ shapes
def details_schema(kind: Kind) -> type[Schema]:
    """The facts of a kind as a schema of their own."""
    fields: dict[str, Any] = {}
    for one in kind.facts:
        described = Field(... if one.required else one.default, title=one.fact.label, description=one.label)
        fields[one.name] = (one.type if one.required else one.type | None, described)
    name = "".join(part.title() for part in kind.code.replace("_", ".").split("."))
    return create_model(f"{name}Details", __base__=Schema, __doc__=f"{kind.label}的要素", **fields)


def new_schema(kind: Kind) -> type[Schema]:
    """What is sent to open a case of a kind."""
    details = details_schema(kind)
    default = ... if any(one.required for one in kind.facts) else details()
    name = details.__name__.replace("Details", "In")
    return create_model(name, __base__=CaseIn, __doc__=f"登记{kind.label}", details=(details, default))


def kind_out(kind: Kind) -> dict[str, Any]:
    """A kind as it is answered."""
    lifecycle = kind.lifecycle
    names = ("code", "label", "to", "role", "working_days")
    return {
        "code": kind.code,
        "label": kind.label,
        "family": kind.family,
        "prefix": kind.prefix,
        "start": lifecycle.start,
        "done": list(lifecycle.done),
        "states": {state: lifecycle.label(state) for state in lifecycle.states},
        "moves": [
            {name: getattr(move, name) for name in names}
            | {name: list(getattr(move, name)) for name in ("froms", "needs", "asks")}
            for move in lifecycle.moves
        ],
        "details": details_schema(kind).model_json_schema(),
        "picture": lifecycle.mermaid(),
    }


def _family_for(viewer: Officer, code: str) -> Family:
    """A family that the person may see; not found otherwise."""
    if code not in families or not viewer.may(families.get(code).permission_to("view")):
        raise NotFound(f"没有台账「{code[:40]}」，或您不能查看")
    return families.get(code)


def _kind_for(viewer: Officer, code: str) -> Kind:
    if code not in kinds:
        raise NotFound(f"没有类型「{code[:40]}」")
    _family_for(viewer, kinds.get(code).family)
    return kinds.get(code)


def _units(codes: list[str]) -> list[Unit]:
    found = {unit.code: unit for unit in Unit.objects.live().filter(code__in=codes, valid_to__isnull=True)}
    missing = [code for code in codes if code not in found]
    if missing:
        raise NotFound(f"没有单位「{missing[0][:40]}」")
    return [found[code] for code in codes]


def _selected(viewer: Officer, family: Family, request: HttpRequest) -> Any:
    """Visible cases of a family under the filters in the address (those of the ledger)."""
    stated = {name: list(values) for name, values in request.GET.lists()}
    selection = Selection.read(filters_of(family), stated)
    if selection.problems:
        raise BadFilter("；".join(selection.problems))
    return Case.objects.visible_to(viewer, family.permission_to("view")).filter(selection.q())


# ------------------------------------------------------------------------------------------------ operations
def make_router() -> Router:
    """Operations on cases, with one for opening each declared kind."""
    router = Router()

    @router.get("/kinds", response={200: list[KindOut], **ERRORS}, summary="事项类型")
    def list_kinds(request: HttpRequest) -> Any:
        """Kinds that the person asking may see."""
        viewer = require_viewer(request)
        seen = [one for one in families if viewer.may(one.permission_to("view"))]
        return [kind_out(kind) for family in seen for kind in kinds_of(family.code)]

    @router.get("/kinds/{code}", response={200: KindOut, **ERRORS}, summary="一个类型")
    def one_kind(request: HttpRequest, code: str) -> Any:
        """States, moves and the schema of the facts."""
        return kind_out(_kind_for(require_viewer(request), code))

    @router.get("", response={200: CasePage, **ERRORS}, summary="事项列表")
    def list_cases(
        request: HttpRequest,
        family: str,
        after: UUID | None = None,
        limit: int = 50,
    ) -> Any:
        """Newest found first. Any filter of the ledger may stand in the address, as on its page."""
        viewer = require_viewer(request)
        found = _family_for(viewer, family)
        rows = _selected(viewer, found, request).select_related("unit", "lead", "town", "road")
        known = Case.objects.visible_to(viewer, found.permission_to("view"))
        shown, following = paged(
            rows, known, Order.of(Case, "found_on", descending=True), after=after, limit=limit
        )
        return {"items": [case_out(case) for case in shown], "next": following}

    @router.get("/figures", response={200: FiguresOut, **ERRORS}, summary="统计")
    def case_figures(request: HttpRequest, family: str, start: date, end: date) -> Any:
        """Found, closed, on time, rebound; open and overdue at the end, by age."""
        viewer = require_viewer(request)
        if end < start:
            raise BadFilter(f"起始日期 {start} 晚于截止日期 {end}")
        return figures(_selected(viewer, _family_for(viewer, family), request), start, end)

    add_acts(router)

    @router.get("/{uuid:uid}", response={200: CaseWhole, **ERRORS}, summary="一件事项")
    def one_case(request: HttpRequest, uid: UUID) -> Any:
        """Everything about a case; of one that was merged, the original."""
        viewer = require_viewer(request)
        return case_whole(case_for(viewer, uid), viewer)

    @router.get("/{uuid:uid}/events", response={200: list[EventOut], **ERRORS}, summary="经过")
    def events(request: HttpRequest, uid: UUID) -> Any:
        """The history, newest first."""
        found = case_for(require_viewer(request), uid)
        return [
            {
                name: getattr(one, name)
                for name in ("code", "label", "is_move", "before", "after", "at", "on", "note")
            }
            | {"by": one.by_name}
            for one in events_of(found)[:200]
        ]

    @router.get("/{uuid:uid}/files", response={200: list[FileOut], **ERRORS}, summary="附件")
    def files(request: HttpRequest, uid: UUID) -> Any:
        """Files of a case."""
        return [file_out(one) for one in files_of(case_for(require_viewer(request), uid))]

    @router.post("/{uuid:uid}/files", response={201: list[FileOut], **ERRORS}, summary="上传附件")
    def upload(request: HttpRequest, uid: UUID, kind: str, file: File[list[UploadedFile]]) -> Any:
        """``kind``: photo, before, after or document. What a file is, is found out from its content."""
        viewer = require_viewer(request)
        case_for(viewer, uid)
        kept = keep_files([(one, one.name or "", kind) for one in file], by=viewer)
        return 201, [file_out(one) for one in attach(uid, kept, by=viewer)]

    @router.post("/{uuid:uid}/moves/{move}", response={200: CaseWhole, **ERRORS}, summary="办理一步")
    def make_move(request: HttpRequest, uid: UUID, move: str, stated: MoveIn) -> Any:
        """Evidence is uploaded before; what is missing is named in the refusal."""
        viewer = require_viewer(request)
        values: dict[str, Any] = {}
        if stated.lead:
            values["lead"] = _units([stated.lead])[0]
        if stated.helpers:
            values["helpers"] = _units(stated.helpers)
        values |= {name: getattr(stated, name) for name in ("due_on", "grade") if getattr(stated, name)}
        moved = move_case(uid, move, by=viewer, note=stated.note, values=values, version=stated.version)
        return case_whole(moved, viewer)

    @router.post("/{uuid:uid}/comments", response={200: CaseWhole, **ERRORS}, summary="补充情况")
    def comment(request: HttpRequest, uid: UUID, stated: NoteIn) -> Any:
        """A line of the history."""
        viewer = require_viewer(request)
        return case_whole(comment_case(uid, stated.note, by=viewer), viewer)

    for kind in kinds:
        _add_opening(router, kind)
    return router


def _add_opening(router: Router, kind: Kind) -> None:
    """The operation that opens a case of one kind, with the schema of its facts."""
    wanted = new_schema(kind)

    def opening(request: HttpRequest, stated: Any) -> Any:
        viewer = require_viewer(request)
        values = stated.model_dump(exclude={"details", "town"})
        values |= {"reporter_name": viewer.name, "town": town_of(stated.town)}
        with transaction.atomic():
            case = open_case(kind.code, values, details=stated.details.model_dump(), by=viewer)
        return 201, case_whole(case, viewer)

    opening.__annotations__["stated"] = wanted
    opening.__doc__ = kind.help or f"登记一件{kind.label}。"
    opening.__name__ = f"open_{kind.code.replace('.', '_')}"
    router.post(
        f"/new/{kind.code}", response={201: CaseWhole, **ERRORS}, summary=f"登记{kind.label}",
        operation_id=opening.__name__,
    )(opening)  # fmt: skip


def file_out(one: Any) -> dict[str, Any]:
    """A file as it is answered."""
    address = families.get(one.case.family).address_of(one.case.uid)
    names = ("uid", "kind", "media_type", "taken_at", "lon", "lat", "warnings")
    return {name: getattr(one, name) for name in names} | {
        "name": one.upload.name,
        "bytes": one.upload.bytes,
        "url": f"{address}files/{one.uid}/",
    }


add_router("cases", "事项", make_router)
