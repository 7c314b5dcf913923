"""Activities: planned, held, cancelled; who holds them; signing in; what history keeps."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from anlu.kernel.activities import services
from anlu.kernel.activities.models import Activity, ActivityBearer, ActivityState, Attendance
from anlu.kernel.activities.services import ActivityProblem
from anlu.kernel.core.errors import NeedsReason, NotAllowed
from anlu.kernel.core.models import Record
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.models import UnitKind
from tests.factories import make_area, make_officer, make_unit

pytestmark = pytest.mark.django_db
TODAY = date(2023, 7, 3)
ADD = "team.study.add"


@pytest.fixture(autouse=True)
def on_a_fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLU_TODAY", f"{TODAY}")


def planned(**facts: Any) -> Activity:
    """A first item that is planned for the first of June."""
    values = {"kind": "team.first_topic", "title": "学习讲话精神", "planned_on": date(2023, 6, 1), **facts}
    return services.add_activity(values, by=SYSTEM, permission=ADD)


def held(activity: Activity, **facts: Any) -> Activity:
    """Written down as held on the second of June."""
    values = {"held_on": date(2023, 6, 2), "topic": "congress20", **facts}
    return services.hold_activity(
        activity.uid, values, version=activity.version, by=SYSTEM, permission="team.study.change"
    )


def test_an_activity_goes_by_the_day_on_which_it_was_held() -> None:
    activity = planned(unit=make_unit())
    assert activity.day == date(2023, 6, 1)
    activity = held(activity, head_count=30, due_count=32)
    assert activity.state == ActivityState.HELD
    assert activity.day == date(2023, 6, 2)
    assert activity.attendance_share == 30 / 32


def test_numbers_count_up_within_prefix_and_year() -> None:
    unit = make_unit()
    assert [planned(unit=unit).number for _ in range(2)] == ["XX-2023-0001", "XX-2023-0002"]
    other = planned(unit=unit, planned_on=date(2022, 5, 1))
    assert other.number == "XX-2022-0001"
    life = planned(unit=unit, kind="team.organisation_life")
    assert life.number == "ZZ-2023-0001"


def test_what_its_kind_needs_is_asked_before_it_counts_as_held() -> None:
    activity = planned(unit=make_unit())
    with pytest.raises(ActivityProblem, match="主题"):
        held(activity, topic="")
    assert Activity.objects.get().state == ActivityState.PLANNED
    assert held(activity).state == ActivityState.HELD


def test_a_warning_needs_its_four_talks() -> None:
    activity = planned(unit=make_unit(), kind="team.warning")
    four = {"case": "一", "discipline": "二", "law": "三", "morals": "四", "duty": "五", "reform": "六"}
    with pytest.raises(ActivityProblem, match="以案说责"):
        held(activity, details={name: text for name, text in four.items() if name != "duty"})
    assert held(activity, details=four).state == ActivityState.HELD


def test_nothing_is_held_in_the_future() -> None:
    activity = planned(unit=make_unit(), planned_on=date(2023, 7, 20))
    with pytest.raises(ActivityProblem, match="晚于今天"):
        held(activity, held_on=date(2023, 7, 20))


def test_what_is_over_is_neither_held_again_nor_cancelled() -> None:
    activity = held(planned(unit=make_unit()))
    with pytest.raises(ActivityProblem):
        held(activity)
    with pytest.raises(ActivityProblem):
        services.cancel_activity(activity.uid, why="改期", by=SYSTEM, permission="team.study.change")


def test_cancelling_needs_a_reason_which_is_kept() -> None:
    activity = planned(unit=make_unit())
    with pytest.raises(NeedsReason):
        services.cancel_activity(activity.uid, why=" ", by=SYSTEM, permission="team.study.change")
    done = services.cancel_activity(activity.uid, why="因雨改期", by=SYSTEM, permission="team.study.change")
    assert (done.state, done.cancelled_why) == (ActivityState.CANCELLED, "因雨改期")


def test_several_can_hold_it_together_and_keep_the_names_they_had() -> None:
    one, two = make_unit("甲中队"), make_unit("乙中队")
    activity = planned(bearers=[f"unit.squadron:{one.uid}", f"unit.squadron:{two.uid}"])
    assert activity.organisers == "甲中队、乙中队"
    assert activity.unit == one
    one.name = "新中队"
    one.save()
    activity.refresh_from_db()
    assert activity.organisers == "甲中队、乙中队"
    names = ActivityBearer.objects.filter(activity=activity).values_list("name", flat=True)
    assert set(names) == {"甲中队", "乙中队"}


def test_a_unit_that_is_not_there_on_the_day_cannot_hold_it() -> None:
    unit = make_unit()
    unit.valid_to = date(2023, 5, 31)
    unit.save()
    with pytest.raises(ActivityProblem, match="不存在"):
        planned(bearers=[f"unit.squadron:{unit.uid}"])
    assert planned(bearers=[f"unit.squadron:{unit.uid}"], planned_on=date(2023, 5, 31)).unit == unit


def test_unit_and_town_stay_those_of_the_day() -> None:
    town, other = make_area("东镇"), make_area("西镇")
    unit = make_unit(area=town)
    activity = planned(unit=unit)
    unit.area = other
    unit.save()
    activity.refresh_from_db()
    assert activity.town == town


def test_somebody_of_another_unit_cannot_plan_for_this_one() -> None:
    ours, theirs = make_unit(), make_unit()
    officer = make_officer(theirs, ADD, width=Width.OWN)
    values = {"kind": "team.theme_day", "title": "主题党日", "planned_on": date(2023, 6, 1)}
    with pytest.raises(NotAllowed):
        services.add_activity(values | {"unit": ours}, by=officer, permission=ADD)
    assert services.add_activity(values, by=officer, permission=ADD).unit == theirs


# ------------------------------------------------------------------------------------------------ signing in


def test_nobody_signs_in_unless_it_was_turned_on() -> None:
    activity = planned(unit=make_unit(), planned_on=TODAY)
    assert activity.sign_in == ""
    with pytest.raises(ActivityProblem, match="口令"):
        services.sign_in_with("", by=make_officer(), on=TODAY)


def test_a_code_works_on_the_day_and_counts_everybody_once() -> None:
    activity = planned(unit=make_unit(), planned_on=TODAY, kind="team.theme_day")
    activity = services.open_sign_in(activity.uid, "code", by=SYSTEM, permission="team.study.change")
    officer = make_officer()
    with pytest.raises(ActivityProblem):
        services.sign_in_with(activity.sign_in_code, by=officer, on=date(2023, 7, 4))
    for _ in range(2):
        services.sign_in_with(f" {activity.sign_in_code} ", by=officer, on=TODAY)
    activity.refresh_from_db()
    done = held(activity, held_on=TODAY)
    assert done.head_count == 1
    services.open_sign_in(activity.uid, "", by=SYSTEM, permission="team.study.change")
    with pytest.raises(ActivityProblem):
        services.sign_in_with(activity.sign_in_code, by=make_officer(), on=TODAY)


def test_a_list_gives_both_how_many_should_have_come_and_how_many_came() -> None:
    unit = make_unit()
    people = [make_officer(unit) for _ in range(3)]
    activity = planned(unit=unit, kind="team.theme_day")
    services.open_sign_in(activity.uid, "list", by=SYSTEM, permission="team.study.change")
    marks = {people[0].uid: (True, ""), people[1].uid: (True, ""), people[2].uid: (False, "出差")}
    came = services.mark_attendance(activity.uid, marks, by=SYSTEM, permission="team.study.change")
    assert came == 2
    activity.refresh_from_db()
    done = held(activity)
    assert (done.head_count, done.due_count) == (2, 3)
    services.mark_attendance(
        activity.uid, {people[0].uid: (True, "")}, by=SYSTEM, permission="team.study.change"
    )
    done.refresh_from_db()
    assert (done.head_count, done.due_count) == (1, 1)


def test_attendance_keeps_neither_time_nor_place_of_a_person() -> None:
    common = {field.name for field in Record._meta.get_fields()}
    own = {field.name for field in Attendance._meta.concrete_fields} - common - {"id"}
    assert own == {"activity", "officer", "name", "kind", "present", "note"}


def test_a_brigade_is_a_bearer_too() -> None:
    brigade = make_unit("大队", UnitKind.BRIGADE)
    activity = planned(unit=brigade)
    assert ActivityBearer.objects.get(activity=activity).group == "unit.brigade"
