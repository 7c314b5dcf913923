"""节奏与缺口: what has to be held how often, by whom, and where it is missing; and the ledger of the rhythms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlu.engine.periods import Period, PeriodError
from anlu.engine.rhythms import OwedSpan, SpanState
from anlu.kernel.activities import permissions, rhythms
from anlu.kernel.activities.models import Activity, Every, Rhythm
from anlu.kernel.activities.registry import bearer_groups, group_choices, kind_choices, label_of
from anlu.kernel.activities.rhythms import GapTable, gap_table, rhythms_in_force
from anlu.kernel.core.clock import today
from anlu.kernel.core.filters import ChoiceFilter, FlagFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.web.desk.activities.ledger import url_of
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, ledgers
from anlu.web.nav import page
from anlu.web.viewers import require_viewer

CHAPTER, ITEM = "队伍建设", "学习活动"
WORDS = {SpanState.DONE: "已开展", SpanState.OPEN: "本期未到", SpanState.MISSING: "缺"}
COLOURS = {SpanState.DONE: "green", SpanState.OPEN: "blue", SpanState.MISSING: "red"}


@dataclass(frozen=True)
class Square:
    """One bearer in one span."""

    words: str
    colour: str = ""
    url: str = ""


@dataclass(frozen=True)
class Sheet:
    """One rhythm as the page draws it."""

    label: str
    note: str
    spans: list[str]
    lines: list[tuple[str, list[Square], str]]
    done: int
    owed: int
    missing: int


def words_of(rhythm: Rhythm) -> str:
    """每月 1 次 · 党支部."""
    months = f"（{'、'.join(f'{n}月' for n in sorted(rhythm.months))}）" if rhythm.months else ""
    who = bearer_groups.get(rhythm.bearers).label if rhythm.bearers in bearer_groups else rhythm.bearers
    return f"{rhythm.get_every_display()}{months} {rhythm.times} 次 · {who}"


@page(
    "activities.gaps",
    "activities/gaps/",
    "节奏与缺口",
    chapter=CHAPTER,
    item=ITEM,
    entry=True,
    rank=30,
    permission=permissions.RHYTHM_VIEW,
)
def gaps(request: HttpRequest) -> HttpResponse:
    """All rhythms of a year (or another period), for the bearers inside the person's scope."""
    viewer = require_viewer(request)
    period = _period(request.GET.get("period", ""))
    scope = viewer.scope_for(permissions.RHYTHM_VIEW)
    tables = [
        gap_table(one, period.start, period.end, today=today(), scope=scope)
        for one in rhythms_in_force(period.start, period.end)
    ]
    sheets = [_sheet(one, viewer) for one in tables if one.lines]
    year = period.start.year
    context = {
        "page_title": "节奏与缺口",
        "page_note": period.label,
        "sheets": sheets,
        "missing": sum(one.missing for one in sheets),
        "periods": [
            {"label": label, "url": f"?period={code}", "active": code == period.code.split("@")[0]}
            for code, label in (
                (f"{year - 1}", f"{year - 1}年"),
                (f"{year}H1", "上半年"),
                (f"{year}H2", "下半年"),
                (f"{year}", f"{year}年"),
            )
        ],
    }
    return render(request, "web/desk/gaps.html", context)


def _period(text: str) -> Period:
    try:
        return Period.parse(text).to_date(today()) if text else _usual()
    except PeriodError:
        return _usual()


def _usual() -> Period:
    """This year so far; in its first days last year, which is what people then look at."""
    day = today()
    year = Period.containing(date(day.year - 1, 1, 1) if day.month == 1 and day.day < 15 else day, "year")
    return year.to_date(day)


def _sheet(table: GapTable, viewer: Viewer) -> Sheet:
    uids = set(table.activities.values())
    rows = Activity.objects.visible_to(viewer).filter(uid__in=uids)
    urls = {one.uid: url_of(one) for one in rows}
    lines = []
    for line in table.lines:
        squares = []
        for span in table.spans:
            owed = line.spans.get(span.code)
            uid = table.activities.get((line.bearer.key, span.code))
            squares.append(_square(owed, urls.get(uid, "") if uid else ""))
        missing = sum(one.state == SpanState.MISSING for one in line.spans.values())
        lines.append((line.bearer.name, squares, f"缺 {missing}" if missing else "齐"))
    found = table.completeness
    return Sheet(
        label=table.label,
        note=words_of(table.rhythm),
        spans=[_short(one) for one in table.spans],
        lines=lines,
        done=found.done,
        owed=found.owed,
        missing=len(table.missing),
    )


