"""统计报告 › 关账与更正: closed periods with what has changed since, and corrections that a second person grants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anlu.engine.periods import Period
from anlu.kernel.core.clock import today
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, TextFilter
from anlu.kernel.core.history import kind_of
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators import permissions as may
from anlu.kernel.indicators.closing import (
    Restated,
    ask_correction,
    close_period,
    decide_correction,
    finish_correction,
    restated_in,
)
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.guarding import as_day, counting_of
from anlu.kernel.indicators.models import Correction, CorrectionState, PeriodClose, Snapshot
from anlu.kernel.indicators.restating import Restatement, restatements
from anlu.web.figures import in_words, own_url
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, Verb, ledgers
from anlu.web.nav import Crumb, page
from anlu.web.pages.small import small_form
from anlu.web.viewers import require_viewer

CHAPTER, ITEM = "统计报告", "关账与更正"
STATE_COLOURS: Final = {
    CorrectionState.WAITING.value: "amber",
    CorrectionState.GRANTED.value: "blue",
    CorrectionState.REFUSED.value: "grey",
    CorrectionState.DONE.value: "green",
    CorrectionState.LAPSED.value: "grey",
}


# ------------------------------------------------------------------------------------------------ closing


def _closable() -> list[tuple[str, str]]:
    """Periods of the last two years that are over and not closed, the longest of the latest first."""
    closed = set(PeriodClose.objects.values_list("period", flat=True))
    found: list[tuple[str, str]] = []
    for kind, count in (("half", 4), ("quarter", 8), ("month", 24), ("year", 2)):
        period = Period.containing(today(), kind).previous()  # type: ignore[arg-type]
        for _ in range(count):
            if period.code not in closed:
                found.append((period.code, period.label))
            period = period.previous()
    return found


class CloseForm(forms.Form):
    """Which period, and a word about it."""

    period = forms.ChoiceField(label="期间", choices=_closable, help_text="只列出已经结束、尚未关账的期间")
    note = forms.CharField(
        label="说明",
        max_length=200,
        required=False,
        strip=True,
        help_text="关账保留各单位、各辖区的全部指标值；此后更正须说明原因并由第二人批准，任何数据都不删除。不能撤销。",
    )


def _close(values: Mapping[str, Any], *, by: Viewer) -> PeriodClose:
    return close_period(values["period"], note=values.get("note", ""), by=by)


def _label(one: PeriodClose) -> str:
    return Period.parse(one.period).label


CLOSES = ledgers.add(
    Ledger(
        code="indicators.close",
        path="closing",
        label="关账记录",
        noun="期间",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=10,
        model=PeriodClose,
        columns=(
            Column("label", "期间", value=_label),
            Column("starts_on", "开始", sort="starts_on"),
            Column("ends_on", "结束", sort="ends_on"),
            Column("closed_at", "关账时间", sort="closed_at"),
            Column("closed_by_name", "关账人"),
            Column("note", "说明"),
        ),
        filters=(DateFilter("ended", "结束", column="ends_on", common=True),),
        order="-ends_on",
        title=_label,
        has_detail=False,
        opens=lambda one: reverse("indicators.close.restated", args=[one.uid]),
        adding="关账",
        form=CloseForm,
        add=_close,
        permissions={"add": may.CLOSE, "export": may.CLOSE_VIEW},
        icon="lock",
        empty="期间结束、数字核对后在这里关账。关账保留当时的全部指标值，以后的更正都看得到是谁、为什么。",
    )
)


@dataclass(frozen=True)
class Line:
    """A figure that has changed since: what it was, what it is, by whose acts."""

    label: str
    url: str
    then: str
    now: str
    acts: list[tuple[Restatement, str]]


@page(
    "indicators.close.restated",
    "closing/<uuid:uid>/",
    "与关账值对照",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=may.CLOSE_VIEW,
    ledger="indicators.close",
)
def restated_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What is different from the closed values: who, when, why."""
    viewer = require_viewer(request)
    close = CLOSES.visible_rows(viewer).filter(uid=uid).first()
    if close is None:
        raise Http404
    lines = [_line(one, viewer) for one in restated_in(close, viewer) if viewer.may(_permission(one))]
    request.trail = [Crumb(_label(close))]  # type: ignore[attr-defined]
    context = {
        "page_title": f"{_label(close)}关账值",
        "page_note": f"{close.closed_by_name}于 {close.closed_at:%Y-%m-%d} 关账",
        "close": close,
        "kept": Snapshot.objects.filter(close=close).count(),
        "lines": lines,
    }
    return render(request, "web/desk/restated.html", context)


