"""统计报告 › 指标目录: what others state (外部数据台账) and what is aimed at (预防目标)."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from anlu.engine.indicators.targets import LIGHT_WORDS
from anlu.engine.periods import Period
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, NumberFilter, TextFilter
from anlu.kernel.core.language.words import Verbatim
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators import external, targets
from anlu.kernel.indicators import permissions as may
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.models import ExternalFigure, Target
from anlu.kernel.indicators.window import Window
from anlu.kernel.places.filters import AreaFilter
from anlu.kernel.places.models import Area, AreaKind
from anlu.web.figures import in_words
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, ledgers

CHAPTER, ITEM = "统计报告", "指标目录"
LIGHT_COLOURS: Final = {"进度正常": "green", "有风险": "amber", "难以完成": "red"}


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ExternalForm(forms.ModelForm):  # type: ignore[type-arg]
    """A figure with the document that states it."""

    groups = (
        ("数值", ("kind", "subject", "value", "measure", "among")),
        ("范围", ("day", "period", "area")),
        ("来源", ("issuer", "document_number", "document_on")),
    )
    kind = forms.ChoiceField(label="类别", choices=choices(external.KINDS, on=today))

    class Meta:
        model = ExternalFigure
        fields = (
            *("kind", "subject", "value", "measure", "among", "day", "period", "area"),
            *("issuer", "document_number", "document_on"),
        )
        widgets = {"day": _day_input(), "document_on": _day_input()}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["area"]
        chosen.queryset = Area.objects.live().exclude(kind=AreaKind.VILLAGE).defer("boundary")
        chosen.empty_label = "全县(市、区)"

    def clean(self) -> dict[str, Any]:
        """A rank says among how many."""
        given = super().clean() or {}
        if given.get("kind") == external.RANK:
            if not given.get("among"):
                self.add_error("among", "排名须填参评个数")
            elif given.get("value") is not None and not 1 <= given["value"] <= given["among"]:
                self.add_error("value", f"名次应在 1 至 {given['among']} 之间")
        return given


def _value_words(one: ExternalFigure) -> str:
    plain = f"{one.value.normalize():,f}"
    if one.kind == external.RANK:
        return f"第 {plain} 名 / {one.among}"
    return Verbatim(f"{plain} {one.measure}".strip())


EXTERNAL = ledgers.add(
    Ledger(
        code="indicators.external",
        path="external-figures",
        label="外部数据台账",
        noun="外部数据",
        chapter=CHAPTER,
        item=ITEM,
        rank=60,
        model=ExternalFigure,
        columns=(
            Column("kind", "类别", kind=Kind.TAG, dictionary=external.KINDS, sort="kind"),
            Column("subject", "事项", sort="subject"),
            Column("value", "数值", value=_value_words, sort="value"),
            Column("day", "数据日期", sort="day"),
            Column("period", "所属期间"),
            Column("area", "辖区", value=lambda one: one.area.name if one.area else "全县", joins=("area",)),
            Column("issuer", "发文单位"),
            Column("document_number", "来源文号", kind=Kind.CODE),
        ),
        filters=(
            TextFilter("q", "事项、文号、单位", columns=("subject", "document_number", "issuer")),
            ChoiceFilter("kind", "类别", choices=choices(external.KINDS), common=True),
            DateFilter("day", "数据日期", column="day", common=True),
            AreaFilter("area", "辖区", column="area"),
        ),
        order="-day",
        sections=(
            DetailSection(
                "数值",
                (
                    Column("value", "数值", value=_value_words),
                    Column("day", "数据日期"),
                    Column("period", "所属期间"),
                    Column("area", "辖区", value=lambda one: one.area.name if one.area else "全县"),
                ),
            ),
            DetailSection(
                "来源",
                (
                    Column("issuer", "发文单位"),
                    Column("document_number", "来源文号", kind=Kind.CODE),
                    Column("document_on", "文件日期"),
                ),
                note="没有来源文号的排名、测评不能写进报告。",
            ),
        ),
        form=ExternalForm,
        add=external.add_external,
        change=external.change_external,
        void=external.void_external,
        restore=external.restore_external,
        permissions={
            "add": may.EXTERNAL_CHANGE,
            "change": may.EXTERNAL_CHANGE,
            "void": may.EXTERNAL_CHANGE,
            "export": may.EXTERNAL_VIEW,
        },
        attaches=True,
        icon="file-text",
        empty="这里登记上级通报的排名、测评、保有量、人口：写明文号和日期，报告才能引用。",
    )
)


def _target_choices() -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in targets.targetable()]


class TargetForm(forms.ModelForm):  # type: ignore[type-arg]
    """A goal of one year."""

    indicator = forms.ChoiceField(label="指标", choices=_target_choices)

    class Meta:
        model = Target
        fields = ("year", "indicator", "goal", "basis")


def _standing(one: Target, viewer: Viewer) -> targets.Standing | None:
    """How it stands, for those who see all that it is about; before its year there is nothing to say."""
    if one.indicator not in indicators or one.year > today().year:
        return None
    return targets.standing_of(indicators.get(one.indicator), Window(Period.parse(str(one.year))), viewer)


def _light(found: targets.Standing) -> str:
    return LIGHT_WORDS[found.light]


def _probability(found: targets.Standing) -> str:
    return "" if found.probability is None else f"{100 * found.probability:.0f}%"


def _expected(found: targets.Standing) -> str:
    return "" if found.expected is None else f"{found.expected:.0f}（{found.low}~{found.high}）"


def _goal(one: Target) -> str:
    words = (
        in_words(float(one.goal), indicators.get(one.indicator)) if one.indicator in indicators else ("", "")
    )
    return "".join(words).replace(".00", "")


def _indicator_label(one: Target) -> str:
    return indicators.get(one.indicator).label if one.indicator in indicators else one.indicator


TARGETS = ledgers.add(
    Ledger(
        code="indicators.target",
        path="targets",
        label="预防目标",
        noun="目标",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=70,
        model=Target,
        columns=(
            Column("title", "目标", value=lambda one: f"{one.year}年{_indicator_label(one)}", sort="year"),
            Column("goal", "目标值", value=_goal, sort="goal"),
            Column("basis", "依据"),
        ),
        sections=(
            DetailSection("目标", (Column("goal", "目标值", value=_goal), Column("basis", "依据"))),
            DetailSection(
                "进度",
                (
                    Column("light", "进度", value=_light, kind=Kind.STATUS, colours=LIGHT_COLOURS),
                    Column("probability", "完成可能性", value=_probability),
                    Column("expected", "预计全年", value=_expected),
                ),
                of=_standing,
                note="由往年各月和今年已过各月推算，算法见 docs/methods/targets.md。",
            ),
        ),
        filters=(
            NumberFilter("year", "年度", column="year", common=True),
            ChoiceFilter("indicator", "指标", choices=_target_choices),
        ),
        order="-title",
        title=lambda one: f"{one.year}年{_indicator_label(one)}目标",
        form=TargetForm,
        add=targets.add_target,
        change=targets.change_target,
        void=targets.void_target,
        restore=targets.restore_target,
        permissions={
            "add": may.TARGET_CHANGE,
            "change": may.TARGET_CHANGE,
            "void": may.TARGET_CHANGE,
            "export": may.TARGET_VIEW,
        },
        icon="list-check",
        empty="预防目标只到大队，不分解到中队和个人；执法量不设目标。",
    )
)
