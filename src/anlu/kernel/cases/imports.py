"""
Cases from a table: each row is opened as a person would open it, with number, first step and deadline of its kind.

A family that says ``imports`` gets an importer; from it follow the template, the preview and the pages, as for any
ledger. Nothing but the rows says who a case is: one with the same words, day and place is the same case, and what
people work on is not changed by a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any, Final

import numpy as np
from django.db.models import Q

from anlu.engine.roads.stakes import NotAStake, parse_stake
from anlu.kernel.cases.kinds import FactField, FactProblem, Family, Kind, kinds_of
from anlu.kernel.cases.models import Case, CaseEvent
from anlu.kernel.cases.searching import texts_of
from anlu.kernel.cases.services import OPENING, REVISION, open_case
from anlu.kernel.core.clock import today
from anlu.kernel.core.importing.fields import MAIN, ImportField, Sheet
from anlu.kernel.core.importing.fields import Kind as Cell
from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.importing.nouns import Context, Importer, importers
from anlu.kernel.core.importing.parsing import FACTS
from anlu.kernel.core.importing.positions import System
from anlu.kernel.core.importing.profiles import ALTERNATIVE
from anlu.kernel.indicators.closing import closes_over
from anlu.kernel.indicators.guarding import closed_over
from anlu.kernel.people.access import responsible_unit
from anlu.kernel.people.models import Unit
from anlu.kernel.places.locating import Locator
from anlu.kernel.places.models import Area, AreaKind, Road
from anlu.kernel.places.naming import road_names

SOURCE: Final = "表格导入"
DETAIL: Final = "fact_"
LONGEST_FACT: Final = 2_000
LONGEST_QUOTE: Final = 40
KNOWN_BY: Final = ("kind", "title", "description", "found_on", "town", "road", "stake", "place_text")
CELLS: Final = {int: Cell.INTEGER, float: Cell.DECIMAL}
UNREAD: Final = {
    Cell.CODE: "不在可选的范围内",
    Cell.INTEGER: "不是整数",
    Cell.DECIMAL: "不是数",
    Cell.DAY: "不是日期，应写成 2023-06-30",
    Cell.TEXT: "太长",
}


class RowProblem(FactProblem):
    """A row that cannot become a case; the message says why."""


# ------------------------------------------------------------------------------------------------ columns
def offered_kinds(family: Family) -> list[Kind]:
    """Kinds of which a table can hold cases: those that stand by themselves."""
    return [one for one in kinds_of(family.code) if one.alone or not one.within]


def fact_columns(offered: Sequence[Kind]) -> dict[tuple[str, str], ImportField]:
    """The column of each fact (code of the kind, name): facts that are called alike and read alike share one."""
    found: dict[tuple[str, str], ImportField] = {}
    alike: dict[tuple[str, Cell, str], ImportField] = {}
    for kind in offered:
        for one in kind.facts:
            key = (one.label, _cell_of(one), one.fact.choices)
            if key not in alike:
                names, labels = (
                    {getattr(held, part) for held in alike.values()} for part in ("name", "label")
                )
                short = kind.code.partition(".")[2]
                name, label = f"{DETAIL}{one.name}", one.label
                name = name if name not in names else f"{DETAIL}{short}_{one.name}"
                label = label if label not in labels else f"{kind.label}：{label}"
                alike[key] = _fact_field(kind, one, name, label, alone=len(offered) == 1)
            found[kind.code, one.name] = alike[key]
    return found


def fields_of(family: Family) -> tuple[ImportField, ...]:
    """Columns of the table of a family."""
    return tuple(_fields_of(family, offered_kinds(family)))


def _fields_of(family: Family, offered: Sequence[Kind]) -> Iterator[ImportField]:
    if len(offered) > 1:
        labels = "、".join(one.label for one in offered)
        yield ImportField("kind", "类型", help=f"可填：{labels}", required=True, longest=60)
    yield ImportField("title", "事项", help="一句话；不填用类型名称", longest=120)
    yield ImportField("description", "情况说明", longest=4_000)
    yield ImportField("found_on", "发现日期", Cell.DAY, help="如 2023-06-30", required=True)
    if grades := next((one.grades for one in offered if one.grades), ""):
        yield ImportField("grade", "等级", Cell.CODE, dictionary=grades)
    if any("lead" in one.asks for one in offered):
        yield ImportField("lead", "牵头单位", help="代码或名称", longest=80)
    yield ImportField("due_on", "办理期限", Cell.DAY, help="不填按规定的工作日数计算")
    if family.located:
        yield ImportField("town", "镇街", help="代码或名称；不填由位置得出", longest=60)
        yield ImportField("road", "道路", help="编号或名称，如 G105、国道105", longest=120)
        yield ImportField("stake", "桩号", help="写作 K12+345", longest=30)
        yield ImportField("place_text", "地点说明", longest=300)
        yield ImportField("lon", "经度", Cell.DECIMAL)
        yield ImportField("lat", "纬度", Cell.DECIMAL)
    yield from dict.fromkeys(fact_columns(offered).values())


def _cell_of(one: FactField) -> Cell:
    return Cell.CODE if one.fact.choices else CELLS.get(one.type, Cell.TEXT)


def _fact_field(kind: Kind, one: FactField, name: str, label: str, *, alone: bool) -> ImportField:
    needed = f"{kind.label}必填" if one.required and not alone else ""
    notes = (needed, one.fact.help, "是或否" if one.type is bool else "")
    return ImportField(
        name,
        label,
        _cell_of(one),
        help="；".join(part for part in notes if part),
        required=one.required and alone,
        dictionary=one.fact.choices,
        longest=LONGEST_FACT,
    )


# ------------------------------------------------------------------------------------------------ rows
@dataclass(frozen=True)
class Row:
    """What a row says, as ``open_case`` takes it."""

    kind: Kind
    values: Mapping[str, Any]
    details: Mapping[str, Any]


class CaseOpener:
    """Opens the cases of a table, for one import."""

    def __init__(self, family: Family, context: Context) -> None:
        self.family, self.context = family, context
        self.offered = offered_kinds(family)
        self.cells = {one.name: one for one in fields_of(family)}
        self.facts = fact_columns(self.offered)
        columns = context.profile.sheet(MAIN).columns
        self.by_header = {
            header: name
            for name, headers in columns.items()
            for stated in headers
            for header in stated.split(ALTERNATIVE)
        }
        self.scope = context.by.scope_for(family.permission_to("import"))

    def prepare(self) -> None:
        """Cases refer to nothing that an import would have to write first."""

    def notes(self) -> Sequence[str]:
        """Nothing is odd about a whole table that its rows do not say."""
        return ()

    def refusals(self, rows: pl.DataFrame) -> list[str | None]:
        """Why each row cannot be opened, None = it can."""
        return [self._refusal(row) for row in rows.iter_rows(named=True)]

    def there(self, pk: int) -> str:
        """Which case the row is."""
        number = Case.objects.filter(pk=pk).values_list("number", flat=True).first()
        return f"已登记为 {number}，这一行与那时不同；请在那一件里更正"

    def add(self, row: Mapping[str, Any], origin: Mapping[str, Any]) -> None:
        """Open the case of a row."""
        read, by = self._read(row), self.context.by
        values = {**read.values, "reporter_name": by.name}
        source = {"source": self.context.profile.options.source or SOURCE}
        open_case(read.kind.code, values, details=read.details, by=by, origin={**origin, **source})

    # --- reading

    def _refusal(self, row: Mapping[str, Any]) -> str | None:
        try:
            self._require_inside(self._read(row))
        except FactProblem as problem:
            return str(problem)
        return None

    def _read(self, row: Mapping[str, Any]) -> Row:
        """
        What a row says.

        Raises
        ------
        FactProblem
            A cell cannot be read, or something is missing.
        """
        for header, text in json.loads(row[FACTS]).items():  # cells that their field did not take
            cell = self.cells[self.by_header[header]]
            raise RowProblem(f"{cell.label}「{text[:LONGEST_QUOTE]}」{UNREAD.get(cell.kind, '看不懂')}")
        kind = self._kind(row)
        values: dict[str, Any] = {name: row.get(name) for name in ("found_on", "due_on")}
        values |= {name: row.get(name) or "" for name in ("title", "description", "grade", "place_text")}
        if values["found_on"] > today():
            raise RowProblem(f"发现日期「{values['found_on']}」在今天以后")
        values |= self._place(row) | self._position(row) | self._lead(row, kind)
        return Row(kind, values, kind.read(self._details(row, kind)))

    def _kind(self, row: Mapping[str, Any]) -> Kind:
        stated = (row.get("kind") or "").strip()
        if not stated and len(self.offered) == 1:
            return self.offered[0]
        found = next((one for one in self.offered if stated in (one.label, one.code)), None)
        if found is None:
            raise RowProblem(f"类型「{stated}」不在{self.family.label}的类型中" if stated else "缺少类型")
        return found

    def _details(self, row: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
        """The facts of the kind; a cell for which it has no fact is refused, so that nothing is lost."""
        own = {one.name: self.facts[kind.code, one.name] for one in kind.facts}
        for cell in self.facts.values():
            if cell not in own.values() and row.get(cell.name) not in (None, ""):
                raise RowProblem(f"{kind.label}没有「{cell.label}」这一项，请清空或改类型")
        return {name: row[cell.name] for name, cell in own.items() if row.get(cell.name) not in (None, "")}

    def _place(self, row: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if town := (row.get("town") or "").strip():
            found["town"] = _only(self._towns.get(town, ()), "镇街", town)
        if road := (row.get("road") or "").strip():
            known = road_names().get(road)
            found |= {"road": self._roads[known]} if known in self._roads else {"road_name": road}
        if stake := (row.get("stake") or "").strip():
            try:
                found["chainage_m"] = parse_stake(stake).chainage_m
            except NotAStake:
                raise RowProblem(f"桩号「{stake}」应写作 K12+345") from None
        return found

    def _position(self, row: Mapping[str, Any]) -> dict[str, float]:
        """Longitude and latitude in WGS-84."""
        lon, lat = row.get("lon"), row.get("lat")
        if lon is None and lat is None:
            return {}
        x, y = (np.array([np.nan if one is None else one]) for one in (lon, lat))
        east, north, wrong = System(self.context.profile.options.crs).to_wgs84(x, y)
        if wrong[0]:
            raise RowProblem(f"经纬度「{lon}，{lat}」不是一个位置，要一起填写")
        return {"lon": float(east[0]), "lat": float(north[0])}

    def _lead(self, row: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
        stated = (row.get("lead") or "").strip()
        if not stated:
            if "lead" in kind.asks:
                raise RowProblem("缺少牵头单位")
            return {}
        if "lead" not in kind.asks:
            raise RowProblem(f"「{kind.label}」登记时不定牵头单位，不能填「{stated}」")
        return {"lead": _only(self._units.get(stated, ()), "牵头单位", stated)}

    @cached_property
    def _towns(self) -> dict[str, list[Area]]:
        rows = Area.objects.live().filter(valid_to__isnull=True, kind=AreaKind.TOWN).defer("boundary")
        return _by_word((one.code, one.name, one) for one in rows)

    @cached_property
    def _roads(self) -> dict[int, Road]:
        return Road.objects.live().in_bulk()

    @cached_property
    def _units(self) -> dict[str, list[Unit]]:
        rows = list(Unit.objects.live().filter(valid_to__isnull=True))
        words = [(one.code, one.name, one) for one in rows]
        return _by_word(words + [(one.short_name, one.short_name, one) for one in rows if one.short_name])

    # --- scope

    def _require_inside(self, row: Row) -> None:
        """
        Refuse what lies outside the part of the county for which the person imports, or in a closed period.

        Raises
        ------
        FactProblem
            It does, or a place is needed and none is known.
        """
        case = Case(found_on=row.values["found_on"])
        for name in ("lon", "lat", "town", "road", "road_name", "chainage_m", "place_text"):
            if row.values.get(name) is not None:
                setattr(case, name, row.values[name])
        Locator.current().complete(case)
        if closed := closed_over("add", case, {}, self.context.by):
            raise RowProblem(f"计入{closes_over(closed)}，已经关账：申请更正后逐件登记")
        if row.kind.needs_place and case.lon is None and case.road_id is None and case.town_id is None:
            raise RowProblem("须有位置：经纬度、道路桩号或镇街")
        if self.scope.everything:
            return
        unit = responsible_unit(case.town_id, on=case.found_on) or getattr(self.context.by, "unit_id", None)
        if unit not in self.scope.units and case.town_id not in self.scope.areas:
            where = case.town.name if case.town else "这一行"
            raise RowProblem(f"{where}不在您的管辖范围内，不能导入")


def _by_word(words: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for code, name, thing in words:
        for word in {code, name}:
            if thing not in found.setdefault(word, []):
                found[word].append(thing)
    return found


def _only(found: Sequence[Any], label: str, stated: str) -> Any:
    """The one thing of a name."""
    if len(found) == 1:
        return found[0]
    raise RowProblem(f"{label}「{stated}」不止一个，请填代码" if found else f"没有{label}「{stated}」")


# ------------------------------------------------------------------------------------------------ declaring
def _worked_on() -> Q:
    """Moved, changed, commented, urged, asked to be later: anything after its opening."""
    return Q(version__gt=1) | Q(pk__in=CaseEvent.objects.exclude(code=OPENING).values("case"))


def add_importer(family: Family) -> None:
    """Let cases of a family be imported; the wizard, the command line and the list of batches then know how."""
    known_by = tuple(one.name for one in fields_of(family) if one.name in KNOWN_BY)
    importers.add(
        Importer(
            code=family.code,
            label=family.label,
            unit=family.unit,
            permission=family.permission_to("import"),
            model=Case,
            sheets=(Sheet(MAIN, family.label, fields_of(family), known_by),),
            models={MAIN: Case},
            parent="",
            profiles=files("anlu.kernel.cases").joinpath("profiles"),
            compose=lambda context: CaseOpener(family, context),
            texts=texts_of,
            follows=lambda read: {},
            revision=REVISION,
            known_by="source_key",
            worked_on=_worked_on,
            address=family.address_of,
            adds_only=True,
        )
    )
