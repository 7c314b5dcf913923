"""Facts of a document: stated ones checked against the fields of its kind, the others fetched from where they are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from anlu.engine.documents.paper import official_date
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents import marks
from anlu.kernel.documents.define import DocumentKind, Field, FieldType
from anlu.kernel.documents.figures import Figure, FigureUnknown, figure_source, written
from anlu.kernel.documents.templating import environment
from anlu.kernel.people.models import Unit

LONGEST: Final = 8_000
MOST_ROWS: Final = 500
Facts = dict[str, Any]


class BadFact(AnluError):
    """A fact that the kind does not have, or that is not what its field holds; ``field`` names it."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def tidy(kind: DocumentKind, stated: Mapping[str, Any]) -> Facts:
    """
    Stated facts as they are kept (JSON values), by the names of their fields; empty ones are left out.

    Raises
    ------
    BadFact
        Unknown, typed where a number must have an origin, or not what the field holds.
    """
    found: Facts = {}
    for name, value in stated.items():
        one = kind.field(name)
        if one is None:
            raise BadFact(f"「{kind.label}」没有「{name}」这一项")
        if not one.typed:
            raise BadFact(f"「{one.label}」由{origin_words(one)}取数，不能填写", one.name)
        kept = _kept(one, value)
        if kept not in ("", None, []):
            found[one.name] = kept
    return found


def origin_words(one: Field) -> str:
    """Where a figure comes from, in words."""
    if one.indicator:
        return "指标"
    return "清单行数" if one.counts else "所依据的事项"


def _kept(one: Field, value: Any) -> Any:
    if value is None:
        return None
    match one.type:
        case FieldType.DATE:
            return _day(one, value)
        case FieldType.ROWS:
            return _rows(one, value)
        case FieldType.CHOICE:
            text = marks.clean(str(value)).strip()
            if text and text not in dict(one.choices):
                by_label = {label: code for code, label in one.choices}
                if text not in by_label:
                    raise BadFact(f"「{one.label}」没有「{text[:20]}」这一项", one.name)
                return by_label[text]
            return text
        case _:
            text = marks.clean(str(value)).strip()
            if len(text) > LONGEST:
                raise BadFact(f"「{one.label}」超过 {LONGEST} 字", one.name)
            return " ".join(text.split("\n")) if one.type == FieldType.TEXT else text


