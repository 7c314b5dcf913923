"""Boards: panels of new apps appear, people see their own part, numbers are those of the lists that they open."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from anlu.apps.crashes.permissions import VIEW as CRASH_VIEW
from anlu.apps.dashboard.choosing import MOST, TooManyChosen, choose, chosen_by
from anlu.apps.dashboard.pages import pages_of
from anlu.kernel.activities.services import add_activity
from anlu.kernel.cases.kinds import Kind, kinds
from anlu.kernel.cases.models import Case, Outcome
from anlu.kernel.cases.services import move_case, open_case
from anlu.kernel.core.demo import on_day
from anlu.kernel.core.models import AuditEntry
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.models import Officer
from anlu.kernel.places.models import SiteKind
from anlu.kernel.places.registers import add_site
from anlu.kernel.places.services import add_road
from anlu.web.desk.indicators import known_to
from anlu.web.desk.panels.places import why_closed
from anlu.web.panels import Board, Contents, Panel, Shown, Sight, panels, shown_on
from tests.apps.crashes.records import add_crash
from tests.factories import make_area, make_officer, make_unit, seed_dictionaries

pytestmark = pytest.mark.django_db
TODAY = date(2023, 7, 3)
BOARDS = ("dashboard.morning", "dashboard.leader", "dashboard.screen")
FILE = """
from anlu.web.panels import Board, Contents, Tally, panel


@panel("trial.duty", "今天谁值班", permission="web.today", boards=tuple(Board), screen="值班")
def duty(sight):
    return Contents(tallies=[Tally("在岗", 27, "人", "/")])
