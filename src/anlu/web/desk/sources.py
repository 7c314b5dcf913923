"""系统 › 数据来源登记: the systems that own data of ours, and the collections that are kept here."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from anlu.kernel.core import permissions as may
from anlu.kernel.core import sources
from anlu.kernel.core.clock import today
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, FlagFilter, TextFilter
from anlu.kernel.core.models import DataSet, Handling, SourceSystem
from anlu.kernel.core.scope import Viewer
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, Verb, ledgers
from anlu.web.nav import Crumb, page
from anlu.web.pages.small import small_form
from anlu.web.viewers import require_viewer

CHAPTER, ITEM = "系统", "数据来源登记"


class WordsField(forms.CharField):
    """Several codes in one line."""

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value) or ""
        return [one for one in text.replace("、", " ").replace(",", " ").replace("，", " ").split() if one]


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A system."""

    groups = (
        ("系统", ("code", "name", "handling", "basis")),
        ("数据", ("brings", "keys", "rhythm", "gives_back", "formats")),
    )
    formats = WordsField(
        label="导入格式",
        required=False,
        max_length=200,
        help_text="导入时写在记录上的来源代码，如 ga_excel；几个用顿号分开",
    )

    class Meta:
        model = SourceSystem
        fields = ("code", "name", "handling", "basis", "brings", "keys", "rhythm", "gives_back", "formats")


