"""
报隐患, made for a telephone: photographs, kind and place, a look, sent. Works without scripts as one long form.

With scripts the page goes step by step, asks the server who will answer for it, and keeps drafts in the browser while
there is no signal (``islands/report.js``). A draft carries its own number, so that sending it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anlu.apps.hazards import services, terms
from anlu.apps.hazards.common import FAMILY
from anlu.apps.hazards.following import graded_by_rules
from anlu.apps.hazards.grading import crashes_near
from anlu.apps.hazards.permissions import HAZARD_ADD
from anlu.apps.hazards.queries import checks_of
from anlu.kernel.cases.files import keep_files
from anlu.kernel.cases.kinds import Kind, kinds_of
from anlu.kernel.cases.merging import cases_near
from anlu.kernel.cases.models import Case
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices, label_of
from anlu.kernel.core.errors import AnluError
from anlu.kernel.people.access import responsible_unit
from anlu.kernel.people.models import POLICE, Officer, Unit
from anlu.kernel.places.locating import Locator
from anlu.kernel.places.models import Road
from anlu.web.desk.cases.columns import place_words
from anlu.web.desk.cases.forms import FilesField, towns
from anlu.web.desk.picking import place_of
from anlu.web.nav import page
from anlu.web.stakes import StakeField
from anlu.web.viewers import require_viewer

CHAPTER: Final = "源头管控"
ITEM: Final = "道路隐患"
INTERIM_DAYS: Final = 7
WORDS: Final = {
    "nextKind": "下一步：选类型",
    "nextLook": "下一步：核对",
    "noKind": "请选择类型",
    "noPlace": "须有位置：定位、在图上点，或选道路桩号、镇街",
    "dropPhoto": "去掉这张照片",
    "locating": "正在定位",
    "located": "已定位",
    "notLocated": "没有定到位，请在图上点或选道路桩号",
    "photos": "照片",
    "kind": "类型",
    "pieces": "张照片",
    "place": "位置",
    "grade": "等级",
    "suggested": "建议",
    "responsible": "责任单位",
    "limit": "期限",
    "then": "发出后",
    "checks": "核实",
    "near": "附近已有同类隐患",
    "look": "核对",
    "noLook": "现在没有网络，发出后由平台补上",
    "kept": "已存在本机，有网后自动发出",
    "draft": "已存草稿",
    "send": "发出",
    "remove": "删除",
    "sent": "已发出",
    "noNetwork": "还没有网络",
}  # what the script says
PLACE_FIELDS: Final = ("lon", "lat", "road", "chainage_m", "town", "place_text")
PICTURES: Final = "image/jpeg,image/png,image/webp"


class ReportForm(forms.Form):
    """What is sent from the roadside."""

    client_uid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    accuracy_m = forms.FloatField(required=False, min_value=0, max_value=1e6, widget=forms.HiddenInput)
    photos = FilesField(label="照片")
    kind = forms.ChoiceField(
        label="类型", choices=lambda: [(one.code, one.label) for one in kinds_of(FAMILY.code)]
    )
    source = forms.ChoiceField(
        label="发现来源", required=False, choices=lambda: [("", "—"), *choices(terms.SOURCE, on=today)()]
    )
    lon = forms.FloatField(label="经度", required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label="纬度", required=False, min_value=-85, max_value=85)
    road = forms.ModelChoiceField(Road.objects.none(), label="道路", required=False, empty_label="—")
    chainage_m = StakeField(label="桩号")
    town = forms.ModelChoiceField(Road.objects.none(), label="镇街", required=False, empty_label="—")
    place_text = forms.CharField(label="地点说明", max_length=300, required=False)
    description = forms.CharField(
        label="补充说明", max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    interim = forms.ChoiceField(
        label="已采取的临时措施",
        required=False,
        choices=lambda: [("", "没有"), *choices(terms.INTERIM, on=today)()],
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["photos"].widget.attrs |= {"accept": PICTURES, "capture": "environment"}
        self.fields["road"].queryset = Road.objects.live().order_by("code")  # type: ignore[attr-defined]
        self.fields["town"].queryset = towns()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        placed = data.get("lon") is not None and data.get("lat") is not None
        if not (placed or data.get("road") or data.get("town") or self.errors):
            raise forms.ValidationError("须有位置：定位、在图上点，或选道路桩号、镇街")
        return data

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        names = ("lon", "lat", "road", "chainage_m", "town", "place_text", "description")
        return {name: self.cleaned_data.get(name) for name in names}


def facts_stated(kind: Kind, data: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of the chosen kind; the form holds those of all kinds, named after kind and fact."""
    return {
        one.name: data.get(f"d_{short_code(kind)}_{one.name}", "")
        for one in kind.facts
        if f"d_{short_code(kind)}_{one.name}" in data
    }


def short_code(kind: Kind) -> str:
    """``vegetation`` of ``hazards.vegetation``."""
    return kind.code.partition(".")[2]


@page("hazards.report", "hazards/report/", "报隐患", chapter=CHAPTER, item=ITEM, entry=False, rank=15,
      permission=HAZARD_ADD)  # fmt: skip
