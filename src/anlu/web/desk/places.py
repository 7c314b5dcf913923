"""系统 › 人员单位: villages, roads, junctions and sites, beside the areas that they lie in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Q, QuerySet

from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import ChoiceFilter, FlagFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.kernel.places import permissions as may
from anlu.kernel.places import registers
from anlu.kernel.places.dictionaries import ADMINISTRATIVE_CLASS, JUNCTION_FORM, TECHNICAL_CLASS
from anlu.kernel.places.drawing import RouteFilter
from anlu.kernel.places.fairs import NotFairDays, fair_words, read_fair_days
from anlu.kernel.places.filters import AreaFilter, FairFilter
from anlu.kernel.places.models import (
    Area,
    AreaKind,
    Junction,
    JunctionArm,
    LocationState,
    Road,
    RoadLine,
    Segment,
    Site,
    SiteKind,
)
from anlu.kernel.places.segments import SegmentFilter
from anlu.web.desk.counts import CountedOn
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, RelatedRows, ledgers
from anlu.web.stakes import StakeField, stake_words

CHAPTER, ITEM = "系统", "人员单位"
STATE_COLOURS = {"located": "green", "off_road": "amber", "outside": "grey", "unlocated": "red"}


def _stake(thing: Any) -> str:
    return stake_words(thing.chainage_m)


def live_roads() -> QuerySet[Road]:
    """Roads that a form offers, by number."""
    return Road.objects.live().order_by("code")


def live_towns() -> QuerySet[Area]:
    """Towns that a form offers."""
    return Area.objects.live().filter(valid_to__isnull=True, kind=AreaKind.TOWN).order_by("sort_key", "code")


# ------------------------------------------------------------------------------------------------ villages


def _villages(viewer: Viewer, permission: str) -> QuerySet[Area]:
    return Area.objects.visible_to(viewer, permission).filter(kind=AreaKind.VILLAGE, valid_to__isnull=True)


VILLAGES = ledgers.add(
    Ledger(
        code="places.village",
        path="system/villages",
        label="村居",
        noun="村居",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=60,
        model=Area,
        rows=_villages,
        columns=(
            Column("name", "名称", sort="sort_key"),
            Column("code", "代码", kind=Kind.CODE, sort="code"),
            Column("parent", "镇街", value="parent.name", sort="parent__sort_key"),
            Column("lon", "经度"),
            Column("lat", "纬度"),
        ),
        filters=(
            TextFilter("q", "名称、代码", columns=("name", "code", "sort_key")),
            AreaFilter("town", "镇街", "pk", common=True),
        ),
        order="code",
        head=("parent", "code"),
        permissions={"view": may.AREA_VIEW, "export": may.AREA_VIEW},
        icon="map-pin",
        empty="这里是村和社区；随辖区边界文件导入。",
    )
)


# ------------------------------------------------------------------------------------------------ roads


class RoadForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is said of a road; number, lines and length come by survey."""

    administrative_class = forms.ChoiceField(label="行政等级", required=False)
    technical_class = forms.ChoiceField(label="技术等级", required=False)

    class Meta:
        model = Road
        fields = ("name", "administrative_class", "technical_class", "owner_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, list_ in (
            ("administrative_class", ADMINISTRATIVE_CLASS),
            ("technical_class", TECHNICAL_CLASS),
        ):
            self.fields[name].choices = [("", "—"), *choices(list_)()]  # type: ignore[attr-defined]


RECORDS = CountedOn(
    filter_of=lambda noun: noun.route,
    lying=lambda noun: Q(road=OuterRef("pk")),
    known_by=lambda road: road.code,
)


def _roads(viewer: Viewer, permission: str) -> QuerySet[Road]:
    """Roads with the number of records of each kind that this person may see on them."""
    return RECORDS.counted(Road.objects.visible_to(viewer, permission), viewer)


