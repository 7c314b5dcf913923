"""系统 › 人员单位 › 路段: stretches of roads with a name, who answers for them, and what happened on them."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import ChoiceFilter, FlagFilter, NumberFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.access import responsible_unit
from anlu.kernel.people.models import POLICE, Unit
from anlu.kernel.places import permissions as may
from anlu.kernel.places import registers
from anlu.kernel.places.dictionaries import (
    ROAD_SAFETY,
    SEGMENT_FORM,
    SEGMENT_MARK,
    SEPARATION,
    TECHNICAL_CLASS,
)
from anlu.kernel.places.drawing import RouteFilter
from anlu.kernel.places.filters import AreaFilter
from anlu.kernel.places.models import Segment
from anlu.kernel.places.segments import LIMITS, lying_on_outer, misfit, town_of
from anlu.web.desk.counts import CountedOn
from anlu.web.desk.places import CHAPTER, ITEM, live_roads, live_towns
from anlu.web.forms import RecordForm
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, ledgers
from anlu.web.stakes import StakeField, stake_words


def _within(name: str) -> dict[str, int]:
    least, most = LIMITS[name]
    return {"min_value": least, "max_value": most}


def _units() -> list[tuple[str, str]]:
    """Names of the police units that there are now."""
    rows = Unit.objects.live().filter(kind__in=POLICE, valid_to__isnull=True).order_by("sort_key", "code")
    return [(name, name) for name in rows.values_list("name", flat=True)]


def _unit_names() -> list[tuple[str, str]]:
    """Names that the register holds, those of units that have ended among them."""
    rows = Segment.objects.live().exclude(unit_name="").order_by("unit_name")
    return [(name, name) for name in rows.values_list("unit_name", flat=True).distinct()]


class SegmentForm(RecordForm):
    """A segment: its road and stakes, who answers for it, what the road is like there."""

    groups = (
        ("路段", ("number", "name", "road", "begin_m", "end_m", "town", "unit_name")),
        ("道路条件", ("form", "technical_class", "width_m", "lanes", "limit_kmh", "separation")),
        ("隐患", ("safety", "dangers")),
        ("期限", ("valid_from", "valid_to")),
    )
    codes: ClassVar[dict[str, str]] = {
        "form": SEGMENT_FORM,
        "technical_class": TECHNICAL_CLASS,
        "separation": SEPARATION,
        "safety": ROAD_SAFETY,
    }
    begin_m = StakeField(label="起点桩号", required=True)
    end_m = StakeField(label="止点桩号", required=True, help_text="写作 K15+200，大于起点")
    unit_name = forms.ChoiceField(label="负责单位", required=False, help_text="不填则按辖区分工")
    width_m = forms.FloatField(label="路面宽(米)", required=False, **_within("width_m"))
    lanes = forms.IntegerField(label="车道数", required=False, **_within("lanes"))
    limit_kmh = forms.IntegerField(label="限速(公里/小时)", required=False, **_within("limit_kmh"))

    class Meta:
        model = Segment
        fields = (
            "number", "name", "road", "begin_m", "end_m", "town", "unit_name", "form", "technical_class", "width_m",
            "lanes", "limit_kmh", "separation", "safety", "dangers", "valid_from", "valid_to",
        )  # fmt: skip
        widgets = {"dangers": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["road"].queryset = live_roads()
        fields["road"].required = True
        fields["town"].queryset = live_towns()
        fields["town"].help_text = "不填则由桩号得出"
        held = [(name, name) for name in [self.instance.unit_name] if name]
        fields["unit_name"].choices = list(dict.fromkeys([("", "—"), *_units(), *held]))

    def clean_number(self) -> str:
        """One live segment for a number."""
        number: str = self.cleaned_data["number"].strip()
        if Segment.objects.live().filter(number=number).exclude(pk=self.instance.pk).exists():
            raise ValidationError("这个编号已经有了")
        return number

    def clean(self) -> dict[str, Any]:
        """Stakes that rise, lie on the road and are nobody else's; days that rise; who answers for it."""
        given = super().clean() or self.cleaned_data
        begin_m, end_m = given.get("begin_m"), given.get("end_m")
        first, last = given.get("valid_from"), given.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", "停用不能早于启用")
        if begin_m is None or end_m is None or given.get("road") is None:
            return given
        segment = Segment(
            pk=self.instance.pk,
            road=given["road"],
            begin_m=begin_m,
            end_m=end_m,
            valid_from=first,
            valid_to=last,
        )
        problem = "止点桩号应大于起点桩号" if end_m <= begin_m else misfit(segment)
        if problem:
            self.add_error("end_m", problem)
        elif not given.get("unit_name"):
            given["unit_name"] = _responsible(
                given["town"].pk if given.get("town") else town_of([segment])[0]
            )
        return given


def _responsible(town: int | None) -> str:
    """Name of the unit that answers for a town today, "" when none does."""
    unit = responsible_unit(town, on=today())
    return str(Unit.objects.get(pk=unit)) if unit is not None else ""


