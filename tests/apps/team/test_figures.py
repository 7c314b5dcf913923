"""
Figures of the article that follow from the team's records, and that each changes when a record does.

Oracle: ``seed-figures`` F01-F05, F08, F09, F22, F23, F37, F41.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from anlu.apps.plans import services as plans
from anlu.apps.plans.models import Honour, Measure, PlanGroup, WorkPlan
from anlu.apps.publicity import services as publicity
from anlu.apps.publicity.models import Column
from anlu.apps.team import services as team
from anlu.apps.team.models import Writing
from anlu.engine.periods import Period
from anlu.kernel.activities import services as activities
from anlu.kernel.activities.models import Activity
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import change_case, move_case, void_case
from anlu.kernel.core.attachments import attachments_of, detach
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import Value, value_of
from anlu.kernel.indicators.evidence import evidence
from anlu.kernel.indicators.window import Window
from tests.apps.team.demonstration import make_demonstration
from tests.lasting import handed_out, lasting

pytestmark = pytest.mark.django_db
H1 = Window(Period.parse("2023H1"))
EXPECTED = {
    "F01": 20,
    "F02": 201,
    "F03": 4,
    "F04": 1,
    "F05.1": 19,
    "F05.2": 1.0,
    "F08": 1.0,
    "F09.1": 1.0,
    "F09.2": 1,
    "F22": 4,
    "F23.1": 4,
    "F23.2": 4,
    "F37": 10104,
    "F41.2": 5,
}


@pytest.fixture(scope="module", autouse=True)
def county(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Made once; every test changes it inside its own transaction."""
    with pytest.MonkeyPatch.context() as patch, lasting(django_db_blocker):
        patch.setenv("ANLU_TODAY", "2023-07-03")
        make_demonstration()
        with handed_out(django_db_blocker):
            yield


def figure(name: str) -> Value:
    """The value that answers a figure of the article."""
    one = next(one for one in indicators if name in one.figures)
    return value_of(one, H1, SYSTEM)


def held(kind: str, day: str = "") -> Activity:
    """One held activity of a kind, of a day if stated."""
    rows = Activity.objects.live().filter(kind=f"team.{kind}", state="held", held_on__year=2023)
    found: Activity = (rows.filter(held_on=day) if day else rows).order_by("held_on").first()
    return found


def void_activity(kind: str, day: str = "") -> None:
    activities.void_activity(held(kind, day).uid, why="重复登记", by=SYSTEM, permission="team.study.void")


def move_activity(kind: str, day: str, to: str) -> None:
    one = held(kind, day)
    values = {"held_on": date.fromisoformat(to)}
    activities.change_activity(
        one.uid, values, version=one.version, by=SYSTEM, permission="team.study.change"
    )


def void_writing() -> None:
    one = Writing.objects.live().filter(kind="reflection", handed_in_on__year=2023).first()
    team.writings.void(one.uid, why="重复登记", by=SYSTEM)


def problem(**more: Any) -> Case:
    """One of the nineteen of the discussion."""
    found: Case = Case.objects.live().filter(kind="team.problem", about_kind="team.discussion", **more)[0]
    return found


def void_problem() -> None:
    void_case(problem().uid, why="重复登记", by=SYSTEM)


def reopen_problem() -> None:
    move_case(problem(outcome="resolved").uid, "rebound", by=SYSTEM, note="又出现")


def void_column() -> None:
    publicity.columns.void(Column.objects.live().get(name="青年说").uid, why="登记有误", by=SYSTEM)


def void_honour() -> None:
    one = Honour.objects.live().get(title="全国优秀县级车辆管理所", granted_on=date(2015, 12, 10))
    plans.honours.void(one.uid, why="登记有误", by=SYSTEM)


def void_group(plan: str) -> Callable[[], None]:
    def act() -> None:
        one = PlanGroup.objects.live().filter(plan__code=plan).first()
        plans.groups.void(one.uid, why="登记有误", by=SYSTEM)

    return act


def rename_plan() -> None:
    one = WorkPlan.objects.live().get(code="10104")
    plans.plans.change(one.uid, {"code": "10203"}, version=one.version, by=SYSTEM)


def forget_programme() -> None:
    for one in Activity.objects.live().filter(programme="advance"):
        activities.change_activity(
            one.uid, {"programme": ""}, version=one.version, by=SYSTEM, permission="team.study.change"
        )


@pytest.mark.parametrize("name", list(EXPECTED))
def test_the_records_of_the_county_give_the_figure_of_the_article(name: str) -> None:
    assert figure(name).value == EXPECTED[name]


