"""
Profiles and mappings: which column of a file is which field, and what its words mean.

A profile is package data of the app that owns the noun (``profiles/*.toml``); ``MAP.toml`` has the same
sections and comes from the user. The shape is described in ``docs/reference/import.md``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from anlu.engine.errors import BadInput
from anlu.kernel.core.importing.fields import MAIN, Sheet
from anlu.kernel.core.importing.moments import is_usable

DEFAULT_ZONE: Final = "Asia/Shanghai"
DEFAULT_CRS: Final = "EPSG:4326"
OPTION_WORDS: Final = {
    "zone": "时区名,如 Asia/Shanghai",
    "crs": "坐标系,如 EPSG:4326、EPSG:2326、gcj02、bd09",
    "date_format": "日期写法,如 %d/%m/%Y %H:%M,可列几种",
    "decimal": "小数点,「.」或「,」",
    "delimiter": "分隔符,默认自动识别",
    "encoding": "文字编码,默认自动识别",
    "key": "合起来唯一确定一起事故的列名",
    "null": "表示空的写法,如 NA",
    "source": "来源名称",
}
SEVERAL: Final = frozenset({"date_format", "key", "null"})  # options that may list several words
ALTERNATIVE: Final = "|"


@dataclass(frozen=True)
class Options:
    """How cells are to be read."""

    zone: str = DEFAULT_ZONE
    crs: str = DEFAULT_CRS
    date_format: tuple[str, ...] = ()
    decimal: str = "."
    delimiter: str = ""
    encoding: str = ""
    key: tuple[str, ...] = ()
    null: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class SheetMap:
    """
    Columns and words of one sheet.

    ``columns`` gives for a field one header or several (texts and dates are joined, of codes the first
    that says something counts); ``values`` gives for a field what its words mean, "" standing for "says
    nothing"; ``keep`` names columns to be kept word for word although a field is read from them,
    ``drop`` columns that say nothing of their own.
    """

    columns: Mapping[str, tuple[str, ...]]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


@dataclass(frozen=True)
class BroughtArea:
    """An area that the profile brings along, because the file names areas that no installation has."""

    code: str
    name: str
    kind: str
    parent: str = ""


@dataclass(frozen=True)
class Profile:
    """A known format of a noun, or a user's mapping."""

    code: str
    label: str
    sheets: Mapping[str, SheetMap]
    options: Options = Options()
    detect: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    areas: tuple[BroughtArea, ...] = ()

    def sheet(self, code: str) -> SheetMap:
        """The mapping of one sheet; an empty one where the profile says nothing about it."""
        return self.sheets.get(code, SheetMap({}))

    def headers(self, sheet: str = MAIN) -> set[str]:
        """All headers that the mapping of a sheet mentions."""
        named = [name for names in self.sheet(sheet).columns.values() for name in names]
        return {one for name in [*named, *self.options.key] for one in name.split(ALTERNATIVE)}


# --- reading TOML


def read_profile(path: Path, sheets: Iterable[Sheet], *, code: str = "", name: str = "") -> Profile:
    """
    A profile or a user's mapping.

    Raises
    ------
    BadInput
        It is no TOML, names a field, an option or a section that does not exist, or says nothing.
    """
    called = name or str(path)
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise BadInput("对应文件要用 UTF-8 编码", file=called) from None
    except tomllib.TOMLDecodeError as problem:
        raise BadInput(f"不是有效的 TOML({problem})", file=called) from None
    return _Reader(called, {sheet.code: sheet for sheet in sheets}).profile(stated, code)


