"""统计报告 › 指标目录: every registered figure with its definition, and the rows behind each number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anlu.engine.indicators.targets import LIGHT_WORDS, Light
from anlu.kernel.core.clock import today
from anlu.kernel.core.language.formats import large_money
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.closing import closed_value, differs
from anlu.kernel.indicators.define import (
    Coverage,
    Distinct,
    Indicator,
    Latest,
    Leaf,
    MedianDays,
    Nature,
    Ordinal,
    Present,
    Ratio,
    Regular,
    Rhythm,
    Share,
    Stock,
    indicators,
)
from anlu.kernel.indicators.evaluate import Value, gaps_of, rows_behind, value_of, values_of
from anlu.kernel.indicators.knowledge import Known, known_on
from anlu.kernel.indicators.permissions import EXPORT, VIEW
from anlu.kernel.indicators.quality import quality_of
from anlu.kernel.indicators.remembering import remembered_values_of
from anlu.kernel.indicators.restating import restatements
from anlu.kernel.indicators.targets import standing_of
from anlu.kernel.people.models import Officer
from anlu.web.cells import Cell, Renderer
from anlu.web.comparing import COMPARE, comparison_of
from anlu.web.courses import Courses, course_chart, course_table, has_course
from anlu.web.desk.indicator_chapters import (
    CHAPTER_CHOICE,
    by_chapter,
    chapters_of,
    chosen,
    words_of,
)
from anlu.web.figures import (
    NOTHING,
    amount_words,
    figure_of,
    in_words,
    interval_words,
    own_url,
    range_words,
    rows_url,
    tone_of,
)
from anlu.web.ledgers import Column, Ledger, ledgers
from anlu.web.nav import Crumb, page
from anlu.web.pages.paging import Order, Slice, edge_of, slice_of
from anlu.web.tables import Line, Number, NumberTable, download
from anlu.web.viewers import require_viewer
from anlu.web.windows import Asked, Switch, latest_year

CHAPTER: Final = "统计报告"
ITEM: Final = "指标目录"
PAGE_SIZE: Final = 50
NATURES: Final = {Nature.RESULT: "结果", Nature.PROCESS: "过程", Nature.ENFORCEMENT: "执法量"}
BETTER_WORDS: Final = {"down": "越低越好", "up": "越高越好", "": "不分好坏"}


def known_to(viewer: Viewer) -> list[Indicator]:
    """The indicators whose rows a person may see somewhere."""
    mine = [one for one in indicators if viewer.may(_permission(one))]
    return sorted(mine, key=lambda one: (one.order, one.code))


def _permission(indicator: Indicator) -> str:
    return indicator.main.seen_under


def _asked(request: HttpRequest, viewer: Viewer, known: Sequence[Indicator], *switches: Switch) -> Asked:
    """The window of the page; the year to begin with is the last one of which there is anything."""
    permissions = sorted({_permission(one) for one in known})
    return Asked.read(
        request.GET,
        viewer,
        permissions=permissions,
        default=lambda: latest_year(_latest(known, viewer)),
        switches=switches,
        with_as_of=True,
    )


def _latest(known: Sequence[Indicator], viewer: Viewer) -> Any:
    """The last day of anything that counts."""
    places = dict.fromkeys((one.main.rows.model, one.main.on) for one in known)
    days = []
    for model, on in places:
        known_days = model.objects.visible_to(viewer).filter(**{f"{on}__isnull": False})
        days.append(known_days.order_by(f"-{on}").values_list(on, flat=True).first())
    return max((day for day in days if day is not None), default=None)


# ------------------------------------------------------------------------------------------------ catalogue


@dataclass(frozen=True)
class Entry:
    """One line of the catalogue."""

    indicator: Indicator
    url: str
    nature: str
    number: Number
    previous: Number
    change: Number
    interval: str
    range: str
    rows: Number
    target: Goal | None = None


@dataclass(frozen=True)
class Goal:
    """A target as pages show it: 目标 84 人, the light with its word and colour, the probability in words."""

    words: str
    light: str
    colour: str
    probability: str
    expected: str


def goal_of(value: Value, viewer: Viewer) -> Goal | None:
    """The target of the window's year and how it stands; None for parts of the brigade."""
    found = standing_of(value.indicator, value.window, viewer)
    if found is None:
        return None
    amount, unit = in_words(float(found.target.goal), value.indicator)
    chance = "" if found.probability is None else f"完成可能性 {100 * found.probability:.0f}%"
    expected = "" if found.expected is None else f"预计全年 {found.expected:.0f}({found.low}~{found.high})"
    return Goal(
        f"{found.target.year}年目标 {amount.removesuffix('.00')} {unit}",
        LIGHT_WORDS[found.light],
        LIGHT_COLOURS[found.light],
        chance,
        expected,
    )