"""


@pytest.fixture(autouse=True)
def on_a_fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLU_TODAY", f"{TODAY}")


def add_case(kind: Kind, title: str, due_on: date | None, **facts: Any) -> None:
    """A case that stands where its kind begins."""
    Case.objects.create(
        kind=kind.code,
        family=kind.family,
        number=title,
        title=title,
        state=kind.lifecycle.start,
        found_on=date(2023, 6, 1),
        due_on=due_on,
        **facts,
    )


@pytest.fixture
def chief() -> Officer:
    """Somebody who sees everything."""
    return make_officer(make_unit(), *permissions.codes())


@pytest.fixture
def duty_panel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A panel of a package that did not exist before, forgotten afterwards."""
    package = tmp_path / "trial_duty"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "panels.py").write_text(FILE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module("trial_duty.panels")
    yield
    panels._items.pop("trial.duty")
    for name in [one for one in sys.modules if one.startswith("trial_duty")]:
        del sys.modules[name]


@pytest.mark.parametrize("page", BOARDS)
def test_a_panel_of_a_new_app_stands_on_every_board_it_names(
    page: str, duty_panel: None, chief: Officer, client: Client
) -> None:
    client.force_login(chief)
    assert "今天谁值班" in client.get(reverse(page)).content.decode()


def test_a_panel_is_absent_without_its_permission(duty_panel: None, client: Client) -> None:
    client.force_login(make_officer(make_unit(), "dashboard.morning.view"))
    answer = client.get(reverse("dashboard.morning"))
    assert answer.status_code == 200
    assert answer.context["panels"] == []


def test_people_of_a_squadron_count_their_own_crashes() -> None:
    ours, theirs = make_unit(), make_unit()
    for number, unit in (("A", ours), ("B", ours), ("C", theirs)):
        add_crash(number, date(2023, 7, 2), unit=unit)
    mine = make_officer(ours, CRASH_VIEW, width=Width.OWN)
    everything = make_officer(ours, CRASH_VIEW)
    for viewer, number in ((mine, "2"), (everything, "3")):
        found = {one.panel.code: one for one in shown_on(Board.MORNING, Sight(viewer, TODAY))}
        contents = found["crashes.yesterday"].contents
        assert contents.tallies[0].number == number
        assert len(contents.entries) == int(number)


def test_every_number_of_the_boards_opens_as_many_rows(chief: Officer, client: Client) -> None:
    seed_dictionaries()
    for n in range(8):
        add_crash(f"A{n}", date(2023, 7, 2), killed=int(n == 3))
    client.force_login(chief)
    panel = next(one for one in shown_on(Board.MORNING, Sight(chief, TODAY)) if one.label == "昨日事故")
    total = panel.contents.tallies[0]
    assert (total.number, panel.contents.more) == ("8", 2)
    page = client.get(total.url).content.decode()
    assert "共 8 起" in page


def test_what_is_due_opens_exactly_its_cases(chief: Officer, client: Client) -> None:
    kind = next(iter(kinds))
    days = {"今天": 0, "逾期": -3, "明天": 1}
    add_case(kind, "没有期限", None)
    for title, days_left in days.items():
        add_case(kind, title, TODAY + timedelta(days=days_left))
    add_case(kind, "已办结", TODAY - timedelta(days=9), closed_on=TODAY, outcome=Outcome.RESOLVED)
    due = next(one for one in shown_on(Board.MORNING, Sight(chief, TODAY)) if one.panel.code == "cases.due")
    assert due.contents.note == "2 件"
    client.force_login(chief)
    opened = client.get(due.contents.url).context
    assert [line["title"] for line in opened["lines"]] == ["逾期", "今天"]
    assert next(tab["number"] for tab in opened["tabs"] if tab["active"]) == 2
    asked = [client.get(f"{reverse('cases.work')}?list=unit"), client.get(reverse("web.today"))]
    shown = [asked[0].context["lines"], asked[1].context["cases"]["lines"]]
    assert [[line["title"] for line in lines] for lines in shown] == [
        ["逾期", "今天", "明天", "没有期限"]
    ] * 2


def test_what_came_in_since_yesterday_opens_exactly_its_rows(chief: Officer, client: Client) -> None:
    seed_dictionaries()
    entered = (datetime(2023, 7, 1, 23, 59), datetime(2023, 7, 2, 0, 0), datetime(2023, 7, 3, 8, 0))
    for n, moment in enumerate(entered):
        crash = add_crash(f"A{n}", date(2023, 6, 30))
        type(crash).objects.filter(pk=crash.pk).update(recorded_at=timezone.make_aware(moment))
    client.force_login(chief)
    news = client.get(reverse("web.today")).context["news"]
    crashes = next(one for one in news if one.url == reverse("crashes.crash"))
    assert (crashes.new.number, crashes.all.number) == (2, 3)
    assert "共 2 起" in client.get(crashes.new_url).content.decode()


def test_fairs_go_by_the_lunar_day_and_open_the_same_sites(chief: Officer, client: Client) -> None:
    seed_dictionaries()
    town = make_area("东镇")
    for code, days in (("M1", [1, 6]), ("M2", [2, 7]), ("M3", [10]), ("M4", [6])):
        facts = {"code": code, "name": f"{code}集", "kind": SiteKind.MARKET, "fair_days": days, "town": town}
        add_site(facts, by=SYSTEM)
    found = {one.panel.code: one for one in shown_on(Board.MORNING, Sight(chief, TODAY))}
    contents = found["places.today"].contents
    assert contents.tallies[0].number == 2  # 3 July 2023 is 五月十六
    client.force_login(chief)
    page = client.get(contents.tallies[0].url).content.decode()
    assert "M1集" in page
    assert "M4集" in page
    assert "M2集" not in page
    assert "M3集" not in page


@pytest.mark.parametrize(
    ("day", "why"),
    [(TODAY, ""), (date(2023, 7, 2), "休息日"), (date(2023, 7, 12), "暑假"), (date(2023, 6, 22), "休息日")],
)
def test_schools_are_closed_on_days_off_and_in_their_holidays(day: date, why: str, chief: Officer) -> None:
    seed_dictionaries()
    assert why_closed(Sight(chief, day)) == why


def test_everybody_chooses_their_own_indicators(chief: Officer, client: Client) -> None:
    other = make_officer(make_unit(), *permissions.codes())
    wanted = [one.code for one in known_to(chief)][5:7]
    client.force_login(chief)
    answer = client.post(reverse("dashboard.choice"), {"indicator": [*wanted, "no.such"]})
    assert answer.status_code == 302
    assert [one.code for one in chosen_by(chief)] == wanted
    assert [one.code for one in chosen_by(other)] == [
        "crash.count",
        "crash.killed",
        "crash.injured",
        "crash.loss",
    ]
    client.post(reverse("dashboard.choice"), {"deed": "reset"})
    assert chosen_by(chief) == chosen_by(other)


def test_more_than_a_view_holds_is_refused(chief: Officer) -> None:
    with pytest.raises(TooManyChosen):
        choose([one.code for one in known_to(chief)][: MOST + 1], by=chief)


def test_morning_and_screen_show_the_numbers_of_the_leader_s_view(chief: Officer, client: Client) -> None:
    for n in range(3):
        add_crash(f"A{n}", date(2023, 3, n + 1), procedure="ordinary", killed=1)
    client.force_login(chief)
    pages = [client.get(reverse(code)).content.decode() for code in BOARDS]
    numbers = [re.findall(r'class="figure__value"[^>]*><b>([^<]*)</b>', page) for page in pages]
    assert numbers[0] == numbers[1] == numbers[2]
    assert numbers[0][:2] == ["3", "3"]  # crashes, killed


def test_roads_of_the_map_open_as_many_crashes_and_the_file_holds_all_of_them(
    chief: Officer, client: Client
) -> None:
    seed_dictionaries()
    for code, name, times in (("G105", "国道105", 3), ("S259", "省道259", 1)):
        road = add_road(code, name, by=SYSTEM, administrative_class="1")
        for n in range(times):
            add_crash(f"{code}-{n}", date(2023, 3, n + 1), procedure="ordinary", road=road, killed=n % 2)
    add_crash("elsewhere", date(2023, 3, 1), procedure="ordinary")
    add_crash("last-year", date(2022, 3, 1), procedure="ordinary", road=road)
    client.force_login(chief)
    answer = client.get(reverse("dashboard.leader"))
    lines = answer.context["roads"].table.lines
    assert [(line.label, line.numbers[0].plain, line.numbers[1].plain) for line in lines] == [
        ("国道105(G105)", 3, 1),
        ("省道259(S259)", 1, 0),
        ("未定道路", 1, 0),
    ]
    assert sum(line.numbers[0].plain for line in lines) == int(answer.context["figures"].cards[0].value)
    assert "共 1 起" in client.get(lines[-1].numbers[0].url).content.decode()
    assert "共 3 起" in client.get(lines[0].numbers[0].url).content.decode()
    file = client.get(answer.context["roads_data_url"])
    sheet = load_workbook(BytesIO(b"".join(file.streaming_content))).active
    assert [row[1] for row in sheet.iter_rows(values_only=True) if row[0] == "国道105(G105)"] == [3]


def test_the_numbers_of_a_chart_are_downloaded_and_recorded(chief: Officer, client: Client) -> None:
    for number, day in (("A", date(2023, 1, 4)), ("B", date(2023, 1, 5)), ("C", date(2022, 2, 6))):
        add_crash(number, day, procedure="ordinary")
    client.force_login(chief)
    chart = client.get(reverse("dashboard.leader")).context["charts"][0]
    file = client.get(chart["data_url"])
    rows = list(load_workbook(BytesIO(b"".join(file.streaming_content))).active.iter_rows(values_only=True))
    assert [row[:3] for row in rows if row[0] in ("1月", "2月")] == [("1月", 2, 0), ("2月", 0, 1)]
    assert AuditEntry.objects.filter(action="export").exists()
    for table in ({}, {"table": "no.such"}):
        assert client.get(reverse("dashboard.data"), table).status_code == 404


def test_who_may_not_export_finds_no_file(client: Client) -> None:
    add_crash("A", date(2023, 1, 4), procedure="ordinary")
    client.force_login(make_officer(make_unit(), "dashboard.leader.view", CRASH_VIEW))
    answer = client.get(reverse("dashboard.leader"))
    assert [one["data_url"] for one in answer.context["charts"]] == [""]
    assert client.get(reverse("dashboard.data")).status_code == 403


@pytest.mark.parametrize(
    ("compare", "value", "before", "words", "title", "called", "drawn"),
    [
        ("year", "2", "上年同期 4 起", "50.00%", "下降50.00%(4→2起)", "2022年", 4),
        ("before", "2", "上期 1 起", "100.00%", "上升100.00%(1→2起)", "上期", 1),
        ("total", "3", "上年同期 4 起", "25.00%", "下降25.00%(4→3起)", "2022年", 4),
    ],
)
def test_figures_are_compared_with_last_year_the_period_before_or_so_far(
    compare: str,
    value: str,
    before: str,
    words: str,
    title: str,
    called: str,
    drawn: int,
    chief: Officer,
    client: Client,
) -> None:
    for year, month, times in ((2023, 1, 1), (2023, 2, 2), (2022, 2, 4)):
        for n in range(times):
            add_crash(f"{year}-{month}-{n}", date(year, month, n + 1), procedure="ordinary")
    client.force_login(chief)
    asked = {"period": "2023-02", "compare": compare}
    leader = client.get(reverse("dashboard.leader"), asked).context
    card, chart = leader["figures"].cards[0], leader["charts"][0]
    assert (card.value, card.previous, card.change) == (value, before, words)
    assert chart["title"].endswith(title)
    assert chart["options"]["labels"]["previous"] == called
    assert sum(amount or 0 for amount in chart["options"]["previous"]) == drawn
    assert card.spark.previous[-1] == drawn
    file = client.get(reverse("dashboard.data"), asked | {"table": chart["table_code"]})
    sheet = load_workbook(BytesIO(b"".join(file.streaming_content))).active  # type: ignore[attr-defined]
    assert called in [cell.value for row in sheet.iter_rows(max_row=6) for cell in row]
    page = client.get(reverse("indicators.indicator", args=["crash.count"]), asked)
    figure = page.context["figure"]
    assert (figure.value, figure.previous) == (value, before)
    chapters = client.get(reverse("indicators.catalogue"), asked).context["groups"]
    entry = next(one for _, entries in chapters for one in entries if one.indicator.code == "crash.count")
    for address in (card.method_url, entry.url):  # leads to the same comparison
        led = client.get(address).context["figure"]
        assert (led.value, led.previous, led.change) == (value, before, words)
    assert (entry.number.plain, f"{entry.previous.plain}") == (int(value), before.split()[1])


def test_the_morning_page_says_with_what_it_compares(chief: Officer, client: Client) -> None:
    client.force_login(chief)
    for choice, words in (
        ("", "上年同样起止日期"),
        ("before", "前一期的同样长短"),
        ("total", "年初至期末的累计"),
    ):
        page = client.get(reverse("dashboard.morning"), {"period": "2023-02", "compare": choice})
        assert words in page.content.decode(), choice


def test_cases_sent_back_yesterday_and_due_today_open_as_many_rows(chief: Officer, client: Client) -> None:
    seed_dictionaries()
    office, lead = make_unit(), make_unit()
    facts = {"title": "补划标线", "unit": office, "lead": lead}

    def decision(found: str, due: date) -> Case:
        with on_day(found):
            return open_case("governance.decision", {**facts, "due_on": due}, by=SYSTEM)

    returned, earlier = (decision("2023-06-20", date(2023, 7, 20)) for _ in range(2))
    for case, day in ((returned, "2023-07-02"), (earlier, "2023-06-25")):
        with on_day(day):
            move_case(case.uid, "reply", by=SYSTEM, note="已办")
            move_case(case.uid, "return", by=SYSTEM, note="未附照片")
    decision("2023-06-20", TODAY)
    decision("2023-06-20", date(2023, 7, 1))
    found = {one.panel.code: one.contents for one in shown_on(Board.MORNING, Sight(chief, TODAY))}
    table = found["cases.yesterday"].table
    assert table is not None
    number = table.lines[0].numbers[table.heads.index("退回")]
    client.force_login(chief)
    assert number.plain == 1
    page = client.get(number.url).content.decode()
    assert returned.number in page
    assert earlier.number not in page
    due = found["cases.due"]
    assert (
        len(due.entries) == 3
    )  # two that were set so, and the one sent back in June, which got three days anew
    assert client.get(due.url).context["shown"].paginator.count == 3


def test_who_is_on_duty_stands_in_its_own_panel_and_not_among_the_activities(client: Client) -> None:
    ours, theirs = make_unit(), make_unit()
    for unit, day, leader in ((ours, TODAY, "甲"), (theirs, TODAY, "乙"), (ours, date(2023, 7, 4), "丙")):
        facts = {"leader": leader, "officers": "丁、戊"}
        values = {
            "kind": "dashboard.duty",
            "title": "值班",
            "planned_on": day,
            "unit": unit,
            "details": facts,
        }
        add_activity(values, by=SYSTEM, permission="dashboard.duty.add")
    mine = make_officer(ours, *permissions.codes(), width=Width.OWN)
    found = {one.panel.code: one.contents for one in shown_on(Board.MORNING, Sight(mine, TODAY))}
    assert [one.what for one in found["dashboard.duty"].entries] == ["带班 甲，值班 丁、戊"]
    assert found["activities.today"].is_empty
    client.force_login(mine)
    assert "共 1 次" in client.get(found["dashboard.duty"].url).content.decode()


def test_the_overview_comes_first_and_no_page_is_lost() -> None:
    def shown(code: str, screen: str) -> Shown:
        return Shown(Panel(code, code, lambda _: Contents(), "", (Board.SCREEN,), screen=screen), Contents())

    found = pages_of([shown("a", "今天"), shown("b", ""), shown("c", "值班"), shown("d", "今天")])
    assert [(one.label, len(one.panels)) for one in found] == [("总览", 1), ("今天", 2), ("值班", 1)]


@pytest.mark.parametrize("page", BOARDS)
def test_more_records_ask_no_more_queries(page: str, chief: Officer, client: Client) -> None:
    seed_dictionaries()
    client.force_login(chief)
    add_crash("A", date(2023, 7, 2))
    client.get(reverse(page))
    counts = []
    for start in (0, 20):
        for n in range(start, start + 4 + start):
            add_crash(f"B{start}-{n}", date(2023, 7, 2))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(page))
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 1
