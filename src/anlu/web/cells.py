"""From a record and a column to what stands on the screen or in an exported file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Model
from django.utils import timezone

from anlu.kernel.core import dictionaries
from anlu.kernel.core.language import formats
from anlu.kernel.core.language.words import Verbatim, in_english, word
from anlu.web.ledgers import Column, Kind, Personal, field_of
from anlu.web.masking import masked

Plain = str | int | float | date | datetime | None

SHOWN_AS = {  # kinds that the component templates know
    Kind.NUMBER: "number",
    Kind.MONEY: "number",
    Kind.DAY: "date",
    Kind.TIME: "date",
    Kind.CODE: "tight",
    Kind.STATUS: "status",
    Kind.SEVERITY: "severity",
    Kind.TAG: "tag",
    Kind.PLACE: "place",
}
BARE = {"number": "figure", "date": "figure", "text": "words", "tight": "words"}
RIGHT = frozenset({Kind.NUMBER, Kind.MONEY})
MEANINGS = frozenset({"red", "amber", "green", "blue", "grey"})
SEVERITIES = frozenset({"fatal", "serious", "slight", "damage"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as the component templates show it."""

    value: str
    kind: str = "text"
    colour: str = ""
    url: str = ""
    note: str = ""
    note_colour: str = ""
    title: str = ""
    hollow: bool = False
    strong: bool = False
    reveal: str = ""  # name under which the masked value can be asked for

    @property
    def verbatim(self) -> bool:
        """Whether the value is data, not a text of the platform."""
        return isinstance(self.value, Verbatim)

    @property
    def bare(self) -> str:
        """
        "figure" or "words" where the value alone is shown, as most are; else "".

        The template asks this one question first, and otherwise a dozen of every cell of a list.
        """
        more = self.colour or self.url or self.note or self.title or self.strong or self.reveal
        return "" if more or not self.value else BARE.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value of a detail page; ``reveal`` names the column when its value can be asked for."""

    label: str
    cell: Cell
    wide: bool = False
    reveal: str = ""


def kind_of(model: type[Model], column: Column) -> Kind:
    """The kind of a column, worked out from the field of the table when the declaration leaves it open."""
    if column.kind != Kind.AUTO:
        return column.kind
    found = field_of(model, column.source) if isinstance(column.source, str) else None
    for field_class, kind in _KINDS:
        if isinstance(found, field_class) and not found.choices:
            return kind
    return Kind.TEXT


_KINDS: tuple[tuple[type[models.Field[Any, Any]], Kind], ...] = (
    (models.DateTimeField, Kind.TIME),
    (models.DateField, Kind.DAY),
    (models.BooleanField, Kind.FLAG),
    (models.IntegerField, Kind.NUMBER),
    (models.FloatField, Kind.NUMBER),
    (models.DecimalField, Kind.NUMBER),
)


def value_at(source: str | Callable[[Any], Any], thing: Any) -> Any:
    """The value at a dotted path (None as soon as something is missing on the way), or what the function gives."""
    if callable(source):
        return source(thing)
    for part in source.split("."):
        if thing is None:
            return None
        thing = getattr(thing, part)
        if callable(thing) and not isinstance(thing, type):
            thing = thing()
    return thing


class Renderer:
    """Shows records under a set of columns. Made once for a page; asks for each dictionary once."""

    def __init__(self, model: type[Model], columns: Iterable[Column]) -> None:
        self.columns = tuple(columns)
        self._kinds = {column.name: kind_of(model, column) for column in self.columns}
        self._labels = {column.name: labels_of(model, column) for column in self.columns}

    def cells(self, thing: Any) -> list[Cell]:
        """All columns of one record."""
        return [self.cell(column, thing) for column in self.columns]

    def cell(self, column: Column, thing: Any, *, revealed: bool = False) -> Cell:
        """One column of one record, masked unless ``revealed``."""
        kind = self._kinds[column.name]
        value = value_at(column.source, thing)
        labels, colours = self._labels[column.name]
        note = value_at(column.note, thing) if column.note else ""
        words = self._words(column, kind, value, labels)
        if column.personal and not revealed:
            words = Verbatim(masked(words, column.personal))
        return Cell(
            words,
            SHOWN_AS.get(kind, "text"),
            colour=_colour(kind, colours, value),
            url=column.link(thing) if column.link and words else "",
            note="" if note is None else str(note),
            note_colour=column.note_colour(thing) if column.note_colour and note else "",
        )

    def kind(self, column: Column) -> Kind:
        """The kind that a column turned out to have."""
        return self._kinds[column.name]

    def plain(self, column: Column, thing: Any) -> Plain:
        """The value for a file: numbers and days stay what they are, codes become words, personal data stay masked."""
        value = value_at(column.source, thing)
        labels, _ = self._labels[column.name]
        if column.personal:
            return masked(self._words(column, self._kinds[column.name], value, labels), column.personal)
        if labels or isinstance(value, bool) or self._kinds[column.name] == Kind.TAGS:
            return self._words(column, self._kinds[column.name], value, labels)
        if isinstance(value, Decimal):
            return float(value)
        if isinstance(value, datetime):
            return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
        return value if value is None or isinstance(value, int | float | date) else str(value)

    @staticmethod
    def _words(column: Column, kind: Kind, value: Any, labels: Mapping[str, str]) -> str:
        if value is None or value == "":
            return ""
        if kind == Kind.TAGS and not isinstance(value, str):
            return (", " if in_english() else "、").join(labels.get(str(one), str(one)) for one in value)
        if labels:
            return labels.get(str(value), str(value))
        words = words_of(value, kind)
        return Verbatim(words) if isinstance(column.source, str) and isinstance(value, str) else words


def _colour(kind: Kind, colours: Mapping[str, str], value: Any) -> str:
    """The colour of a value; severities have shapes and colours of their own."""
    code = "" if value is None else str(value)
    if kind == Kind.SEVERITY and code in SEVERITIES:
        return code
    found = colours.get(code, "")
    return found if found in MEANINGS else ""  # a dictionary may hold colours of charts as well


def words_of(value: Any, kind: Kind = Kind.AUTO) -> str:
    """A value in words: 是/否, 2023-06-30, 2023-06-30 07:15 (local), 12,500."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return word("是" if value else "否")
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return formats.day(local) if kind == Kind.DAY else formats.moment(local)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, int) and kind in RIGHT:
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        digits = 2 if kind == Kind.MONEY else 6  # coordinates need six
        return f"{value:,.{digits}f}".rstrip("0").rstrip(".")
    return value if isinstance(value, str) else str(value)


def labels_of(model: type[Model], column: Column) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """(code → label, code → colour) of a column: from its dictionary, else from the choices of the field."""
    if column.dictionary:
        terms = dictionaries.terms(column.dictionary)
        labels = {term.code: dictionaries.shown(term) for term in terms}
        return labels, {term.code: term.colour for term in terms} | dict(column.colours)
    found = field_of(model, column.source) if isinstance(column.source, str) else None
    choices = dict(found.flatchoices) if found is not None and found.choices else {}
    return {str(code): word(str(label)) for code, label in choices.items()}, column.colours


def facts_of(renderer: Renderer, thing: Any, *, revealable: bool, revealed: Sequence[str] = ()) -> list[Fact]:
    """The columns of a record as labelled facts; personal ones can be asked for where that is allowed."""
    facts = []
    for column in renderer.columns:
        cell = renderer.cell(column, thing, revealed=column.name in revealed)
        asks = bool(
            column.personal != Personal.NONE and cell.value and revealable and column.name not in revealed
        )
        wide = renderer.kind(column) in (Kind.LONG, Kind.PLACE)
        facts.append(Fact(column.label, cell, wide, column.name if asks else ""))
    return facts
