"""Where an imported crash lies: stated names and positions to areas, units and roads of the installation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.importing.profiles import BroughtArea
from anlu.kernel.core.models import Batch
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.models import Responsibility, Unit
from anlu.kernel.places.models import Area, AreaKind, AreaPath
from anlu.kernel.places.naming import read_words, road_names
from anlu.kernel.places.services import add_area

SUFFIXES = ("街道办事处", "街道", "镇", "乡", "县", "区", "市")


def bring_areas(areas: Iterable[BroughtArea], *, batch: Batch, by: Viewer) -> int:
    """Add the areas of a profile that are not there yet; they become visible with the batch. Gives how
    many.
    """
    made = 0
    for brought in areas:
        there = Area.objects.filter(code=brought.code, voided_at__isnull=True)
        if not there.exists():
            parent = Area.objects.filter(code=brought.parent, voided_at__isnull=True).first()
            area = add_area(
                brought.code, brought.name, AreaKind(brought.kind), by=by, parent=parent, source=batch.profile
            )
            Area.objects.filter(pk=area.pk).update(batch=batch)
            made += 1
    return made


def forget_areas(batch: Batch) -> None:
    """Delete the areas that a withdrawn batch brought, unless something else lies in them by now."""
    from_batch = Area.objects.filter(batch=batch).order_by("-pk")
    for area in from_batch:
        if _is_used(area, batch):
            Area.objects.filter(pk=area.pk).update(batch=None)
        else:
            AreaPath.objects.filter(descendant=area).delete()
            area.delete()


def _is_used(area: Area, batch: Batch) -> bool:
    """Anything that refers to the area, beside the records of the batch itself and its own links."""
    for relation in Area._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete) or relation.related_model is AreaPath:
            continue
        rows = relation.related_model._base_manager.filter(**{relation.field.name: area})
        names = {one.name for one in relation.related_model._meta.concrete_fields}
        if (rows.exclude(batch=batch) if "batch" in names else rows).exists():
            return True
    return False


@dataclass
class Gazetteer:
    """Areas, units and roads by the words that files use for them, read once for an import."""

    brought: tuple[BroughtArea, ...] = ()
    _responsible: dict[tuple[int, date], int | None] = field(default_factory=dict)
    _words: dict[str, tuple[int, float | None] | None] = field(default_factory=dict)

    @cached_property
    def areas(self) -> dict[str, int]:
        """Code, name or name without its ending → primary key. In a preview, areas still to be brought
        are 0.
        """
        rows = Area.objects.filter(voided_at__isnull=True, valid_to__isnull=True).values_list(
            "code", "name", "pk"
        )
        found = {word: 0 for one in self.brought for word in (one.code, one.name)}
        found |= {_short(name): pk for _, name, pk in rows if len(_short(name)) > 1}
        found |= {name: pk for _, name, pk in rows}
        return found | {code: pk for code, _, pk in rows}

    @cached_property
    def units(self) -> dict[str, int]:
        """Code, name or short name → primary key."""
        rows = Unit.objects.filter(voided_at__isnull=True).values_list("code", "name", "short_name", "pk")
        found = {short: pk for _, _, short, pk in rows if short}
        found |= {name: pk for _, name, _, pk in rows}
        return found | {code: pk for code, _, _, pk in rows}

    @property
    def roads(self) -> dict[str, int]:
        """Number or name as people say it → primary key; empty where the installation knows no roads."""
        return road_names()

    def in_words(self, places: Iterable[str]) -> dict[str, tuple[int, float | None]]:
        """Road and chainage that places in words name, as far as they name a known road."""
        for text in set(places) - self._words.keys():
            self._words[text] = read_words(text)
        return {text: found for text in places if (found := self._words[text]) is not None}

    # --- who answers for an area

    @cached_property
    def _above(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for descendant, ancestor in AreaPath.objects.values_list("descendant", "ancestor"):
            found.setdefault(descendant, []).append(ancestor)
        return found

    @cached_property
    def _duties(self) -> dict[int, list[tuple[date, date, int]]]:
        found: dict[int, list[tuple[date, date, int]]] = {}
        for area, unit, start, end in Responsibility.objects.values_list(
            "area", "unit", "valid_from", "valid_to"
        ):
            found.setdefault(area, []).append((start or date.min, end or date.max, unit))
        return found

    def responsible(self, town: int | None, on: date) -> int | None:
        """As ``people.access.responsible_unit``, from memory."""
        if town is None:
            return None
        key = (town, on)
        if key not in self._responsible:
            self._responsible[key] = self._responsible_now(town, on)
        return self._responsible[key]

    def _responsible_now(self, town: int, on: date) -> int | None:
        by_area = {
            area: unit
            for area in self._above.get(town, [])
            for start, end, unit in self._duties.get(area, [])
            if start <= on <= end
        }
        return by_area.get(town) or next(iter(by_area.values()), None)


def _short(name: str) -> str:
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def looked_up(words: pl.Series, known: dict[str, int]) -> pl.Series:
    """Keys for words, null where a word is not known."""
    return words.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Int64)
