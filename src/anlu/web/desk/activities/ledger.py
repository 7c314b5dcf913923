"""A ledger over a family of kinds of activity: one declaration of an app gives all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from anlu.kernel.activities import permissions, services
from anlu.kernel.activities.models import Activity, ActivityState, Attendance, SignIn
from anlu.kernel.activities.registry import kind_choices, kinds, kinds_of, label_of
from anlu.kernel.activities.terms import AUDIENCE, FORM, OFFICE
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.dictionaries import label_of as dictionary_label
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, Filter, NumberFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.places.filters import AreaFilter
from anlu.web.desk.activities.forms import form_for
from anlu.web.desk.activities.verbs import add_verbs
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, Personal, Preset, RelatedRows, Verb, ledgers

STATE_COLOURS = {"planned": "blue", "held": "green", "cancelled": "grey"}


def kind_label(activity: Activity) -> str:
    """What its kind is called."""
    return label_of(activity.kind)


def when(activity: Activity) -> str:
    """Day, and the time of day where it is known."""
    begins = f" {activity.begins:%H:%M}" if activity.begins else ""
    ends = f"–{activity.ends:%H:%M}" if activity.begins and activity.ends else ""
    return f"{activity.day}{begins}{ends}"


def attendance(activity: Activity) -> str:
    """``62/64``, or how many came; "" where nobody counted."""
    if activity.head_count is None:
        return ""
    return f"{activity.head_count}/{activity.due_count}" if activity.due_count else f"{activity.head_count}"


def attendance_rate(activity: Activity) -> str:
    """``96.9%``."""
    share = activity.attendance_share
    return "" if share is None else f"{100 * share:.1f}%"


def office_label(activity: Activity) -> str:
    """In which office the speaker spoke."""
    return dictionary_label(OFFICE, activity.speaker_office) if activity.speaker_office else ""


def details_of(activity: Activity) -> str:
    """Facts of its kind, one a line."""
    if activity.kind not in kinds:
        return ""
    stated = [(one.label, activity.details.get(one.name)) for one in kinds.get(activity.kind).facts]
    return "\n".join(f"{label}:{value}" for label, value in stated if value)


ATTENDANCES = RelatedRows(
    "attendance",
    "参加人员",
    Attendance,
    through="activity",
    columns=(
        Column("name", "姓名", personal=Personal.NAME),
        Column("kind", "身份"),
        Column("present", "到场"),
        Column("note", "请假事由"),
    ),
    order=("officer__sort_key", "pk"),
    empty="没有使用签到;名单只用于本次活动,不排名、不计时长",
)


def _columns(topics: str, programmes: str, *, speaker: bool) -> tuple[Column, ...]:
    optional = (
        (Column("topic", "主题", dictionary=topics),) if topics else (),
        (Column("programme", "所属行动", dictionary=programmes, listed=False),) if programmes else (),
        (Column("speaker", "主讲人", note=office_label, personal=Personal.NAME),) if speaker else (),
    )
    return (
        Column("number", "编号", kind=Kind.CODE, sort="number"),
        Column("title", "名称", sort="title"),
        Column("kind", "类型", value=kind_label, sort="kind", kind=Kind.TAG),
        Column("state", "状态", kind=Kind.STATUS, sort="state", colours=STATE_COLOURS),
        Column("day", "日期", value=when, sort="day", kind=Kind.CODE),
        Column("organisers", "组织者"),
        *(one for group in optional for one in group),
        Column("host", "主办", listed=False),
        Column("place", "地点", listed=False),
        Column("audience", "参加范围", dictionary=AUDIENCE),
        Column("form", "形式", dictionary=FORM, listed=False),
        Column("attendance", "实到/应到", value=attendance),
        Column("unit", "单位", value="unit.name", listed=False),
    )


def _sections(topics: str, programmes: str, *, speaker: bool, facts: bool) -> tuple[DetailSection, ...]:
    content = [
        *([Column("topic", "主题", dictionary=topics)] if topics else []),
        *([Column("programme", "所属行动", dictionary=programmes)] if programmes else []),
        Column("form", "形式", dictionary=FORM),
        Column("audience", "参加范围", dictionary=AUDIENCE),
        *([Column("speaker", "主讲人", personal=Personal.NAME)] if speaker else []),
        *([Column("speaker_office", "主讲人职务", dictionary=OFFICE)] if speaker else []),
        *([Column("details", "专项内容", value=details_of, kind=Kind.LONG)] if facts else []),
    ]
    return (
        DetailSection(
            "基本情况",
            (
                Column("number", "编号", kind=Kind.CODE),
                Column("organisers", "组织者"),
                Column("unit", "单位", value="unit.name"),
                Column("host", "主办"),
                Column("planned_on", "计划日期"),
                Column("held_on", "开展日期"),
                Column("place", "地点"),
                Column("town", "辖区", value="town.name"),
            ),
        ),
        DetailSection("内容", tuple(content)),
        DetailSection(
            "开展情况",
            (
                Column("due_count", "应到人数"),
                Column("head_count", "实到人数"),
                Column("rate", "到场率", value=attendance_rate),
                Column("sign_in", "签到方式"),
                Column("outcome", "小结", kind=Kind.LONG),
                Column("cancelled_why", "取消原因"),
            ),
        ),
    )


def _filters(families: tuple[str, ...], topics: str, programmes: str) -> tuple[Filter, ...]:
    found: list[Filter] = [
        TextFilter("q", "编号、名称、主讲人", columns=("number", "title", "speaker", "organisers", "host")),
        ChoiceFilter("kind", "类型", choices=kind_choices(*families), common=True),
        ChoiceFilter("state", "状态", choices=lambda: ActivityState.choices, common=True),
        DateFilter("day", "日期", column="day", common=True),
        DateFilter("held", "开展", column="held_on"),
        UnitFilter("unit", "单位", merged=False),
        AreaFilter("town", "辖区"),
    ]
    if topics:
        found.append(ChoiceFilter("topic", "主题", choices=choices(topics)))
    if programmes:
        found.append(ChoiceFilter("programme", "所属行动", choices=choices(programmes)))
    found += [
        ChoiceFilter("audience", "参加范围", choices=choices(AUDIENCE)),
        ChoiceFilter("form", "形式", choices=choices(FORM)),
        ChoiceFilter("speaker_office", "主讲人职务", choices=choices(OFFICE)),
        TextFilter("host", "主办", columns=("host",)),
        NumberFilter("head_count", "实到人数"),
    ]
    return tuple(found)


def _only_planned(activity: Any, viewer: Viewer) -> str:
    return "" if activity.state == ActivityState.PLANNED else activity.get_state_display()


def _not_cancelled(activity: Any, viewer: Viewer) -> str:
    return "已取消" if activity.state == ActivityState.CANCELLED else ""


def _by_list(activity: Any, viewer: Viewer) -> str:
    return "" if activity.sign_in == SignIn.LIST else "没有用名单签到"


class Services:
    """The services of one ledger: those of activities under the ledger's own permissions."""

    def __init__(self, code: str) -> None:
        self.code = code

    def add(self, values: Mapping[str, Any], *, by: Viewer) -> Activity:
        """Plan or write down."""
        return services.add_activity(values, by=by, permission=f"{self.code}.add")

    def change(self, uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Activity:
        """Correct."""
        permission = f"{self.code}.change"
        return services.change_activity(uid, values, version=version, by=by, permission=permission)

    def void(self, uid: UUID, *, why: str, by: Viewer) -> Activity:
        """Take out."""
        return services.void_activity(uid, why=why, by=by, permission=f"{self.code}.void")

    def restore(self, uid: UUID, *, by: Viewer) -> Activity:
        """Take back."""
        return services.restore_activity(uid, by=by, permission=f"{self.code}.void")


def activity_ledger(
    code: str,
    path: str,
    label: str,
    noun: str,
    *,
    families: tuple[str, ...],
    chapter: str,
    item: str,
    rank: int = 50,
    unit: str = "次",
    icon: str = "calendar",
    empty: str = "",
    related: tuple[RelatedRows, ...] = (),
    verbs: tuple[Verb, ...] = (),
) -> Ledger:
    """
    Declare and register the ledger of the kinds of ``families``, with its pages for holding and signing in.

    The app declares ``<code>.add``, ``<code>.change`` and ``<code>.void``; viewing and exporting are the
    permissions of all activities. The kinds must be declared before.
    """
    declared = kinds_of(*families)
    topics = next((one.topics for one in declared if one.topics), "")
    programmes = next((one.programmes for one in declared if one.programmes), "")
    speaker = any(one.speaker for one in declared)
    of = Services(code)
    codes = [one.code for one in declared]
    ledger = ledgers.add(
        Ledger(
            code=code,
            path=path,
            label=label,
            noun=noun,
            unit=unit,
            chapter=chapter,
            item=item,
            rank=rank,
            model=Activity,
            only=Q(kind__in=codes),
            columns=_columns(topics, programmes, speaker=speaker),
            filters=_filters(families, topics, programmes),
            order="-day",
            presets=(
                Preset(
                    "今年", lambda: {"day_from": f"{today().year}-01-01", "day_to": f"{today().year}-12-31"}
                ),
                Preset("计划中", lambda: {"state": "planned"}),
                Preset("已开展", lambda: {"state": "held"}),
            ),
            sections=_sections(topics, programmes, speaker=speaker, facts=any(one.facts for one in declared)),
            related=(*related, ATTENDANCES),
            head=("kind", "state", "day", "attendance"),
            verbs=(
                *verbs,
                Verb("登记开展", f"{code}.hold", "circle-check", possible=_only_planned),
                Verb("签到设置", f"{code}.sign_in", "users", possible=_not_cancelled),
                Verb("签到名单", f"{code}.attendance", "list-check", possible=_by_list),
                Verb("取消活动", f"{code}.cancel", "ban", possible=_only_planned),
            ),
            form=form_for(*families),
            add=of.add,
            change=of.change,
            void=of.void,
            restore=of.restore,
            permissions={"view": permissions.VIEW, "export": permissions.EXPORT},
            attaches=True,
            icon=icon,
            empty=empty,
        )
    )
    add_verbs(ledger)
    return ledger


def ledger_of(activity: Activity) -> Ledger | None:
    """The ledger in which an activity stands."""
    for one in ledgers:
        if one.model is Activity and activity.kind in _codes_of(one):
            return one
    return None


def _codes_of(ledger: Ledger) -> list[str]:
    chosen = dict(ledger.only.children).get("kind__in", [])
    return list(chosen)


def url_of(activity: Activity) -> str:
    """The page of an activity; "" where no ledger lists its kind."""
    found = ledger_of(activity)
    return reverse(f"{found.code}.detail", args=[activity.uid]) if found else ""