class DataSetForm(forms.ModelForm):  # type: ignore[type-arg]
    """A collection."""

    groups = (
        ("数据集", ("name", "system", "fields", "personal")),
        ("审批", ("approval", "approved_on", "purpose")),
        ("保管", ("stored", "keeper", "exported_by", "keep_until")),
    )

    class Meta:
        model = DataSet
        fields = (
            *("name", "system", "fields", "personal", "approval", "approved_on"),
            *("purpose", "stored", "keeper", "exported_by", "keep_until"),
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["system"]
        chosen.queryset = SourceSystem.objects.live()

    def clean(self) -> dict[str, Any]:
        """Nothing is kept until a day before it was allowed."""
        given = super().clean() or {}
        approved, until = given.get("approved_on"), given.get("keep_until")
        if approved and until and until < approved:
            raise ValidationError({"keep_until": f"保存到 {until} 早于批准日期 {approved}"})
        return given


SOURCES = ledgers.add(
    Ledger(
        code="core.source",
        path="system/sources",
        label="数据来源登记",
        noun="来源系统",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=10,
        model=SourceSystem,
        columns=(
            Column("name", "系统", sort="name"),
            Column("brings", "进来什么"),
            Column("keys", "关键字"),
            Column("rhythm", "频率与经办"),
            Column("gives_back", "出去什么"),
            Column("handling", "更正办法", kind=Kind.TAG, sort="handling"),
        ),
        filters=(
            TextFilter("q", "系统、内容", columns=("name", "brings", "gives_back")),
            ChoiceFilter("handling", "更正办法", choices=lambda: Handling.choices, common=True),
        ),
        order="name",
        sections=(
            DetailSection(
                "系统",
                (
                    Column("code", "代码", kind=Kind.CODE),
                    Column("handling", "更正办法"),
                    Column("formats", "导入格式", value=lambda one: "、".join(one.formats)),
                    Column("basis", "依据"),
                ),
                note="谁的系统谁录，本平台只接导出；只读的记录在原系统更正后再导入。",
            ),
            DetailSection(
                "数据",
                (
                    Column("brings", "进来什么"),
                    Column("keys", "关键字"),
                    Column("rhythm", "频率与经办"),
                    Column("gives_back", "出去什么"),
                ),
            ),
        ),
        form=SourceForm,
        add=sources.add_source,
        change=sources.change_source,
        void=sources.void_source,
        restore=sources.restore_source,
        permissions={"export": may.SOURCE_VIEW, "add": may.SOURCE_CHANGE, "void": may.SOURCE_CHANGE},
        icon="database",
        empty="这里登记数据从哪些系统来、由谁导入、可不可以在这里更正。",
    )
)


def _state(one: DataSet) -> str:
    if one.destroyed_on:
        return "已销毁"
    return "应销毁" if one.keep_until < today() else "在存"


STATE_COLOURS = {"在存": "green", "应销毁": "red", "已销毁": "grey"}


def _destroyable(one: Any, viewer: Viewer) -> str:
    return "已登记销毁" if one.destroyed_on else ""


DATASETS = ledgers.add(
    Ledger(
        code="core.dataset",
        path="system/datasets",
        label="数据集登记",
        noun="数据集",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=20,
        model=DataSet,
        columns=(
            Column("name", "数据集", sort="name"),
            Column("state", "状态", value=_state, kind=Kind.STATUS, colours=STATE_COLOURS),
            Column("system", "来源系统", value="system.name", sort="system__name"),
            Column("approval", "审批单号", kind=Kind.CODE),
            Column("purpose", "用途"),
            Column("personal", "个人信息"),
            Column("keep_until", "保存到", sort="keep_until"),
            Column("keeper", "保管"),
        ),
        filters=(
            TextFilter("q", "数据集、审批单号", columns=("name", "approval", "purpose")),
            FlagFilter("personal", "含个人信息", yes=Q(personal=True)),
            DateFilter("until", "保存到", column="keep_until", common=True),
        ),
        order="keep_until",
        sections=(
            DetailSection(
                "数据集",
                (
                    Column("system", "来源系统", value="system.name"),
                    Column("fields", "字段"),
                    Column("personal", "含个人信息"),
                    Column("purpose", "用途"),
                ),
            ),
            DetailSection(
                "审批与保管",
                (
                    Column("approval", "审批单号", kind=Kind.CODE),
                    Column("approved_on", "批准日期"),
                    Column("stored", "存放位置"),
                    Column("keeper", "保管"),
                    Column("exported_by", "谁可以导出"),
                    Column("keep_until", "保存到"),
                    Column("destroyed_on", "销毁日期"),
                    Column("destroyed_how", "销毁记录"),
                ),
            ),
        ),
        verbs=(Verb("登记销毁", "core.dataset.destroy", icon="trash", possible=_destroyable),),
        form=DataSetForm,
        add=sources.add_dataset,
        change=sources.change_dataset,
        void=sources.void_dataset,
        restore=sources.restore_dataset,
        permissions={"export": may.DATASET_VIEW, "add": may.DATASET_CHANGE, "void": may.DATASET_CHANGE},
        icon="database",
        empty="这里登记本平台存着哪些数据：谁批的、做什么用、有哪些字段、存到什么时候。",
    )
)


class Destruction(forms.Form):
    """When and how."""

    on = forms.DateField(label="销毁日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    how = forms.CharField(label="销毁记录", max_length=200, strip=True, help_text="方式、经办、监销")

    def clean_on(self) -> date:
        """Not in the future."""
        given: date = self.cleaned_data["on"]
        if given > today():
            raise ValidationError("销毁日期不能晚于今天")
        return given


@page(
    "core.dataset.destroy",
    "system/datasets/<uuid:uid>/destroy/",
    "登记销毁",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=may.DATASET_CHANGE,
    ledger="core.dataset",
)
def destroy_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write down that a collection was destroyed."""
    viewer = require_viewer(request)
    found = DATASETS.visible_rows(viewer, "change").filter(uid=uid).first()
    if found is None:
        raise Http404
    form = Destruction(request.POST or None, initial={"on": today()})
    here = reverse("core.dataset.detail", args=[found.uid])
    request.trail = [Crumb(str(found), here), Crumb("登记销毁")]  # type: ignore[attr-defined]

    def act() -> str:
        sources.record_destruction(found.uid, by=viewer, **form.cleaned_data)
        return "已登记销毁"

    return small_form(request, form, act, title=f"{found}登记销毁", button="登记销毁", back=here)
