"""Human numbers (``SJ-2026-00031``) come from a counter row, never from ``count() + 1``."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from anlu.kernel.core.models import NumberSeries
from anlu.kernel.core.turns import take_turn


@transaction.atomic
def next_number(series: str) -> int:
    """The next number of a series, from 1.

    Inside the caller's transaction: the number is given back when that is rolled back, so a series has no
    holes, and who wants the next one waits until the transaction ends. Call it late.
    """
    take_turn(f"number:{series}")
    raised = NumberSeries.objects.filter(code=series).update(last=F("last") + 1)
    if not raised:
        NumberSeries.objects.get_or_create(code=series)
        NumberSeries.objects.filter(code=series).update(last=F("last") + 1)
    return NumberSeries.objects.values_list("last", flat=True).get(code=series)
