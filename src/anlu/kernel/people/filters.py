"""Filters by unit: a unit with everything below it, with or without what was merged into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from anlu.kernel.core.filters import Filter, FilterProblem, Parameters
from anlu.kernel.people.access import units_below
from anlu.kernel.people.models import Unit, UnitPath
from anlu.kernel.places.filters import ITSELF, named


@dataclass(frozen=True)
class UnitFilter(Filter):
    """
    One or more units by code, each with all units below it.

    "=CODE" is the unit itself without those below it, "-" stands for "no unit known". ``merged`` adds the
    units that were merged into any of these (where people belong today); without it records count for the
    unit that they had when they happened, as in every statistic (``foundations`` 2.8).
    """

    merged: bool = True

    MISSING = "-"

    def parse(self, values: Parameters) -> tuple[str, ...] | None:
        stated = tuple(sorted({code.strip() for code in values.get(self.name, ()) if code.strip()}))
        if any("\x00" in code for code in stated):
            raise FilterProblem(f"{self.label}：含有不能查找的字符")
        wanted = [code for code in stated if code != self.MISSING]
        known = set(self._units(wanted).values_list("code", flat=True)) if wanted else set()
        unknown = [code for code in wanted if code.removeprefix(ITSELF) not in known]
        if unknown:
            raise FilterProblem(f"{self.label}：没有代码为「{unknown[0][:20]}」的单位")
        return stated or None

    @staticmethod
    def _units(codes: Iterable[str]) -> QuerySet[Any]:
        plain = [code.removeprefix(ITSELF) for code in codes]
        units: QuerySet[Any] = Unit.objects.filter(code__in=plain, voided_at__isnull=True)
        return units

    def _chosen(self, value: tuple[str, ...]) -> set[int]:
        alone = [code for code in value if code.startswith(ITSELF)]
        tops = self._units(code for code in value if code not in alone).values_list("pk", flat=True)
        if self.merged:
            found = set(units_below(tops))
        else:
            paths = UnitPath.objects.filter(ancestor__in=list(tops))
            found = set(paths.values_list("descendant", flat=True))
        return found | set(self._units(alone).values_list("pk", flat=True)) if alone else found

    def q(self, value: tuple[str, ...]) -> Q:
        condition = Q(**{f"{self.path}__in": self._chosen(value)})
        return condition | Q(**{f"{self.path}__isnull": True}) if self.MISSING in value else condition

    def parameters(self, value: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(self.name, code) for code in value]

    def words(self, value: tuple[str, ...]) -> str:
        names = dict(self._units(value).values_list("code", "name"))
        return "、".join(named(code, names, missing="未定单位") for code in value)