def _km(road: Any) -> float | None:
    return round(road.length_m / 1000, 3) if road.length_m is not None else None


def _sees_roads(viewer: Viewer, thing: Any) -> bool:
    return viewer.may(may.ROAD_VIEW)


ROADS = ledgers.add(
    Ledger(
        code="places.road",
        path="system/roads",
        label="道路",
        noun="道路",
        unit="条",
        chapter=CHAPTER,
        item=ITEM,
        rank=61,
        model=Road,
        rows=_roads,
        columns=(
            Column("name", "名称", sort="sort_key"),
            Column("code", "编号", kind=Kind.CODE, sort="code"),
            Column(
                "administrative_class",
                "行政等级",
                dictionary=ADMINISTRATIVE_CLASS,
                sort="administrative_class",
            ),
            Column("technical_class", "技术等级", dictionary=TECHNICAL_CLASS, sort="technical_class"),
            Column("owner_name", "管养单位", sort="owner_name"),
            Column("km", "里程(公里)", value=_km, kind=Kind.NUMBER, sort="length_m"),
            Column("records", "相关记录", value=RECORDS.words, link=RECORDS.url),
        ),
        filters=(
            TextFilter("q", "名称、编号", columns=("name", "code", "sort_key")),
            ChoiceFilter(
                "administrative_class", "行政等级", choices=choices(ADMINISTRATIVE_CLASS), common=True
            ),
            ChoiceFilter("technical_class", "技术等级", choices=choices(TECHNICAL_CLASS), common=True),
            TextFilter("owner", "管养单位", columns=("owner_name",)),
            FlagFilter("drawn", "有线形", yes=Q(length_m__isnull=False)),
        ),
        order="code",
        head=("administrative_class", "technical_class", "km", "records"),
        related=(
            RelatedRows(
                "line",
                "线形",
                RoadLine,
                through="road",
                columns=(
                    Column("seq", "序号", kind=Kind.NUMBER),
                    Column(
                        "start", "起点", value=lambda line: stake_words(line.stake_start_m), kind=Kind.CODE
                    ),
                    Column("end", "止点", value=lambda line: stake_words(line.stake_end_m), kind=Kind.CODE),
                    Column("length", "长度(米)", value=lambda line: round(line.length_m), kind=Kind.NUMBER),
                    Column("town", "辖区", value="town.name"),
                    Column("local_name", "当地名称"),
                    Column("limit_kmh", "限速(公里/小时)"),
                ),
                order=("seq",),
                permission=may.ROAD_VIEW,
                empty="还没有线形，导入道路文件后可按桩号定位",
            ),
            RelatedRows(
                "segment",
                "路段",
                Segment,
                through="road",
                columns=(
                    Column("name", "名称"),
                    Column("begin", "起点", value=lambda one: stake_words(one.begin_m), kind=Kind.CODE),
                    Column("end", "止点", value=lambda one: stake_words(one.end_m), kind=Kind.CODE),
                    Column("unit_name", "负责单位"),
                    Column("limit_kmh", "限速(公里/小时)"),
                ),
                order=("begin_m", "pk"),
                permission=may.ROAD_VIEW,
                link=lambda one, viewer: ledgers.get("places.segment").url_of(one),
                empty="没有登记路段",
            ),
            RelatedRows(
                "junction",
                "路口",
                JunctionArm,
                through="road",
                columns=(
                    Column("junction", "名称", value="junction.name"),
                    Column("stake", "桩号", value=_stake, kind=Kind.CODE),
                ),
                order=("chainage_m", "pk"),
                open_to=_sees_roads,
                link=lambda arm, viewer: JUNCTIONS.url_of(arm.junction),
                empty="没有登记路口",
            ),
        ),
        form=RoadForm,
        change=registers.change_road,
        permissions={"export": may.ROAD_VIEW},
        icon="road",
        empty="还没有道路。导入路网文件（GeoPackage、GeoJSON、Shapefile、FlatGeobuf）后按编号列出。",
    )
)