class _Reader:
    """Turns TOML into a profile and says exactly what in it is wrong."""

    def __init__(self, called: str, sheets: dict[str, Sheet]) -> None:
        self.called = called
        self.sheets = sheets

    def profile(self, stated: dict[str, Any], code: str) -> Profile:
        children = [sheet for sheet in self.sheets if sheet != MAIN]
        self._only(
            stated,
            {"profile", "detect", "options", "columns", "values", "areas", "keep", "drop", *children},
            "",
        )
        about = self._table(stated, "profile")
        kept, dropped = self._lists(stated, "keep"), self._lists(stated, "drop")
        maps = {
            MAIN: self._sheet_map(
                stated, self.sheets[MAIN], "", (kept.get("main", ()), dropped.get("main", ()))
            )
        }
        for child in children:
            section = self._table(stated, child)
            self._only(section, {"columns", "values"}, f"{child}.")
            maps[child] = self._sheet_map(
                section, self.sheets[child], f"{child}.", (kept.get(child, ()), dropped.get(child, ()))
            )
        if not maps[MAIN].columns:
            raise BadInput(
                "没有对应任何一列", file=self.called, field="columns", expected='[columns] 字段 = "表头"'
            )
        return Profile(
            code=str(about.get("code") or code),
            label=str(about.get("label") or "自定义对应"),
            sheets=maps,
            options=self._options(self._table(stated, "options")),
            detect={
                MAIN if key == "main" else key: self._words(value, f"detect.{key}")
                for key, value in self._table(stated, "detect").items()
            },
            areas=tuple(self._area(row) for row in stated.get("areas", [])),
        )

    def _sheet_map(
        self,
        section: dict[str, Any],
        sheet: Sheet,
        prefix: str,
        lists: tuple[tuple[str, ...], tuple[str, ...]],
    ) -> SheetMap:
        columns = self._table(section, "columns", prefix)
        values = self._table(section, "values", prefix)
        for name in [*columns, *values]:
            if sheet.field(name) is None:
                raise BadInput(
                    "没有这个字段",
                    file=self.called,
                    field=f"{prefix}columns.{name}" if name in columns else f"{prefix}values.{name}",
                    expected="anlu import fields 列出的字段之一",
                )
        return SheetMap(
            {name: self._words(value, f"{prefix}columns.{name}") for name, value in columns.items()},
            {name: self._meanings(value, f"{prefix}values.{name}") for name, value in values.items()},
            *lists,
        )

    def _lists(self, stated: dict[str, Any], name: str) -> dict[str, tuple[str, ...]]:
        return {key: self._words(value, f"{name}.{key}") for key, value in self._table(stated, name).items()}

    def _meanings(self, value: object, where: str) -> dict[str, str]:
        if not isinstance(value, dict) or not all(isinstance(code, str | int) for code in value.values()):
            raise BadInput(file=self.called, field=where, found=value, expected='一组 "原文" = "代码"')
        return {" ".join(word.split()): str(code) for word, code in value.items()}

    def _options(self, stated: dict[str, Any]) -> Options:
        self._only(stated, set(OPTION_WORDS), "options.")
        values: dict[str, Any] = {}
        for name, value in stated.items():
            where = f"options.{name}"
            values[name] = self._words(value, where) if name in SEVERAL else self._word(value, where)
        found = Options(**values)
        self._check(found)
        return found

    def _check(self, options: Options) -> None:
        try:
            ZoneInfo(options.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._wrong("zone", options.zone)
        for form in options.date_format:
            if not is_usable(form):
                self._wrong("date_format", form)
        if options.decimal not in (".", ","):
            self._wrong("decimal", options.decimal)
        if options.delimiter and len(options.delimiter) != 1:
            self._wrong("delimiter", options.delimiter)

    def _wrong(self, option: str, found: str) -> None:
        raise BadInput(
            file=self.called, field=f"options.{option}", found=found, expected=OPTION_WORDS[option]
        )

    def _area(self, row: object) -> BroughtArea:
        if not isinstance(row, dict) or not {"code", "name", "kind"} <= set(row):
            raise BadInput(file=self.called, field="areas", found=row, expected="code、name、kind")
        return BroughtArea(str(row["code"]), str(row["name"]), str(row["kind"]), str(row.get("parent", "")))

    def _table(self, stated: dict[str, Any], name: str, prefix: str = "") -> dict[str, Any]:
        found = stated.get(name, {})
        if not isinstance(found, dict):
            raise BadInput(
                file=self.called, field=prefix + name, found=found, expected=f"[{prefix}{name}] 一节"
            )
        return found

    def _word(self, value: object, where: str) -> str:
        if not isinstance(value, str):
            raise BadInput(file=self.called, field=where, found=value, expected="一段文字")
        return value

    def _words(self, value: object, where: str) -> tuple[str, ...]:
        many: list[Any] = value if isinstance(value, list) else [value]
        if not many or not all(isinstance(one, str) and one.strip() for one in many):
            raise BadInput(file=self.called, field=where, found=value, expected="一个或几个列名")
        return tuple(" ".join(one.split()) for one in many)

    def _only(self, stated: dict[str, Any], known: set[str], prefix: str) -> None:
        for name in stated:
            if name not in known:
                raise BadInput(
                    "没有这一项", file=self.called, field=prefix + name, expected="、".join(sorted(known))
                )


# --- choosing


def template_of(sheets: Iterable[Sheet]) -> Profile:
    """Our own template: every column is called as its field, in Chinese or by its name."""
    maps = {
        sheet.code: SheetMap({one.name: (f"{one.label}{ALTERNATIVE}{one.name}",) for one in sheet.fields})
        for sheet in sheets
    }
    required = {
        sheet.code: tuple(f"{one.label}{ALTERNATIVE}{one.name}" for one in sheet.fields if one.required)
        for sheet in sheets
    }
    return Profile("template", "安路模板", maps, detect=required)


def detected(profiles: Iterable[Profile], header: Iterable[str], sheet: str = MAIN) -> Profile | None:
    """The profile whose marks are all in the header and which knows most of its columns; None when none
    fits.
    """
    titles = set(header)
    fitting = [one for one in profiles if one.detect.get(sheet) and _has_all(titles, one.detect[sheet])]
    return max(fitting, key=lambda one: len(titles & one.headers(sheet)), default=None)


def nearly(profiles: Iterable[Profile], header: Iterable[str]) -> tuple[Profile, list[str]] | None:
    """The profile that knows most of a header, at least half of it, and which of its marks are not there."""
    titles = set(header)
    nearest = max(profiles, key=lambda one: len(titles & one.headers()), default=None)
    if nearest is None or 2 * len(titles & nearest.headers()) < len(titles):
        return None
    return nearest, [name for name in nearest.detect.get(MAIN, ()) if not _has_all(titles, [name])]


def _has_all(titles: set[str], wanted: Iterable[str]) -> bool:
    return all(titles & set(name.split(ALTERNATIVE)) for name in wanted)