LIGHT_COLOURS: Final = {Light.ON_COURSE: "green", Light.AT_RISK: "amber", Light.MISSED: "red"}


def entry_of(value: Value, viewer: Viewer | None = None, *, compare: str = "") -> Entry:
    """A figure with everything that the catalogue says of it; with a ``viewer`` also its target."""
    one, window = value.indicator, value.window
    here = rows_url(one, window)
    rows = own_url("indicators.rows", one, window)
    return Entry(
        indicator=one,
        url=own_url("indicators.indicator", one, window, compare=compare),
        nature=NATURES[one.nature],
        number=_worded(value.value, one, here if value.rows else ""),
        previous=_worded(value.previous, one, rows_url(one, value.previous_window) if value.previous else ""),
        change=Number(value.words or NOTHING, value.words, tone=tone_of(value)),
        interval=interval_words(value),
        range=range_words(value),
        rows=Number(f"{value.rows:,} 行", value.rows, rows if value.rows else ""),
        target=goal_of(value, viewer) if viewer is not None else None,
    )


def _worded(amount: Any, indicator: Indicator, url: str) -> Number:
    words, unit = in_words(amount, indicator)
    return Number(f"{words} {unit}".strip(), amount, url)


@page("indicators.catalogue", "indicators/", ITEM, chapter=CHAPTER, permission=VIEW)
def catalogue(request: HttpRequest) -> HttpResponse:
    """All indicators through one window."""
    viewer = require_viewer(request)
    known = known_to(viewer)
    asked = _asked(request, viewer, known, COMPARE, chapters_of(known))
    compared = comparison_of(asked)
    words = words_of(request)
    shown = chosen(known, asked.chosen[CHAPTER_CHOICE], words)
    values = (
        []
        if asked.problems
        else remembered_values_of(shown, compared.window, viewer, previous=compared.previous)
    )
    address = {**asked.parameters(), **({"q": words} if words else {})}
    note = f"{len(known)} 项 · {asked.words()}"
    if len(shown) < len(known):
        note = f"{len(known)} 项中的 {len(shown)} 项 · {asked.words()}"
    context = {
        "page_title": ITEM,
        "page_note": note,
        "words": words,
        "search_url": asked.url(),
        "asked": asked,
        "compared": compared,
        "groups": [
            (chapter, [entry_of(value, viewer, compare=compared.choice) for value in members])
            for chapter, members in by_chapter(values)
        ],
        "export_url": f"{reverse('indicators.export')}?{urlencode(address)}" if viewer.may(EXPORT) else "",
        "today": today(),
    }
    return render(request, "web/desk/indicators.html", context)


@page(
    "indicators.export",
    "indicators/export.xlsx",
    "导出指标",
    chapter=CHAPTER,
    item=ITEM,
    permission=EXPORT,
    entry=False,
)
def export(request: HttpRequest) -> HttpResponseBase:
    """The catalogue as an Excel file."""
    viewer = require_viewer(request)
    known = known_to(viewer)
    asked = _asked(request, viewer, known, COMPARE, chapters_of(known))
    compared = comparison_of(asked)
    known = chosen(known, asked.chosen[CHAPTER_CHOICE], words_of(request))
    values = [] if asked.problems else values_of(known, compared.window, viewer, previous=compared.previous)
    return download(catalogue_table(values, compared.before), asked.words(), request, viewer)


