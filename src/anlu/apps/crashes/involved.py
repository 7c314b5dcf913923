"""Filters of crashes by what stands behind them: the road of the register, the vehicles, the parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q

from anlu.apps.crashes.models import CrashParty, CrashVehicle
from anlu.apps.crashes.statistics.ages import BANDS, OLDEST, limits_of
from anlu.kernel.core.dictionaries import choices
from anlu.kernel.core.filters import ChoiceFilter, Filter, FilterProblem, Parameters
from anlu.kernel.places.models import Road

NO_ROAD: Final = "-"


@dataclass(frozen=True)
class RoadFilter(Filter):
    """Crashes on one or more roads of the register, by code; "-": on none. Numbers lead here, no form offers it."""

    offered: bool = False

    def parse(self, values: Parameters) -> tuple[str, ...] | None:
        stated = {text.strip() for text in values.get(self.name, ()) if text.strip()}
        if not stated:
            return None
        wanted = [code for code in stated if code != NO_ROAD and "\x00" not in code]
        known = set(Road.objects.live().filter(code__in=wanted).values_list("code", flat=True))
        unknown = sorted(stated - known - {NO_ROAD})
        if unknown:
            raise FilterProblem(f"{self.label}：没有编号为「{unknown[0][:20]}」的道路")
        return tuple(sorted(stated))

    def q(self, value: tuple[str, ...]) -> Q:
        found = Q(road__in=Road.objects.live().filter(code__in=value).values("pk"))
        return found | Q(road__isnull=True) if NO_ROAD in value else found

    def parameters(self, value: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(self.name, code) for code in value]

    def words(self, value: tuple[str, ...]) -> str:
        names = dict(Road.objects.live().filter(code__in=value).values_list("code", "name"))
        return "、".join(names.get(code, "未定道路") for code in value)


@dataclass(frozen=True)
class RoadClassFilter(ChoiceFilter):
    """Crashes on roads of the register of one of these classes; "-": of no class known, or on none of these roads."""

    def q(self, value: tuple[str, ...]) -> Q:
        stated = [code for code in value if code != self.MISSING]
        found = Q(road__in=Road.objects.filter(**{f"{self.path}__in": stated}).values("pk"))
        if self.MISSING in value:
            found |= Q(road__isnull=True) | Q(road__in=Road.objects.filter(**{self.path: ""}).values("pk"))
        return found


@dataclass(frozen=True)
class VehicleFilter(ChoiceFilter):
    """Crashes with a vehicle of one of these classes; "-": no vehicle whose class is known."""

    def q(self, value: tuple[str, ...]) -> Q:
        live: Any = CrashVehicle.objects.filter(voided_at__isnull=True).exclude(vehicle_class="")
        found = Q(pk__in=live.filter(vehicle_class__in=value).values("crash"))
        return found | ~Q(pk__in=live.values("crash")) if self.MISSING in value else found


@dataclass(frozen=True)
class AgeFilter(ChoiceFilter):
    """Crashes with a party in one of these bands of age; "-": no party whose age is known."""

    def q(self, value: tuple[str, ...]) -> Q:
        live: Any = CrashParty.objects.filter(voided_at__isnull=True, age__lte=OLDEST)
        ages = Q(pk__in=[])
        for code in value:
            if code != self.MISSING:
                ages |= Q(age__range=limits_of(code))
        found = Q(pk__in=live.filter(ages).values("crash"))
        return found | ~Q(pk__in=live.values("crash")) if self.MISSING in value else found


def age_bands() -> Sequence[tuple[str, str]]:
    """Codes and labels of the bands."""
    return [(code, label) for _, code, label in BANDS]


INVOLVED: Final[tuple[Filter, ...]] = (
    RoadClassFilter(
        "administrative", "公路行政等级", "administrative_class", choices=choices("crash.road_rank")
    ),
    RoadClassFilter("technical", "道路技术等级", "technical_class", choices=choices("crash.road_class")),
    RoadFilter("road_code", "所在道路"),
    VehicleFilter("vehicle_class", "涉及车型", choices=choices("crash.vehicle_class")),
    AgeFilter("party_age", "当事人年龄", choices=age_bands),
)