def _square(owed: OwedSpan | None, url: str) -> Square:
    if owed is None:
        return Square("—")
    count = f" {owed.held}/{owed.required}" if owed.required > 1 or owed.held > 1 else ""
    return Square(f"{WORDS[owed.state]}{count}", COLOURS[owed.state], url)


def _short(span: Period) -> str:
    """The period without its year, which stands above."""
    if span.kind == "quarter":
        return f"第{'一二三四'[span.start.month // 3]}季度"
    return span.label.removeprefix(f"{span.start.year}年")


# ------------------------------------------------------------------------------------------------ the ledger


class MonthsField(forms.TypedMultipleChoiceField):
    """Months to which the spans are narrowed."""

    def __init__(self) -> None:
        super().__init__(
            label="限定月份",
            required=False,
            coerce=int,
            choices=[(n, f"{n}月") for n in range(1, 13)],
            widget=forms.CheckboxSelectMultiple,
            help_text="如年度组织生活会限定在 3 月;不选为整个周期",
        )


class RhythmForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rhythm."""

    groups = (
        ("要求", ("code", "kind", "bearers", "every", "times", "months", "remind_days", "enabled")),
        ("期限与依据", ("valid_from", "valid_to", "basis")),
    )
    months = MonthsField()

    class Meta:
        model = Rhythm
        fields = (
            *("code", "kind", "bearers", "every", "times", "months", "remind_days", "enabled"),
            *("valid_from", "valid_to", "basis"),
        )
        widgets: ClassVar[dict[str, Any]] = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("valid_from", "valid_to")
        }
        help_texts: ClassVar[dict[str, str]] = {
            "code": "字母、数字,如 study.first_topic",
            "enabled": "由其他系统管理的(如灯塔-党建在线)不必启用,以免重复填报",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, offered in (("kind", kind_choices()()), ("bearers", group_choices())):
            self.fields[name] = forms.ChoiceField(label=self.fields[name].label, choices=offered)


def _kind(rhythm: Rhythm) -> str:
    return label_of(rhythm.kind)


def _who(rhythm: Rhythm) -> str:
    return bearer_groups.get(rhythm.bearers).label if rhythm.bearers in bearer_groups else rhythm.bearers


def _months(rhythm: Rhythm) -> str:
    return "、".join(f"{n}月" for n in sorted(rhythm.months))


RHYTHMS = ledgers.add(
    Ledger(
        code="activities.rhythm",
        path="activities/rhythms",
        label="活动节奏",
        noun="活动节奏",
        unit="项",
        chapter=CHAPTER,
        item=ITEM,
        rank=40,
        model=Rhythm,
        columns=(
            Column("code", "代码", kind=Kind.CODE, sort="code"),
            Column("kind", "活动类型", value=_kind),
            Column("bearers", "承担者", value=_who),
            Column("every", "周期", sort="every"),
            Column("times", "每期次数", kind=Kind.NUMBER),
            Column("months", "限定月份", value=_months),
            Column("enabled", "启用", sort="enabled"),
            Column("valid_from", "起"),
            Column("valid_to", "止"),
            Column("basis", "依据"),
        ),
        filters=(
            TextFilter("q", "代码、依据", columns=("code", "basis")),
            ChoiceFilter("kind", "活动类型", choices=kind_choices(), common=True),
            ChoiceFilter("bearers", "承担者", choices=group_choices, common=True),
            ChoiceFilter("every", "周期", choices=lambda: Every.choices),
            FlagFilter("enabled", "启用", yes=Q(enabled=True), common=True),
        ),
        order="code",
        sections=(
            DetailSection(
                "要求",
                (
                    Column("kind", "活动类型", value=_kind),
                    Column("bearers", "承担者", value=_who),
                    Column("every", "周期"),
                    Column("times", "每期次数"),
                    Column("months", "限定月份", value=_months),
                    Column("remind_days", "期末前几日提醒"),
                    Column("enabled", "启用"),
                    Column("valid_from", "起"),
                    Column("valid_to", "止"),
                    Column("basis", "依据", kind=Kind.LONG),
                ),
                note="改动立即影响缺口的计算;要保留以往要求的,请写明止日,另加一项。",
            ),
        ),
        form=RhythmForm,
        add=rhythms.add_rhythm,
        change=rhythms.change_rhythm,
        void=rhythms.void_rhythm,
        restore=rhythms.restore_rhythm,
        permissions={
            "add": permissions.RHYTHM_CHANGE,
            "void": permissions.RHYTHM_CHANGE,
            "export": permissions.RHYTHM_VIEW,
        },
        icon="refresh",
        empty="这里规定哪些活动每周、每月、每季度、每年须由谁开展几次,缺口据此算出。",
    )
)