BEFORE_HEADS: Final = ("单位", "性质", "本期", "分子", "分母")
AFTER_HEADS: Final = ("变化", "95%区间", "行数", "口径", "方法")


def catalogue_table(values: Sequence[Value], before: str) -> NumberTable:
    """The catalogue in exact numbers; shares are 0-1. ``before`` is what the figures are compared with."""
    lines = []
    for value in values:
        one = value.indicator
        plain = (
            one.measure,
            NATURES[one.nature],
            value.value,
            value.numerator,
            value.denominator,
            value.previous,
            value.words,
            interval_words(value),
            value.rows,
            one.definition,
            one.method,
        )
        numbers = tuple(
            Number(str(part), part if isinstance(part, int | str | None) else float(part)) for part in plain
        )
        lines.append(Line(one.label, numbers))
    heads = (*BEFORE_HEADS, before, *AFTER_HEADS)
    return NumberTable("catalogue", ITEM, "指标", heads, tuple(lines))


# ----------------------------------------------------------------------------------------- one indicator


def _indicator(code: str, viewer: Viewer) -> Indicator:
    if code not in indicators or not viewer.may(_permission(indicators.get(code))):
        raise Http404("没有这个指标")
    return indicators.get(code)


@dataclass(frozen=True)
class Side:
    """What stands above or below the line: words, amount, where its rows are."""

    label: str
    number: Number
    before: Number
    on: str
    unit: str
    area: str


@page(
    "indicators.indicator",
    "indicators/<str:indicator>/",
    "指标说明",
    chapter=CHAPTER,
    item=ITEM,
    permission=VIEW,
    entry=False,
)
def explanation(request: HttpRequest, indicator: str) -> HttpResponse:
    """Definition, formula, both parts with their rows, and what it goes by."""
    viewer = require_viewer(request)
    one = _indicator(indicator, viewer)
    asked = _asked(request, viewer, [one], COMPARE)
    compared = comparison_of(asked)
    request.trail = [Crumb(one.label)]  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "page_title": one.label,
        "page_note": asked.words(),
        "asked": asked,
        "one": one,
        "nature": NATURES[one.nature],
        "better": BETTER_WORDS[one.better],
        "compared": compared,
        "today": today(),
    }
    if not asked.problems:
        window = compared.window
        value = value_of(one, window, viewer, previous=compared.previous)
        courses = Courses([one], window, viewer, previous=compared.previous) if has_course(one) else None
        spark = courses.spark(one.code) if courses else None
        context |= {
            "figure": replace(
                figure_of(value, spark=spark, before=compared.before), method_url=""
            ),  # this is the page it would lead to
            "chart": _course_of(value, courses),
            "interval": interval_words(value),
            "formula": formula_of(one),
            "sides": sides_of(value),
            "goal": goal_of(value, viewer),
            "quality": quality_of(one, window, viewer),
            "gaps": gaps_of(one, window, viewer) if isinstance(one.expression, Rhythm) else [],
            **_closed(value, viewer),
        }
    return render(request, "web/desk/indicator.html", context)


def _course_of(value: Value, courses: Courses | None) -> dict[str, Any] | None:
    """The chart of its course with the numbers below it; None for what has no course, or where there is nothing."""
    if courses is None or not (value.numerator or value.previous):
        return None
    table = course_table(value, courses)
    shown = {
        "head": [table.corner, *table.heads],
        "rows": [[line.label, *(number.text for number in line.numbers)] for line in table.lines],
    }
    return course_chart(value, courses, value.indicator.label) | {"table": shown}