# ------------------------------------------------------------------------------------------------ what happened there
RECORDS = CountedOn(
    filter_of=lambda noun: noun.stretch,
    lying=lambda noun: lying_on_outer(noun.day),
    known_by=lambda segment: segment.number,
)


def _segments(viewer: Viewer, permission: str) -> QuerySet[Segment]:
    """Segments with the number of records of each kind that this person may see on them."""
    return RECORDS.counted(Segment.objects.visible_to(viewer, permission), viewer)


def _km(segment: Any) -> float | None:
    if segment.stretch is None:
        return None
    _, begin_m, end_m = segment.stretch
    km: float = round((end_m - begin_m) / 1000, 3)
    return km


def _begin(segment: Any) -> str:
    return stake_words(segment.begin_m)


def _end(segment: Any) -> str:
    return stake_words(segment.end_m)


def _road(segment: Any) -> str:
    return str(segment.road) if segment.road_id else segment.road_name


COLUMNS = (
    Column("name", "名称", sort="sort_key"),
    Column("number", "编号", kind=Kind.CODE, sort="number"),
    Column("road", "道路", value=_road, sort="road__code", joins=("road",)),
    Column("begin", "起点", value=_begin, kind=Kind.CODE, sort="begin_m"),
    Column("end", "止点", value=_end, kind=Kind.CODE, sort="end_m"),
    Column("km", "长度(公里)", value=_km, kind=Kind.NUMBER),
    Column("town", "辖区", value="town.name", sort="town__sort_key"),
    Column("unit_name", "负责单位", sort="unit_name"),
    Column("limit_kmh", "限速", kind=Kind.NUMBER, sort="limit_kmh"),
    Column("safety", "安全属性", dictionary=ROAD_SAFETY, sort="safety"),
    Column("records", "相关记录", value=RECORDS.words, link=RECORDS.url),
    Column("marks", "质量标记", kind=Kind.TAGS, dictionary=SEGMENT_MARK),
)


SEGMENTS = ledgers.add(
    Ledger(
        code="places.segment",
        path="system/segments",
        label="路段",
        noun="路段",
        unit="个",
        chapter=CHAPTER,
        item=ITEM,
        rank=62,
        model=Segment,
        rows=_segments,
        columns=COLUMNS,
        filters=(
            TextFilter("q", "名称、编号", columns=("name", "number", "sort_key")),
            RouteFilter("road", "道路", common=True),
            AreaFilter("town", "辖区", common=True),
            ChoiceFilter("unit", "负责单位", "unit_name", choices=_unit_names),
            ChoiceFilter("safety", "安全属性", choices=choices(ROAD_SAFETY), common=True),
            ChoiceFilter("form", "路段类型", choices=choices(SEGMENT_FORM)),
            ChoiceFilter("technical_class", "技术等级", choices=choices(TECHNICAL_CLASS)),
            NumberFilter("limit", "限速", "limit_kmh"),
            FlagFilter("dangerous", "有隐患提示", yes=~Q(dangers="")),
            FlagFilter("ended", "已停用", yes=Q(valid_to__isnull=False)),
            FlagFilter("marked", "有质量标记", yes=Q(marked=True)),
        ),
        order="number",
        head=("road", "begin", "end", "unit_name", "records"),
        sections=(
            DetailSection(
                "道路条件",
                (
                    Column("form", "路段类型", dictionary=SEGMENT_FORM),
                    Column("technical_class", "技术等级", dictionary=TECHNICAL_CLASS),
                    Column("width_m", "路面宽(米)"),
                    Column("lanes", "车道数"),
                    Column("limit_kmh", "限速(公里/小时)"),
                    Column("separation", "物理隔离", dictionary=SEPARATION),
                ),
            ),
            DetailSection(
                "管辖与隐患",
                (
                    Column("town", "辖区", value="town.name"),
                    Column("unit_name", "负责单位"),
                    Column("safety", "道路安全属性", dictionary=ROAD_SAFETY),
                    Column("dangers", "隐患提示", kind=Kind.LONG),
                    Column("valid_from", "启用"),
                    Column("valid_to", "停用"),
                ),
                note="记录按道路、桩号和当日有效的路段归入；桩号正好在两段相接处的，归入由此起的一段。",
            ),
        ),
        form=SegmentForm,
        add=registers.add_segment,
        change=registers.change_segment,
        void=registers.void_segment,
        restore=registers.restore_segment,
        importing="segments",
        permissions={
            "view": may.ROAD_VIEW,
            "export": may.ROAD_VIEW,
            "add": may.ROAD_CHANGE,
            "change": may.ROAD_CHANGE,
            "void": may.ROAD_CHANGE,
            "import": may.ROAD_CHANGE,
        },
        icon="road",
        empty="这里是有名称、有人负责的路段。可逐段登记，也可从 Excel 表导入；登记后事故按路段归入、统计。",
    )
)
