"""Closing a period: what is kept, what is refused afterwards, and how a second person lets it be corrected."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlu.apps.crashes import services
from anlu.apps.crashes.models import Crash, Procedure
from anlu.engine.periods import Period
from anlu.kernel.cases import services as services_of_cases
from anlu.kernel.cases.kinds import kinds, sample_details
from anlu.kernel.cases.merging import merge_cases
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import open_case
from anlu.kernel.core.errors import NeedsReason, NotAllowed, NotFound
from anlu.kernel.core.models import AuditEntry
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.indicators import closing
from anlu.kernel.indicators.define import Count, Indicator, Ratio, Sum, indicators
from anlu.kernel.indicators.evaluate import value_of
from anlu.kernel.indicators.guarding import PeriodClosed, counting_of
from anlu.kernel.indicators.models import Correction, CorrectionState, Snapshot
from anlu.kernel.indicators.restating import restatements
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Officer, Unit, UnitKind
from tests.apps.crashes.records import make_scene
from tests.factories import make_area, make_officer, make_unit

pytestmark = pytest.mark.django_db
H1 = Window(Period.parse("2023H1"))
KILLED = "crash.killed"


@pytest.fixture(autouse=True)
def july(monkeypatch: pytest.MonkeyPatch) -> None:
    """The business date on which the first half-year is over."""
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")


@pytest.fixture
def clerk(db: None) -> Officer:
    """Somebody who may do everything but grant to themselves."""
    return make_officer(make_unit("大队", UnitKind.BRIGADE), *permissions.codes())


@pytest.fixture
def second(clerk: Officer) -> Officer:
    """The second person."""
    return make_officer(clerk.unit, *permissions.codes())


def crash(number: str, month: int, *, killed: int = 1, by: Any = SYSTEM) -> Crash:
    """A crash of the ordinary procedure in 2023."""
    values = {
        "number": number,
        "occurred_at": datetime(2023, month, 10, 4, 0, tzinfo=UTC),
        "procedure": Procedure.ORDINARY,
        "severity": "fatal",
        "killed": killed,
        "town": make_area(),
    }
    return services.add_crash(values, by=by)


def ask(by: Officer, thing: Crash | None = None) -> Correction:
    """A request for this record, or for one to be added."""
    values = {
        "thing_kind": "crashes.crash",
        "thing_uid": thing.uid if thing else None,
        "day": date(2023, 3, 10),
        "what": "死亡 1 人应为 2 人",
        "why": "第 5 日死亡,漏登",
    }
    return closing.ask_correction(values, by=by)


def raise_deaths(thing: Crash, by: Officer) -> Crash:
    """What the correction is about."""
    thing.refresh_from_db()
    return services.change_crash(thing.uid, {"killed": 2}, version=thing.version, by=by)


def deaths() -> Any:
    """The figure now."""
    return value_of(indicators.get(KILLED), H1, SYSTEM).value


def test_closing_keeps_every_figure_of_every_place(clerk: Officer) -> None:
    scene = make_scene(80)
    close = closing.close_period("2023H1", by=clerk)
    kept = {(one.indicator, one.unit_id, one.area_id): one for one in close.snapshots.all()}
    for one in indicators:
        for window in (
            H1,
            Window(H1.period, unit=scene.county.squadrons[0]),
            Window(H1.period, area=scene.county.towns[1]),
        ):
            value = value_of(one, window, SYSTEM)
            snapshot = kept.get((one.code, window.unit and window.unit.pk, window.area and window.area.pk))
            if snapshot is None:
                assert not value.rows
                assert window != H1
                continue
            assert (snapshot.numerator, snapshot.rows) == (value.numerator, value.rows)
            assert not closing.differs(snapshot, value)
    assert closing.restated_in(close, clerk) == []


def test_a_closed_value_is_shown_to_those_who_see_all_that_it_was_taken_over(clerk: Officer) -> None:
    scene = make_scene(80)
    ours, theirs = scene.county.squadrons[:2]
    close = closing.close_period("2023H1", by=clerk)
    crashes = indicators.get("crash.all")
    member = make_officer(ours, "crashes.crash.view", width=Width.BELOW)
    assert closing.closed_value(crashes, H1, clerk) is not None
    assert closing.closed_value(crashes, H1, member) is None
    assert closing.closed_value(crashes, Window(H1.period, unit=theirs), member) is None
    own = closing.closed_value(crashes, Window(H1.period, unit=ours), member)
    assert own is not None
    assert own.rows == value_of(crashes, Window(H1.period, unit=ours), member).rows
    assert closing.restated_in(close, member) == []


@pytest.mark.parametrize(
    ("code", "why"), [("2023H2", "没有结束"), ("2023-07", "没有结束"), ("上半年", "看不懂")]
)
def test_a_period_that_is_not_over_or_not_known_is_not_closed(code: str, why: str, clerk: Officer) -> None:
    with pytest.raises(closing.NotClosable, match=why):
        closing.close_period(code, by=clerk)
    assert not Snapshot.objects.exists()


def test_a_period_is_closed_once_and_only_by_who_may(clerk: Officer) -> None:
    with pytest.raises(NotAllowed):
        closing.close_period("2023Q1", by=make_officer(clerk.unit, "indicators.close.view"))
    closing.close_period("2023Q1", by=clerk)
    with pytest.raises(closing.NotClosable, match="已经关账"):
        closing.close_period("2023Q1", by=clerk)


def test_nothing_that_counts_in_a_closed_period_is_written_without_a_second_person(clerk: Officer) -> None:
    thing, elsewhere = crash("A", 3), crash("B", 7)
    closing.close_period("2023H1", by=clerk)
    with pytest.raises(PeriodClosed, match="2023年上半年"):
        raise_deaths(thing, clerk)
    with pytest.raises(PeriodClosed):
        services.void_crash(thing.uid, why="重复", by=clerk)
    with pytest.raises(PeriodClosed):
        crash("C", 6, by=clerk)
    with pytest.raises(PeriodClosed):  # neither out of the period nor into it
        services.change_crash(
            thing.uid, {"occurred_at": datetime(2023, 7, 1, 9, tzinfo=UTC)}, version=thing.version, by=clerk
        )
    with pytest.raises(PeriodClosed):
        services.change_crash(
            elsewhere.uid,
            {"occurred_at": datetime(2023, 6, 1, 9, tzinfo=UTC)},
            version=elsewhere.version,
            by=clerk,
        )
    thing.refresh_from_db()
    assert (thing.killed, thing.voided_at, deaths()) == (1, None, 1)


def test_what_does_not_count_may_still_be_written(clerk: Officer) -> None:
    thing, elsewhere = crash("A", 3), crash("B", 7)
    closing.close_period("2023H1", by=clerk)
    services.change_crash(thing.uid, {"description": "经过补充"}, version=thing.version, by=clerk)
    services.change_crash(elsewhere.uid, {"killed": 3}, version=elsewhere.version, by=clerk)
    crash("C", 7, by=clerk)
    assert deaths() == 1


def test_a_granted_correction_opens_one_record_to_one_person_and_says_so_in_the_audit(
    clerk: Officer, second: Officer
) -> None:
    thing, other = crash("A", 3), crash("B", 4)
    close = closing.close_period("2023H1", by=clerk)
    asked = ask(clerk, thing)
    with pytest.raises(PeriodClosed):  # asked, not granted
        raise_deaths(thing, clerk)
    closing.decide_correction(asked.uid, grant=True, by=second)
    with pytest.raises(PeriodClosed):  # another record
        raise_deaths(other, clerk)
    with pytest.raises(PeriodClosed):  # another person
        raise_deaths(thing, second)
    raise_deaths(thing, clerk)
    assert deaths() == 3
    entry = AuditEntry.objects.filter(action="change", thing_uid=thing.uid).latest("pk")
    assert asked.number in entry.note
    assert second.name in entry.note
    (restated,) = [one for one in closing.restated_in(close, clerk) if one.indicator.code == KILLED]
    assert (restated.snapshot.value, restated.now.value) == (2, 3)
    (act,) = restatements(restated.indicator, close, clerk)
    assert (act.who, act.words, act.label) == (clerk.name, "更正", "A")
    assert "漏登" in act.why
    closing.finish_correction(asked.uid, by=clerk)
    with pytest.raises(PeriodClosed):
        services.change_crash(
            thing.uid, {"killed": 9}, version=Crash.objects.get(pk=thing.pk).version, by=clerk
        )


def test_a_granted_addition_is_used_by_the_first_record_added_under_it(
    clerk: Officer, second: Officer
) -> None:
    closing.close_period("2023H1", by=clerk)
    asked = ask(clerk)
    closing.decide_correction(asked.uid, grant=True, by=second)
    added = crash("N", 3, by=clerk)
    asked.refresh_from_db()
    assert asked.thing_uid == added.uid
    raise_deaths(added, clerk)
    with pytest.raises(PeriodClosed):
        crash("M", 3, by=clerk)


def test_nobody_grants_their_own_and_a_refusal_says_why(clerk: Officer, second: Officer) -> None:
    asked = ask(clerk)
    with pytest.raises(NotAllowed, match="第二人"):
        closing.decide_correction(asked.uid, grant=True, by=clerk)
    with pytest.raises(NeedsReason):
        closing.decide_correction(asked.uid, grant=False, by=second)
    closing.decide_correction(asked.uid, grant=False, note="依据不足", by=second)
    with pytest.raises(NotFound):
        closing.decide_correction(asked.uid, grant=True, by=second)


@pytest.mark.parametrize("missing", ["what", "why"])
def test_a_correction_needs_to_say_what_and_why(missing: str, clerk: Officer) -> None:
    values = {"thing_kind": "crashes.crash", "day": date(2023, 3, 1), "what": "a", "why": "b", missing: " "}
    with pytest.raises(NeedsReason):
        closing.ask_correction(values, by=clerk)


def test_a_correction_that_was_not_used_in_time_is_closed_again(clerk: Officer, second: Officer) -> None:
    thing = crash("A", 3)
    closing.close_period("2023H1", by=clerk)
    asked = closing.decide_correction(ask(clerk, thing).uid, grant=True, by=second)
    Correction.objects.filter(pk=asked.pk).update(open_until=asked.decided_at - timedelta(seconds=1))
    with pytest.raises(PeriodClosed):
        raise_deaths(thing, clerk)
    assert closing.lapse_corrections() == 1
    asked.refresh_from_db()
    assert asked.state == CorrectionState.LAPSED


def test_what_an_indicator_counts_by_is_read_from_its_expression() -> None:
    facts = frozenset().union(*(way.facts for way in counting_of(Crash)))
    assert {"occurred_on", "unit", "town", "procedure", "killed", "injured", "loss_cny", "severity"} <= facts
    assert not {"description", "weather", "number"} & facts
    assert counting_of(Unit) == frozenset()


def test_amounts_are_kept_exactly(clerk: Officer) -> None:
    thing = crash("A", 3)
    services.change_crash(thing.uid, {"loss_cny": Decimal("1234.56")}, version=thing.version, by=SYSTEM)
    close = closing.close_period("2023H1", by=clerk)
    assert close.snapshots.get(indicator="crash.loss", unit=None, area=None).numerator == Decimal("1234.5600")


# ------------------------------------------------------------------------------------------------ moves, merges


def test_what_is_written_while_a_period_is_being_closed_is_shown_beside_the_closed_values(
    clerk: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    thing, taken = crash("A", 3), closing._snapshots

    def slowly(period: Period) -> Iterator[Snapshot]:
        yield from taken(period)
        services.change_crash(thing.uid, {"killed": 5}, version=thing.version, by=SYSTEM)

    monkeypatch.setattr(closing, "_snapshots", slowly)
    close = closing.close_period("2023H1", by=clerk)
    assert close.snapshots.get(indicator=KILLED, unit=None, area=None).value == 1
    (act,) = restatements(indicators.get(KILLED), close, clerk)
    assert (act.action, act.label) == ("change", "A")


def test_a_window_compared_with_itself_is_added_up_once() -> None:
    crash("A", 3)
    value_of(indicators.get(KILLED), H1, SYSTEM)  # what is kept of the table is read once
    costs = []
    for previous in (Period.parse("2022H1"), H1.period):
        with CaptureQueriesContext(connection) as asked:
            value = value_of(indicators.get(KILLED), H1, SYSTEM, previous=previous)
        costs.append(len(asked))
    assert costs[0] == 2 * costs[1], costs
    assert (value.value, value.previous, value.previous_window) == (1, 1, H1)


def test_a_crash_moved_from_one_closed_period_to_another_is_shown_in_both(
    clerk: Officer, second: Officer
) -> None:
    thing = crash("A", 3)
    closes = [closing.close_period(code, by=clerk) for code in ("2023-03", "2023-05")]
    moved = {"occurred_at": datetime(2023, 5, 10, 4, 0, tzinfo=UTC)}
    with pytest.raises(PeriodClosed, match="2023年3月、2023年5月"):
        services.change_crash(thing.uid, moved, version=thing.version, by=clerk)
    closing.decide_correction(ask(clerk, thing).uid, grant=True, by=second)
    services.change_crash(thing.uid, moved, version=thing.version, by=clerk)
    thing.refresh_from_db()
    services.change_crash(
        thing.uid, {"occurred_at": datetime(2023, 7, 1, 4, tzinfo=UTC)}, version=thing.version, by=clerk
    )
    acts = [restatements(indicators.get(KILLED), close, clerk) for close in closes]
    assert [len(found) for found in acts] == [1, 2]  # out of March; into May and out of it again


def hazard(by: Any, title: str) -> Case:
    """A hazard found in March."""
    kind = "hazards.vegetation"
    values = {"title": title, "found_on": date(2023, 3, 10), "unit": by.unit, "town": make_area()}
    return open_case(kind, values, details=sample_details(kinds.get(kind)), by=SYSTEM)


def test_a_hazard_of_a_closed_period_is_merged_only_with_a_second_person(
    clerk: Officer, second: Officer
) -> None:
    gone, kept, new = (hazard(clerk, title) for title in ("甲", "乙", "丙"))
    Case.objects.filter(pk=new.pk).update(found_on=date(2023, 7, 1))
    found = indicators.get("hazards.found")
    close = closing.close_period("2023H1", by=clerk)
    with pytest.raises(PeriodClosed, match="2023年上半年"):
        merge_cases(gone.uid, kept.uid, by=clerk)
    gone.refresh_from_db()
    assert (gone.merged_into, gone.outcome) == (None, "")
    merge_cases(new.uid, kept.uid, by=clerk)  # of a period that is open
    asked = closing.ask_correction(
        {
            "thing_kind": "cases.case",
            "thing_uid": gone.uid,
            "day": gone.found_on,
            "what": "并入乙",
            "why": "同一处",
        },
        by=clerk,
    )
    closing.decide_correction(asked.uid, grant=True, by=second)
    merge_cases(gone.uid, kept.uid, by=clerk)
    assert value_of(found, H1, SYSTEM).value == 1
    (act,) = restatements(found, close, clerk)
    assert (act.words, act.who) == ("并入", clerk.name)
    assert act.label.startswith(gone.number)


def test_going_on_with_a_matter_of_a_closed_period_is_shown_and_not_refused(clerk: Officer) -> None:
    case = hazard(clerk, "甲")
    open_case("suggestions.suggestion", {"title": "表太多", "found_on": date(2023, 3, 10)},
              details={"subject": "form"}, by=SYSTEM)  # fmt: skip
    close = closing.close_period("2023H1", by=clerk)
    services_of_cases.move_case(case.uid, "reject", by=clerk, note="不属实")
    suggestion = Case.objects.get(family="suggestions.suggestion")
    services_of_cases.move_case(suggestion.uid, "take", by=SYSTEM)
    services_of_cases.move_case(suggestion.uid, "answer", by=SYSTEM, note="已减")
    services_of_cases.move_case(suggestion.uid, "finish", by=SYSTEM, note="已减")
    (act,) = restatements(indicators.get("hazards.closed_share"), close, clerk)  # of hazards only
    assert (act.words, act.who) == ("办理", clerk.name)
    assert case.number in act.label


def test_every_leaf_of_a_figure_is_looked_at(clerk: Officer) -> None:
    """Two leaves over one table: what touches only the one above the line counts as well."""
    thing = crash("A", 3)
    deadly = Sum(Crash.objects.filter(killed__gt=0), column="killed")
    ratio = Indicator("test.per_crash", "死亡/起", Ratio(deadly, Count(Crash.objects.all())), "人/起")
    close = closing.close_period("2023H1", by=clerk)
    services.change_crash(thing.uid, {"killed": 3}, version=thing.version, by=SYSTEM)
    (act,) = restatements(ratio, close, clerk)
    assert act.label == "A"