def _closed(value: Value, viewer: Viewer) -> dict[str, Any]:
    """What the figure was when its period was closed, and who changed it since."""
    snapshot = closed_value(value.indicator, value.window, viewer)
    if snapshot is None:
        return {}
    stated = snapshot.value
    whole = int(stated) if stated is not None and stated == int(stated) else stated
    moved = differs(snapshot, value)
    return {
        "snapshot": snapshot,
        "closed_words": " ".join(in_words(whole, value.indicator)).strip(),
        "moved": moved,
        "acts": restatements(value.indicator, snapshot.close, viewer) if moved else [],
    }


def formula_of(indicator: Indicator) -> str:
    """分子 ÷ 分母, in words."""
    match indicator.expression:
        case Share():
            return "分子 ÷ 分母(分子是分母的一部分)"
        case Coverage():
            return "达到的个数 ÷ 全部个数"
        case Rhythm():
            return "开展过的期数 ÷ 应开展的期数(进行中的一期,开展过才计入)"
        case Ratio(scale=scale):
            return f"分子 ÷ 分母 × {scale}" if scale != 1 else "分子 ÷ 分母"
        case Distinct():
            return "下列记录中不同的个数(同一个只计一次)"
        case Stock():
            return "期末仍在的记录逐条相加"
        case Present():
            return "有下列任何一条记录即为 1"
        case Ordinal():
            return "从第一次起,到本期最近一次,逐条相加"
        case Regular():
            return "有记录的月(周、季)各计一次"
        case MedianDays():
            return "下列记录所用天数从小到大排列，取中间一个(偶数条取中间两个的平均)"
        case Latest():
            return "取期末最近一条记录"
    return "下列记录逐条相加"


def sides_of(value: Value) -> list[Side]:
    """The leaf above the line, and the one below it where there is one."""
    one = value.indicator
    then = value.previous_window
    found = [_side("分子" if one.base else "合计", one.main, value.numerator, one, value, base=False)]
    if one.base is not None:
        found.append(_side("分母", one.base, value.denominator or 0, one, value, base=True))
    assert then is not None
    return found


def _side(label: str, leaf: Leaf, amount: Any, one: Indicator, value: Value, *, base: bool) -> Side:
    return Side(
        label,
        Number(
            amount_words(amount, one.measure if not one.base else ""),
            amount,
            rows_url(one, value.window, base=base) if amount else "",
        ),
        Number("查看", url=rows_url(one, value.previous_window, base=base)),
        _field_words(leaf, leaf.on),
        _field_words(leaf, leaf.unit),
        _field_words(leaf, leaf.area),
    )


def _field_words(leaf: Leaf, path: str) -> str:
    """What a column is called; along a path, the last step."""
    model, words = leaf.rows.model, ""
    for part in path.split("__") if path else ():
        field = model._meta.get_field(part)
        words, model = str(field.verbose_name), field.related_model or model
    return words or "不归属"


# ------------------------------------------------------------------------------------------------ rows


@page(
    "indicators.rows",
    "indicators/<str:indicator>/rows/",
    "指标明细",
    chapter=CHAPTER,
    item=ITEM,
    permission=VIEW,
    entry=False,
)
def rows(request: HttpRequest, indicator: str) -> HttpResponse:
    """The rows behind a number, each with what it adds; together they are the number."""
    viewer = require_viewer(request)
    one = _indicator(indicator, viewer)
    asked = _asked(request, viewer, [one])
    base = request.GET.get("side") == "base" and one.base is not None
    leaf = one.base if base and one.base is not None else one.main
    up = Crumb(one.label, own_url("indicators.indicator", one, asked.window))
    request.trail = [up, Crumb("明细")]  # type: ignore[attr-defined]
    found = rows_behind(one, asked.window, viewer, base=base)
    value = None if asked.problems else value_of(one, asked.window, viewer)
    if value is None:
        found = found.none()
    since = known_on(leaf.rows.model, asked.window.as_of if leaf.additive else None)
    listing = Listing(one, leaf, found, request, viewer, since)
    context = {
        "page_title": f"{one.label}的明细",
        "page_note": asked.words(),
        "asked": asked,
        "one": one,
        "base": base,
        "total_words": _sum_words(value, one, base=base) if value else NOTHING,
        "count": ((value.base_rows if base else value.rows) or 0) if value else 0,
        **listing.context(),
    }
    return render(request, "web/desk/indicator_rows.html", context)