# ------------------------------------------------------------------------------------------------ junctions, sites


class PointForm(forms.ModelForm):  # type: ignore[type-arg]
    """What forms of located things share: any one of position or road and stake is enough."""

    chainage_m = StakeField(label="桩号")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["road"].queryset = live_roads()  # type: ignore[attr-defined]
        self.fields["town"].queryset = live_towns()  # type: ignore[attr-defined]
        self.fields["town"].help_text = "不填则由位置得出"
        self.fields["lon"].help_text = "WGS-84 十进制度；不填则由道路和桩号得出"

    def clean_code(self) -> str:
        """One live record for a code."""
        code: str = self.cleaned_data["code"].strip()
        rows: Any = self._meta.model.objects.live().filter(code=code)
        if rows.exclude(pk=self.instance.pk).exists():
            raise ValidationError("这个编号已经有了")
        return code

    def clean(self) -> dict[str, Any]:
        """A position whole or not at all, and on the map."""
        given = super().clean() or self.cleaned_data
        lon, lat = given.get("lon"), given.get("lat")
        if (lon is None) != (lat is None):
            self.add_error("lat" if lat is None else "lon", "经度和纬度要一起填写")
        elif lon is not None and lat is not None and not (-180 <= lon <= 180 and -85 <= lat <= 85):
            self.add_error("lon", "经纬度超出范围")
        return given


PLACE_FIELDS = ("lon", "lat", "road", "chainage_m", "town")


