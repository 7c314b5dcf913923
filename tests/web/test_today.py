"""The start page: what came in since yesterday."""

from __future__ import annotations

import pytest

from anlu.kernel.cases.services import assign_case, move_case, open_case, watch_case
from anlu.kernel.core.clock import today
from anlu.web.desk.cases.work import on_today
from anlu.web.desk.today import news_for
from tests.apps.crashes.records import add_crash
from tests.factories import make_officer
from tests.kernel.cases.conftest import Stage, kind, stage

__all__ = ["kind", "stage"]  # fixtures
pytestmark = pytest.mark.django_db


def test_only_a_ledger_with_something_new_says_how_many_there_are() -> None:
    viewer = make_officer(None, "crashes.crash.view", "hazards.hazard.view")
    add_crash("1", today())
    news = {one.label: one for one in news_for(viewer)}
    assert str(news["事故台账"].all) == "1"
    assert {one.label for one in news.values() if one.all is None} == {
        one.label for one in news.values() if not one.new.number
    }
    assert len(news) > 1


def test_what_others_do_for_somebody_stands_apart_from_what_is_to_be_done(stage: Stage) -> None:
    values = {"title": "行道树遮挡", "town": stage.town, "lon": 115.71, "lat": 36.84}
    case = open_case("test.sight", values, details={"what": "行道树", "sight_m": 62}, by=stage.finder)

    def shown(who: str) -> tuple[list[str], list[str]]:
        card = on_today(getattr(stage, who))
        return [one["number"] for one in card["lines"]], [one["number"] for one in card["followed"]]

    assert shown("finder") == ([case.number], [])  # the own unit has not handed it on
    move_case(case.uid, "send", by=stage.finder, values={"lead": stage.garden})
    assert shown("finder") == ([], [case.number])  # it is the department's turn
    assert shown("liaison") == ([case.number], [])
    watch_case(case.uid, by=stage.liaison)
    assert shown("liaison") == ([case.number], [])  # once, and where it has to be done
    assign_case(case.uid, {"handler": stage.finder}, by=stage.finder)
    assert shown("finder") == ([case.number], [])
