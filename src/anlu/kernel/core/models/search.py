"""Search grams: portable search that knows Chinese pairs, prefixes of numbers, and scope."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SearchGram(models.Model):
    """One gram of one thing's searchable text. Scope columns live in the row so that search cannot leak."""

    gram = models.CharField(max_length=12)
    kind = models.CharField(max_length=60)
    uid = models.UUIDField()
    unit_id = models.BigIntegerField(null=True, blank=True)
    area_id = models.BigIntegerField(null=True, blank=True)
    owner = models.UUIDField(null=True, blank=True)
    batch_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "gram", "uid"], name="gram_lookup"),
            models.Index(fields=["kind", "uid"], name="gram_thing"),
        ]