def _permission(one: Restated) -> str:
    permission: str = one.indicator.main.seen_under
    return permission


def _line(one: Restated, viewer: Viewer) -> Line:
    acts = restatements(one.indicator, one.close, viewer)
    then = one.snapshot.value
    return Line(
        one.indicator.label,
        own_url("indicators.indicator", one.indicator, one.now.window),
        " ".join(in_words(_whole(then), one.indicator)).strip(),
        " ".join(in_words(one.now.value, one.indicator)).strip(),
        [(act, _address(act.kind, act.uid)) for act in acts],
    )


def _whole(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value


def _address(kind: str, uid: UUID | None) -> str:
    """The page of a record in its ledger; "" where there is none."""
    ledger = next((one for one in ledgers if kind_of(one.model) == kind and one.has_detail), None)
    return reverse(f"{ledger.code}.detail", args=[uid]) if ledger and uid and ledger.identity == "uid" else ""


# ------------------------------------------------------------------------------------------------ corrections


def _counted_ledgers() -> list[tuple[str, str]]:
    """Ledgers whose records some indicator counts."""
    models = {leaf.rows.model for one in indicators for leaf in one.leaves}
    return [
        (kind_of(one.model), one.label) for one in ledgers if one.model in models and counting_of(one.model)
    ]


class CorrectionForm(forms.Form):
    """Which record, what it should be, and why."""

    wants_viewer = True
    groups = (("记录", ("thing_kind", "record", "day")), ("更正", ("what", "why")))

    thing_kind = forms.ChoiceField(label="台账", choices=_counted_ledgers)
    record = forms.CharField(
        label="记录编号", max_length=80, required=False, strip=True, help_text="补录新记录时不填"
    )
    day = forms.DateField(
        label="记录所在日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="补录时必填：新记录的日期",
    )
    what = forms.CharField(
        label="应更正为",
        max_length=400,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明哪一项、现在是什么、应是什么",
    )
    why = forms.CharField(
        label="更正原因", max_length=400, strip=True, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, viewer: Viewer, **options: Any) -> None:
        super().__init__(*args, **options)
        self.viewer = viewer

    def clean(self) -> dict[str, Any]:
        """Find the record; take its day."""
        given = super().clean() or {}
        stated, kind = given.pop("record", ""), given.get("thing_kind")
        given |= {"thing_uid": None, "thing_label": ""}
        if stated and kind:
            thing = self._thing(kind, stated)
            if thing is None:
                raise ValidationError({"record": "没有这个编号的记录，或不在您的范围内"})
            given |= {"thing_uid": thing.uid, "thing_label": str(thing)[:120]}
            ways = counting_of(type(thing))
            days = [day for way in ways if (day := as_day(getattr(thing, way.on, None)))]
            given["day"] = given.get("day") or (days[0] if days else None)
        if not given.get("day") and "day" not in self.errors:
            raise ValidationError({"day": "补录须写明新记录的日期"})
        return given

    def _thing(self, kind: str, stated: str) -> Any:
        ledger = next(one for one in ledgers if kind_of(one.model) == kind)
        rows = [ledger.visible_rows(self.viewer), ledger.voided_rows(self.viewer)]
        try:
            named = {"uid": UUID(stated)}
        except ValueError:
            has_number = any(field.name == "number" for field in ledger.model._meta.concrete_fields)
            if not has_number:
                return None
            named = {"number": stated}  # type: ignore[dict-item]
        return next((found for one in rows if (found := one.filter(**named).first()) is not None), None)


def _undecided(thing: Any, viewer: Viewer) -> str:
    if thing.state != CorrectionState.WAITING:
        return "已有决定"
    return "须由第二人批准" if thing.created_by == viewer.uid else ""


def _finishable(thing: Any, viewer: Viewer) -> str:
    if thing.state != CorrectionState.GRANTED:
        return "批准后才能更正"
    return "" if thing.created_by == viewer.uid else "由申请人更正"


def _ledger_label(one: Any) -> str:
    return dict(_counted_ledgers()).get(one.thing_kind, one.thing_kind)


CORRECTIONS = ledgers.add(
    Ledger(
        code="indicators.correction",
        path="corrections",
        label="更正",
        noun="更正申请",
        unit="件",
        chapter=CHAPTER,
        item=ITEM,
        rank=20,
        model=Correction,
        columns=(
            Column("number", "编号", kind=Kind.CODE, sort="number"),
            Column("state", "状态", kind=Kind.STATUS, colours=STATE_COLOURS, sort="state"),
            Column("ledger", "台账", value=_ledger_label),
            Column(
                "thing_label",
                "记录",
                value=lambda one: one.thing_label or "补录新记录",
                link=lambda one: _address(one.thing_kind, one.thing_uid),
            ),
            Column("day", "记录日期", sort="day"),
            Column("what", "应更正为", kind=Kind.LONG),
            Column("why", "更正原因", kind=Kind.LONG),
            Column("asked_by_name", "申请人"),
            Column("decided_by_name", "批准人"),
        ),
        filters=(
            TextFilter("q", "编号、记录、原因", columns=("number", "thing_label", "why")),
            ChoiceFilter("state", "状态", choices=lambda: CorrectionState.choices, common=True),
            DateFilter("day", "记录日期", column="day"),
        ),
        order="-number",
        head=("state", "ledger", "thing_label", "day"),
        sections=(
            DetailSection(
                "申请",
                (
                    Column("what", "应更正为", kind=Kind.LONG),
                    Column("why", "更正原因", kind=Kind.LONG),
                    Column("asked_by_name", "申请人"),
                    Column("unit", "申请单位", value="unit.name"),
                ),
            ),
            DetailSection(
                "批准",
                (
                    Column("decided_by_name", "批准人"),
                    Column("decided_at", "批准时间"),
                    Column("decided_note", "批准意见"),
                    Column("open_until", "更正期限"),
                ),
                note="批准后申请人可在期限内到台账更正这条记录；更正前后的值、申请编号和批准人都写入审计。",
            ),
        ),
        verbs=(
            Verb("批准或退回", "indicators.correction.decide", icon="check", possible=_undecided),
            Verb("更正完毕", "indicators.correction.finish", icon="lock", possible=_finishable),
        ),
        adding="申请更正",
        form=CorrectionForm,
        add=ask_correction,
        permissions={"add": may.CORRECTION_ASK, "export": may.CORRECTION_VIEW},
        icon="pencil",
        empty="已关账期间的记录要更正时，在这里申请，由第二人批准。",
    )
)


class Decision(forms.Form):
    """Granted or not."""

    decision = forms.ChoiceField(
        label="决定", choices=(("grant", "批准"), ("refuse", "不批准")), widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="意见", max_length=200, required=False, strip=True, help_text="不批准须写明原因"
    )


@page(
    "indicators.correction.decide",
    "corrections/<uuid:uid>/decide/",
    "批准更正",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=may.CORRECTION_GRANT,
    ledger="indicators.correction",
)
def decide_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person."""
    viewer = require_viewer(request)
    found = CORRECTIONS.visible_rows(viewer).filter(uid=uid).first()
    if found is None:
        raise Http404
    here = reverse("indicators.correction.detail", args=[found.uid])
    form = Decision(request.POST or None)
    request.trail = [Crumb(str(found), here), Crumb("批准")]  # type: ignore[attr-defined]

    def act() -> str:
        granted = form.cleaned_data["decision"] == "grant"
        decide_correction(uid, grant=granted, note=form.cleaned_data["note"], by=viewer)
        return "已批准" if granted else "已退回"

    title = f"{found} {found.thing_label or '补录新记录'}"
    return small_form(request, form, act, title=title, note=found.what, button="确定", back=here)


@page(
    "indicators.correction.finish",
    "corrections/<uuid:uid>/finish/",
    "更正完毕",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=may.CORRECTION_ASK,
    ledger="indicators.correction",
)
def finish_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The record is corrected; it is closed again from now on."""
    viewer = require_viewer(request)
    found = CORRECTIONS.visible_rows(viewer).filter(uid=uid).first()
    if found is None:
        raise Http404
    here = reverse("indicators.correction.detail", args=[found.uid])
    request.trail = [Crumb(str(found), here), Crumb("更正完毕")]  # type: ignore[attr-defined]

    def act() -> str:
        finish_correction(uid, by=viewer)
        return "已登记更正完毕，这条记录重新关账"

    return small_form(
        request,
        forms.Form(request.POST or None),
        act,
        title=f"{found} 更正完毕",
        note="确认后这条记录不能再改，除非另行申请",
        button="更正完毕",
        back=here,
    )