def report(request: HttpRequest) -> HttpResponseBase:
    """The form; what scripts send is answered as JSON, what a form sends by the page of the hazard."""
    viewer = require_viewer(request)
    if request.method != "POST":
        usual = "patrol" if viewer.unit.kind in POLICE else ""  # offered, not decided: it can be changed
        return _page(request, ReportForm(initial={"client_uid": uuid4(), "source": usual}))
    form = ReportForm(request.POST, request.FILES)
    wants_json = request.headers.get("Accept", "") == "application/json"
    if form.is_valid():
        try:
            done = _send(form, request.POST, viewer)
        except AnluError as problem:
            form.add_error(None, str(problem))
        else:
            url = FAMILY.address_of(done.case.uid)
            if wants_json:
                return JsonResponse({"number": done.case.number, "url": url, "new": done.new})
            messages.success(
                request,
                f"已登记隐患 {done.case.number}" if done.new else f"这份草稿已登记为 {done.case.number}",
            )
            return HttpResponseRedirect(url)
    if wants_json:
        words = [str(error) for errors in form.errors.values() for error in errors]
        return JsonResponse({"problem": "；".join(words)}, status=422)
    return _page(request, form, status=422)


def _send(form: ReportForm, data: Mapping[str, Any], viewer: Officer) -> services.Reported:
    kind = next(one for one in kinds_of(FAMILY.code) if one.code == form.cleaned_data["kind"])
    client_uid: UUID | None = form.cleaned_data["client_uid"]
    kept = keep_files([(one, one.name or "", "before") for one in form.cleaned_data["photos"]], by=viewer)
    measure = form.cleaned_data["interim"]
    return services.report_hazard(
        kind.code,
        form.values() | {"title": title_of(kind, form.cleaned_data), "reporter_name": viewer.name},
        details={"source": form.cleaned_data["source"]} | facts_stated(kind, data),
        files=kept,
        client_uid=client_uid,
        accuracy_m=form.cleaned_data["accuracy_m"],
        interim=(measure, today() + timedelta(days=INTERIM_DAYS)) if measure else None,
        by=viewer,
    )


def title_of(kind: Kind, values: Mapping[str, Any]) -> str:
    """国道105 K18+620 树木绿植遮挡."""
    place = place_words(located(values))
    return f"{place} {kind.label}".strip()[:120]


def located(values: Mapping[str, Any]) -> Case:
    """A case that is not kept, with its place filled in."""
    case = Case(found_on=today())
    for name in ("lon", "lat", "road", "chainage_m", "town", "place_text"):
        if values.get(name) is not None:
            setattr(case, name, values[name])
    Locator.current().complete(case)
    return case


def _offered_facts(kind: Kind) -> list[dict[str, Any]]:
    """Facts that are picked from a list: at the roadside nobody types."""
    wanted = [one for one in kind.facts if one.fact.choices and one.name != "source"]
    return [
        {
            "name": f"d_{short_code(kind)}_{one.name}",
            "label": one.fact.label,
            "choices": choices(one.fact.choices, on=today)(),
        }
        for one in wanted
    ]


def _page(request: HttpRequest, form: ReportForm, status: int = 200) -> HttpResponse:
    offered = [
        {
            "code": kind.code,
            "short": short_code(kind),
            "label": kind.label,
            "help": kind.help.partition(" ")[2],
            "facts": _offered_facts(kind),
            "checks": [one.label for one in checks_of(kind, today())],
        }
        for kind in kinds_of(FAMILY.code)
    ]  # fmt: skip
    context = {
        "page_title": "报隐患",
        "form": form,
        "chosen": form["kind"].value() or "",
        "kinds": offered,
        "place": place_of([form[name] for name in PLACE_FIELDS], by=require_viewer(request)),
        "options": {
            "look": reverse("hazards.report.look"),
            "send": reverse("hazards.report"),
            "words": WORDS,
            "who": str(require_viewer(request).uid),
        },
    }
    return render(request, "hazards/report.html", context, status=status)


# ------------------------------------------------------------------------------------------------ a look before
@page("hazards.report.look", "hazards/report/look/", "报隐患核对", chapter=CHAPTER, item=ITEM, entry=False,
      permission=HAZARD_ADD)  # fmt: skip
def look(request: HttpRequest) -> JsonResponse:
    """Where it would lie, who would answer for it, how grave it would be and why, and what lies near."""
    viewer = require_viewer(request)
    form = ReportForm(request.GET)
    kind = next((one for one in kinds_of(FAMILY.code) if one.code == request.GET.get("kind")), None)
    form.is_valid()
    if kind is None:
        return JsonResponse({"problem": "请选择类型"})
    case = located(form.cleaned_data)
    case.kind, case.family = kind.code, kind.family
    case.details = {one.name: one.default for one in kind.facts} | facts_stated(kind, request.GET)
    case.unit_id = responsible_unit(case.town_id, on=today()) or viewer.unit_id
    crashes = crashes_near(case, today())
    grade = graded_by_rules(case, crashes)
    proposed = kind.suggest(case).get("lead")
    squadron = Unit.objects.filter(pk=case.unit_id).first()
    days = next(move.working_days for move in kind.lifecycle.moves if move.code == "send")
    near = (
        cases_near(kind, case.lon, case.lat, by=viewer)
        if case.lon is not None and case.lat is not None
        else []
    )
    return JsonResponse(
        {
            "place": place_words(case) or "没有桩号",
            "town": case.town.name if case.town else "",
            "kind": kind.label,
            "grade": label_of(terms.GRADE, grade.code),
            "grade_why": grade.why,
            "responsible": proposed.value.name if proposed else "待核实时选定",
            "responsible_why": proposed.why if proposed else "",
            "squadron": squadron.name if squadron else "",
            "limit": f"{days} 个工作日（交办后起算）",
            "near": [
                {
                    "number": one.number,
                    "title": one.title,
                    "url": FAMILY.address_of(one.uid),
                    "distance": f"{m:.0f} 米",
                }
                for one, m in near
            ],
        }
    )
