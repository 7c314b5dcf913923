"""Black-spot rules as data, and how a rule file is read. Method and sources: ``methods/blackspots.md``."""

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from anlu.engine.errors import BadInput

THRESHOLDS = ("min_crashes", "min_injury", "min_fatal", "min_killed")
LONGEST_M, MOST_YEARS, MOST_COUNT = 100_000.0, 100.0, 1_000_000_000


@dataclass(frozen=True)
class Clause:
    """
    Crashes that make a stretch of road a black spot: all thresholds given must be met.

    Attributes
    ----------
    name
    length_m
        No two crashes of a spot are farther apart along the road.
    years
        Nor farther apart in time.
    min_crashes, min_injury, min_fatal, min_killed
        Least number of crashes, of crashes with injured but without killed, of crashes with killed, and of persons
        killed; None when the rule does not ask.
    source
        Where the clause is written, and what was added to it.
    """

    name: str
    length_m: float
    years: float
    min_crashes: int | None = None
    min_injury: int | None = None
    min_fatal: int | None = None
    min_killed: int | None = None
    source: str = ""

    @property
    def thresholds(self) -> tuple[int | None, int | None, int | None, int | None]:
        """Least number of crashes, injury crashes, fatal crashes and persons killed."""
        return self.min_crashes, self.min_injury, self.min_fatal, self.min_killed


@dataclass(frozen=True)
class Rule:
    """
    Clauses of which one is enough.

    Attributes
    ----------
    code
        Name of the rule file without ``.toml``.
    title
    as_of
        Day of the source that the rule was taken from; None when the file does not say.
    clauses
    """

    code: str
    title: str
    as_of: date | None
    clauses: tuple[Clause, ...]

    @property
    def asks_killed(self) -> bool:
        """Whether a clause needs the number of persons killed."""
        return any(clause.min_killed is not None for clause in self.clauses)


DEFAULT = "county"


def presets() -> dict[str, Rule]:
    """The rules that come with the engine, by code."""
    folder = resources.files(__package__)
    found = sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda f: f.name)
    rules = [rule_of(each.read_text(encoding="utf-8"), each.name) for each in found]
    return {rule.code: rule for rule in rules}


def read_rule(name: str) -> Rule:
    """
    A rule from a file, or one of those that come with the engine by its code.

    Raises
    ------
    BadInput
        There is no such file or code; the file is no TOML; a clause lacks or misuses a key.
    FileNotFoundError
        The name looks like a file that is not there.
    """
    known = presets()
    if name in known:
        return known[name]
    path = Path(name)
    if not path.exists() and path.suffix != ".toml":
        raise BadInput(field="--rule", found=name, expected=f"规则文件, 或 {'、'.join(known)}")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadInput("规则文件读不出来", file=name, expected="UTF-8 编码的 TOML") from None
    return rule_of(text, name)


def rule_of(text: str, file: str) -> Rule:
    """
    A rule from the text of a rule file.

    Raises
    ------
    BadInput
        As :func:`read_rule`.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise BadInput(f"不是有效的 TOML: {problem}", file=file) from None
    _only(content, ("title", "as_of", "clause"), file, None)
    tables = content.get("clause")
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        raise BadInput(file=file, field="clause", found=tables or "", expected="至少一个 [[clause]] 表")
    code = Path(file).name.removesuffix(".toml")
    title, as_of = content.get("title", code), content.get("as_of")
    if not isinstance(title, str):
        raise BadInput(file=file, field="title", found=title, expected="文字")
    if as_of is not None and type(as_of) is not date:
        raise BadInput(file=file, field="as_of", found=as_of, expected="日期, 如 2006-09-14, 不加引号")
    clauses = tuple(_clause(table, number, file) for number, table in enumerate(tables, start=1))
    return Rule(code, title, as_of, clauses)


def _only(table: dict[str, Any], known: tuple[str, ...], file: str, feature: str | None) -> None:
    unknown = next((key for key in table if key not in known), None)
    if unknown is not None:
        raise BadInput("不认识的键", file=file, feature=feature, field=unknown, expected="、".join(known))


def _clause(table: dict[str, Any], number: int, file: str) -> Clause:
    place = f"[[clause]] {number}"
    _only(table, ("name", "length_m", "years", *THRESHOLDS, "source"), file, place)
    length = _positive(table, "length_m", LONGEST_M, place, file)
    years = _positive(table, "years", MOST_YEARS, place, file)
    least = {key: _count(table, key, place, file) for key in THRESHOLDS}
    if all(value is None for value in least.values()):
        raise BadInput("没有任何下限", file=file, feature=place, expected="、".join(THRESHOLDS))
    name, source = (table.get(key, "") for key in ("name", "source"))
    for key, value in (("name", name), ("source", source)):
        if not isinstance(value, str):
            raise BadInput(file=file, feature=place, field=key, found=value, expected="文字")
    return Clause(name or f"clause {number}", length, years, **least, source=source)


def _positive(table: dict[str, Any], key: str, most: float, place: str, file: str) -> float:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        found = "" if value is None else value
        raise BadInput(
            file=file,
            feature=place,
            field=key,
            found=found,
            expected=f"大于 0、不超过 {most:g} 的数",
        )
    return float(value)


def _count(table: dict[str, Any], key: str, place: str, file: str) -> int | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_COUNT:
        raise BadInput(file=file, feature=place, field=key, found=value, expected="不小于 1 的整数")
    return value
