"""Filters of crashes: the same for the ledger, its exports, the map, the statistics and the rows behind
a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast
from django.db.models.lookups import Contains

from anlu.apps.crashes.involved import INVOLVED
from anlu.apps.crashes.models import Crash, CrashParty
from anlu.engine.crashes.quality import FILING_LIMIT
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import (
    ChoiceFilter,
    DateFilter,
    Filter,
    FilterProblem,
    FlagFilter,
    NumberFilter,
    Parameters,
    TextFilter,
)
from anlu.kernel.core.history import kind_of
from anlu.kernel.core.models import Batch
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.search import LONGEST_QUERY, matching
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.places.drawing import RouteFilter, WithinFilter
from anlu.kernel.places.filters import AreaFilter
from anlu.kernel.places.segments import SegmentFilter

KIND = kind_of(Crash)
LOCATED = Q(cell_x__isnull=False)
LATE_DEATH = Q(killed_30d__gt=F("killed"))
FILED_LATE = Q(filed_at__gt=F("occurred_at") + FILING_LIMIT)
BATCHES_OFFERED = 20
WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")


@dataclass(frozen=True)
class SearchFilter(TextFilter):
    """Numbers, roads and plates, found by their grams: quick however many crashes there are."""

    def q(self, value: str) -> Q:
        return matching(KIND, value[:LONGEST_QUERY])


@dataclass(frozen=True)
class MarkFilter(ChoiceFilter):
    """Records with one of these quality marks."""

    def q(self, value: tuple[str, ...]) -> Q:
        found = Q(pk__in=[])
        for code in value:
            found |= Q(Contains(Cast(F("marks"), TextField()), Value(f'"{code}"')))
        return Q(marked=True) & found


@dataclass(frozen=True)
class BatchFilter(ChoiceFilter):
    """Records that an import batch added, by the public identity of the batch; the latest ones are offered."""

    def parse(self, values: Parameters) -> tuple[str, ...] | None:
        stated = sorted({value.strip() for value in values.get(self.name, ()) if value.strip()})
        try:
            wanted = {UUID(value) for value in stated}
        except ValueError:
            raise FilterProblem(f"{self.label}：不是批次的编号") from None
        known = set(Batch.objects.filter(uid__in=wanted).values_list("uid", flat=True)) if wanted else set()
        if known != wanted:
            raise FilterProblem(f"{self.label}：没有这个批次")
        return tuple(str(uid) for uid in sorted(known)) or None

    def q(self, value: tuple[str, ...]) -> Q:
        return Q(batch__in=Batch.objects.filter(uid__in=value).values("pk"))

    def words(self, value: tuple[str, ...]) -> str:
        return "、".join(str(batch) for batch in Batch.objects.filter(uid__in=value).order_by("pk"))


# Kinds of road users by the mode of travel (dictionary crash.mode), as people ask for them.
PARTY_KINDS: Final = (
    ("pedestrian", "行人", ("A1",)),
    ("bicycle", "自行车", ("F1",)),
    ("ebike", "电动自行车", ("F6",)),
    ("nonmotor", "其他非机动车", ("F2", "F3", "F4", "F5", "F9", "C9")),
    ("motorcycle", "摩托车", ("M1", "M2", "C6")),
    ("threewheeler", "三轮、低速车与拖拉机", ("N1", "N2", "T1", "C5", "C7")),
    ("car", "小微型客车", ("K3", "K4", "C2")),
    ("bus", "大中型客车", ("K1", "K2")),
    ("truck", "货车", ("H1", "H2", "H3", "H4", "G1", "C3", "C4")),
)


@dataclass(frozen=True)
class PartyFilter(ChoiceFilter):
    """Crashes in which somebody of one of these kinds was a party."""

    def q(self, value: tuple[str, ...]) -> Q:
        modes = [mode for code, _, modes in PARTY_KINDS if code in value for mode in modes]
        parties = CrashParty.objects.filter(voided_at__isnull=True)
        found = Q(pk__in=parties.filter(mode__in=modes).values("crash")) if modes else Q(pk__in=[])
        if self.MISSING in value:
            found |= ~Q(pk__in=parties.exclude(mode="").values("crash"))
        return found


def _party_kinds() -> Sequence[tuple[str, str]]:
    return [(code, label) for code, label, _ in PARTY_KINDS]


def _batches() -> Sequence[tuple[str, str]]:
    latest = Batch.objects.filter(noun="crashes", state=BatchState.LIVE).order_by("-pk")[:BATCHES_OFFERED]
    return [(str(batch.uid), f"{batch} {batch.created_at:%Y-%m-%d}") for batch in latest]


def hours() -> Sequence[tuple[str, str]]:
    """Hours of the day as codes and labels."""
    return [(str(hour), f"{hour}时") for hour in range(24)]


def weekdays() -> Sequence[tuple[str, str]]:
    """Days of the week as codes and labels; Monday is 1."""
    return [(str(day), f"周{name}") for day, name in enumerate(WEEKDAYS, 1)]


def _sources() -> Sequence[tuple[str, str]]:
    """Sources that there are; asked each time, the table of batches being small."""
    found = (
        Batch.objects.filter(noun="crashes").values_list("profile", flat=True).distinct().order_by("profile")
    )
    return [(code, code) for code in found if code]


FILTERS: tuple[Filter, ...] = (
    SearchFilter("q", "查找", placeholder="编号、道路、号牌", common=True),
    DateFilter("occurred", "发生日期", "occurred_on", common=True),
    ChoiceFilter("severity", "后果", choices=choices("crash.severity"), common=True),
    AreaFilter("town", "辖区", common=True),
    UnitFilter("unit", "办理单位", merged=False),
    ChoiceFilter("procedure", "处理程序", choices=choices("crash.procedure")),
    ChoiceFilter("form", "事故形态", choices=choices("crash.form")),
    ChoiceFilter("cause", "认定原因", choices=choices("crash.cause")),
    PartyFilter("party", "涉及对象", choices=_party_kinds),
    ChoiceFilter("weather", "天气", choices=choices("crash.weather")),
    ChoiceFilter("light", "照明条件", choices=choices("crash.light")),
    ChoiceFilter("junction", "路口路段类型", choices=choices("crash.junction")),
    ChoiceFilter("road_class", "道路类型", choices=choices("crash.road_class")),
    TextFilter("road", "道路", columns=("road_name", "place_text"), placeholder="名称或地点中的字"),
    RouteFilter("route", "所在线路", "road"),
    SegmentFilter("segment", "所在路段", "occurred_on"),
    *INVOLVED,
    ChoiceFilter("hour", "发生时", "occurred_hour", choices=hours, blank_is_null=True),
    ChoiceFilter("weekday", "星期", "occurred_weekday", choices=weekdays, blank_is_null=True),
    NumberFilter("killed", "死亡人数"),
    NumberFilter("injured", "受伤人数"),
    NumberFilter("serious", "重伤人数", "seriously_injured"),
    NumberFilter("slight", "轻伤人数", "slightly_injured"),
    NumberFilter("loss", "财产损失(元)", "loss_cny"),
    FlagFilter("has_loss", "有财产损失", yes=Q(loss_cny__gt=0)),
    FlagFilter("late_death", "7日后死亡", yes=LATE_DEATH),
    FlagFilter("filed", "已立案", yes=Q(filed_at__isnull=False)),
    FlagFilter("filed_late", "立案超过30日", yes=FILED_LATE),
    FlagFilter("hit_and_run", "逃逸", yes=Q(hit_and_run=True)),
    FlagFilter("located", "有坐标", yes=LOCATED),
    FlagFilter("marked", "有质量标记", yes=Q(marked=True)),
    MarkFilter("mark", "质量标记", choices=choices("crash.mark")),
    ChoiceFilter("source", "来源", choices=_sources),
    BatchFilter("batch", "导入批次", choices=_batches),
    WithinFilter("within", "图上范围"),
)
