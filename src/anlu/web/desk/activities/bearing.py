"""承办记录: who held what; figures about bearers (each branch held its meeting) open here."""

from __future__ import annotations

from typing import Any

from anlu.kernel.activities import permissions
from anlu.kernel.activities.models import ActivityBearer, ActivityState
from anlu.kernel.activities.registry import bearer_groups, group_choices, kind_choices, label_of
from anlu.kernel.activities.terms import OFFICE
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, TextFilter
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.places.filters import AreaFilter
from anlu.web.desk.activities.ledger import STATE_COLOURS, url_of
from anlu.web.ledgers import Column, Kind, Ledger, ledgers


def _group(row: Any) -> str:
    return bearer_groups.get(row.group).label if row.group in bearer_groups else row.group


BEARERS = ledgers.add(
    Ledger(
        code="activities.bearer",
        path="activities/bearers",
        label="承办记录",
        noun="承办记录",
        chapter="队伍建设",
        item="学习活动",
        rank=60,
        model=ActivityBearer,
        columns=(
            Column("name", "承担者", sort="name"),
            Column("group", "类别", value=_group, kind=Kind.TAG),
            Column(
                "activity",
                "活动",
                value="activity.title",
                sort="activity__title",
                link=lambda row: url_of(row.activity),
                joins=("activity",),
            ),
            Column("kind", "活动类型", value=lambda row: label_of(row.activity.kind), joins=("activity",)),
            Column("day", "日期", value="activity.day", sort="activity__day"),
            Column(
                "state",
                "状态",
                value="activity.state",
                kind=Kind.STATUS,
                colours=STATE_COLOURS,
                joins=("activity",),
            ),
        ),
        filters=(
            TextFilter("q", "承担者、活动", columns=("name", "activity__title")),
            ChoiceFilter("group", "类别", choices=group_choices, common=True),
            ChoiceFilter("kind", "活动类型", column="activity__kind", choices=kind_choices(), common=True),
            ChoiceFilter(
                "state", "状态", column="activity__state", choices=lambda: ActivityState.choices, common=True
            ),
            DateFilter("held", "开展", column="activity__held_on"),
            ChoiceFilter(
                "speaker_office", "主讲人职务", column="activity__speaker_office", choices=choices(OFFICE)
            ),
            UnitFilter("unit", "单位", column="activity__unit", merged=False),
            AreaFilter("town", "辖区", column="activity__town"),
        ),
        order="-day",
        has_detail=False,
        opens=lambda row: url_of(row.activity),
        permissions={"view": permissions.VIEW, "export": permissions.EXPORT},
        icon="users",
        empty="登记活动时选择的组织者会列在这里。",
    )
)
