"""调度会材料 says what is not done and what is overdue, and leaves out what is no news of a week."""

from __future__ import annotations

from datetime import date

import pytest

from anlu.apps.reports.arrangement import ANNUAL, DISPATCH, HALF_YEAR, MONTHLY, WEEKLY, sections_of
from anlu.apps.reports.services import report_for, text_of
from anlu.engine.periods import Period
from anlu.kernel.cases.kinds import kinds_of
from anlu.kernel.cases.models import Case, Outcome
from anlu.kernel.core.scope import SYSTEM
from tests.factories import make_unit

pytestmark = pytest.mark.django_db
WEEK = Period.parse("2023W26")
WORDS = {
    "hazards.hazard": ("hazards.pressing", "目前未办结道路隐患{}处，"),
    "governance.decision": ("governance.pressing", "目前未办结会议议定事项{}项，"),
    "governance.task": ("governance.pressing", "目前未办结交办事项{}项，"),
}


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """The business date: the week is over."""
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")


def open_case(family: str, number: int, due_on: date) -> Case:
    """One that was sent and is not done."""
    return Case.objects.create(
        kind=kinds_of(family)[0].code,
        family=family,
        number=f"T-{number}",
        title="测试",
        state="sent",
        unit=make_unit(),
        found_on=date(2023, 6, 1),
        due_on=due_on,
    )


def said() -> dict[str, str]:
    """The paragraphs of the pack."""
    return {one.section.code: one.text for one in text_of(report_for(DISPATCH, WEEK), SYSTEM).paragraphs}


@pytest.mark.parametrize("family", WORDS)
def test_the_pack_tells_what_is_open_and_how_much_of_it_is_overdue(family: str) -> None:
    section, words = WORDS[family]
    assert not said().get(section)
    late = open_case(family, 1, date(2023, 6, 20))
    open_case(family, 2, date(2023, 7, 20))
    assert said()[section] == words.format(2) + f"其中逾期1{'处' if family == 'hazards.hazard' else '项'}。"
    late.outcome, late.closed_on, late.state = Outcome.RESOLVED, date(2023, 6, 30), "closed"
    late.save()
    assert said()[section] == words.format(1) + "没有逾期。"


def test_only_the_pack_presses_and_a_week_does_not_praise_standing_practices() -> None:
    def codes(kind: object) -> set[str]:
        return {one.code for one in sections_of(kind)}  # type: ignore[arg-type]

    pressing = {"hazards.pressing", "governance.pressing"}
    assert pressing <= codes(DISPATCH)
    for kind in (WEEKLY, MONTHLY, HALF_YEAR, ANNUAL):
        assert not pressing & codes(kind)
        assert ("plans.vehicle_office" in codes(kind)) is (kind is not WEEKLY)
    assert "plans.vehicle_office" not in codes(DISPATCH)
