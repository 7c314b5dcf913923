"""交安委与成员单位: bodies and their members, each with the days between which it holds."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from anlu.apps.governance import services
from anlu.apps.governance.forms import BodyForm, MemberForm
from anlu.apps.governance.models import Body, Member
from anlu.apps.governance.terms import OFFICES
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, FlagFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.access import valid_on
from anlu.kernel.people.filters import UnitFilter
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, Personal, RelatedRows, ledgers

CHAPTER, ITEM = "综合治理", "交安委与成员单位"


def _member(row: Any, viewer: Viewer) -> str:
    return reverse("governance.member.detail", args=[row.uid])


MEMBER_COLUMNS = (
    Column("unit", "单位", value="unit.name", sort="unit__sort_key"),
    Column("office", "身份", dictionary=OFFICES),
    Column("duty", "职责", kind=Kind.LONG),
    Column("liaison_name", "联络员", personal=Personal.NAME),
    Column("valid_from", "起", sort="valid_from"),
    Column("valid_to", "止", sort="valid_to"),
)

BODIES = ledgers.add(
    Ledger(
        code="governance.body",
        path="governance/bodies",
        label="议事机构",
        noun="议事机构",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=20,
        model=Body,
        columns=(
            Column("name", "名称", sort="name"),
            Column("unit", "办事机构", value="unit.name"),
            Column("basis", "成立依据"),
            Column("valid_from", "成立", sort="valid_from"),
            Column("valid_to", "撤销", sort="valid_to"),
        ),
        filters=(
            TextFilter("q", "名称、依据", columns=("name", "basis")),
            DateFilter("begun", "成立", column="valid_from"),
        ),
        order="-valid_from",
        sections=(
            DetailSection(
                "基本情况",
                (
                    Column("unit", "办事机构", value="unit.name"),
                    Column("basis", "成立依据"),
                    Column("valid_from", "成立"),
                    Column("valid_to", "撤销"),
                    Column("duty", "职责", kind=Kind.LONG),
                ),
            ),
        ),
        related=(
            RelatedRows(
                "member",
                "成员单位",
                Member,
                through="body",
                columns=MEMBER_COLUMNS,
                order=("unit__sort_key", "valid_from", "pk"),
                link=_member,
                empty="还没有登记成员单位",
            ),
        ),
        form=BodyForm,
        add=services.bodies.add,
        change=services.bodies.change,
        void=services.bodies.void,
        restore=services.bodies.restore,
        icon="building-community",
        empty="这里登记交安委、安委办等议事机构：依据、职责、起止日期。",
    )
)

MEMBERS = ledgers.add(
    Ledger(
        code="governance.member",
        path="governance/members",
        label="成员单位",
        noun="成员单位",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=10,
        model=Member,
        columns=(
            MEMBER_COLUMNS[0],
            Column("body", "议事机构", value="body.name"),
            *MEMBER_COLUMNS[1:],
        ),
        filters=(
            TextFilter("q", "单位、职责", columns=("unit__name", "duty")),
            ChoiceFilter("office", "身份", choices=choices(OFFICES), common=True),
            UnitFilter("unit", "单位"),
            FlagFilter("now", "现任", yes=lambda: valid_on(today()), common=True),
            DateFilter("begun", "起", column="valid_from"),
        ),
        order="unit",
        title=lambda one: one.unit.name,
        form=MemberForm,
        add=services.members.add,
        change=services.members.change,
        void=services.members.void,
        restore=services.members.restore,
        icon="users-group",
        empty="这里登记交安委的成员单位：职责、联络员、起止日期。调整时给原来的填上止日，再登记新的。",
    )
)
