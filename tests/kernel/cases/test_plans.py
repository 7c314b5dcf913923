"""By which index SQLite, which knows nothing of how many are open, finds the open ones among very many."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db.models import Count, F

from anlu.kernel.cases.models import Case, CaseFact
from anlu.kernel.cases.queries import _parts, open_cases
from anlu.kernel.core.scope import SYSTEM, Scope

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


@pytest.mark.sqlite
@pytest.mark.django_db
def test_totals_and_figures_are_counted_from_one_index_each() -> None:
    """Each holds what is asked for, so that no case is looked up for it; which one is taken depends on their order."""
    of_family = Case.objects.live().filter(family="hazards.hazard")
    condition = Case.scope_condition(Scope(units=frozenset({1, 2}), areas=frozenset({3}), person=SYSTEM.uid))
    assert condition is not None
    seen, facts = of_family.filter(condition), CaseFact.objects.filter(code="a", text="b")
    is_open = of_family.filter(closed_on__isnull=True)
    asked = {
        "case_counted (family=?)": seen,
        "case_counted (family=? AND kind=?)": seen.filter(kind="hazards.vegetation"),
        "case_standing (family=?)": is_open.order_by().values("kind", "state").annotate(n=Count("pk")),
        "case_rebound (family=? AND rebounds>?)": of_family.filter(rebounds__gt=0),
        "case_keys (family=? AND id=?": of_family.filter(pk__in=facts.values("case")),
    }
    wanted = ("found_on>? AND found_on<?", "closed_on>? AND closed_on<?", "reopened_on>? AND reopened_on<?")
    names = ("case_found", "case_closed", "case_back")
    for name, by, (part, counts) in zip(names, wanted, _parts(DAY, DAY), strict=False):
        asked[f"{name} (family=? AND {by}"] = of_family.filter(part).values("lead").annotate(**counts)
    later = [of_family.filter(part).values("lead").annotate(**counts) for part, counts in _parts(DAY, DAY)][
        3:
    ]
    assert {one for one, rows in asked.items() if one not in without_order(rows)} == set()
    assert ["case_closed (family=? AND closed_on" in without_order(rows) for rows in later] == [True, True]


def without_order(rows: Any) -> str:
    """How SQLite would answer."""
    plan: str = rows.order_by().explain()
    return plan
