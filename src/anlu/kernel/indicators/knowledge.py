"""
What records said on a day: facts that were changed since are put back from the history that the audit keeps.

Only facts of the record itself are put back (numbers, days, codes); a thing that it points to (its unit, its town)
stands as it is now, because the history keeps it as text. Records without changes since are left to the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import numpy as np
from django.db import models
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from anlu.kernel.core.history import kind_of
from anlu.kernel.core.models import AuditEntry, Record
from anlu.kernel.core.search import Words
from anlu.kernel.indicators.columns import Coded, Column, Mask, Several, Unanswerable
from anlu.kernel.indicators.leaves import Amount, Leaf
from anlu.kernel.indicators.masks import mask_of


@dataclass(frozen=True)
class Known:
    """
    The records of a table that were changed after a day, as they were on it.

    It can be asked like a snapshot (``masks.Rows``): which of them a queryset would have selected.
    """

    model: type[Record]
    things: tuple[Any, ...]

    def __len__(self) -> int:
        return len(self.things)

    def column(self, name: str) -> Column:
        """A fact of all of them; raises ``Unanswerable`` when the table has no such column."""
        field = next((one for one in self.model._meta.concrete_fields if one.name == name), None)
        if field is None:
            raise Unanswerable(f"{name} is no column")
        values = [getattr(one, field.attname) for one in self.things]
        try:
            index = {key: place for place, key in enumerate(dict.fromkeys(values))}
        except TypeError:
            raise Unanswerable(f"{name} cannot be compared") from None
        codes = np.array([index[one] for one in values], dtype=np.int64)
        return Coded.of(codes, list(index))

    def holding(self, keys: Iterable[int]) -> Mask:
        """Those with these primary keys."""
        wanted = set(keys)
        return np.array([one.pk in wanted for one in self.things], dtype=np.bool_)

    def said(self, model: type[Model], through: str) -> Iterable[tuple[str, Several]]:
        """Nothing: what other tables said on the day is not kept."""
        return ()

    def found(self, words: Words) -> Mask:
        """The words by which something was found on the day are not kept; raises ``Unanswerable``."""
        raise Unanswerable("the search knows things as they are now")

    @property
    def keys(self) -> list[int]:
        """Their primary keys."""
        return [one.pk for one in self.things]

    def matching(self, rows: QuerySet[Any]) -> list[Any]:
        """Those that the queryset would have selected on the day."""
        if not self.things:
            return []
        chosen = mask_of(self, rows)
        return [one for one, yes in zip(self.things, chosen, strict=True) if yes]


def known_on(model: type[Record], day: date | None) -> Known:
    """The records of a table that were changed after a day, as they were at its end; none without a day."""
    if day is None:
        return Known(model, ())
    end = timezone.make_aware(datetime.combine(day, time.max))
    entries = AuditEntry.objects.filter(thing_kind=kind_of(model), action="change", at__gt=end)
    before: dict[Any, dict[str, Any]] = {}
    for uid, changes in entries.exclude(thing_uid=None).order_by("-pk").values_list("thing_uid", "changes"):
        before.setdefault(uid, {}).update({name: pair[0] for name, pair in changes.items() if _is_pair(pair)})
    fields = {one.name: one for one in model._meta.concrete_fields if _is_kept(one)}
    things = []
    for thing in model._base_manager.filter(uid__in=before, recorded_at__lte=end).order_by("pk"):
        for name, value in before[thing.uid].items():
            if name in fields:
                setattr(thing, name, fields[name].to_python(value))
        things.append(thing)
    return Known(model, tuple(things))


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2


def _is_kept(field: Any) -> bool:
    """Whether the history keeps its values in a form that can be read back."""
    return not isinstance(field, models.ForeignKey | models.JSONField | models.BinaryField)


def rows_known(found: QuerySet[Any], known: Known) -> QuerySet[Any]:
    """The rows that a condition selected on the day: unchanged ones by the database, changed ones as they were."""
    if not known.things:
        return found
    then = [one.pk for one in known.matching(found)]
    unchanged = found.exclude(pk__in=known.keys).values("pk")
    rows: QuerySet[Any] = found.model._base_manager.filter(Q(pk__in=unchanged) | Q(pk__in=then))
    return rows


def behind_known(leaf: Leaf, found: QuerySet[Any], known: Known) -> QuerySet[Any]:
    """Of ``rows_known``, those that add something to a leaf."""
    if not known.things:
        return found.filter(leaf.contributing())
    adding = [one.pk for one in known.things if leaf.adds(one)]
    unchanged = ~Q(pk__in=known.keys) & leaf.contributing()
    return found.filter(unchanged | Q(pk__in=adding))


def amounts_known(leaves: Sequence[Leaf], rows: QuerySet[Any], known: Known) -> list[tuple[Amount, int]]:
    """What the changed records among ``rows_known`` added to each leaf on the day, and how many added something."""
    kept = set(rows.filter(pk__in=known.keys).values_list("pk", flat=True))
    things = [one for one in known.things if one.pk in kept]
    found = []
    for leaf in leaves:
        added = [leaf.adds(one) or 0 for one in things]
        found.append((sum(added, start=0), sum(1 for one in added if one)))
    return found
