"""Ledgers of hazards: what is added to the family's, junctions by sight, markets, the two rule tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from anlu.apps.hazards import permissions, services, terms
from anlu.apps.hazards.common import FAMILY
from anlu.apps.hazards.forms import MarketForm, ResponsibilityForm, RuleForm
from anlu.apps.hazards.models import (
    STANDING,
    GradeRule,
    Hazard,
    InterimMeasure,
    Market,
    Responsibility,
    WorkDone,
)
from anlu.apps.hazards.queries import checks_of
from anlu.kernel.cases.filters import STAGES, StageFilter
from anlu.kernel.cases.kinds import kinds
from anlu.kernel.cases.models import Case
from anlu.kernel.core.dictionaries import choices, confidence_words, label_of
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, Filter, FlagFilter, NumberFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.places.filters import AreaFilter
from anlu.web.cells import Cell, Fact
from anlu.web.desk.cases.columns import place_words, state_words
from anlu.web.desk.cases.extending import Extension, extensions
from anlu.web.ledgers import Column, Kind, Ledger, Preset, RelatedRows, Verb, ledgers
from anlu.web.pages.detail import Section
from anlu.web.stakes import stake_words
from anlu.web.tiles import PointLayer, Theme, layers

CHAPTER = "源头管控"
DEFICIT = "视距差(米)"


def sheet_of(case: Case) -> Any:
    """The sheet of a hazard, None for one that has none."""
    return getattr(case, "hazard", None)


def _of_sheet(name: str) -> Any:
    return lambda case: getattr(sheet_of(case), name, None)


def _road_class(case: Case) -> str:
    return label_of(terms.ROAD_CLASS, getattr(sheet_of(case), "road_class", ""))


def _measured(name: str, label: str, column: str) -> Column:
    """A number of the sheet, sortable."""
    return Column(
        name, label, value=_of_sheet(column), kind=Kind.NUMBER, sort=f"hazard__{column}", joins=("hazard",)
    )


class _OfSheet(Filter):
    """Mix-in: a condition on the sheet, asked as keys of cases: counting two joined tables takes far longer."""

    def q(self, value: Any) -> Q:
        return Q(pk__in=Hazard.objects.filter(super().q(value)).values("case"))


@dataclass(frozen=True)
class SheetChoiceFilter(_OfSheet, ChoiceFilter):
    """A code of the sheet."""


@dataclass(frozen=True)
class SheetNumberFilter(_OfSheet, NumberFilter):
    """A number of the sheet."""


def _cards(case: Case) -> list[Section]:
    """What the platform worked out, with reasons; and the checklist of the kind."""
    sheet = sheet_of(case)
    found = []
    if sheet is not None:
        grade = label_of(terms.GRADE, sheet.grade)
        who = sheet.responsible.name if sheet.responsible else ""
        facts = [("责任单位", f"{who} {sheet.responsible_why}".strip()),
                 ("建议等级", f"{grade} {sheet.grade_why}"), ("道路类别", label_of(terms.ROAD_CLASS, sheet.road_class)),
                 ("近一年伤人事故", "" if sheet.injury_crashes is None else f"{sheet.injury_crashes} 起"),
                 (DEFICIT, "" if sheet.deficit_m is None else f"{sheet.deficit_m:g}")]  # fmt: skip
        found.append(Section("责任与分级", [Fact(label, Cell(words)) for label, words in facts if words]))
    checks = checks_of(kinds.get(case.kind), case.found_on) if case.kind in kinds else []
    if checks:
        lines = [Fact(f"{n}", Cell(one.label), True) for n, one in enumerate(checks, 1)]
        found.append(
            Section(
                "现场检查要点", lines, "；".join(dict.fromkeys(one.source for one in checks if one.source))
            )
        )
    return found


def _only_open(thing: Case, viewer: Viewer) -> str:
    return "" if thing.closed_on is None else "已办结"


def _open_or_standing(thing: Case, viewer: Viewer) -> str:
    """Also after closing, as long as something still stands there."""
    if thing.closed_on is None or InterimMeasure.objects.live().filter(STANDING, case=thing).exists():
        return ""
    return "已办结，没有还在的临时措施"


extensions.add(
    Extension(
        code=FAMILY.code,
        columns=(
            Column("responsible", "责任单位", value=_of_sheet("responsible"), joins=("hazard__responsible",),
                   note=_of_sheet("responsible_why"), listed=False),
            Column("grade_why", "分级理由", value=_of_sheet("grade_why"), joins=("hazard",), listed=False),
            Column("road_class", "道路类别", value=_road_class, joins=("hazard",), listed=False),
        ),
        filters=(
            SheetChoiceFilter("road_class", "道路类别", choices=choices(terms.ROAD_CLASS)),
            SheetChoiceFilter("suggested", "建议等级", choices=choices(terms.GRADE), column="grade"),
            FlagFilter("interim", "有临时措施", yes=Q(pk__in=InterimMeasure.objects.filter(
                STANDING, voided_at__isnull=True).values("case"))),
        ),
        presets=(
            Preset("重大", lambda: {"stage": "open", "suggested": terms.MAJOR}),
            Preset("国道隐患点", lambda: {"road_class": "1"}),
            Preset("反弹", lambda: {"rebound": "1"}),
        ),
        related=(
            RelatedRows(
                "works", "整改措施与工程量", WorkDone, through="case", order=("pk",),
                columns=(
                    Column("measure", "措施", dictionary=terms.MEASURE),
                    Column("item", "工程量", dictionary=terms.WORK),
                    Column("quantity", "数量", kind=Kind.NUMBER),
                    Column("done_on", "完成日期"),
                    Column("by_name", "登记人"),
                    Column("note", "说明"),
                ),
                empty="还没有登记整改措施",
            ),
            RelatedRows(
                "interim", "临时措施", InterimMeasure, through="case", order=("-pk",),
                columns=(
                    Column("measure", "措施", dictionary=terms.INTERIM),
                    Column("set_on", "设置日期"),
                    Column("until", "保持到"),
                    Column("removed_on", "撤除日期"),
                    Column("handed_on", "移交日期"),
                    Column("handed_to", "移交给", value="handed_to.name"),
                    Column("note", "说明"),
                ),
                empty="没有临时措施",
            ),
        ),
        verbs=(
            Verb("登记整改措施", "hazards.hazard.works", "checklist", _only_open),
            Verb("临时措施", "hazards.hazard.interim", "shield-half", _open_or_standing),
            Verb("起草文书", "hazards.hazard.draft", "file-text", _only_open),
        ),
        sections=_cards,
        pages=(("hazards.report", "camera"), ("hazards.gallery", "photo")),
    )
)  # fmt: skip

SIGHT = ledgers.add(
    Ledger(
        code="hazards.sight",
        path="junction-sight",
        label="视距路口",
        noun="路口",
        unit="处",
        chapter=CHAPTER,
        item="视距路口",
        model=Case,
        only=Q(kind="hazards.junction_sight"),
        permissions={"view": "hazards.hazard.view", "export": "hazards.hazard.export"},
        columns=(
            Column("number", "编号", kind=Kind.CODE, sort="number"),
            Column("title", "路口"),
            Column("place", "位置", value=place_words, kind=Kind.PLACE, joins=("road",)),
            Column("town", "镇街", value="town.name", sort="town__sort_key"),
            _measured("sight", "实测视距(米)", "sight_m"),
            _measured("needed", "应有视距(米)", "needed_m"),
            _measured("deficit", DEFICIT, "deficit_m"),
            _measured("crashes", "近一年伤人事故", "injury_crashes"),
            Column("state", "状态", value=state_words),
            Column("due_on", "办理期限", sort="due_on"),
            Column("found_on", "发现日期", sort="found_on", listed=False),
        ),
        filters=(
            TextFilter("q", "编号、路口、地点", columns=("number", "title", "place_text", "road_name")),
            StageFilter("stage", "办理", choices=lambda: STAGES, common=True),
            AreaFilter("town", "镇街", common=True),
            SheetNumberFilter("deficit", DEFICIT, column="deficit_m"),
            DateFilter("found", "发现日期", column="found_on"),
        ),
        presets=(Preset("全部", dict), Preset("未办结", lambda: {"stage": "open"})),
        order="-deficit",
        has_detail=False,
        opens=lambda case: FAMILY.address_of(case.uid),
        defer=("details", "description"),
        icon="eye",
        empty="登记类型为“平交路口视距不足”的隐患列在这里，按视距差排序。",
    )
)  # fmt: skip


def where_words(market: Market) -> str:
    """柳亭镇 国道105 06:00—11:30."""
    parts = (
        market.town.name if market.town else "",
        market.road.name if market.road else "",
        f"{market.opens}—{market.closes}" if market.opens else "",
    )
    return " ".join(part for part in parts if part)


def _stakes(market: Market) -> str:
    words = stake_words(market.chainage_m)
    to = stake_words(market.chainage_to_m)
    return f"{words}—{to}" if words and to else words


MARKET_FILTERS = (
    TextFilter("q", "名称、地点", columns=("name", "place_text", "moved_to")),
    ChoiceFilter("state", "状态", choices=choices(terms.MARKET_STATE), common=True),
    AreaFilter("town", "镇街", common=True),
    UnitFilter("unit", "辖区中队"),
    ChoiceFilter("kind", "类别", choices=choices(terms.MARKET_KIND)),
    ChoiceFilter("measure", "处置方式", choices=choices(terms.MEASURE)),
    NumberFilter("stalls", "摊位数", column="stalls"),
    DateFilter("checked", "最近检查", column="checked_on"),
)

layers.add(
    PointLayer(
        code="markets",
        label="马路市场",
        number="name",
        model=Market,
        permission=permissions.MARKET_VIEW,
        ledger="hazards.market",
        item="隐患",
        filters=MARKET_FILTERS,
        themes=(
            Theme("state", "状态", "state", choices(terms.MARKET_STATE)),
            Theme("kind", "类别", "kind", choices(terms.MARKET_KIND)),
        ),
        revision=services.MARKETS_REVISION,
    )
)

MARKETS = ledgers.add(
    Ledger(
        code="hazards.market",
        path="markets",
        label="马路市场",
        noun="马路市场",
        unit="处",
        chapter=CHAPTER,
        item="马路市场",
        rank=20,
        model=Market,
        columns=(
            Column("name", "名称", sort="sort_key"),
            Column("kind", "类别", dictionary=terms.MARKET_KIND),
            Column("state", "状态", kind=Kind.STATUS, dictionary=terms.MARKET_STATE, sort="state"),
            Column("days", "逢集", value=lambda one: one.days_words),
            Column("hours", "时间", value=lambda one: f"{one.opens}—{one.closes}" if one.opens else ""),
            Column("town", "镇街", value="town.name", sort="town__sort_key"),
            Column("road", "道路", value="road.name"),
            Column("stakes", "桩号", value=_stakes),
            Column("stalls", "摊位数", kind=Kind.NUMBER, sort="stalls"),
            Column("width_m", "占用宽度(米)", kind=Kind.NUMBER),
            Column("measure", "处置方式", dictionary=terms.MEASURE),
            Column("checked_on", "最近检查", sort="checked_on"),
            Column("unit", "辖区中队", value="unit.name", listed=False),
            Column("moved_to", "搬迁地点", listed=False),
            Column("guard", "值守安排", listed=False),
            Column("state_on", "状态日期", listed=False),
            Column("place_text", "地点说明", listed=False),
            Column("note", "说明", kind=Kind.LONG, listed=False),
        ),
        filters=MARKET_FILTERS,
        presets=(
            Preset("全部", dict),
            Preset("占道经营", lambda: {"state": "occupying"}),
            Preset("已处置", lambda: {"state": ["banned", "moved", "regulated"]}),
        ),
        order="name",
        head=("state", "days", "town"),
        layer="markets",
        form=MarketForm,
        add=services.markets.add,
        change=services.markets.change,
        void=services.markets.void,
        restore=services.markets.restore,
        icon="building-community",
        empty="占道经营的集市、早市、摊点登记在这里，按农历或公历的逢集日排出日历。",
    )
)

ledgers.add(
    Ledger(
        code="hazards.responsibility",
        path="hazards/responsibilities",
        label="隐患责任矩阵",
        noun="隐患责任",
        unit="条",
        chapter=CHAPTER,
        item="道路隐患",
        rank=80,
        model=Responsibility,
        columns=(
            Column("road_class", "道路类别", dictionary=terms.ROAD_CLASS, sort="road_class"),
            Column("aspect", "责任事项", dictionary=terms.ASPECT, sort="aspect"),
            Column("words", "责任部门"),
            Column("unit", "指定单位", value="unit.name"),
            Column("helpers", "配合部门"),
            Column("source", "依据"),
            Column("confidence", "依据等级", value=confidence_words),
            Column("valid_from", "启用"),
            Column("valid_to", "停用"),
        ),
        filters=(
            ChoiceFilter("road_class", "道路类别", choices=choices(terms.ROAD_CLASS), common=True),
            ChoiceFilter("aspect", "责任事项", choices=choices(terms.ASPECT), common=True),
        ),
        order="road_class",
        form=ResponsibilityForm,
        add=services.responsibilities.add,
        change=services.responsibilities.change,
        void=services.responsibilities.void,
        restore=services.responsibilities.restore,
        exports=False,
        icon="table",
        empty="哪类道路的哪类问题归哪个部门，初始化时建立，可以改。",
    )
)

ledgers.add(
    Ledger(
        code="hazards.rule",
        path="hazards/rules",
        label="隐患分级规则",
        noun="分级规则",
        unit="条",
        chapter=CHAPTER,
        item="道路隐患",
        rank=85,
        model=GradeRule,
        columns=(
            Column("fact", "看什么", dictionary=terms.RULE_FACT),
            Column("at_least", "不少于", kind=Kind.NUMBER),
            Column("grade", "等级", dictionary=terms.GRADE),
            Column("words", "理由写法"),
            Column("source", "依据"),
            Column("confidence", "依据等级", value=confidence_words),
            Column("valid_from", "启用"),
            Column("valid_to", "停用"),
            Column("code", "代码", kind=Kind.CODE),
            Column("order", "顺序", kind=Kind.NUMBER, sort="order"),
        ),
        order="order",
        form=RuleForm,
        add=services.rules.add,
        change=services.rules.change,
        void=services.rules.void,
        restore=services.rules.restore,
        exports=False,
        icon="list-check",
        empty="满足哪些条件算重大隐患，初始化时建立，可以改。",
    )
)

WORKS = ledgers.add(
    Ledger(
        code="hazards.work",
        path="hazards/work-done",
        label="整改工程量",
        noun="整改措施",
        unit="项",
        chapter=CHAPTER,
        item="道路隐患",
        rank=70,
        model=WorkDone,
        permissions={"view": "hazards.hazard.view", "export": "hazards.hazard.export"},
        columns=(
            Column("number", "隐患编号", value="case.number", kind=Kind.CODE, sort="case__number"),
            Column("title", "隐患", value="case.title"),
            Column("measure", "措施", dictionary=terms.MEASURE),
            Column("item", "工程量", dictionary=terms.WORK),
            Column("quantity", "数量", kind=Kind.NUMBER, sort="quantity"),
            Column("town", "镇街", value="case.town.name"),
            Column("lead", "牵头单位", value="case.lead.name"),
            Column("done_on", "完成日期", sort="done_on"),
            Column("closed_on", "销号日期", value="case.closed_on", sort="case__closed_on"),
            Column("note", "说明", listed=False),
        ),
        filters=(
            TextFilter("q", "隐患编号、名称", columns=("case__number", "case__title")),
            ChoiceFilter("item", "工程量", choices=choices(terms.WORK), common=True),
            ChoiceFilter("measure", "措施", choices=choices(terms.MEASURE), common=True),
            AreaFilter("town", "镇街", column="case__town"),
            DateFilter("closed", "销号日期", column="case__closed_on"),
            DateFilter("done", "完成日期", column="done_on"),
        ),
        order="-done_on",
        has_detail=False,
        opens=lambda row: FAMILY.address_of(row.case.uid),
        icon="checklist",
        empty="整改中登记的措施和工程量列在这里，可以按项目、时间汇总。",
    )
)
