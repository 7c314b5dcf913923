"""Search grams: portable search that knows Chinese pairs, prefixes of numbers, and scope."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SearchEntry(models.Model):
    """One thing that can be found. Its scope lives in the row, so that search cannot leak."""

    kind = models.CharField(max_length=60)
    uid = models.UUIDField()
    unit_id = models.BigIntegerField(null=True, blank=True)
    area_id = models.BigIntegerField(null=True, blank=True)
    owner = models.UUIDField(null=True, blank=True)
    batch_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "uid"], name="one_search_entry_per_thing")
        ]


class SearchGram(models.Model):
    """One gram of one thing's text, as a number (64 bits of a digest): small, and not readable.

    Entries are never changed: indexing a thing again makes a new entry, and the grams of the old one, which
    then belong to nothing, are swept away at night. That spares a third index on the largest table of all.
    """

    pk = models.CompositePrimaryKey("gram", "entry_id")
    gram = models.BigIntegerField()
    entry = models.ForeignKey(
        SearchEntry, on_delete=models.DO_NOTHING, related_name="grams", db_constraint=False, db_index=False
    )
