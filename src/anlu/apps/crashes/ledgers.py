"""事故台账: the list of crashes with its filters, detail, form, import and export; and the pages of its
verbs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse

from anlu.apps.crashes import permissions, services
from anlu.apps.crashes.filters import FILTERS, WEEKDAYS
from anlu.apps.crashes.forms import CrashForm, PartyForm, ProcedureForm, VehicleForm
from anlu.apps.crashes.models import Crash, CrashParty, CrashVehicle, ProcedureChange
from anlu.kernel.core.clock import today
from anlu.kernel.core.language import formats
from anlu.kernel.core.language.words import Verbatim
from anlu.kernel.core.models.records import Precision
from anlu.kernel.core.scope import Viewer
from anlu.kernel.places.phrases import phrase_of
from anlu.kernel.places.segments import segment_of
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, Personal, Preset, RelatedRows, Verb, ledgers
from anlu.web.nav import Crumb, page
from anlu.web.pages.base import one_of
from anlu.web.pages.small import small_form
from anlu.web.viewers import require_viewer


def _code(name: str, label: str, list_: str = "", **rest: Any) -> Column:
    return Column(name, label, dictionary=f"crash.{list_ or name}", **rest)


def stake(crash: Crash) -> str:
    """``K12+345``, "" where no chainage is known."""
    if crash.chainage_m is None:
        return ""
    km, metres = divmod(round(crash.chainage_m), 1000)
    return f"K{km}+{metres:03d}"


def place_of(crash: Crash) -> str:
    """Where, in one line: road and stake, else the words of the source."""
    road = crash.road.name if crash.road else crash.road_name
    return " ".join(part for part in (road, stake(crash)) if part) or crash.place_text


def office(crash: Crash) -> str:
    """The unit that handles it, in short where it has a short name."""
    return Verbatim(crash.unit.short_name or crash.unit.name) if crash.unit else ""


def segment(crash: Crash) -> str:
    """Name of the segment of its road, "" on none."""
    found = segment_of(crash, crash.occurred_on)
    return Verbatim(found.name) if found is not None else ""


def segment_url(crash: Crash) -> str:
    """Where the segment is told of."""
    found = segment_of(crash, crash.occurred_on)
    return ledgers.get("places.segment").url_of(found) if found is not None else ""


def phrase(crash: Crash) -> str:
    """Where, in the words of GA/T 1980, by the nearest junction or site."""
    if crash.road is None or crash.chainage_m is None:
        return ""
    return Verbatim(phrase_of(crash.road, crash.chainage_m))


def when(crash: Crash) -> str:
    """The frozen local day, and the time of day as exactly as it is known."""
    if crash.occurred_hour is None:
        return formats.day(crash.occurred_on)
    minute = f"{crash.occurred_at:%M}" if crash.time_precision == Precision.MINUTE else ""
    return formats.day_and_time(crash.occurred_on, crash.occurred_hour, minute)


def weekday_of(crash: Crash) -> str:
    """周一 … 周日."""
    return f"周{WEEKDAYS[crash.occurred_weekday - 1]}"


COLUMNS = (
    Column("number", "事故编号", kind=Kind.CODE, sort="number"),
    Column("occurred_at", "发生时间", value=when, sort="occurred_at", kind=Kind.CODE),
    _code("severity", "后果", kind=Kind.SEVERITY, sort="severity"),
    Column("place", "地点", value=place_of, kind=Kind.PLACE),
    Column("town", "辖区", value="town.name"),
    _code("form", "事故形态"),
    _code("cause", "认定原因"),
    Column("killed", "死亡", sort="killed", kind=Kind.NUMBER),
    Column("injured", "受伤", sort="injured", kind=Kind.NUMBER),
    _code("procedure", "处理程序"),
    Column("unit", "办理单位", value=office, joins=("unit",)),
    Column("marks", "质量标记", kind=Kind.TAGS, dictionary="crash.mark"),
)

SECTIONS = (
    DetailSection(
        "基本情况",
        (
            Column("case_number", "案件编号", kind=Kind.CODE),
            Column("occurred", "发生时间", value=when, kind=Kind.CODE),
            Column("weekday", "星期", value=weekday_of),
            Column("time_precision", "时间精度"),
            Column("reported_at", "接报时间"),
            Column("filed_at", "立案时间"),
            _code("procedure", "处理程序"),
            Column("unit", "办理单位", value="unit.name"),
        ),
    ),
    DetailSection(
        "地点",
        (
            Column("town", "辖区", value="town.name"),
            Column("road_name", "道路"),
            Column("stake", "桩号", value=stake, kind=Kind.CODE),
            Column("segment", "路段", value=segment, link=segment_url),
            Column("place_text", "地点(原文)", kind=Kind.LONG),
            Column("phrase", "地点表述", value=phrase, kind=Kind.LONG),
            Column("lon", "经度"),
            Column("lat", "纬度"),
            Column("location_state", "定位"),
        ),
    ),
    DetailSection(
        "后果",
        (
            Column("killed", "死亡(7日内)"),
            Column("killed_30d", "死亡(30日内)"),
            Column("seriously_injured", "重伤"),
            Column("slightly_injured", "轻伤"),
            Column("injured", "受伤"),
            Column("loss_cny", "直接财产损失(元)", kind=Kind.MONEY),
            Column("vehicles_count", "车辆数"),
            Column("parties_count", "当事人数"),
        ),
        note="有当事人明细时,伤亡由明细得出;死亡按事故后7日内统计。",
    ),
    DetailSection(
        "形态与原因",
        (
            _code("form", "事故形态"),
            _code("vehicle_form", "车辆间事故"),
            _code("object_hit", "碰撞物"),
            _code("cause", "认定原因分类"),
            Column("cause_detail", "认定原因", kind=Kind.CODE),
            Column("hit_and_run", "逃逸", kind=Kind.FLAG),
            Column("dangerous_goods", "涉危险品", kind=Kind.FLAG),
            Column("description", "简要案情", kind=Kind.LONG),
        ),
    ),
    DetailSection(
        "环境与道路",
        (
            _code("weather", "天气"),
            _code("light", "照明条件"),
            _code("visibility", "能见度"),
            _code("surface", "路表情况"),
            _code("road_class", "道路类型"),
            _code("road_rank", "公路行政等级"),
            _code("junction", "路口路段类型"),
            _code("terrain", "地形"),
            Column("speed_limit_kmh", "限速(公里/小时)"),
            Column("sight_obstruction", "影响视线障碍物"),
        ),
    ),
    DetailSection(
        "来源与质量",
        (
            Column("source", "来源"),
            Column("source_key", "来源编号", kind=Kind.CODE),
            Column("batch", "导入批次", value=lambda crash: str(crash.batch) if crash.batch_id else ""),
            Column("marks", "质量标记", kind=Kind.TAGS, dictionary="crash.mark"),
            Column("facts", "来源原文", value=lambda crash: facts_text(crash.facts), kind=Kind.LONG),
        ),
    ),
)


def facts_text(facts: Mapping[str, Any]) -> str:
    """What the source stated and no field took, one per line."""
    return "\n".join(f"{name}:{value}" for name, value in sorted(facts.items()))


VEHICLES = RelatedRows(
    "vehicles",
    "车辆",
    CrashVehicle,
    "crash",
    (
        Column("seq", "序号", kind=Kind.NUMBER),
        _code("vehicle_class", "车辆类型"),
        Column("plate", "号牌号码", personal=Personal.PLATE),
        _code("manoeuvre", "行驶状态"),
        _code("first_impact", "首撞部位"),
        _code("object_hit", "碰撞物"),
        _code("insured", "交强险"),
        Column("driver_age", "驾驶人年龄"),
        _code("driver_sex", "驾驶人性别", "sex"),
    ),
    order=("seq",),
)

PARTIES = RelatedRows(
    "parties",
    "当事人",
    CrashParty,
    "crash",
    (
        Column("seq", "序号", kind=Kind.NUMBER),
        Column("name", "姓名", personal=Personal.NAME),
        _code("sex", "性别"),
        Column("age", "年龄"),
        Column("id_number", "证件号码", personal=Personal.IDENTITY),
        Column("phone", "电话", personal=Personal.PHONE),
        _code("role", "角色"),
        _code("mode", "交通方式"),
        _code("injury", "伤害程度"),
        Column("died_at", "死亡时间"),
        _code("liability", "事故责任"),
        _code("helmet", "头盔", "protection"),
        _code("belt", "安全带", "protection"),
    ),
    order=("seq",),
)

PROCEDURES = RelatedRows(
    "procedure_changes",
    "程序变更",
    ProcedureChange,
    "crash",
    (
        Column("changed_on", "变更日期"),
        _code("from_procedure", "原程序", "procedure"),
        _code("to_procedure", "现程序", "procedure"),
        Column("why", "原因"),
        Column("officer_name", "经办"),
    ),
    order=("changed_on", "pk"),
    empty="没有变更",
)


def _this_year() -> Mapping[str, Any]:
    return {"occurred_from": f"{today().year}-01-01"}


CRASHES = ledgers.add(
    Ledger(
        code="crashes.crash",
        path="crashes",
        label="事故台账",
        noun="事故",
        unit="起",
        model=Crash,
        chapter="源头管控",
        item="事故台账",
        columns=COLUMNS,
        filters=FILTERS,
        order="-occurred_at",
        presets=(
            Preset("亡人", lambda: {"severity": "fatal"}),
            Preset("今年", _this_year),
            Preset("未定位", lambda: {"located": "0"}),
            Preset("有质量标记", lambda: {"marked": "1"}),
        ),
        sections=SECTIONS,
        related=(VEHICLES, PARTIES, PROCEDURES),
        head=("severity", "occurred_at", "place", "killed", "injured"),
        verbs=(
            Verb("登记当事人", "crashes.party.new", "user-plus"),
            Verb("登记车辆", "crashes.vehicle.new", "car"),
            Verb("变更程序", "crashes.procedure.change", "arrows-exchange"),
        ),
        form=CrashForm,
        add=services.add_crash,
        change=services.change_crash,
        void=services.void_crash,
        restore=services.restore_crash,
        importing="crashes",
        layer="crashes",
        defer=("facts", "description"),
        icon="car-crash",
        empty="还没有事故。可以导入综合应用平台的导出文件,也可以逐起登记。",
    )
)


# --- pages of the verbs


Act = Callable[[Crash, dict[str, Any], Viewer], Any]
HERE: dict[str, Any] = {
    "permission": permissions.CHANGE,
    "chapter": "源头管控",
    "item": "事故台账",
    "entry": False,
    "ledger": "crashes.crash",
}


def _small_form(
    request: HttpRequest,
    uid: UUID,
    title: str,
    form_of: Callable[[Any], forms.BaseForm],
    act: Act,
    done: str,
) -> HttpResponse:
    """One form about one crash, on a page of its own."""
    viewer = require_viewer(request)
    crash: Crash = one_of(Crash.objects.visible_to(viewer, permissions.CHANGE), CRASHES, uid)
    request.trail = [Crumb(crash.number, CRASHES.url_of(crash)), Crumb(title)]  # type: ignore[attr-defined]
    form = form_of(request.POST or None)

    def done_by() -> str:
        act(crash, form.cleaned_data, viewer)
        return f"{crash.number}:{done}"

    return small_form(request, form, done_by, title=f"{title} {crash.number}", back=CRASHES.url_of(crash))


@page("crashes.party.new", "crashes/<uuid:uid>/parties/new/", "登记当事人", **HERE)
def new_party(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add a person to a crash."""
    return _small_form(
        request,
        uid,
        "登记当事人",
        PartyForm,
        lambda crash, values, viewer: services.add_party(crash.uid, values, by=viewer),
        "已登记当事人",
    )


@page("crashes.vehicle.new", "crashes/<uuid:uid>/vehicles/new/", "登记车辆", **HERE)
def new_vehicle(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add a vehicle to a crash."""
    return _small_form(
        request,
        uid,
        "登记车辆",
        VehicleForm,
        lambda crash, values, viewer: services.add_vehicle(crash.uid, values, by=viewer),
        "已登记车辆",
    )


@page("crashes.procedure.change", "crashes/<uuid:uid>/procedure/", "变更程序", **HERE)
def new_procedure(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Move a crash to another procedure, with a reason."""
    return _small_form(
        request,
        uid,
        "变更程序",
        lambda data: ProcedureForm(data, initial={"on": today()}),
        lambda crash, values, viewer: services.change_procedure(
            crash.uid, values["to"], why=values["why"], on=values["on"], by=viewer
        ),
        "已变更处理程序",
    )