@pytest.mark.parametrize(
    ("name", "act", "becomes"),
    [
        ("F01", lambda: void_activity("theme_day"), 19),
        ("F01", lambda: move_activity("theme_day", "2023-06-28", "2023-07-01"), 19),
        ("F02", void_writing, 200),
        ("F03", void_column, 3),
        ("F04", lambda: void_activity("special_lecture"), 0),
        ("F04", lambda: move_activity("special_lecture", "2023-05-30", "2023-07-02"), 0),
        ("F05.1", void_problem, 18),
        ("F05.2", reopen_problem, 18 / 19),
        ("F08", lambda: void_activity("warning", "2023-03-15"), 5 / 6),
        ("F08", lambda: move_activity("warning", "2023-03-15", "2023-04-02"), 5 / 6),
        ("F09.1", lambda: void_activity("organisation_life", "2023-03-09"), 5 / 6),
        ("F22", void_honour, 3),
        ("F23.1", void_group("四优"), 3),
        ("F23.2", void_group("四拓"), 3),
        ("F37", rename_plan, 10203),
        ("F41.2", forget_programme, 4),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_figure_changes_as_its_records_do(name: str, act: Callable[[], None], becomes: Any) -> None:
    before = figure(name).value
    act()
    assert before == EXPECTED[name]
    assert figure(name).value == pytest.approx(becomes)


def test_the_whole_force_was_at_the_lecture_of_30_may() -> None:
    lecture = held("special_lecture")
    assert (lecture.held_on, lecture.host, lecture.audience) == (date(2023, 5, 30), "省公安厅", "all")
    share = value_of(indicators.get("team.special_lecture_attendance"), H1, SYSTEM)
    assert (share.numerator, share.denominator) == (171, 176)


def test_every_body_met_in_march() -> None:
    march = Window(Period.parse("2023-03"))
    assert value_of(indicators.get("team.organisation_life"), march, SYSTEM).value == 1
    february = Window(Period.parse("2023-02"))
    assert value_of(indicators.get("team.organisation_life"), february, SYSTEM).value == 0


# ------------------------------------------------------------------------------------------------ statements


def say(code: str) -> Any:
    """What the evidence of a statement says."""
    return evidence.get(code).check(H1, SYSTEM)


@pytest.mark.parametrize("code", ["Q01", "Q04", "Q05", "Q06", "Q08", "Q25", "Q27"])
def test_the_records_of_the_county_carry_the_statement(code: str) -> None:
    assert say(code).holds, say(code).missing


def test_a_secretary_who_did_not_lecture_is_named() -> None:
    void_activity("party_lecture", "2023-05-10")
    assert say("Q04").missing == ("事故秩序党支部书记讲党课",)


def test_a_piece_that_did_not_come_is_missing_from_its_branch_and_nobody_is_named() -> None:
    void_writing()
    found = say("Q05")
    assert not found.holds
    assert len(found.missing) == 1
    assert "差 1 篇" in found.missing[0]
    assert "党支部" in found.missing[0]


def test_a_discussion_without_its_meetings_or_problems_carries_nothing() -> None:
    for _ in range(2):
        void_activity("discussion_meeting")
    assert say("Q06").missing == ("下挂的已开展活动",)
    for one in Case.objects.live().filter(kind="team.problem", about_kind="team.discussion"):
        void_case(one.uid, why="登记有误", by=SYSTEM)
    assert set(say("Q06").missing) == {"下挂的已开展活动", "问题清单"}


def test_problems_of_organisation_life_without_a_plan_carry_nothing() -> None:
    rows = Case.objects.live().filter(kind="team.problem", about_kind="")
    assert rows.count() == 3
    one = rows.first()
    assert one is not None
    change_case(one.uid, {}, details=one.details | {"measure": ""}, version=one.version, by=SYSTEM)
    assert say("Q08").missing == (f"{one.number} 的整改措施和期限",)
    for each in rows:
        void_case(each.uid, why="登记有误", by=SYSTEM)
    assert not say("Q08").holds


def test_a_commendation_without_a_picture_of_its_plaque_is_not_enough() -> None:
    one = Honour.objects.live().filter(kind="commendation", level="county").first()
    detach(one, attachments_of(one).get().uid, why="不清晰", by=SYSTEM)
    assert say("Q01").missing == (f"「{one.title}」的奖牌照片",)


def test_experience_without_a_source_is_not_spread() -> None:
    one = Honour.objects.live().get(kind="experience")
    with pytest.raises(plans.PlanProblem, match="来源"):
        plans.honours.change(one.uid, {"source": ""}, version=one.version, by=SYSTEM)
    plans.honours.void(one.uid, why="登记有误", by=SYSTEM)
    assert say("Q25").missing == ("省级经验推广（含来源）",)


def test_an_excellence_without_measures_is_only_four_characters() -> None:
    group = PlanGroup.objects.live().get(plan__code="四优", label="优质流程")
    for one in Measure.objects.live().filter(group=group):
        plans.measures.void(one.uid, why="登记有误", by=SYSTEM)
    assert say("Q27").missing == ("“优质流程”的举措或指标",)
