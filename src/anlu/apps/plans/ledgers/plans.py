"""Ledgers of plans (年度主题, 工作计划, 计划分组, 措施)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from anlu.apps.plans import services
from anlu.apps.plans.forms import GroupForm, MeasureForm, PlanForm, ThemeForm
from anlu.apps.plans.lights import COLOURS, WORDS, light_of
from anlu.apps.plans.models import (
    AnnualTheme,
    Measure,
    MeasureEvidence,
    MeasureIndicator,
    MeasureState,
    PlanGroup,
    PlanKind,
    WorkPlan,
)
from anlu.apps.plans.permissions import MEASURE_VIEW
from anlu.kernel.core.clock import today
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, FlagFilter, NumberFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import indicators
from anlu.kernel.people.filters import UnitFilter
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, Preset, RelatedRows, Verb, ledgers

CHAPTER, ITEM = "统计报告", "工作计划"


def light(measure: Measure) -> str:
    """How the measure stands today, in words."""
    return WORDS[light_of(measure, today())]


LIGHT_COLOURS = {WORDS[code]: colour for code, colour in COLOURS.items()}

THEMES = ledgers.add(
    Ledger(
        code="plans.theme",
        path="plans/themes",
        label="年度主题",
        noun="年度主题",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=50,
        model=AnnualTheme,
        columns=(
            Column("name", "主题", sort="name"),
            Column("year", "年度", kind=Kind.CODE, sort="year"),
            Column("basis", "来源文件"),
        ),
        filters=(TextFilter("q", "主题、来源", columns=("name", "basis")), NumberFilter("year", "年度")),
        order="-year",
        sections=(
            DetailSection(
                "年度主题",
                (
                    Column("year", "年度", kind=Kind.CODE),
                    Column("name", "主题"),
                    Column("basis", "来源文件"),
                    Column("meaning", "说明", kind=Kind.LONG),
                ),
            ),
        ),
        form=ThemeForm,
        add=services.themes.add,
        change=services.themes.change,
        void=services.themes.void,
        restore=services.themes.restore,
        icon="target",
        empty="这里登记每年的工作主题，计划和报告都会带上。",
    )
)

GROUPS_OF_PLAN = RelatedRows(
    "group",
    "分组",
    PlanGroup,
    through="plan",
    columns=(
        Column("place", "次序", kind=Kind.NUMBER),
        Column("label", "分组"),
        Column("family", "所属类"),
        Column("meaning", "含义"),
    ),
    order=("place", "pk"),
    empty="还没有分组",
)

PLANS = ledgers.add(
    Ledger(
        code="plans.plan",
        path="plans/plans",
        label="工作计划台账",
        noun="工作计划",
        unit="项",
        chapter=CHAPTER,
        item=ITEM,
        rank=20,
        model=WorkPlan,
        title=lambda one: f"“{one.code}”{one.name}",
        columns=(
            Column("name", "名称", sort="name"),
            Column("code", "代号", kind=Kind.CODE, sort="code"),
            Column("kind", "类别", kind=Kind.TAG, sort="kind"),
            Column("theme", "年度主题", value="theme.name"),
            Column("document_number", "文号", kind=Kind.CODE),
            Column("starts_on", "起", sort="starts_on"),
            Column("ends_on", "止", sort="ends_on"),
        ),
        filters=(
            TextFilter("q", "代号、名称、文号", columns=("code", "name", "document_number")),
            ChoiceFilter("kind", "类别", choices=lambda: PlanKind.choices, common=True),
            DateFilter("starts", "起", column="starts_on", common=True),
        ),
        order="-starts_on",
        sections=(
            DetailSection(
                "工作计划",
                (
                    Column("code", "代号", kind=Kind.CODE),
                    Column("kind", "类别"),
                    Column("theme", "年度主题", value="theme.name"),
                    Column("unit", "制定单位", value="unit.name"),
                    Column("document_number", "文号", kind=Kind.CODE),
                    Column("starts_on", "起"),
                    Column("ends_on", "止"),
                    Column("meaning", "说明", kind=Kind.LONG),
                ),
            ),
        ),
        related=(GROUPS_OF_PLAN,),
        form=PlanForm,
        add=services.plans.add,
        change=services.plans.change,
        void=services.plans.void,
        restore=services.plans.restore,
        icon="checklist",
        empty="这里登记年度工作计划和特色做法。代号的含义由分组说明，可以随时改。",
    )
)

GROUPS = ledgers.add(
    Ledger(
        code="plans.group",
        path="plans/groups",
        label="计划分组",
        noun="计划分组",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=40,
        model=PlanGroup,
        columns=(
            Column("label", "分组", sort="label"),
            Column("plan", "计划", value=lambda one: str(one.plan), joins=("plan",), sort="plan__code"),
            Column("place", "次序", kind=Kind.NUMBER, sort="place"),
            Column("family", "所属类", sort="family"),
            Column("meaning", "含义"),
            Column("valid_from", "启用", sort="valid_from"),
            Column("valid_to", "停用"),
        ),
        filters=(
            TextFilter("q", "分组、含义", columns=("label", "meaning", "family")),
            TextFilter("plan", "计划代号", columns=("plan__code",)),
            DateFilter("from", "启用", column="valid_from"),
        ),
        order="place",
        form=GroupForm,
        add=services.groups.add,
        change=services.groups.change,
        void=services.groups.void,
        restore=services.groups.restore,
        icon="checklist",
        empty="这里登记计划的分组，如十个预防、十项工程。",
    )
)


def _may_see(viewer: Viewer, thing: Any) -> bool:
    scope = viewer.scope_for(MEASURE_VIEW)
    return scope.everything or thing.unit_id in scope.units or thing.created_by == scope.person


def _indicator_label(row: MeasureIndicator) -> str:
    return indicators.get(row.indicator).label if row.indicator in indicators else row.indicator


MEASURES = ledgers.add(
    Ledger(
        code="plans.measure",
        path="plans/measures",
        label="措施台账",
        noun="措施",
        unit="项",
        chapter=CHAPTER,
        item=ITEM,
        rank=30,
        model=Measure,
        columns=(
            Column("title", "措施", sort="title"),
            Column("number", "序号", kind=Kind.CODE, sort="number"),
            Column("plan", "计划", value="group.plan.code", kind=Kind.CODE),
            Column("group", "分组", value="group.label", sort="group__place"),
            Column("unit", "责任单位", value="unit.name", sort="unit__sort_key"),
            Column("owner", "责任人", value="owner.name"),
            Column("due_on", "完成时限", sort="due_on"),
            Column("state", "进展", sort="state"),
            Column("light", "状态", value=light, kind=Kind.STATUS, colours=LIGHT_COLOURS),
            Column("done_on", "完成日期", sort="done_on", listed=False),
            Column("document_number", "文号", kind=Kind.CODE, listed=False),
            Column("enabled_on", "启用日期", listed=False),
            Column("handled_count", "累计办件量", kind=Kind.NUMBER, listed=False),
        ),
        filters=(
            TextFilter("q", "措施、序号、文号", columns=("title", "number", "document_number")),
            ChoiceFilter("state", "进展", choices=lambda: MeasureState.choices, common=True),
            TextFilter("plan", "计划代号", columns=("group__plan__code",)),
            UnitFilter("unit", "责任单位", merged=False, common=True),
            DateFilter("due", "时限", column="due_on", common=True),
            DateFilter("done", "完成", column="done_on"),
            DateFilter("enabled", "启用", column="enabled_on"),
            FlagFilter("reform", "改革举措", yes=Q(is_reform=True)),
        ),
        order="due_on",
        presets=(
            Preset("未完成", lambda: {"state": ["planned", "doing"]}),
            Preset("改革举措", lambda: {"reform": "1"}),
        ),
        sections=(
            DetailSection(
                "措施",
                (
                    Column("plan", "计划", value="group.plan.code", kind=Kind.CODE),
                    Column("group", "分组", value="group.label"),
                    Column("parent", "上级措施", value="parent.title"),
                    Column("unit", "责任单位", value="unit.name"),
                    Column("owner", "责任人", value="owner.name"),
                    Column("starts_on", "开始"),
                    Column("due_on", "完成时限"),
                    Column("done_on", "完成日期"),
                    Column("progress", "进展情况", kind=Kind.LONG),
                ),
            ),
            DetailSection(
                "改革举措",
                (
                    Column("is_reform", "改革举措"),
                    Column("document_number", "文号", kind=Kind.CODE),
                    Column("enabled_on", "启用日期"),
                    Column("handled_count", "累计办件量"),
                    Column("handled_as_of", "办件量截至"),
                ),
            ),
        ),
        related=(
            RelatedRows(
                "indicator",
                "关联指标",
                MeasureIndicator,
                through="measure",
                columns=(Column("label", "指标", value=_indicator_label),),
                open_to=_may_see,
                empty="还没有关联指标",
            ),
            RelatedRows(
                "evidence",
                "佐证",
                MeasureEvidence,
                through="measure",
                columns=(Column("label", "佐证"), Column("day", "日期")),
                order=("day", "pk"),
                open_to=_may_see,
                empty="还没有佐证",
            ),
        ),
        head=("light", "state", "due_on", "unit"),
        verbs=(
            Verb("关联指标", "plans.measure.indicators", "chart-bar"),
            Verb("挂佐证", "plans.measure.evidence", "link"),
        ),
        form=MeasureForm,
        add=services.measures.add,
        change=services.measures.change,
        void=services.measures.void,
        restore=services.measures.restore,
        icon="checklist",
        empty="这里登记计划里的措施：谁做、何时完成、做到哪里，用哪些指标和材料佐证。",
    )
)
