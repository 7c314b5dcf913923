"""Measures and their lights, indicators without lights, evidence, and for which time an honour came."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlu.apps.crashes.models import Crash
from anlu.apps.plans import services
from anlu.apps.plans.indicators.honours import VEHICLE_OFFICE
from anlu.apps.plans.lights import judged, light_of
from anlu.apps.plans.models import Honour, Measure, PlanGroup
from anlu.engine.periods import Period
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.indicators.define import Count, Indicator, Nature, indicators
from anlu.kernel.indicators.evaluate import value_of
from anlu.kernel.indicators.models import Target
from anlu.kernel.indicators.window import Window
from tests.factories import make_officer, make_unit, seed_dictionaries

pytestmark = pytest.mark.django_db
TODAY = date(2023, 7, 3)


@pytest.fixture(autouse=True)
def on_a_fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLU_TODAY", f"{TODAY}")


@pytest.fixture
def group(db: None) -> PlanGroup:
    seed_dictionaries()
    plan = services.plans.add(
        {"code": "10104", "name": "工作计划", "starts_on": date(2023, 1, 10)}, by=SYSTEM
    )
    return services.groups.add(
        {"plan": plan, "label": "隐患预防", "valid_from": date(2023, 1, 10)}, by=SYSTEM
    )


def measure(group: PlanGroup, **facts: Any) -> Measure:
    """A measure of the first half-year that goes on."""
    values = {
        "group": group,
        "title": "排查隐患",
        "starts_on": date(2023, 1, 1),
        "due_on": date(2023, 12, 31),
        "state": "doing",
        **facts,
    }
    return services.measures.add(values, by=SYSTEM)


@pytest.mark.parametrize(
    ("facts", "light"),
    [
        ({}, "on_course"),
        ({"due_on": date(2023, 7, 3)}, "on_course"),
        ({"due_on": date(2023, 7, 2)}, "missed"),
        ({"due_on": date(2023, 7, 2), "state": "done", "done_on": date(2023, 7, 1)}, "done"),
        ({"due_on": date(2023, 7, 20), "state": "planned"}, "at_risk"),
        ({"due_on": date(2023, 12, 31), "state": "planned"}, "on_course"),
        ({"due_on": date(2023, 6, 1), "state": "stopped"}, "stopped"),
        ({"due_on": None, "state": "planned"}, "on_course"),
    ],
)
def test_a_measure_is_judged_by_its_days_and_its_state(
    group: PlanGroup, facts: dict[str, Any], light: str
) -> None:
    assert light_of(measure(group, **facts), TODAY) == light


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"state": "done"}, "完成日期"),
        ({"done_on": date(2023, 6, 1)}, "已完成"),
        ({"state": "done", "done_on": date(2023, 7, 4)}, "晚于今天"),
        ({"due_on": date(2022, 12, 31)}, "早于开始"),
        ({"handled_count": 300}, "截至日期"),
    ],
)
def test_a_measure_that_contradicts_itself_is_refused(
    group: PlanGroup, facts: dict[str, Any], words: str
) -> None:
    with pytest.raises(services.PlanProblem, match=words):
        measure(group, **facts)


def test_a_measure_never_stands_below_itself(group: PlanGroup) -> None:
    top = measure(group)
    below = measure(group, parent=top)
    with pytest.raises(services.PlanProblem, match="自己的下级"):
        services.measures.change(top.uid, {"parent": below}, version=top.version, by=SYSTEM)


def test_an_enforcement_count_is_shown_without_a_light(
    group: PlanGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = Indicator(
        "test.fines", "处罚", Count(Crash.objects.all()), nature=Nature.ENFORCEMENT, ledger="crashes.crash"
    )
    monkeypatch.setitem(indicators._items, count.code, count)
    one = measure(group)
    services.attach_indicators(one.uid, [count.code, "crash.killed"], by=SYSTEM)
    for code in (count.code, "crash.killed"):  # as if a target of either had come in by a back door
        Target.objects.create(year=2023, indicator=code, goal=50, basis="测试")
    found = {two.indicator.code: two for two in judged([count.code, "crash.killed"], 2023, TODAY, SYSTEM)}
    assert found["crash.killed"].light != ""
    assert found[count.code].light == ""
    assert found[count.code].value.value == 0


def test_an_unknown_indicator_is_not_attached(group: PlanGroup) -> None:
    with pytest.raises(services.PlanProblem, match=r"no\.such"):
        services.attach_indicators(measure(group).uid, ["no.such"], by=SYSTEM)


def honour(on: date, title: str = "优秀车管所", **facts: Any) -> Honour:
    """An honour of that day."""
    values = {"title": title, "kind": "plaque", "level": "national", "granted_by": "部局", "granted_on": on}
    return services.honours.add({**values, **facts}, by=SYSTEM)


def test_for_which_time_follows_from_title_and_day_whatever_the_order_of_entry() -> None:
    fourth, first = honour(date(2023, 6, 16)), honour(date(2011, 1, 1))
    third, second = honour(date(2019, 1, 1)), honour(date(2015, 1, 1))
    other = honour(date(2020, 1, 1), "别的荣誉")
    assert [services.ordinal_of(one) for one in (first, second, third, fourth, other)] == [1, 2, 3, 4, 1]
    services.honours.void(second.uid, why="登记有误", by=SYSTEM)
    assert services.ordinal_of(fourth) == 3


def test_honours_of_another_unit_do_not_count_along() -> None:
    ours, theirs = make_unit("甲车管所"), make_unit("乙车管所")
    for year in (2015, 2019):
        honour(date(year, 1, 1), VEHICLE_OFFICE, unit=ours)
    honour(date(2021, 1, 1), VEHICLE_OFFICE, unit=theirs)
    third = honour(date(2023, 6, 16), VEHICLE_OFFICE, unit=ours)
    assert services.ordinal_of(third) == 3
    figure = indicators.get("plans.vehicle_office_honour")
    assert value_of(figure, Window(Period.parse("2023H1")), SYSTEM).value == 3
    assert value_of(figure, Window(Period.parse("2021")), SYSTEM).value == 1


def test_an_honour_is_not_of_the_future() -> None:
    with pytest.raises(services.PlanProblem, match="晚于今天"):
        honour(date(2023, 7, 4))


@pytest.mark.parametrize("by", ["tree", "owner", "month", "nonsense"])
def test_the_progress_of_a_plan_shows_every_measure_once_in_each_view(
    group: PlanGroup, by: str, client: Client
) -> None:
    top = measure(group, title="上级措施", unit=make_unit("甲中队"))
    measure(group, title="下级措施", parent=top, due_on=None)
    client.force_login(make_officer(None, *permissions.codes()))
    answer = client.get(reverse("plans.progress"), {"by": by})
    content = answer.content.decode()
    assert content.count(">上级措施</a>") == content.count(">下级措施</a>") == 1
    assert sum(heap.all for heap in answer.context["heaps"]) == 2


def test_a_light_shows_just_the_measures_that_stand_so(group: PlanGroup, client: Client) -> None:
    top = measure(group, title="超期的措施", due_on=date(2023, 1, 31))
    measure(group, title="没有时限的下级", parent=top, due_on=None)
    client.force_login(make_officer(None, *permissions.codes()))
    lights = {one.words: one for one in client.get(reverse("plans.progress")).context["lights"]}
    for words, title, other in (
        ("已超期", "超期的措施", "没有时限的下级"),
        ("正常推进", "没有时限的下级", "超期的措施"),
    ):
        content = client.get(reverse("plans.progress") + lights[words].url).content.decode()
        assert f">{title}</a>" in content
        assert f">{other}</a>" not in content
        assert lights[words].number == 1


def test_a_light_leaves_the_progress_of_its_heap_alone_and_leads_back(
    group: PlanGroup, client: Client
) -> None:
    measure(group, title="超期的措施", due_on=date(2023, 1, 31))
    measure(group, title="办完的措施", state="done", done_on=date(2023, 2, 1))
    client.force_login(make_officer(None, *permissions.codes()))
    for by in ("tree", "owner", "month"):
        heaps = client.get(reverse("plans.progress"), {"by": by, "light": "missed"}).context["heaps"]
        assert [line.measure.title for heap in heaps for line in heap.lines] == ["超期的措施"]
    shown = client.get(reverse("plans.progress"), {"light": "missed"}).context
    assert [(heap.done, heap.all) for heap in shown["heaps"]] == [(1, 2)]
    assert shown["heaps"][0].counts == [("已超期", "red", 1), ("已完成", "green", 1)]
    assert "light" not in shown["plans"][0]["url"]
    nothing = client.get(reverse("plans.progress"), {"light": "stopped"})
    assert [(one.words, one.number) for one in nothing.context["lights"] if one.active] == [("已停止", 0)]
    page = nothing.content.decode()
    assert ("没有这种措施" in page, "还没有分组" in page) == (True, False)
    assert "办完的措施" in client.get(reverse("plans.progress") + nothing.context["all_url"]).content.decode()


def test_somebody_of_another_unit_sees_the_plan_without_the_measures_of_ours(
    group: PlanGroup, client: Client
) -> None:
    measure(group, title="我方措施", unit=make_unit("甲中队"))
    client.force_login(make_officer(make_unit("乙中队"), *permissions.codes(), width=Width.OWN))
    content = client.get(reverse("plans.progress")).content.decode()
    assert "隐患预防" in content
    assert "我方措施" not in content
