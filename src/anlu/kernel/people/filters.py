"""Filters by unit: a unit with everything below it and everything that was merged into it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from anlu.kernel.core.filters import Filter, FilterProblem, Parameters
from anlu.kernel.people.access import units_below
from anlu.kernel.people.models import Unit


@dataclass(frozen=True)
class UnitFilter(Filter):
    """One or more units by code, each with all units below it; the code "-" stands for "no unit known"."""

    MISSING = "-"

    def parse(self, values: Parameters) -> tuple[str, ...] | None:
        stated = tuple(sorted({code.strip() for code in values.get(self.name, ()) if code.strip()}))
        if any("\x00" in code for code in stated):
            raise FilterProblem(f"{self.label}:含有不能查找的字符")
        wanted = [code for code in stated if code != self.MISSING]
        known = set(Unit.objects.filter(code__in=wanted).values_list("code", flat=True)) if wanted else set()
        unknown = [code for code in wanted if code not in known]
        if unknown:
            raise FilterProblem(f"{self.label}:没有代码为「{unknown[0][:20]}」的单位")
        return stated or None

    def q(self, value: tuple[str, ...]) -> Q:
        wanted = Unit.objects.filter(code__in=[code for code in value if code != self.MISSING])
        condition = Q(**{f"{self.path}__in": units_below(wanted.values_list("pk", flat=True))})
        return condition | Q(**{f"{self.path}__isnull": True}) if self.MISSING in value else condition

    def parameters(self, value: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(self.name, code) for code in value]

    def words(self, value: tuple[str, ...]) -> str:
        names = dict(Unit.objects.filter(code__in=value).values_list("code", "name")) | {
            self.MISSING: "未定单位"
        }
        return "、".join(names.get(code, code) for code in value)
