"""
研判 › 口径与数据质量 › 未定位: records of every kind whose place has still to be found, and the page that finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.engine.geo import SYSTEMS, convert
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.columns import Unanswerable
from anlu.kernel.indicators.picks import Picked
from anlu.kernel.places import permissions as may
from anlu.kernel.places.located import LocatedNoun, Pick, nouns, preview
from anlu.kernel.places.models import Junction, Located, LocationState, Road, Site
from anlu.kernel.places.naming import named_roads, road_names
from anlu.kernel.places.phrases import phrase_of, spot_of
from anlu.web.desk.picking import map_options
from anlu.web.ledgers import ledgers
from anlu.web.nav import Crumb, page
from anlu.web.stakes import StakeField, stake_words
from anlu.web.viewers import require_viewer

CHAPTER, ITEM = "研判", "口径与数据质量"
PAGE, LOCATE_PAGE = "places.unlocated", "places.unlocated.locate"
SHOWN = 50
OFFERED = 12
SYSTEM_LABELS = {
    "wgs84": "WGS-84(GPS)",
    "cgcs2000": "CGCS2000(国家大地)",
    "gcj02": "GCJ-02(高德、腾讯)",
    "bd09": "BD-09(百度)",
}
STATE_COLOURS = {"unlocated": "red", "off_road": "amber", "outside": "grey"}


# ------------------------------------------------------------------------------------------------ counts


@dataclass(frozen=True)
class Waiting:
    """How many records of a kind wait for their place, by what is missing."""

    noun: LocatedNoun
    number: int
    states: tuple[tuple[str, str, int], ...]  # code, label, number
    url: str


def unlocated_for(viewer: Viewer) -> list[Waiting]:
    """Kinds of which this person has something to locate."""
    return [found for noun in nouns if viewer.may(noun.change) if (found := _waiting(noun, viewer)).number]


def _waiting(noun: LocatedNoun, viewer: Viewer) -> Waiting:
    counted = _counted(noun.to_find(viewer).order_by())
    states = tuple((state.value, str(state.label), counted.get(state.value, 0)) for state in LocationState)
    url = f"{reverse(PAGE)}?{urlencode({'kind': noun.code})}"
    return Waiting(noun, sum(counted.values()), tuple(one for one in states if one[2]), url)


def _counted(rows: QuerySet[Any]) -> dict[str, int]:
    """Rows by what is missing, from the snapshot of the table where one is at hand."""
    try:
        if (pick := Picked.of(rows)) is not None:
            return pick.counts("location_state")
    except Unanswerable:
        pass
    return dict(rows.values_list("location_state").annotate(n=Count("pk")))


# ------------------------------------------------------------------------------------------------ the list


@page(
    PAGE,
    "places/unlocated/",
    "未定位",
    permission=may.LOCATE,
    chapter=CHAPTER,
    item=ITEM,
    entry=True,
    rank=90,
)
def unlocated(request: HttpRequest) -> HttpResponse:
    """The work list, one kind at a time, newest first."""
    viewer = require_viewer(request)
    kinds = [_waiting(noun, viewer) for noun in nouns if viewer.may(noun.change)]
    chosen = _chosen(kinds, request.GET.get("kind", ""))
    context: dict[str, Any] = {"kinds": kinds, "chosen": chosen, "page_note": ""}
    if chosen is not None:
        state = request.GET.get("state", "")
        state = state if state in LocationState.values else ""
        rows, before = _rows(chosen.noun, viewer, state, request.GET.get("before", ""))
        parameters = {"kind": chosen.noun.code} | ({"state": state} if state else {})
        context |= {
            "state": state,
            "states": [
                {
                    "code": code,
                    "label": label,
                    "number": number,
                    "url": f"?{urlencode(parameters | {'state': code})}",
                }
                for code, label, number in chosen.states
            ],
            "all_url": f"?{urlencode({'kind': chosen.noun.code})}",
            "rows": [_row(chosen.noun, thing) for thing in rows],
            "more_url": f"?{urlencode(parameters | {'before': before})}" if before else "",
            "page_note": f"{sum(one.number for one in kinds)} 条等待定位",
        }
    return render(request, "web/desk/unlocated.html", context)


def _chosen(kinds: list[Waiting], code: str) -> Waiting | None:
    named = next((one for one in kinds if one.noun.code == code), None)
    return named or next((one for one in kinds if one.number), None) or next(iter(kinds), None)


def _rows(noun: LocatedNoun, viewer: Viewer, state: str, before: str) -> tuple[list[Any], str]:
    rows = noun.to_find(viewer).select_related("town", "road").order_by("-pk")
    rows = rows.filter(location_state=state) if state else rows
    last = _uid(before)
    if last is not None:
        edge = noun.model._default_manager.filter(uid=last).values_list("pk", flat=True).first()
        rows = rows.filter(pk__lt=edge) if edge is not None else rows
    shown = list(rows[: SHOWN + 1])
    return shown[:SHOWN], str(shown[SHOWN - 1].uid) if len(shown) > SHOWN else ""


def _uid(stated: str) -> UUID | None:
    try:
        return UUID(stated)
    except ValueError:
        return None


def _row(noun: LocatedNoun, thing: Any) -> dict[str, Any]:
    return {
        "title": ledgers.get(noun.code).title(thing),
        "url": reverse(LOCATE_PAGE, args=[noun.code, thing.uid]),
        "words": noun.words(thing),
        "place": _place_words(thing),
        "state": thing.get_location_state_display(),
        "colour": STATE_COLOURS.get(thing.location_state, "grey"),
    }


def _place_words(thing: Any) -> str:
    """Town, road and stake as far as they are known."""
    town = thing.town.name if thing.town_id else ""
    road = thing.road.name if thing.road_id else ""
    return " ".join(part for part in (town, road, stake_words(thing.chainage_m)) if part)


# ------------------------------------------------------------------------------------------------ one record


WAYS = (("坐标", ("lon", "lat", "system")), ("道路和桩号", ("road", "stake")), ("已知地点", ("q",)))


class PlaceForm(forms.Form):
    """A position, or a road with a stake, or a known place."""

    lon = forms.FloatField(label="经度", required=False, min_value=-180, max_value=180, localize=False)
    lat = forms.FloatField(label="纬度", required=False, min_value=-85, max_value=85, localize=False)
    system = forms.ChoiceField(
        label="坐标系", required=False, choices=[(one, SYSTEM_LABELS[one]) for one in SYSTEMS]
    )
    road = forms.CharField(
        label="道路", required=False, max_length=80, help_text="编号或名称，如 G105、国道105、清泉路"
    )
    stake = StakeField(label="桩号")
    q = forms.CharField(label="路口、学校、集市等", required=False, max_length=60, help_text="名称或编号")
    at = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_road(self) -> Road | None:
        """The road of this number or name."""
        name = self.cleaned_data["road"].strip()
        if not name:
            return None
        road = Road.objects.filter(pk=road_names().get(name)).first()
        if road is None:
            raise forms.ValidationError(f"路库中没有「{name}」，或不止一条路叫这个名字，请填编号")
        return road

    def clean_at(self) -> Site | Junction | None:
        """The site or junction that was chosen."""
        uid = self.cleaned_data["at"]
        if uid is None:
            return None
        found = Site.objects.live().filter(uid=uid).first() or Junction.objects.live().filter(uid=uid).first()
        if found is None or found.lon is None:
            raise forms.ValidationError("没有这个点位，或它自己还没有定位")
        return found

    def clean(self) -> dict[str, Any]:
        """A position whole or not at all, a road with its stake."""
        given = super().clean() or self.cleaned_data
        lon, lat = given.get("lon"), given.get("lat")
        if (lon is None) != (lat is None):
            self.add_error("lat" if lat is None else "lon", "经度和纬度要一起填写")
        if lon is not None or given.get("at") is not None or given.get("q"):
            return given  # another way was chosen; the road may be the one that the record has
        road, stake = given.get("road"), given.get("stake")
        if road is not None and stake is None and "stake" not in self.errors:
            self.add_error("stake", "道路和桩号要一起填写")
        if stake is not None and road is None and "road" not in self.errors:
            self.add_error("road", "道路和桩号要一起填写")
        return given

    def pick(self) -> Pick | None:
        """What was given; None when nothing was."""
        given = self.cleaned_data
        if given.get("at") is not None:
            return Pick(at=given["at"])
        if given.get("lon") is not None:
            system = given.get("system") or "wgs84"
            lon, lat = convert(given["lon"], given["lat"], source=system, target="wgs84")
            return Pick(lon=round(float(lon), 7), lat=round(float(lat), 7), system=system)
        if given.get("road") is not None and given.get("stake") is not None:
            return Pick(road=given["road"], chainage_m=given["stake"])
        return None


@page(
    LOCATE_PAGE,
    "places/unlocated/<str:noun>/<uuid:uid>/",
    "补录定位",
    permission=may.LOCATE,
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
)
def locate(request: HttpRequest, noun: str, uid: UUID) -> HttpResponse:
    """One record: say where it was, look at what follows, confirm."""
    viewer = require_viewer(request)
    kind, thing = _record(noun, uid, viewer)
    stated = request.POST if request.method == "POST" else request.GET or None
    form = PlaceForm(
        stated, initial={"road": thing.road.code if thing.road_id else "", "stake": thing.chainage_m}
    )
    pick = form.pick() if form.is_bound and form.is_valid() else None
    values = pick.values(thing) if pick else {}
    if pick is not None and request.method == "POST":
        problem = _save(kind, thing, pick, values, request, viewer)
        if not problem:
            return HttpResponseRedirect(_list_url(kind))
        form.add_error(None, problem)
    title = ledgers.get(kind.code).title(thing)
    request.trail = [Crumb("未定位", _list_url(kind)), Crumb(title)]  # type: ignore[attr-defined]
    context = {"page_title": f"补录定位 {title}", "noun": kind, **_shown(kind, thing, form, pick, values)}
    return render(request, "web/desk/locate.html", context, status=422 if form.errors else 200)


def _list_url(kind: LocatedNoun) -> str:
    return f"{reverse(PAGE)}?{urlencode({'kind': kind.code})}"


def _shown(
    kind: LocatedNoun, thing: Any, form: PlaceForm, pick: Pick | None, values: dict[str, Any]
) -> dict[str, Any]:
    """What the page shows: the record as it is, and as it would be with what was picked."""
    was = _facts(thing)
    if pick is not None:
        preview(thing, values)
    facts = [(label, before, after) for (label, before), (_, after) in zip(was, _facts(thing), strict=True)]
    words = kind.words(thing)
    return {
        "form": form,
        "groups": [
            {"label": label, "fields": [form[name] for name in names], "offers": "q" in names}
            for label, names in WAYS
        ],
        "thing": thing,
        "words": words,
        "record_url": ledgers.get(kind.code).url_of(thing),
        "list_url": _list_url(kind),
        "facts": facts,
        "found": thing.location_state != LocationState.UNLOCATED,
        "looked": pick is not None,
        "hidden": _stated(form) if pick else [],
        "offered": _offered(form, words),
        "searched": form.is_bound and bool((form.data.get("q") or "").strip()),
        "map": _map(thing),
    }


def _record(noun: str, uid: UUID, viewer: Viewer) -> tuple[LocatedNoun, Any]:
    """A kind and one of its records that this person may change, located already or not."""
    if noun not in nouns:
        raise Http404(noun)
    kind = nouns.get(noun)
    rows: QuerySet[Any] = kind.model.objects.none()
    if viewer.may(kind.change):
        rows = kind.model.objects.visible_to(viewer, kind.change)
    thing = rows.select_related("town", "road").filter(uid=uid).first()
    if thing is None:
        raise Http404(kind.label)
    return kind, thing


def _save(
    kind: LocatedNoun, thing: Any, pick: Pick, values: dict[str, Any], request: HttpRequest, viewer: Viewer
) -> str:
    """Give the record its place; "" when done, else why not."""
    stated = request.POST.get("version", "")
    version = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 10 else 0
    try:
        kind.locate(thing.uid, values, version=version, how=pick.words(), by=viewer)
    except AnluError as problem:
        return str(problem)
    messages.success(request, f"{ledgers.get(kind.code).title(thing)}：已定位，可在记录中更正")
    return ""


def _facts(thing: Located) -> list[tuple[str, str]]:
    position = f"{thing.lon:.6f}, {thing.lat:.6f}" if thing.lon is not None and thing.lat is not None else ""
    return [
        ("定位", LocationState(thing.location_state).label),
        ("经纬度", position),
        ("辖区", str(thing.town or "")),
        ("道路", str(thing.road or "")),
        ("桩号", stake_words(thing.chainage_m)),
    ]


def _stated(form: PlaceForm) -> list[tuple[str, str]]:
    """What was typed, to be confirmed as it stands."""
    return [(name, form.data.get(name, "")) for name in form.fields if name != "q" and form.data.get(name)]


def _offered(form: PlaceForm, words: str) -> list[dict[str, str]]:
    """Junctions and sites whose name holds what was searched for; else junctions of the roads that the words name."""
    text = (form.data.get("q") or "").strip() if form.is_bound else ""
    found = _named(text) if text else _crossings(words)
    said = [] if text else _said(words)
    return said + [
        {
            "name": thing.name,
            "kind": thing.get_kind_display() if isinstance(thing, Site) else "路口",
            "place": _place_words(thing),
            "url": f"?{urlencode({'at': str(thing.uid)} | ({'q': text} if text else {}))}",
        }
        for thing in found[:OFFERED]
    ]


def _said(words: str) -> list[dict[str, str]]:
    """Where the words of the record lead by themselves: 国道105与清泉路交叉口以北50米."""
    spot = spot_of(words)
    if spot is None:
        return []
    road = Road.objects.get(pk=spot.road)
    stake = stake_words(spot.chainage_m)
    return [
        {
            "name": f"{road.name} {stake}",
            "kind": "按地点文字",
            "place": phrase_of(road, spot.chainage_m),
            "url": f"?{urlencode({'road': road.code, 'stake': stake})}",
        }
    ]


def _named(text: str) -> list[Any]:
    named = Q(name__icontains=text) | Q(code__iexact=text)
    found: list[Any] = []
    for model in (Site, Junction):
        rows = model.objects.live().filter(named, lon__isnull=False).select_related("town", "road")
        found += rows.order_by("sort_key")[:OFFERED]
    return found


def _crossings(words: str) -> list[Any]:
    """Junctions at which two of the named roads meet."""
    roads = named_roads(words)
    if len(roads) < 2:
        return []
    rows = Junction.objects.live().filter(lon__isnull=False).select_related("town", "road")
    meeting = rows.annotate(named=Count("arms", filter=Q(arms__road__in=roads))).filter(named__gte=2)
    return list(meeting.order_by("sort_key")[:OFFERED])


def _map(thing: Located) -> dict[str, Any]:
    """A map on which a place can be clicked; it shows where the record would be."""
    at = (thing.lon, thing.lat) if thing.lon is not None and thing.lat is not None else None
    shown = f"{at[0]},{at[1]}" if at else ""
    return {"id": "map", "label": "点选位置", "options": map_options(thing, at), "at": shown}