def _day(one: Field, value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip()
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadFact(f"「{one.label}」：「{text[:20]}」不是日期，应写成 2023-06-30", one.name) from None


def _rows(one: Field, value: Any) -> list[dict[str, str]]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise BadFact(f"「{one.label}」应为若干行", one.name)
    names = {word: name for name, label in one.columns for word in (name, label)}
    rows = []
    for number, row in enumerate(value, start=1):
        if not isinstance(row, Mapping):
            raise BadFact(f"「{one.label}」第 {number} 行不是一行数据", one.name)
        unknown = [str(word) for word in row if word not in names]
        if unknown:
            raise BadFact(f"「{one.label}」第 {number} 行没有「{unknown[0]}」这一列", one.name)
        cells = {names[word]: marks.clean(_words(cell)).strip() for word, cell in row.items()}
        if any(cells.values()):
            rows.append({name: cells.get(name, "") for name, _ in one.columns})
    if len(rows) > MOST_ROWS:
        raise BadFact(f"「{one.label}」超过 {MOST_ROWS} 行", one.name)
    return rows


def _words(value: Any) -> str:
    if value is None:
        return ""
    return official_date(value) if isinstance(value, date) else str(value)


# ------------------------------------------------------------------------------------------------ personal facts
def apart(kind: DocumentKind, facts: Facts) -> tuple[Facts, str]:
    """Facts without what identifies a person, and that as JSON text (for the encrypted column)."""
    personal = {one.name for one in kind.personal_fields}
    sealed = {name: value for name, value in facts.items() if name in personal}
    rest = {name: value for name, value in facts.items() if name not in personal}
    return rest, json.dumps(sealed, ensure_ascii=False, sort_keys=True) if sealed else ""


def together(facts: Mapping[str, Any], sealed: str) -> Facts:
    """Both parts in one."""
    try:
        personal = json.loads(sealed) if sealed else {}
    except ValueError:  # the key is lost: the text stands for itself
        personal = {}
    return {**facts, **personal}


def missing(kind: DocumentKind, facts: Mapping[str, Any]) -> list[Field]:
    """Required fields without a value."""
    return [one for one in kind.fields if one.required and one.typed and not facts.get(one.name)]


# ------------------------------------------------------------------------------------------------ fetched facts
def fetched(kind: DocumentKind, given: Mapping[str, Any], stated: Facts) -> Facts:
    """Typed facts that nobody stated, from the record that the document is about."""
    found = {}
    for one in kind.fields:
        value = given.get(one.source) if one.typed and one.source and one.name not in stated else None
        if value not in (None, "", []):
            kept = _kept(one, value)
            if kept:
                found[one.name] = kept
    return found


def figures_of(
    kind: DocumentKind,
    facts: Facts,
    *,
    given: Mapping[str, Any],
    about: tuple[str, str],
    templates: Iterable[str],
    unit: Unit,
    period: str,
    viewer: Viewer,
) -> dict[str, dict[str, Any]]:
    """
    Every number that the document may show, with its origin; what has no value is left out.

    Parameters
    ----------
    given, about
        Facts of the record that the document is about, and its kind and uid.
    templates
        Title and body: indicators that they name are fetched as well.

    Raises
    ------
    BadFact
        The record gives something that is no number.
    NotAllowed
        The viewer may not see an indicator of the whole unit.
    """
    found: dict[str, Figure] = {}
    for one in kind.fields:
        if one.type != FieldType.FIGURE:
            continue
        figure = _figure(one, facts, given, about, unit, period, viewer)
        if figure is not None:
            found[one.name] = figure
    for code in indicators_in(templates):
        figure = _indicator(code, unit, period, viewer)
        if figure is not None:
            found[code] = figure
    return {key: figure.plain() for key, figure in found.items()}


def _figure(
    one: Field,
    facts: Facts,
    given: Mapping[str, Any],
    about: tuple[str, str],
    unit: Unit,
    period: str,
    viewer: Viewer,
) -> Figure | None:
    if one.indicator:
        return _indicator(one.indicator, unit, period, viewer)
    if one.counts:
        number = len(facts.get(one.counts) or ())
        return Figure(one.label, str(number), one.unit, number, origin={"kind": "rows", "field": one.counts})
    value = given.get(one.source)
    if value is None:
        return None
    origin = {"kind": "record", "about": about[0], "uid": about[1], "fact": one.source}
    try:
        text = written(value)
    except FigureUnknown as problem:
        raise BadFact(f"「{one.label}」取自事项，但{problem}", one.name) from None
    plain = float(value) if isinstance(value, Decimal) else value
    return Figure(one.label, text, one.unit, plain, origin=origin)


def _indicator(code: str, unit: Unit, period: str, viewer: Viewer) -> Figure | None:
    if not period:
        return None
    try:
        return figure_source().figure(code, unit=unit, period=period, viewer=viewer)
    except FigureUnknown:
        return None


def constants_in(templates: Iterable[str], function: str) -> list[str]:
    """The codes that templates hand to a function (指标, 规范), each once."""
    from jinja2 import nodes

    found: dict[str, None] = {}
    for source in templates:
        for call in environment().parse(source).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == function and call.args:
                given = call.args[0]
                if isinstance(given, nodes.Const) and isinstance(given.value, str):
                    found[given.value] = None
    return list(found)


def indicators_in(templates: Iterable[str]) -> list[str]:
    """Codes of the indicators that templates name."""
    return constants_in(templates, "指标")
