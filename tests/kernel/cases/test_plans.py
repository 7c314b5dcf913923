"""By which index SQLite, which knows nothing of how many are open, finds the open ones among very many."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import F

from anlu.kernel.cases.models import Case
from anlu.kernel.cases.queries import open_cases
from anlu.kernel.core.scope import SYSTEM

DAY = date(2023, 7, 3)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_what_is_open_is_found_without_looking_at_what_is_closed() -> None:
    of_family = Case.objects.live().filter(family="hazards.hazard")
    open_ones = of_family.filter(closed_on__isnull=True)
    by_due = (F("due_on").asc(nulls_last=True), "pk")
    asked = {
        "overdue": open_ones.filter(due_on__lt=DAY),
        "overdue, newest first": open_ones.filter(due_on__lt=DAY).order_by("-found_on", "-pk"),
        "all, by deadline": open_ones.order_by(*by_due),
        "of everybody, overdue": open_cases(SYSTEM, "overdue", on=DAY),
    }
    assert {name: "case_open_due" in rows.explain() for name, rows in asked.items()} == dict.fromkeys(
        asked, True
    )
    assert "case_due" in of_family.order_by(*by_due).explain()  # there is another one that would fit


@pytest.mark.sqlite
@pytest.mark.django_db
def test_what_was_registered_today_is_found_without_looking_at_all_others() -> None:
    today = Case.objects.live().filter(
        family="hazards.hazard", kind="hazards.vegetation", recorded_at__gte=DAY
    )
    assert "case_recorded" in today.explain()