def _sum_words(value: Value, one: Indicator, *, base: bool) -> str:
    amount = (value.denominator or 0) if base else value.numerator
    measure = one.measure if one.base is None else ""
    return f"{amount_words(amount, measure)}{large_money().unit if measure == '元' else measure}"


ADDS: Final = "adds"


@dataclass(frozen=True)
class ListedRow:
    """A row as ``components/row.html`` draws it."""

    uid: str
    url: str
    cells: list[Cell]


@dataclass(frozen=True)
class Listing:
    """One page of rows in the columns of their ledger, with what each adds."""

    indicator: Indicator
    leaf: Leaf
    rows: QuerySet[Any]
    request: HttpRequest
    viewer: Officer
    known: Known

    @property
    def ledger(self) -> Ledger | None:
        """The ledger that shows these rows."""
        code = self.indicator.ledger
        named = [ledgers.get(code)] if code in ledgers else []
        return next((one for one in (*named, *ledgers) if one.model is self.leaf.rows.model), None)

    def context(self) -> dict[str, Any]:
        """What the template needs."""
        order = Order.of(self.leaf.rows.model, self.leaf.on, descending=True)
        shown = self._slice(order)
        columns = [one for one in self.ledger.columns if one.listed] if self.ledger else []
        renderer = Renderer(self.leaf.rows.model, columns)
        adds = Column(ADDS, f"计入({self.indicator.measure})" if self.indicator.base is None else "计入")
        heads = [{"key": one.name, "label": one.label} for one in columns] or [
            {"key": "row", "label": "记录"}
        ]
        return {
            "columns": [*heads, {"key": ADDS, "label": adds.label, "align": "right"}],
            "rows": [self._row(thing, renderer) for thing in shown.rows],
            "pager": self._pager(shown),
        }

    def _slice(self, order: Order) -> Slice:
        edges = {
            name: edge_of(self.rows, order, "uid", stated)
            for name in ("after", "before")
            if (stated := self.request.GET.get(name))
        }
        rows = self.rows
        if self.ledger is not None:
            joined = self.ledger.joins()
            rows = rows.select_related(*joined) if joined else rows
            rows = rows.defer(*self.ledger.defer) if self.ledger.defer else rows
        return slice_of(rows, order, size=PAGE_SIZE, **edges)

    def _row(self, thing: Any, renderer: Renderer) -> ListedRow:
        thing = next((one for one in self.known.things if one.pk == thing.pk), thing)  # as it was on the day
        cells = renderer.cells(thing) or [Cell(str(thing))]
        amount = self.leaf.adds(thing)
        added = Cell(f"{amount:,}", "number", strong=True)
        ledger = self.ledger
        opens = ledger is not None and ledger.has_detail and thing.voided_at is None
        return ListedRow(str(thing.uid), ledger.url_of(thing) if ledger and opens else "", [*cells, added])

    def _pager(self, shown: Slice) -> dict[str, Any]:
        stated = self.request.GET.copy()
        for name in ("after", "before"):
            stated.pop(name, None)

        def to(name: str, thing: Any) -> str:
            return f"?{urlencode([*((key, value) for key, value in stated.items()), (name, str(thing.uid))])}"

        has = bool(shown.rows)
        return {
            "prev_url": to("before", shown.rows[0]) if has and shown.has_previous else "",
            "next_url": to("after", shown.rows[-1]) if has and shown.has_next else "",
        }
