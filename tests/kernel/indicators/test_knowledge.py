"""Figures as they were known on a day, with the facts of that day."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from anlu.apps.crashes import services
from anlu.apps.crashes.models import Crash, Procedure
from anlu.engine.periods import Period
from anlu.kernel.core.history import kind_of
from anlu.kernel.core.models import AuditEntry
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.search import matching
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import rows_behind, values_of
from anlu.kernel.indicators.knowledge import known_on
from anlu.kernel.indicators.window import Window

pytestmark = pytest.mark.django_db
CODES = ("crash.count", "crash.killed", "crash.injured", "crash.loss", "crash.all", "crash.all_killed")
H1 = Period.parse("2023H1")


def crash(number: str, on: date, **facts: Any) -> Crash:
    """One that was entered on its day."""
    at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    made = services.add_crash(
        {"number": number, "occurred_at": at, "severity": "fatal", "procedure": "ordinary", **facts},
        by=SYSTEM,
    )
    Crash.objects.filter(pk=made.pk).update(recorded_at=at)
    return made


def change(thing: Crash, on: date, **values: Any) -> None:
    """What the audit then says happened on a day."""
    thing.refresh_from_db()
    services.change_crash(thing.uid, values, version=thing.version, by=SYSTEM)
    entry = AuditEntry.objects.filter(action="change", thing_uid=thing.uid).latest("pk")
    AuditEntry.objects.filter(pk=entry.pk).update(at=datetime(on.year, on.month, on.day, 4, tzinfo=UTC))


def figures(as_of: date | None) -> dict[str, Any]:
    """The value of each figure, and the sum of the rows behind it as they were."""
    found = {}
    window = Window(H1, as_of=as_of)
    for value in values_of(map(indicators.get, CODES), window, SYSTEM):
        one = value.indicator
        was = {thing.pk: thing for thing in known_on(Crash, as_of).things}
        rows = [was.get(row.pk, row) for row in rows_behind(one, window, SYSTEM)]
        assert one.main.added_up(rows) == value.numerator
        assert len(rows) == value.rows
        found[one.code] = value.value
    return found


def test_a_fact_that_was_changed_counts_as_it_was_before(db: None) -> None:
    thing = crash("A", date(2023, 3, 1), killed=1, loss_cny=Decimal("10.50"))
    change(thing, date(2023, 4, 1), killed=2)
    change(thing, date(2023, 5, 1), killed=4, loss_cny=Decimal("99.00"))
    assert figures(date(2023, 2, 1))["crash.killed"] == 0
    assert figures(date(2023, 3, 15))["crash.killed"] == 1
    assert figures(date(2023, 4, 15))["crash.killed"] == 2
    assert figures(date(2023, 4, 15))["crash.loss"] == Decimal("10.50")
    assert figures(None)["crash.killed"] == figures(date(2023, 6, 1))["crash.killed"] == 4


def test_what_was_moved_out_of_the_period_or_the_procedure_was_still_in_it(db: None) -> None:
    gone = crash("A", date(2023, 3, 1), killed=1)
    change(gone, date(2023, 5, 1), occurred_at=datetime(2022, 12, 31, 4, tzinfo=UTC))
    other = crash("B", date(2023, 3, 2), killed=2)
    change(other, date(2023, 5, 1), procedure=Procedure.SUMMARY)
    before, after = figures(date(2023, 4, 1)), figures(date(2023, 6, 1))
    assert (before["crash.count"], before["crash.killed"], before["crash.all"]) == (2, 3, 2)
    assert (after["crash.count"], after["crash.killed"], after["crash.all"]) == (0, 0, 1)


def test_any_history_gives_on_every_day_what_was_seen_on_that_day(db: None) -> None:
    rng = random.Random(7)
    things = [crash(f"A{n}", date(2023, 1, 1 + n), killed=1) for n in range(6)]
    seen: dict[date, dict[str, Any]] = {}
    day = date(2023, 2, 1)
    for _ in range(12):
        seen[day] = figures(None)
        day += timedelta(days=rng.randrange(2, 9))
        values: dict[str, Any] = rng.choice(
            [
                {"killed": rng.randrange(4)},
                {"loss_cny": Decimal(rng.randrange(9999)) / 100},
                {"procedure": rng.choice(["ordinary", "summary", ""])},
                {"occurred_at": datetime(2022 + rng.randrange(2), 3, 3, 4, tzinfo=UTC)},
            ]
        )
        thing = rng.choice(things)
        if any(getattr(Crash.objects.get(pk=thing.pk), name) != value for name, value in values.items()):
            change(thing, day, **values)
    assert {day: figures(day) for day in seen} == seen


def test_what_is_found_by_words_is_found_among_the_records_of_a_day(db: None) -> None:
    one, other = crash("371520230001", date(2023, 3, 1)), crash("371520230002", date(2023, 3, 2))
    for thing in (one, other):
        change(thing, date(2023, 5, 1), severity="slight")
    known = known_on(Crash, date(2023, 4, 1))
    found = Crash.objects.filter(matching(kind_of(Crash), "371520230002"))
    assert [thing.pk for thing in known.matching(found)] == [other.pk]
