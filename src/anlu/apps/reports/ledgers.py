"""The reports that people have worked on, and reports put together by hand."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.urls import reverse

from anlu.apps.reports import services
from anlu.apps.reports.arrangement import FREE, report_kinds
from anlu.apps.reports.models import Report, State
from anlu.apps.reports.permissions import CHANGE, VIEW
from anlu.engine.periods import FORMS, Period, PeriodError
from anlu.kernel.core.clock import today
from anlu.kernel.core.filters import ChoiceFilter, TextFilter
from anlu.kernel.documents.sections import in_order
from anlu.kernel.indicators.define import indicators
from anlu.web.ledgers import Column, Kind, Ledger, ledgers

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
