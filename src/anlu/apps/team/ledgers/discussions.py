"""大讨论与问题清单: the great discussions. Their problem lists are cases."""

from __future__ import annotations

from typing import Any

from anlu.apps.team import services
from anlu.apps.team.forms import DiscussionForm
from anlu.apps.team.models import Discussion, DiscussionActivity
from anlu.apps.team.terms import SOURCES, THEMES
from anlu.kernel.activities.permissions import VIEW
from anlu.kernel.cases.kinds import families
from anlu.kernel.cases.models import Case
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.core.filters import DateFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.filters import UnitFilter
from anlu.web.desk.activities.ledger import attendance, kind_label, url_of, when
from anlu.web.desk.cases.columns import state_words
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, RelatedRows, Verb, ledgers

CHAPTER, ITEM = "队伍建设", "大讨论与问题清单"


def themes_of(discussion: Discussion) -> str:
    """比担当、比干劲 …."""
    return "、".join(label_of(THEMES, code) for code in discussion.themes)


def _may_see(viewer: Viewer, thing: object) -> bool:
    scope = viewer.scope_for(VIEW)
    return scope.everything or getattr(thing, "unit_id", None) in scope.units


def _link(row: Any, viewer: Viewer) -> str:
    return url_of(row.activity)


def _source(row: Any) -> str:
    return label_of(SOURCES, str(row.details.get("source", "")))


def _problem(row: Any, viewer: Viewer) -> str:
    return families.get(row.family).address_of(row.uid)


DISCUSSIONS = ledgers.add(
    Ledger(
        code="team.discussion",
        path="team/discussions",
        label="大讨论",
        noun="大讨论",
        unit="项",
        chapter=CHAPTER,
        item=ITEM,
        rank=10,
        model=Discussion,
        columns=(
            Column("title", "名称", sort="title"),
            Column("slogan", "抓手"),
            Column("themes", "主题词", value=themes_of),
            Column("started_on", "起", sort="started_on"),
            Column("ended_on", "止", sort="ended_on"),
            Column("plan_number", "方案文号", kind=Kind.CODE),
            Column("unit", "组织单位", value="unit.name"),
        ),
        filters=(
            TextFilter("q", "名称、抓手、文号", columns=("title", "slogan", "plan_number")),
            DateFilter("started", "起", column="started_on", common=True),
            UnitFilter("unit", "组织单位"),
        ),
        order="-started_on",
        sections=(
            DetailSection(
                "大讨论",
                (
                    Column("slogan", "抓手"),
                    Column("themes", "主题词", value=themes_of),
                    Column("unit", "组织单位", value="unit.name"),
                    Column("plan_title", "方案名称"),
                    Column("plan_number", "方案文号", kind=Kind.CODE),
                    Column("plan_on", "方案日期"),
                    Column("result", "成效", kind=Kind.LONG),
                ),
                note="主题词只作标签；不对个人按主题排行。",
            ),
        ),
        related=(
            RelatedRows(
                "activity",
                "下挂活动",
                DiscussionActivity,
                through="discussion",
                columns=(
                    Column("title", "名称", value="activity.title"),
                    Column("kind", "类型", value=lambda row: kind_label(row.activity), joins=("activity",)),
                    Column("day", "日期", value=lambda row: when(row.activity), joins=("activity",)),
                    Column(
                        "head", "实到/应到", value=lambda row: attendance(row.activity), joins=("activity",)
                    ),
                ),
                order=("activity__day", "pk"),
                open_to=_may_see,
                link=_link,
                empty="还没有挂上活动",
            ),
            RelatedRows(
                "problem",
                "查摆的问题",
                Case,
                through="about_uid",
                key="uid",
                permission="team.problem.view",
                columns=(
                    Column("number", "编号", kind=Kind.CODE),
                    Column("title", "问题"),
                    Column("source", "来源", value=_source),
                    Column("lead", "责任单位", value="lead.name"),
                    Column("due_on", "期限"),
                    Column("state", "状态", value=state_words),
                ),
                link=_problem,
                empty="还没有登记问题",
            ),
        ),
        head=("started_on", "ended_on"),
        verbs=(
            Verb("下挂活动", "team.discussion.activities", "link"),
            Verb("登记问题", "team.discussion.problem", "plus"),
        ),
        form=DiscussionForm,
        add=services.discussions.add,
        change=services.discussions.change,
        void=services.discussions.void,
        restore=services.discussions.restore,
        icon="users-group",
        empty="这里登记大讨论：方案、主题词、起止，以及下挂的活动。",
    )
)
