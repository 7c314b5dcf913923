"""
How crashes are divided: by severity, place, road, cause, form, time, weather, light, vehicles, parties.

Every heading carries the parameters by which the crash ledger lists exactly what belongs to it. A crash with
vehicles of several classes, or parties of several ages, stands under each of them: such rows do not add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from anlu.apps.crashes.filters import hours, weekdays
from anlu.apps.crashes.statistics.ages import BANDS
from anlu.engine.periods import Kind
from anlu.kernel.core.dictionaries import shown, terms
from anlu.kernel.core.scope import Scope
from anlu.kernel.indicators.tables import Dimension, Heading, Table, by_period
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Responsibility
from anlu.kernel.places.filters import ITSELF
from anlu.kernel.places.models import Area, AreaKind, AreaPath, Road

DAYS = ("occurred_from", "occurred_to")
MISSING = "-"
MOST_EMPTY_TOWNS = 40  # with more towns than this, those without crashes are left out


def by_year(window: Window) -> Dimension:
    """Years of a window; the first and the last may be cut."""
    return by_period(window, "year", column="occurred_month", names=DAYS)


def by_time(window: Window, kind: Kind) -> Dimension:
    """Months, quarters, half-years or years of a window."""
    return by_period(window, kind, column="occurred_month", names=DAYS)


# ------------------------------------------------------------------------------------------------ code lists


def by_code(column: str, label: str, *, path: str = "", list_: str = "", several: bool = False) -> Dimension:
    """
    A coded column in the order of its dictionary, "" last. The filter of the ledger is called the same.

    Parameters
    ----------
    path
        Where the code is, when not in the column itself; where nothing is, it is not stated.
    list_
        The dictionary, when not called like the column.
    several
        A crash may have several.
    """
    name = f"crash.{list_ or column}"

    def heading(code: str, words: str, colour: str = "") -> Heading:
        return Heading(code, words, ((column, code or MISSING),), colour)

    stated = [heading(term.code, shown(term), term.colour) for term in terms(name)]
    headings = (*stated, heading("", "未填"))
    return Dimension(
        column,
        label,
        path or column,
        headings,
        fold=lambda code: code or "",
        other=lambda key: heading(key, key),
        several=several,
    )


def by_severity() -> Dimension:
    """死亡, 重伤, 轻伤, 财产损失; always stated."""
    found = by_code("severity", "后果")
    coloured = tuple(
        Heading(one.key, one.label, one.parameters, one.key) for one in found.headings if one.key
    )
    return Dimension("severity", "后果", "severity", coloured)


def by_cause() -> Dimension:
    """认定原因分类."""
    return by_code("cause", "认定原因")


def by_form() -> Dimension:
    """事故形态."""
    return by_code("form", "事故形态")


def by_road_class() -> Dimension:
    """道路类型."""
    return by_code("road_class", "道路类型")


def by_weather() -> Dimension:
    """天气."""
    return by_code("weather", "天气")


def by_light() -> Dimension:
    """照明条件."""
    return by_code("light", "照明条件")


def by_junction() -> Dimension:
    """路口路段类型."""
    return by_code("junction", "路口路段类型")


def by_administrative_class() -> Dimension:
    """国道, 省道 ... of the road in the register."""
    return by_code("administrative", "公路行政等级", path="road__administrative_class", list_="road_rank")


def by_technical_class() -> Dimension:
    """高速, 一级 ... of the road in the register."""
    return by_code("technical", "道路技术等级", path="road__technical_class", list_="road_class")


def by_vehicle_class() -> Dimension:
    """Classes of the vehicles involved."""
    return by_code("vehicle_class", "涉及车型", several=True)


def by_age() -> Dimension:
    """Bands of age of the parties involved."""
    headings = (
        *(Heading(code, label, (("party_age", code),)) for _, code, label in BANDS),
        Heading("", "年龄不详", (("party_age", MISSING),)),
    )
    return Dimension(
        "party_age", "当事人年龄", "party_age", headings, fold=lambda code: code or "", several=True
    )


def by_road() -> Dimension:
    """Roads of the register, in the order of their codes; crashes on none of them last."""
    roads = Road.objects.live().order_by("code").values_list("pk", "code", "name")
    headings = (
        *(Heading(pk, road_label(code, name), (("road_code", code),)) for pk, code, name in roads),
        Heading(None, "未定道路", (("road_code", MISSING),)),
    )
    return Dimension("road", "道路", "road", headings, other=lambda pk: Heading(pk, "已删除的道路"))


def road_label(code: str, name: str) -> str:
    """国道105(G105), or the name alone where it holds the code or there is no other."""
    return name if not code or code in name else f"{name}({code})"


def by_procedure() -> Dimension:
    """处理程序."""
    return by_code("procedure", "处理程序")


# ------------------------------------------------------------------------------------------------ clock


def _clock(code: str, label: str, known: Iterable[tuple[str, str]], unknown: str) -> Dimension:
    found = tuple(Heading(int(key), words, ((code, key),)) for key, words in known)
    return Dimension(
        code, label, f"occurred_{code}", found, other=lambda key: Heading(key, unknown, ((code, MISSING),))
    )


def by_hour() -> Dimension:
    """Hours 0-23 of the local day; crashes without a known time stand under 时间不详."""
    return _clock("hour", "时段", hours(), "时间不详")


def by_weekday() -> Dimension:
    """Monday to Sunday."""
    return _clock("weekday", "星期", weekdays(), "不详")


# ------------------------------------------------------------------------------------------------ places


@dataclass(frozen=True)
class Atlas:
    """All areas with what lies above them, read once for a page."""

    areas: Mapping[int, Area]
    above: Mapping[int, frozenset[int]]  # an area is above itself

    @classmethod
    def read(cls) -> Atlas:
        """Read both tables."""
        above: dict[int, set[int]] = {}
        for ancestor, descendant in AreaPath.objects.values_list("ancestor", "descendant"):
            above.setdefault(descendant, set()).add(ancestor)
        areas = Area.objects.live().defer("boundary").order_by("sort_key", "code")
        return cls({one.pk: one for one in areas}, {pk: frozenset(found) for pk, found in above.items()})

    @cached_property
    def parents(self) -> frozenset[int]:
        """Areas with something other than villages below them."""
        towns = {pk: found for pk, found in self.above.items() if not self._is_village(pk)}
        return frozenset(pk for below, found in towns.items() for pk in found if pk != below)

    def _is_village(self, pk: int) -> bool:
        return pk in self.areas and self.areas[pk].kind == AreaKind.VILLAGE

    def town_of(self, pk: int | None) -> int | None:
        """The town that a village lies in; any other area stands for itself."""
        while pk is not None and self._is_village(pk) and self.areas[pk].parent_id is not None:
            pk = self.areas[pk].parent_id
        return pk

    def inside(self, area: Area | None) -> list[Area]:
        """The areas in and below ``area`` (None: all)."""
        return [one for one in self.areas.values() if area is None or area.pk in self.above.get(one.pk, ())]

    def region_of(self, pk: int | None) -> int | None:
        """The region (片区) that an area lies in, itself when it is in none."""
        for above in self.above.get(pk, ()) if pk else ():
            if above in self.areas and self.areas[above].kind == AreaKind.REGION:
                return above
        return pk

    def heading(self, pk: int | None, *, whole: bool = False) -> Heading:
        """
        Heading of an area. Where it has towns below it, the ledger is asked for it alone.

        Parameters
        ----------
        whole
            With everything below it, whatever that is.
        """
        if pk is None:
            return Heading(None, "未定辖区", (("town", MISSING),))
        area = self.areas.get(pk)
        if area is None:
            return Heading(pk, "已删除的辖区")
        alone = pk in self.parents and not whole
        words = f"{area.name}(本级)" if alone else area.name
        return Heading(pk, words, (("town", (ITSELF if alone else "") + area.code),))


def by_town(window: Window, scope: Scope, atlas: Atlas | None = None) -> Dimension:
    """
    The towns (districts) of crashes as they were recorded, villages with their town.

    All towns in use inside the window and ``scope`` have a heading, with or without crashes, unless there are
    very many.
    """
    atlas = atlas or Atlas.read()
    mine = _open_in(scope)
    towns = [
        one
        for one in atlas.inside(window.area)
        if one.pk not in atlas.parents and one.kind != AreaKind.VILLAGE and one.valid_to is None and mine(one)
    ]
    headings = tuple(atlas.heading(one.pk) for one in towns) if len(towns) <= MOST_EMPTY_TOWNS else ()
    return Dimension("town", "辖区", "town", headings, fold=atlas.town_of, other=atlas.heading)


def _open_in(scope: Scope) -> Callable[[Area], bool]:
    """Whether a town belongs to what a scope names: itself, or through the unit that answers for it."""
    if scope.everything:
        return lambda area: True
    answered: set[Any] = set()
    if scope.units:
        duties = Responsibility.objects.filter(unit__in=scope.units)
        answered = set(duties.values_list("area", flat=True))
    return lambda area: area.pk in scope.areas or area.pk in answered


def by_region(window: Window, atlas: Atlas | None = None) -> Dimension | None:
    """
    Regions (片区), each with everything below it; what lies in none stands for itself. None without regions.
    """
    atlas = atlas or Atlas.read()
    regions = [one.pk for one in atlas.areas.values() if one.kind == AreaKind.REGION]
    if not regions:
        return None

    def heading(pk: int | None) -> Heading:
        found = atlas.heading(pk, whole=pk in regions)
        narrower = window.area is not None and pk in atlas.above.get(window.area.pk, ())
        if narrower and window.area is not None:
            return Heading(found.key, found.label, (("town", window.area.code),))
        return found

    inside = {atlas.region_of(one.pk) for one in atlas.inside(window.area)}
    headings = tuple(heading(pk) for pk in regions if pk in inside)
    return Dimension("region", "片区", "town", headings, fold=atlas.region_of, other=heading)


def ranked(table: Table) -> Table:
    """The same table with the greatest rows first, what is not stated last."""

    def place(row: Heading) -> tuple[bool, Any]:
        return row.key in (None, ""), -table.row_totals[row.key].value

    return replace(table, rows=tuple(sorted(table.rows, key=place)))
