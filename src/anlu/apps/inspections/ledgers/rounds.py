"""督查: teams, rounds and what was looked at."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from anlu.apps.inspections import services
from anlu.apps.inspections.forms import RoundForm, TeamForm
from anlu.apps.inspections.models import Check, Round, Team
from anlu.apps.inspections.terms import CATEGORIES
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.core.filters import DateFilter, FlagFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, RelatedRows, Verb, ledgers

CHAPTER, ITEM = "队伍建设", "督查"


def categories_of(one: Round) -> str:
    """内务卫生、警容风纪."""
    return "、".join(label_of(CATEGORIES, code) for code in one.categories)


def units_of(one: Round) -> str:
    """Short names of the units."""
    return "、".join(unit.short_name or unit.name for unit in one.units.all())


def members_of(team: Team) -> str:
    """Leader first."""
    return "、".join([team.leader.name, *(one.name for one in team.members.all())])


def _begun(one: Any, viewer: Viewer) -> str:
    return "" if one.planned_on <= today() else f"{one.planned_on} 当天起填写"


CHECKS = RelatedRows(
    "check",
    "检查记录",
    Check,
    through="round",
    columns=(
        Column("unit", "受督查单位", value="unit.name"),
        Column("category", "类别", dictionary=CATEGORIES),
        Column("words", "检查内容"),
        Column("verdict", "结果", kind=Kind.STATUS, colours={"fine": "green", "wrong": "red"}),
        Column("note", "情况"),
        Column("case", "问题", value="case.number", kind=Kind.CODE),
    ),
    order=("unit__sort_key", "category", "pk"),
    empty="还没有填写",
)

ROUNDS = ledgers.add(
    Ledger(
        code="inspections.round",
        path="inspections/rounds",
        label="督查安排与记录",
        noun="督查",
        unit="次",
        chapter=CHAPTER,
        item=ITEM,
        rank=20,
        adding="安排督查",
        model=Round,
        columns=(
            Column("number", "编号", kind=Kind.CODE, sort="number"),
            Column("planned_on", "督查日期", sort="planned_on"),
            Column("team", "督查组", value="team.name"),
            Column("categories", "督查类别", value=categories_of),
            Column("announced", "事先通知"),
            Column("unit", "督查单位", value="unit.name", listed=False),
        ),
        filters=(
            TextFilter("q", "编号、督查组", columns=("number", "team__name")),
            DateFilter("planned", "督查日期", column="planned_on", common=True),
            FlagFilter("announced", "事先通知", yes=Q(announced=True)),
        ),
        order="-planned_on",
        sections=(
            DetailSection(
                "督查安排",
                (
                    Column("team", "督查组", value="team.name"),
                    Column("planned_on", "督查日期"),
                    Column("categories", "督查类别", value=categories_of),
                    Column("units", "受督查单位", value=units_of),
                    Column("announced", "事先通知"),
                    Column("note", "要求", kind=Kind.LONG),
                ),
                note="不事先通知的督查，当天以前只有督查组看得到。",
            ),
        ),
        related=(CHECKS,),
        head=("planned_on", "team", "categories"),
        verbs=(Verb("填写记录", "inspections.round.fill", "checklist", possible=_begun),),
        form=RoundForm,
        add=services.rounds.add,
        change=services.rounds.change,
        void=services.rounds.void,
        restore=services.rounds.restore,
        icon="checklist",
        empty="先登记督查组，再安排督查。到了当天，用手机逐项填写，不合格的自动登记为督查问题。",
    )
)

TEAMS = ledgers.add(
    Ledger(
        code="inspections.team",
        path="inspections/teams",
        label="督查组",
        noun="督查组",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=60,
        model=Team,
        columns=(
            Column("name", "督查组", sort="name"),
            Column("leader", "组长", value="leader.name"),
            Column("valid_from", "起", sort="valid_from"),
            Column("valid_to", "止", sort="valid_to"),
            Column("unit", "督查单位", value="unit.name"),
        ),
        filters=(
            TextFilter("q", "督查组", columns=("name", "leader__name")),
            DateFilter("begun", "起", column="valid_from"),
        ),
        order="-valid_from",
        sections=(
            DetailSection(
                "督查组",
                (
                    Column("name", "督查组"),
                    Column("people", "成员", value=members_of),
                    Column("valid_from", "起"),
                    Column("valid_to", "止"),
                    Column("unit", "督查单位", value="unit.name"),
                ),
            ),
        ),
        form=TeamForm,
        add=services.teams.add,
        change=services.teams.change,
        void=services.teams.void,
        restore=services.teams.restore,
        icon="users-group",
        empty="这里登记督查小分队：组长、组员和起止日期。",
    )
)
