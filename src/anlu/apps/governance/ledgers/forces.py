"""专班与抽调: task forces with their members and dates, and people who are seconded."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse

from anlu.apps.governance import forces
from anlu.apps.governance.forms import ForceMemberForm, SecondmentForm, TaskForceForm
from anlu.apps.governance.models import ForceMember, Secondment, TaskForce
from anlu.apps.governance.terms import PURPOSES
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, FlagFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.access import valid_on
from anlu.kernel.people.filters import UnitFilter
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, Personal, RelatedRows, ledgers

CHAPTER, ITEM = "综合治理", "专班与抽调"


def _address(ledger: str) -> Any:
    def link(row: Any, viewer: Viewer) -> str:
        return reverse(f"{ledger}.detail", args=[row.uid])

    return link


def rights_words(member: ForceMember) -> str:
    """Until when the account of a member holds the rights of the task force."""
    if member.grant is None:
        return "无账号" if member.officer is None else "无"
    end = member.grant.valid_to
    if end is not None and end < today():
        return f"{end} 已收回"
    return f"至 {end}，到期自动收回"


def state_words(force: TaskForce) -> str:
    """Whether it works today."""
    if force.valid_from > today():
        return "未开始"
    return "进行中" if force.valid_to >= today() else "已结束"


def _serving_today() -> Q:
    """Both the membership and its task force have begun and are not over."""
    day = today()
    return valid_on(day) & Q(force__valid_from__lte=day, force__valid_to__gte=day)


MEMBER_COLUMNS = (
    Column("unit", "单位", value="unit.name", sort="unit__sort_key"),
    Column("name", "姓名", personal=Personal.NAME),
    Column("duty", "分工"),
    Column("valid_from", "起", sort="valid_from"),
    Column("ends_on", "止"),
    Column("rights", "专班权限", value=rights_words, joins=("grant", "force", "officer")),
)
SECONDED_COLUMNS = (
    Column("purpose", "用途", dictionary=PURPOSES),
    Column("work", "任务"),
    Column("unit", "抽调自", value="unit.name", sort="unit__sort_key"),
    Column("head_count", "人数", kind=Kind.NUMBER, sort="head_count"),
    Column("to_unit", "抽调到", value="to_unit.name"),
    Column("valid_from", "起", sort="valid_from"),
    Column("valid_to", "止", sort="valid_to"),
)

FORCES = ledgers.add(
    Ledger(
        code="governance.task_force",
        path="governance/task-forces",
        label="专班",
        noun="专班",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=10,
        model=TaskForce,
        columns=(
            Column("name", "专班", sort="name"),
            Column("unit", "牵头单位", value="unit.name", sort="unit__sort_key"),
            Column("leader", "组长"),
            Column("area", "整治范围", value="area.name"),
            Column(
                "state",
                "状态",
                value=state_words,
                kind=Kind.STATUS,
                colours={"进行中": "blue", "已结束": "grey", "未开始": "grey"},
            ),
            Column("valid_from", "组建", sort="valid_from"),
            Column("valid_to", "结束", sort="valid_to"),
        ),
        filters=(
            TextFilter("q", "专班、任务", columns=("name", "task")),
            UnitFilter("unit", "牵头单位"),
            DateFilter("begun", "组建", column="valid_from", common=True),
            DateFilter("ends", "结束", column="valid_to"),
        ),
        order="-valid_from",
        sections=(
            DetailSection(
                "基本情况",
                (
                    Column("task", "任务", kind=Kind.LONG),
                    Column("unit", "牵头单位", value="unit.name"),
                    Column("leader", "组长"),
                    Column("area", "整治范围", value="area.name"),
                    Column("basis", "依据"),
                    Column("valid_from", "组建"),
                    Column("valid_to", "结束"),
                ),
            ),
        ),
        related=(
            RelatedRows(
                "member",
                "成员",
                ForceMember,
                through="force",
                columns=MEMBER_COLUMNS,
                order=("unit__sort_key", "valid_from", "pk"),
                link=_address("governance.force_member"),
                empty="还没有登记成员",
            ),
            RelatedRows(
                "secondment",
                "抽调",
                Secondment,
                through="force",
                columns=SECONDED_COLUMNS,
                order=("valid_from", "pk"),
                link=_address("governance.secondment"),
                empty="还没有登记抽调",
            ),
        ),
        form=TaskForceForm,
        add=forces.forces.add,
        change=forces.forces.change,
        void=forces.forces.void,
        restore=forces.forces.restore,
        icon="users-group",
        empty="这里登记为一项任务组建的专班：任务、组长、成员、起止。到期成员的权限自动收回。",
    )
)

MEMBERS = ledgers.add(
    Ledger(
        code="governance.force_member",
        path="governance/force-members",
        label="专班成员",
        noun="专班成员",
        unit="人",
        chapter=CHAPTER,
        item=ITEM,
        rank=20,
        model=ForceMember,
        columns=(Column("force", "专班", value="force.name"), *MEMBER_COLUMNS),
        filters=(
            TextFilter("q", "专班、分工", columns=("force__name", "duty")),
            UnitFilter("unit", "单位"),
            FlagFilter(
                "now",
                "在任",
                yes=_serving_today,
                common=True,
            ),
            DateFilter("begun", "起", column="valid_from"),
        ),
        order="unit",
        title=lambda one: f"{one.force} {one.unit}",
        form=ForceMemberForm,
        add=forces.members.add,
        change=forces.members.change,
        void=forces.members.void,
        restore=forces.members.restore,
        icon="user-check",
        empty="这里登记专班成员：单位、分工、起止。有账号的在任期内自动有专班权限。",
    )
)

SECONDMENTS = ledgers.add(
    Ledger(
        code="governance.secondment",
        path="governance/secondments",
        label="抽调",
        noun="抽调",
        unit="批",
        chapter=CHAPTER,
        item=ITEM,
        rank=30,
        model=Secondment,
        columns=(*SECONDED_COLUMNS, Column("force", "专班", value="force.name")),
        filters=(
            TextFilter("q", "任务", columns=("work",)),
            ChoiceFilter("purpose", "用途", choices=choices(PURPOSES), common=True),
            UnitFilter("unit", "抽调自", common=True),
            DateFilter("begun", "起", column="valid_from"),
        ),
        order="-valid_from",
        form=SecondmentForm,
        add=forces.secondments.add,
        change=forces.secondments.change,
        void=forces.secondments.void,
        restore=forces.secondments.restore,
        icon="arrows-exchange",
        empty="这里登记从哪个单位抽调多少人、到哪里、做什么、起止。只记人数，不记姓名。",
    )
)
