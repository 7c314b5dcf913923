"""Deadlines counted in working days."""

from __future__ import annotations

from django.db import models


class Limited(models.Model):
    """
    What has a deadline, ``due_on``, that may follow from a limit of so many working days after a day.

    ``due_from`` and ``due_days`` say from which: when the days off change the deadline is counted anew
    (``core.recounting``). Both are empty where a person stated the day: that one stays. ``due_provisional``: holidays
    on the way were not known yet.
    """

    due_from = models.DateField("期限起算日", null=True, blank=True, editable=False)
    due_days = models.PositiveSmallIntegerField("期限工作日数", null=True, blank=True, editable=False)
    due_provisional = models.BooleanField("期限暂定", default=False, editable=False)

    class Meta:
        abstract = True
