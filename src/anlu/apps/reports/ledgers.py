"""The reports that people have worked on, reports put together by hand, and pictures of an occasion."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.urls import reverse

from anlu.apps.reports import picturing, services
from anlu.apps.reports.arrangement import FREE, report_kinds
from anlu.apps.reports.models import PictureSet, Report, State
from anlu.apps.reports.permissions import CHANGE, VIEW
from anlu.apps.reports.terms import PICTURE_KINDS
from anlu.engine.periods import FORMS, Period, PeriodError
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, TextFilter
from anlu.kernel.documents.sections import in_order
from anlu.kernel.indicators.define import indicators
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.places.models import Area, AreaKind
from anlu.web.forms import RecordForm
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, ledgers

STATE_COLOURS: Final = {State.DRAFT.value: "blue", State.REVIEW.value: "amber", State.FINAL.value: "green"}


def _kinds() -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in report_kinds]


class FreeForm(forms.Form):
    """A report of chosen sections and indicators over any period."""

    title = forms.CharField(label="标题", max_length=120, strip=True)
    period = forms.CharField(label="期间", max_length=40, strip=True, help_text=f"写成 {FORMS}")
    sections = forms.MultipleChoiceField(
        label="章节",
        required=False,
        choices=lambda: [(one.code, f"{one.chapter} · {one.label}") for one in in_order()],
        widget=forms.CheckboxSelectMultiple,
    )
    indicators = forms.MultipleChoiceField(
        label="指标",
        required=False,
        choices=lambda: [
            (one.code, one.label) for one in sorted(indicators, key=lambda x: (x.order, x.code))
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text="列在正文后面的表里",
    )

    def clean_period(self) -> str:
        """One that has begun."""
        stated: str = self.cleaned_data["period"]
        try:
            period = Period.parse(stated)
            period.to_date(today())
        except PeriodError as problem:
            raise forms.ValidationError(str(problem)) from None
        return period.code


def _address(one: Any) -> str:
    stated = {"report": str(one.uid)} if one.kind == FREE else {"period": one.period}
    return f"{reverse('reports.view', args=[one.kind])}?{urlencode(stated)}"


def _void(uid: UUID, *, why: str, by: Any) -> Report:
    return services.void_report(uid, why=why, by=by)


REPORTS = ledgers.add(
    Ledger(
        code="reports.report",
        path="reports/saved",
        label="报告稿",
        noun="报告",
        unit="份",
        chapter="统计报告",
        item="半年总结",
        rank=60,
        model=Report,
        columns=(
            Column("title", "标题", sort="title"),
            Column("kind", "种类", value=lambda one: dict(_kinds()).get(one.kind, one.kind)),
            Column("period", "期间", value=lambda one: Period.parse(one.period).label, sort="period"),
            Column("state", "状态", kind=Kind.STATUS, colours=STATE_COLOURS, sort="state"),
            Column("numbers", "保存的数字", value=lambda one: len(one.numbers) or None, kind=Kind.NUMBER),
            Column("kept_by_name", "保存人"),
            Column("changed_at", "更新", sort="changed_at"),
        ),
        filters=(
            TextFilter("q", "标题", columns=("title",)),
            ChoiceFilter("kind", "种类", choices=_kinds, common=True),
            ChoiceFilter("state", "状态", choices=lambda: State.choices, common=True),
        ),
        order="-changed_at",
        has_detail=False,
        opens=_address,
        adding="自选报告",
        form=FreeForm,
        add=services.add_free_report,
        void=_void,
        restore=services.restore_report,
        permissions={"add": CHANGE, "void": CHANGE, "export": VIEW},
        icon="report",
        empty="改过文字或保存过数字的报告列在这里。也可以自选章节和指标，拼一份报告。",
    )
)


class PictureSetForm(RecordForm):
    """Pictures of one occasion; the files are added on its page."""

    codes = {"kind": PICTURE_KINDS}
    groups = (
        ("图片组", ("title", "kind", "unit")),
        ("何时何地何人", ("taken_on", "where", "town", "taken_by")),
        ("说明", ("note",)),
    )

    class Meta:
        model = PictureSet
        fields = ("title", "kind", "unit", "taken_on", "where", "town", "taken_by", "note")
        help_texts: ClassVar[dict[str, str]] = {
            "title": "拍的是什么，如 端午节前检查客运站；照片保存后在“附件”里上传",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        towns = Area.objects.live().exclude(kind=AreaKind.VILLAGE)
        self.fields["town"].queryset = towns.order_by("sort_key", "code")  # type: ignore[attr-defined]


_FACTS: Final = (
    Column("title", "名称", sort="title"),
    Column("kind", "类别", dictionary=PICTURE_KINDS, sort="kind"),
    Column("taken_on", "拍摄日期", sort="taken_on"),
    Column("unit", "拍摄单位", value="unit.name"),
    Column("where", "地点"),
    Column("town", "镇街", value="town.name"),
    Column("taken_by", "拍摄人"),
)

PICTURES = ledgers.add(
    Ledger(
        code="reports.picture",
        path="publicity/picture-sets",
        label="图片组",
        noun="图片组",
        unit="组",
        chapter="宣传教育",
        item="素材库",
        rank=60,
        model=PictureSet,
        columns=_FACTS,
        filters=(
            TextFilter("q", "名称、地点、拍摄人", columns=("title", "where", "taken_by", "note")),
            ChoiceFilter("kind", "类别", choices=choices(PICTURE_KINDS), common=True),
            DateFilter("taken", "拍摄日期", column="taken_on", common=True),
            UnitFilter("unit", "拍摄单位"),
        ),
        order="-taken_on",
        sections=(DetailSection("图片组", (*_FACTS, Column("note", "说明", kind=Kind.LONG))),),
        head=("kind", "taken_on", "unit"),
        form=PictureSetForm,
        add=picturing.sets.add,
        change=picturing.sets.change,
        void=picturing.sets.void,
        restore=picturing.sets.restore,
        attaches=True,
        icon="photo",
        empty="不属于任何活动、事项或荣誉的照片，按一次拍摄登记为一组，再上传照片。",
    )
)
