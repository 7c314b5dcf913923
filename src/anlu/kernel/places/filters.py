"""Filters by place: an area with everything below it, and a rectangle of the map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Cast
from django.db.models.lookups import Contains

from anlu.kernel.core.filters import ChoiceFilter, Choices, Filter, FilterProblem, Parameters
from anlu.kernel.places.fairs import fair_words
from anlu.kernel.places.models import AreaPath
from anlu.kernel.places.services import position_of

Box = tuple[float, float, float, float]

ITSELF = "="  # before a code: the area or unit itself, without those below it


@dataclass(frozen=True)
class AreaFilter(Filter):
    """
    One or more areas by code, each with all areas below it.

    "=CODE" is the area itself without those below it, "-" stands for "no area known".
    """

    MISSING = "-"

    def parse(self, values: Parameters) -> tuple[str, ...] | None:
        stated = tuple(sorted({code.strip() for code in values.get(self.name, ()) if code.strip()}))
        unknown = [code for code in stated if code != self.MISSING and not self._below(code)]
        if unknown:
            raise FilterProblem(f"{self.label}：没有代码为「{unknown[0][:20]}」的辖区")
        return stated or None

    @staticmethod
    def _below(code: str) -> list[int]:
        if "\x00" in code:
            return []
        plain = code.removeprefix(ITSELF)
        paths = AreaPath.objects.filter(ancestor__code=plain, ancestor__voided_at__isnull=True)
        if plain != code:
            paths = paths.filter(descendant__code=plain, descendant__voided_at__isnull=True)
        return list(paths.values_list("descendant", flat=True))

    def q(self, value: tuple[str, ...]) -> Q:
        areas = [pk for code in value if code != self.MISSING for pk in self._below(code)]
        condition = Q(**{f"{self.path}__in": areas})
        return condition | Q(**{f"{self.path}__isnull": True}) if self.MISSING in value else condition

    def parameters(self, value: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(self.name, code) for code in value]

    def words(self, value: tuple[str, ...]) -> str:
        paths = AreaPath.objects.filter(
            ancestor__code__in=[code.removeprefix(ITSELF) for code in value], ancestor__voided_at__isnull=True
        )
        names = dict(paths.values_list("ancestor__code", "ancestor__name").distinct())
        return "、".join(named(code, names, missing="未定辖区") for code in value)


def named(code: str, names: Mapping[str, str], *, missing: str) -> str:
    """What a chip says for a code of a tree: its name, 青澜县(本级), or that there is none."""
    if code == AreaFilter.MISSING:
        return missing
    plain = code.removeprefix(ITSELF)
    return names.get(plain, plain) + ("(本级)" if plain != code else "")


@dataclass(frozen=True)
class BoxFilter(Filter):
    """
    A rectangle "west,south,east,north" in degrees.

    ``column`` is the prefix of a ``Located`` table ("" = its own).
    """

    def parse(self, values: Parameters) -> Box | None:
        stated = [text.strip() for text in values.get(self.name, ()) if text.strip()]
        if not stated:
            return None
        try:
            west, south, east, north = (float(part) for part in stated[-1].split(","))
        except ValueError:
            raise FilterProblem(f"{self.label}：应为英文逗号隔开的四个数：西、南、东、北") from None
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise FilterProblem(f"{self.label}：不是有效的经纬度范围")
        return west, south, east, north

    def q(self, value: Box) -> Q:
        low_x, high_x, low_y, high_y = cells_within(value)
        prefix = f"{self.column}__" if self.column else ""
        return Q(**{f"{prefix}cell_x__range": (low_x, high_x), f"{prefix}cell_y__range": (low_y, high_y)})

    def parameters(self, value: Box) -> list[tuple[str, str]]:
        return [(self.name, ",".join(f"{number:.6f}".rstrip("0").rstrip(".") for number in value))]

    def words(self, value: Box) -> str:
        return "图上所见范围"


MERCATOR_LIMIT = 85.0


@lru_cache(maxsize=256)
def cells_within(box: Box) -> tuple[int, int, int, int]:
    """Lowest and highest ``cell_x`` and ``cell_y`` of a rectangle."""
    west, south, east, north = box
    south, north = max(south, -MERCATOR_LIMIT), min(north, MERCATOR_LIMIT)
    first, last = position_of(west, north), position_of(east, south)
    if first is None or last is None:
        return 1, 0, 1, 0  # beyond what a map shows: nothing lies there
    return first.cell_x, last.cell_x, first.cell_y, last.cell_y


@dataclass(frozen=True)
class FairFilter(ChoiceFilter):
    """Markets by the last digit of the lunar days on which they are held (10 for 十)."""

    choices: Choices = field(default=lambda: [(str(digit), fair_words([digit])) for digit in range(1, 11)])

    def q(self, value: tuple[str, ...]) -> Q:
        found = Q(pk__in=[])
        for digit in value:
            found |= held_on(int(digit), self.path) if digit.isdigit() else Q(**{self.path: []})
        return found


def held_on(digit: int, path: str = "fair_days") -> Q:
    """Sites whose list of market days holds a digit; the list is compared as it is written, on every database."""
    found = Q(pk__in=[])
    for written in (f"[{digit},", f"[{digit}]", f" {digit},", f" {digit}]"):
        found |= Q(Contains(Cast(F(path), TextField()), Value(written)))
    return found
