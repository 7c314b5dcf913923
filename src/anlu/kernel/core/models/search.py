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
    """One gram of one thing's text, as a number (64 bits of a digest): small, and not readable."""

    gram = models.BigIntegerField()
    entry = models.ForeignKey(SearchEntry, on_delete=models.CASCADE, related_name="grams")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["gram", "entry"], name="one_gram_per_entry")
        ]
