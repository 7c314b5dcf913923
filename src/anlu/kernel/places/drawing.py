"""A filter by an area drawn on the map: whatever lies inside the ring, in lists, exports and statistics alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import BooleanField, F, Func, Q

from anlu.engine.rings import Corner, Edge, edges_of
from anlu.kernel.core.filters import Filter, FilterProblem, Parameters
from anlu.kernel.places.models import Road
from anlu.kernel.places.services import position_of

Ring = tuple[tuple[float, float], ...]  # corners as longitude and latitude
MOST_CORNERS = 200
DIGITS = 5  # about a metre


class Within(Func):
    """True for rows whose cells lie inside a ring: the even-odd rule of ``engine.rings`` in whole numbers."""

    output_field = BooleanField()

    def __init__(self, x: Any, y: Any, *, edges: Sequence[Edge] = ()) -> None:
        super().__init__(x, y, edges=tuple(edges))

    def as_sql(
        self,
        compiler: Any,
        connection: Any,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, tuple[str | int, ...]]:
        """One term for each side; the numbers are our own integers, and products need 64 bits."""
        (x, x_values), (y, y_values) = (compiler.compile(one) for one in self.get_source_expressions())
        wide_x, wide_y = f"CAST({x} AS bigint)", f"CAST({y} AS bigint)"
        terms: list[str] = []
        values: list[str | int] = []
        for side in self.extra["edges"]:
            terms.append(
                f"(CASE WHEN {y} >= {side.y:d} AND {y} < {side.y + side.dy:d} AND "
                f"({wide_x} - ({side.x:d})) * {side.dy:d} < ({wide_y} - ({side.y:d})) * ({side.dx:d}) "
                "THEN 1 ELSE 0 END)"
            )
            values += [*y_values, *y_values, *x_values, *y_values]
        return f"(({' + '.join(terms) or '0'}) & 1) = 1", tuple(values)


@dataclass(frozen=True)
class WithinFilter(Filter):
    """
    An area drawn by hand: "lon,lat lon,lat lon,lat …", at most ``MOST_CORNERS`` corners.

    ``column`` is the prefix of a ``Located`` table ("" = its own).
    """

    def parse(self, values: Parameters) -> Ring | None:
        stated = [text.strip() for text in values.get(self.name, ()) if text.strip()]
        if not stated:
            return None
        try:
            corners = tuple(self._corner(text) for text in stated[-1].split())
        except ValueError:
            raise FilterProblem(f"{self.label}：应为空格隔开的「经度,纬度」，至少三个点") from None
        if not 3 <= len(corners) <= MOST_CORNERS:
            raise FilterProblem(f"{self.label}：应有 3 至 {MOST_CORNERS} 个点，现有 {len(corners)} 个")
        return corners

    @staticmethod
    def _corner(text: str) -> tuple[float, float]:
        lon, lat = (round(float(part), DIGITS) for part in text.split(","))
        if not (-180 <= lon <= 180 and -85 <= lat <= 85):
            raise ValueError(text)
        return lon, lat

    def q(self, value: Ring) -> Q:
        corners = cells_of(value)
        prefix = f"{self.column}__" if self.column else ""
        x, y = f"{prefix}cell_x", f"{prefix}cell_y"
        box = {
            f"{name}__range": (min(one[place] for one in corners), max(one[place] for one in corners))
            for place, name in enumerate((x, y))
        }
        return Q(**box) & Q(Within(F(x), F(y), edges=edges_of(corners)))

    def parameters(self, value: Ring) -> list[tuple[str, str]]:
        return [(self.name, " ".join(f"{_plain(lon)},{_plain(lat)}" for lon, lat in value))]

    def words(self, value: Ring) -> str:
        return "框选范围" if is_rectangle(value) else f"圈选范围({len(value)} 个点)"


def _plain(number: float) -> str:
    return f"{number:.{DIGITS}f}".rstrip("0").rstrip(".")


def is_rectangle(ring: Ring) -> bool:
    """Four corners with sides along the meridians and parallels."""
    return len(ring) == 4 and len({lon for lon, _ in ring}) == len({lat for _, lat in ring}) == 2


@lru_cache(maxsize=256)
def cells_of(ring: Ring) -> tuple[Corner, ...]:
    """The corners as cells."""
    places = (position_of(lon, lat) for lon, lat in ring)
    return tuple((place.cell_x, place.cell_y) for place in places if place is not None)


@dataclass(frozen=True)
class RouteFilter(Filter):
    """Records on one or more roads of the register, by number (G105) or exact name; what the map's roads lead to."""

    placeholder: str = "编号或名称，如 G105"

    def parse(self, values: Parameters) -> tuple[str, ...] | None:
        stated = {text.strip() for text in values.get(self.name, ()) if text.strip()}
        if not stated:
            return None
        known = {
            name: code
            for code, road in Road.objects.live().filter(_called(stated)).values_list("code", "name")
            for name in (road, code)
        }
        unknown = sorted(stated - set(known))
        if unknown:
            raise FilterProblem(f"{self.label}：没有「{unknown[0][:20]}」这条道路")
        return tuple(sorted({known[name] for name in stated}))

    def q(self, value: tuple[str, ...]) -> Q:
        return Q(
            **{
                f"{self.path}__in": list(
                    Road.objects.live().filter(code__in=value).values_list("pk", flat=True)
                )
            }
        )

    def parameters(self, value: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(self.name, code) for code in value]

    def words(self, value: tuple[str, ...]) -> str:
        names = dict(Road.objects.live().filter(code__in=value).values_list("code", "name"))
        return "、".join(names.get(code, code) for code in value)


def _called(names: set[str]) -> Q:
    clean = [name for name in names if "\x00" not in name]
    return Q(code__in=clean) | Q(name__in=clean)
