"""Filters as fields of the filter row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from anlu.kernel.core.filters import (
    ChoiceFilter,
    DateFilter,
    Filter,
    FlagFilter,
    NumberFilter,
    Selection,
    TextFilter,
)
from anlu.kernel.core.language.words import word
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.people.models import Unit
from anlu.kernel.places.drawing import WithinFilter
from anlu.kernel.places.filters import AreaFilter, BoxFilter
from anlu.kernel.places.models import Area, AreaKind

SEARCH = "q"


@dataclass(frozen=True)
class Option:
    """One choice."""

    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True)
class FilterField:
    """A filter as the component templates draw it."""

    name: str
    label: str
    kind: str
    value: Any = None
    options: list[Option] = field(default_factory=list)
    more: bool = False
    placeholder: str = ""


def filter_fields(
    filters: Iterable[Filter], selection: Selection, stated: dict[str, list[str]]
) -> list[FilterField]:
    """Fields of the filter row: search first, then the common ones, then the rest behind 更多筛选."""
    fields = [found for one in filters if (found := _field(one, selection, stated)) is not None]
    return sorted(fields, key=lambda one: (one.kind != "text", one.more))


def _field(one: Filter, selection: Selection, stated: dict[str, list[str]]) -> FilterField | None:
    make = next((make for known, make in MAKERS if isinstance(one, known)), None)
    if not getattr(one, "offered", True):  # numbers lead to it; a form only keeps it
        make = _hidden
    return make(one, selection.value(one.name), stated) if make else None


def _chosen(
    one: Filter, value: Any, options: Iterable[tuple[str, str]], kind: str = "multiselect"
) -> FilterField:
    chosen = set(value or ())
    drawn = [Option(str(code), str(label), code in chosen) for code, label in options]
    return FilterField(one.name, one.label, kind, bool(chosen), drawn, not one.common)


def _choice(one: Filter, value: Any, stated: dict[str, list[str]]) -> FilterField:
    assert isinstance(one, ChoiceFilter)
    options = list(one.choices())
    if value and one.MISSING in value:
        options.append((one.MISSING, "未填"))
    return _chosen(one, value, options)


def _with_stated(one: Filter, value: Any, options: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is chosen stays in the form even where it is not offered: "=CODE" (the unit alone), a closed one."""
    offered = {code for code, _ in options}
    return [*options, *((code, one.words((code,))) for code in value or () if code not in offered)]


def _area(one: Filter, value: Any, stated: dict[str, list[str]]) -> FilterField:
    towns = Area.objects.live().exclude(kind=AreaKind.VILLAGE).order_by("sort_key", "code")
    return _chosen(
        one, value, _with_stated(one, value, [*towns.values_list("code", "name"), ("-", "未定辖区")])
    )


def _unit(one: Filter, value: Any, stated: dict[str, list[str]]) -> FilterField:
    units = Unit.objects.live().filter(valid_to__isnull=True).order_by("sort_key", "code")
    return _chosen(one, value, _with_stated(one, value, list(units.values_list("code", "name"))))


def _flag(one: Filter, value: Any, stated: dict[str, list[str]]) -> FilterField:
    options = [Option("1", "是", value is True), Option("0", "否", value is False)]
    return FilterField(one.name, one.label, "select", value is not None, options, not one.common)


def _range(kind: str, low: str, high: str) -> Callable[[Filter, Any, dict[str, list[str]]], FilterField]:
    def make(one: Filter, value: Any, stated: dict[str, list[str]]) -> FilterField:
        # What was typed is shown again even when it cannot be read, so that it can be corrected.
        typed = [(stated.get(name) or [""])[-1] for name in one.names]
        return FilterField(one.name, one.label, kind, {low: typed[0], high: typed[1]}, more=not one.common)

    return make


def _text(one: Filter, value: Any, stated: dict[str, list[str]]) -> FilterField:
    """The filter ``q`` is the search box; any other line of text is one field among the rest."""
    typed = (stated.get(one.name) or [""])[-1]
    hint = getattr(one, "placeholder", "")
    if one.name == SEARCH:
        return FilterField(one.name, one.label, "text", typed, placeholder=hint or one.label)
    return FilterField(one.name, one.label, "word", typed, more=not one.common, placeholder=hint)


def _hidden(one: Filter, value: Any, stated: dict[str, list[str]]) -> FilterField:
    typed = (stated.get(one.name) or [""])[-1]
    return FilterField(one.name, one.label, "hidden", typed)


MAKERS: tuple[tuple[type[Filter], Callable[[Any, Any, dict[str, list[str]]], FilterField]], ...] = (
    (ChoiceFilter, _choice),
    (AreaFilter, _area),
    (UnitFilter, _unit),
    (FlagFilter, _flag),
    (DateFilter, _range("date_range", "from", "to")),
    (NumberFilter, _range("number_range", "min", "max")),
    (BoxFilter, _hidden),
    (WithinFilter, _hidden),
    (TextFilter, _text),
    (Filter, _text),  # a filter of an app: one line of text, unless it registers something better
)


@dataclass(frozen=True)
class Chip:
    """A set filter that can be taken away."""

    label: str
    remove_url: str


def chips_of(selection: Selection, keep: str) -> list[Chip]:
    """Chips of all set filters; ``keep`` are the parameters that stay (order, page size)."""
    return [
        Chip(f"{word(label)} {word(words)}", "?" + "&".join(part for part in (query, keep) if part))
        for label, words, query in selection.chips()
    ]
