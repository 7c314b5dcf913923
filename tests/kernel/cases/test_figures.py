"""The figures of a family: a small ledger whose numbers are known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from anlu.engine.periods import Period
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.queries import figures
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import value_of
from anlu.kernel.indicators.window import Window
from anlu.web.figures import ledger_url
from tests.factories import make_officer

pytestmark = pytest.mark.django_db
JUNE = Window(Period.parse("2023-06"))


def case(number: int, found: int, closed: int | None, *, due: int | None = 20, **more: Any) -> Case:
    """A finding of June 2023: day found, day closed, day due; a state that does not matter here."""
    day = date(2023, 6, closed) if closed else None
    limit = date(2023, 6, due) if due else None
    stated = {"outcome": "resolved" if closed else ""} | more
    kept = day <= limit if day and limit and stated["outcome"] == "resolved" else None
    return Case(
        kind="inspections.finding",
        family="inspections.finding",
        number=f"X-{number}",
        title="问题",
        state="sent",
        found_on=date(2023, 6, found),
        closed_on=day,
        due_on=limit,
        on_time=kept,
        **stated,
    )


def figure(code: str) -> Any:
    """The value of a figure of the family in June."""
    return value_of(indicators.get(f"inspections.finding.{code}"), JUNE, SYSTEM).value


@pytest.fixture
def ledger(db: None) -> None:
    """Four put right after 2, 3, 8 and 25 days (one of them late, one without a limit), three open, two set aside."""
    Case.objects.bulk_create(
        [
            case(1, 1, 3),
            case(2, 1, 4, due=None),
            case(3, 1, 9),
            case(4, 1, 26),
            case(5, 2, None),  # overdue since the 20th
            case(6, 2, None, due=30),  # due on the last day of the period: not over yet
            case(7, 2, None, due=None, rebounds=1, reopened_on=date(2023, 6, 12)),
            case(8, 2, 5, outcome="dropped"),
            case(9, 2, 30, outcome="merged"),
        ]
    )


@pytest.mark.parametrize(
    ("code", "value"),
    [("closed", 4), ("days", 5.5), ("on_time_share", 2 / 3), ("open", 3), ("overdue", 1), ("rebound", 1)],
)
def test_a_small_ledger_has_the_figures_counted_by_hand(ledger: None, code: str, value: float) -> None:
    assert float(figure(code)) == pytest.approx(value)


def test_in_time_is_counted_of_what_was_put_right_and_of_what_is_overdue(ledger: None) -> None:
    found = figures(Case.objects.all(), date(2023, 6, 1), date(2023, 6, 30))
    assert (found.limited, found.overdue_at_end, found.due, found.on_time) == (3, 1, 4, 2)
    assert found.on_time_share == 2 / 4


def test_each_number_that_the_ledger_can_list_leads_to_exactly_its_rows(ledger: None, client: Client) -> None:
    client.force_login(make_officer(None, "inspections.finding.view"))
    listed = {}
    for code in ("closed", "days", "on_time_share", "rebound"):
        one = indicators.get(f"inspections.finding.{code}")
        assert one.main is not None
        url = ledger_url(one.ledger, one.main, JUNE)
        assert url.startswith("/inspections/findings/?"), code
        listed[code] = client.get(url).context["total"].number
    assert listed == {"closed": 4, "days": 4, "on_time_share": 2, "rebound": 1}


def test_without_a_closed_case_there_is_no_median(db: None) -> None:
    Case.objects.bulk_create([case(1, 1, None)])
    assert figure("days") is None
    assert figure("closed") == 0


def test_shares_of_a_period_are_never_above_one() -> None:
    """One found in June; put right in June that one and two of May; two of April are back, one of them right again."""
    may, april = date(2023, 5, 20), date(2023, 4, 3)
    rows = [case(1, 1, 3), case(2, 1, 9), case(3, 1, 9), case(4, 1, None), case(5, 1, 28)]
    for one in rows[1:3]:
        one.found_on = may
    for one in rows[3:]:
        one.found_on, one.rebounds, one.reopened_on = april, 1, date(2023, 6, 12)
    Case.objects.bulk_create(rows)
    found = figures(Case.objects.all(), date(2023, 6, 1), date(2023, 6, 30))
    assert (found.found, found.closed, found.rebounds) == (1, 4, 2)
    assert found.closed_share == 1.0  # of the one that was found
    assert found.rebound_share == 2 / 5  # of five that were put right or came back
    nothing = figures(Case.objects.none(), date(2023, 6, 1), date(2023, 6, 30))
    assert (nothing.closed_share, nothing.rebound_share) == (None, None)