class JunctionForm(PointForm):
    """A junction."""

    groups = (("路口", ("code", "name", "form", "legs", "signals")), ("位置", PLACE_FIELDS))
    form = forms.ChoiceField(label="路口类型", required=False)

    class Meta:
        model = Junction
        fields = ("code", "name", "form", "legs", "signals", *PLACE_FIELDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [("", "—"), *choices(JUNCTION_FORM)()]  # type: ignore[attr-defined]


class FairDaysField(forms.CharField):
    """逢一、六: the last digits of the lunar days."""

    def prepare_value(self, value: Any) -> Any:
        return fair_words(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return read_fair_days(text)
        except NotFairDays as problem:
            raise ValidationError(str(problem)) from None


class SiteForm(PointForm):
    """A site."""

    groups = (("点位", ("code", "name", "kind", "fair_days", "opens", "closes")), ("位置", PLACE_FIELDS))
    fair_days = FairDaysField(
        label="逢集", required=False, max_length=40, help_text="集市填写，农历，如 逢一、六"
    )

    class Meta:
        model = Site
        fields = ("code", "name", "kind", "fair_days", "opens", "closes", *PLACE_FIELDS)


def _hours(site: Any) -> str:
    return f"{site.opens}–{site.closes}" if site.opens and site.closes else site.opens or site.closes


WHERE = (
    Column("road", "道路", value="road.name", sort="road__code"),
    Column("stake", "桩号", value=_stake, kind=Kind.CODE, sort="chainage_m"),
    Column("town", "辖区", value="town.name", sort="town__sort_key"),
    Column("location_state", "定位", kind=Kind.STATUS, colours=STATE_COLOURS),
)
WHERE_DETAIL = DetailSection(
    "位置",
    (
        *WHERE,
        Column("lon", "经度"),
        Column("lat", "纬度"),
    ),
)
WHERE_FILTERS = (
    AreaFilter("town", "辖区", common=True),
    RouteFilter("road", "道路"),
    SegmentFilter("segment", "路段"),
    ChoiceFilter("location_state", "定位", choices=lambda: LocationState.choices),
)


JUNCTIONS = ledgers.add(
    Ledger(
        code="places.junction",
        path="system/junctions",
        label="路口",
        noun="路口",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=63,
        model=Junction,
        columns=(
            Column("name", "名称", sort="sort_key"),
            Column("code", "编号", kind=Kind.CODE, sort="code"),
            Column("form", "路口类型", dictionary=JUNCTION_FORM, sort="form"),
            Column("legs", "岔数", sort="legs"),
            Column("signals", "信号灯", kind=Kind.FLAG),
            *WHERE,
        ),
        filters=(
            TextFilter("q", "名称、编号", columns=("name", "code", "sort_key")),
            ChoiceFilter("form", "路口类型", choices=choices(JUNCTION_FORM), common=True),
            FlagFilter("signals", "有信号灯", yes=Q(signals=True)),
            *WHERE_FILTERS,
        ),
        order="code",
        head=("form", "road", "stake", "town"),
        sections=(
            DetailSection(
                "路口",
                (
                    Column("code", "编号", kind=Kind.CODE),
                    Column("form", "路口类型", dictionary=JUNCTION_FORM),
                    Column("legs", "岔数"),
                    Column("signals", "信号灯", kind=Kind.FLAG),
                ),
            ),
            WHERE_DETAIL,
        ),
        related=(
            RelatedRows(
                "arm",
                "相交道路",
                JunctionArm,
                through="junction",
                columns=(
                    Column("road", "道路", value="road.name"),
                    Column("stake", "桩号", value=_stake, kind=Kind.CODE),
                ),
                order=("pk",),
                open_to=_sees_roads,
                link=lambda arm, viewer: ROADS.url_of(arm.road),
                empty="没有登记相交道路",
            ),
        ),
        form=JunctionForm,
        add=registers.add_junction,
        change=registers.change_junction,
        void=registers.void_junction,
        restore=registers.restore_junction,
        permissions={
            "view": may.ROAD_VIEW,
            "export": may.ROAD_VIEW,
            "add": may.ROAD_CHANGE,
            "change": may.ROAD_CHANGE,
            "void": may.ROAD_CHANGE,
        },
        icon="map-pin",
        empty="这里是道路相交的地方；可登记，也可随路网整理得出。",
    )
)

SITES = ledgers.add(
    Ledger(
        code="places.site",
        path="system/sites",
        label="点位",
        noun="点位",
        unit="处",
        chapter=CHAPTER,
        item=ITEM,
        rank=64,
        model=Site,
        columns=(
            Column("name", "名称", sort="sort_key"),
            Column("code", "编号", kind=Kind.CODE, sort="code"),
            Column("kind", "类别", kind=Kind.TAG, sort="kind"),
            Column("fair_days", "逢集", value=lambda site: fair_words(site.fair_days)),
            Column("hours", "时段", value=_hours, kind=Kind.CODE),
            *WHERE,
        ),
        filters=(
            TextFilter("q", "名称、编号", columns=("name", "code", "sort_key")),
            ChoiceFilter("kind", "类别", choices=lambda: SiteKind.choices, common=True),
            FairFilter("fair", "逢集", column="fair_days"),
            *WHERE_FILTERS,
        ),
        order="name",
        head=("kind", "fair_days", "hours", "town"),
        sections=(
            DetailSection(
                "点位",
                (
                    Column("code", "编号", kind=Kind.CODE),
                    Column("kind", "类别"),
                    Column("fair_days", "逢集", value=lambda site: fair_words(site.fair_days)),
                    Column("hours", "时段", value=_hours),
                ),
                note="逢集按农历：逢一、六是初一、初六、十一、十六、廿一、廿六。",
            ),
            WHERE_DETAIL,
        ),
        form=SiteForm,
        add=registers.add_site,
        change=registers.change_site,
        void=registers.void_site,
        restore=registers.restore_site,
        permissions={
            "export": may.SITE_VIEW,
            "add": may.SITE_CHANGE,
            "change": may.SITE_CHANGE,
            "void": may.SITE_CHANGE,
        },
        icon="building",
        empty="这里是学校、集市、医院、加油站、企业场站等对交通有影响的地点。",
    )
)
