"""The statistics pages through the browser's door: numbers that open their rows, pickers, scope, files."""

from __future__ import annotations

import html
import io
import random
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anlu.apps.crashes import pages
from anlu.apps.crashes.imports import REVISION
from anlu.apps.crashes.models import Crash
from anlu.apps.crashes.pages import SHEETS, Sheet
from anlu.apps.crashes.permissions import VIEW
from anlu.kernel.core.models import AuditEntry
from anlu.kernel.core.revisions import touch
from anlu.kernel.people.models import Officer
from anlu.web.tables import NumberTable
from tests.apps.crashes.records import Scene, make_scene
from tests.factories import make_officer
from tests.lasting import handed_out, lasting

pytestmark = pytest.mark.django_db
by_sheet = pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.code)
MOST_QUESTIONS = 80  # small ones: most read the revision of something, on the page with five tables


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """A county with crashes and people of every scope; made once, only read, taken back at the end."""
    with pytest.MonkeyPatch.context() as patch, lasting(django_db_blocker):
        patch.setenv("ANLU_TODAY", "2023-05-20")
        made = make_scene(260, seed=11)
        touch(REVISION)
        with handed_out(django_db_blocker):
            yield made


@pytest.fixture
def chief(scene: Scene, client: Client) -> Officer:
    """Somebody who sees everything, signed in."""
    client.force_login(scene.viewers["all"])
    return scene.viewers["all"]


class Links(HTMLParser):
    """Addresses on a page with the words of their links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open = ""
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open, self._words = dict(attrs).get("href") or "", ""

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.found.append((self._open, " ".join(self._words.split())))


def links(client: Client, url: str) -> list[tuple[str, str]]:
    """What a page leads to."""
    reader = Links()
    reader.feed(client.get(url).content.decode())
    return reader.found


def tables_of(client: Client, sheet: Sheet, **asked: str) -> dict[str, NumberTable]:
    """The tables of a page."""
    content = client.get(reverse(sheet.page), asked).context["content"]
    return {one.table.code: one.table for one in (*content.blocks, *content.pairs)}


# ------------------------------------------------------------------------------------------------ numbers


@pytest.mark.parametrize("who", ["all", "squadron", "town"])
@by_sheet
def test_a_number_of_crashes_on_a_page_opens_that_many(
    sheet: Sheet, who: str, scene: Scene, client: Client
) -> None:
    client.force_login(scene.viewers[who])
    ledger = reverse("crashes.crash")
    asked = "?procedure=all&period=2022" if sheet.ordinary_first else ""
    counted = [
        (url, int(words))
        for url, words in links(client, reverse(sheet.page) + asked)
        if url.startswith(f"{ledger}?") and re.fullmatch("[0-9]+", words) and not is_sum(url)
    ]
    rng = random.Random(f"{sheet.code} {who}")
    for url, count in rng.sample(counted, min(6, len(counted))):
        assert client.get(url).context["total"].number == count, url
    if who == "all":
        assert counted


def is_sum(url: str) -> bool:
    """Whether a link opens the rows of persons or money, of which a row may add more than one."""
    return any(name in url for name in ("killed_min", "injured_min", "serious_min", "slight_min", "has_loss"))


def test_the_four_figures_and_last_years_open_their_rows(chief: Officer, client: Client) -> None:
    answer = client.get(reverse("crashes.statistics.four"), {"period": "2022", "procedure": "all"})
    columns = ("", "killed", "injured", "loss_cny")
    for figure, column in zip(answer.context["content"].figures, columns, strict=True):
        for url, words in ((figure.url, figure.value), (figure.previous_url, figure.previous.split()[1])):
            context = client.get(url).context
            rows = context["listing"].rows()
            total = sum(getattr(row, column) for row in rows) if column else rows.count()
            shown = f"{total / 10_000:,.2f}" if column == "loss_cny" else f"{total:,}"
            assert shown == words
    assert all(figure.interval for figure in answer.context["content"].figures[:3])


@by_sheet
def test_the_numbers_stand_in_tables_and_need_no_script(sheet: Sheet, chief: Officer, client: Client) -> None:
    answer = client.get(reverse(sheet.page))
    text = re.sub(r"<script\b.*?</script>", "", answer.content.decode(), flags=re.S)
    for table in tables_of(client, sheet).values():
        assert table.lines
        for line in table.lines:
            assert line.label in text
            for number in line.numbers:
                assert number.text in text
    assert "数据截至 2023-05-20" in text


def test_the_months_of_both_years_add_up_to_the_figures(chief: Officer, client: Client) -> None:
    answer = client.get(reverse("crashes.statistics.four"), {"period": "2022", "procedure": "all"})
    table = next(one.table for one in answer.context["content"].blocks if one.table.code == "months")
    *months, total = table.lines
    assert [line.label for line in months] == [f"{month}月" for month in range(1, 13)]
    for place in range(8):
        cents = [round(line.numbers[place].plain * 100) for line in months]  # type: ignore[operator]
        assert sum(cents) == round(total.numbers[place].plain * 100)  # type: ignore[operator]
    assert total.numbers[0].text == answer.context["content"].figures[0].value


def test_an_unfinished_year_is_compared_with_the_like_span(chief: Officer, client: Client) -> None:
    answer = client.get(reverse("crashes.statistics.four"), {"period": "2023", "procedure": "all"})
    figure = answer.context["content"].figures[0]
    assert "occurred_from=2023-01-01&occurred_to=2023-05-20" in figure.url
    assert "occurred_from=2022-01-01&occurred_to=2022-05-20" in figure.previous_url
    assert any("本期未满" in hint for hint in answer.context["content"].hints)


def test_the_page_says_when_procedures_may_have_shifted(chief: Officer, client: Client) -> None:
    said = set()
    for period in ("2021", "2022", "2022H1", "2022H2", "2021H2", "2022Q1", "2022Q2", "2022Q3", "2022Q4"):
        content = client.get(reverse("crashes.statistics.quality"), {"period": period}).context["content"]
        counts = next(one.table for one in content.pairs if one.table.code == "counts")
        ordinary, summary = counts.lines[0].numbers, counts.lines[1].numbers
        fell = ordinary[0].plain < ordinary[1].plain  # type: ignore[operator]
        rose = summary[0].plain > summary[1].plain  # type: ignore[operator]
        assert bool(content.hints) == (fell and rose), period
        said.add(bool(content.hints))
    assert False in said


# ------------------------------------------------------------------------------------------------ pickers


@by_sheet
@pytest.mark.parametrize(
    "asked",
    [
        {"period": "2023H3"},
        {"period": "2099"},
        {"from": "2023-02-30"},
        {"from": "2023-03-01", "to": "2023-01-01"},
        {"unit": "no such"},
        {"area": "\x00"},
        {"period": "9999999999"},
    ],
    ids=str,
)
def test_what_cannot_be_read_is_a_message_and_shows_no_figures(
    sheet: Sheet, asked: dict[str, str], chief: Officer, client: Client
) -> None:
    answer = client.get(reverse(sheet.page), asked)
    assert answer.status_code == 200
    assert answer.context["asked"].problems
    content = answer.context["content"]
    assert [*content.blocks, *content.figures, *content.charts, *content.pairs] == []
    assert answer.context["asked"].problems[0][:8] in html.unescape(answer.content.decode())


@pytest.mark.parametrize(
    "asked", [{"procedure": "x"}, {"measure": "x"}, {"columns": "x"}, {"kind": "x"}], ids=str
)
@by_sheet
def test_an_unknown_choice_falls_back_to_the_pages_own(
    sheet: Sheet, asked: dict[str, str], chief: Officer, client: Client
) -> None:
    assert client.get(reverse(sheet.page), asked).status_code == 200


def test_only_places_of_ones_own_scope_are_offered(scene: Scene, client: Client) -> None:
    county = scene.county

    def offered(who: str) -> tuple[set[str], set[str]]:
        client.force_login(scene.viewers[who])
        asked = client.get(reverse("crashes.statistics.four")).context["asked"]
        return {one.value for one in asked.units}, {one.value for one in asked.areas}

    units, areas = offered("all")
    assert {one.code for one in county.units} <= units
    assert {one.code for one in county.towns} <= areas
    squadron, merged, post = county.squadrons[0].code, county.merged.code, county.post.code
    assert offered("squadron") == ({squadron, merged, post}, set())  # one town is no choice
    assert offered("mine") == (set(), set())


def test_a_unit_of_somebody_else_shows_nothing(scene: Scene, client: Client) -> None:
    client.force_login(scene.viewers["squadron"])
    answer = client.get(reverse("crashes.statistics.four"), {"unit": scene.county.squadrons[2].code})
    assert answer.context["asked"].problems
    assert not answer.context["content"].figures


def test_tabs_and_steps_keep_what_was_chosen(chief: Officer, scene: Scene, client: Client) -> None:
    town = scene.county.towns[0].code
    answer = client.get(
        reverse("crashes.statistics.areas"), {"period": "2022H1", "area": town, "measure": "killed"}
    )
    asked = answer.context["asked"]
    for url in (asked.earlier, asked.later, *(tab.url for tab in answer.context["tabs"])):
        assert f"area={town}" in url
        assert "measure=killed" in url
    assert "period=2021H2" in asked.earlier
    assert "period=2022H2" in asked.later
    now = client.get(reverse("crashes.statistics.four"), {"period": "2023H1"}).context["asked"]
    assert now.later == ""  # has not begun


def test_the_page_begins_with_the_last_year_that_has_crashes(
    chief: Officer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLU_TODAY", "2026-11-24")
    assert client.get(reverse("crashes.statistics.four")).context["asked"].period.code == "2023"
    whole = client.get(reverse("crashes.statistics.time")).context["asked"].period
    assert whole.code == "2021-01-01..2023-12-31"


def test_ordinary_crashes_come_first_unless_no_crash_says_its_procedure(
    chief: Officer, client: Client
) -> None:
    page = reverse("crashes.statistics.four")
    assert client.get(page).context["asked"].chosen["procedure"] == "ordinary"
    Crash.objects.update(procedure="", version=F("version") + 1)
    touch(REVISION)
    assert client.get(page).context["asked"].chosen["procedure"] == "all"
    asked = client.get(page, {"procedure": "ordinary"}).context
    assert asked["asked"].chosen["procedure"] == "ordinary"
    assert any("全部程序" in hint for hint in asked["content"].hints)


def test_an_installation_without_crashes_says_how_to_begin(client: Client) -> None:
    client.force_login(make_officer(None, VIEW))
    Crash.objects.all().delete()
    touch(REVISION)
    for sheet in SHEETS:
        assert "还没有可以统计的事故" in client.get(reverse(sheet.page)).content.decode()


# ------------------------------------------------------------------------------------------------ scope


@by_sheet
def test_nothing_of_others_enters_the_figures(sheet: Sheet, scene: Scene, client: Client) -> None:
    """The pages of a town are the same when the crashes of everybody else are gone."""
    viewer = scene.viewers["town"]
    client.force_login(viewer)

    def shown() -> Any:
        content = client.get(reverse(sheet.page), {"from": "2022-01-01", "to": "2022-12-31"}).context[
            "content"
        ]
        tables = [one.table for one in (*content.blocks, *content.pairs)]
        return [(table.code, table.columns, table.rows) for table in tables], list(content.figures)

    before = shown()
    mine = Crash.objects.published().in_scope(viewer.scope_for(VIEW)).values_list("pk", flat=True)
    Crash.objects.exclude(pk__in=list(mine)).delete()
    assert shown() == before


@by_sheet
def test_a_page_asks_no_more_for_many_crashes_than_for_few(
    sheet: Sheet, chief: Officer, client: Client
) -> None:
    def questions(period: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(sheet.page), {"period": period}).status_code == 200
        return len(asked)

    questions("2022")  # what is asked once for a process is asked now
    assert questions("2022") <= questions("2021-01-15..2021-01-16") + 2
    assert questions("2022") <= MOST_QUESTIONS


# ------------------------------------------------------------------------------------------------ files


@by_sheet
def test_every_table_goes_to_excel_as_it_stands_and_is_recorded(
    sheet: Sheet, chief: Officer, client: Client
) -> None:
    for table in tables_of(client, sheet).values():
        before = AuditEntry.objects.filter(action="export", actor=chief.uid).count()
        answer = client.get(table.download_url)
        assert AuditEntry.objects.filter(action="export", actor=chief.uid).count() == before + 1
        content = b"".join(answer.streaming_content)  # type: ignore[arg-type]
        page = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
        head, origin, labels, *rows = [list(row) for row in page.iter_rows(values_only=True)]
        assert chief.name in str(origin[0])
        assert any(str(cell).startswith("数据截至") for cell in head)
        assert labels[: len(table.columns)] == [label or None for label in table.columns]
        for written, line in zip(rows, table.rows, strict=True):  # Excel keeps 16 digits of a number
            assert written[: len(line)] == [
                pytest.approx(one) if isinstance(one, float) else one for one in line
            ]


def test_who_may_not_export_finds_no_file(scene: Scene, client: Client) -> None:
    client.force_login(make_officer(scene.county.brigade, VIEW))
    answer = client.get(reverse("crashes.statistics.four"))
    assert answer.status_code == 200
    assert "export.xlsx" not in answer.content.decode()
    assert client.get(reverse("crashes.statistics.export")).status_code == 403


def test_a_file_of_a_page_or_table_that_is_not_there(chief: Officer, client: Client) -> None:
    page = reverse("crashes.statistics.export")
    assert client.get(page, {"sheet": "no such"}).status_code == 404
    answer = client.get(page, {"sheet": "four", "table": "no such"})
    assert answer.status_code == 200


# ------------------------------------------------------------------------------------------------ filters of the ledger


def test_the_filters_of_the_ledger_narrow_every_table_and_go_with_every_number(
    chief: Officer, client: Client
) -> None:
    asked = {"period": "2022", "severity": ["fatal", "serious"], "hour": ["7", "8", "9", "10", "17", "-"]}
    answer = client.get(reverse("crashes.statistics.areas"), asked)
    inside = client.get(
        reverse("crashes.crash"),
        {**asked, "occurred_from": "2022-01-01", "occurred_to": "2022-12-31"},
    ).context["total"]
    table = next(one.table for one in answer.context["content"].blocks)
    assert table.lines[-1].numbers[0].plain == inside.number > 0
    for line in table.lines:
        if line.numbers[0].url:
            assert "severity=fatal&severity=serious" in line.numbers[0].url
            assert client.get(line.numbers[0].url).context["total"].number == line.numbers[0].plain
    assert len(answer.context["asked"].chips) == 2
    assert "后果 死亡、重伤" in answer.context["page_note"]


def test_a_filter_that_cannot_be_read_shows_no_figures(chief: Officer, client: Client) -> None:
    answer = client.get(reverse("crashes.statistics.areas"), {"killed_min": "zwei"})
    assert answer.context["asked"].problems
    assert not answer.context["content"].blocks


def test_filters_stay_when_anything_else_is_chosen(chief: Officer, client: Client) -> None:
    answer = client.get(reverse("crashes.statistics.causes"), {"severity": ["fatal"], "measure": "killed"})
    asked = answer.context["asked"]
    for _, choices in asked.choices:
        assert all("severity=fatal" in one.url for one in choices)
    assert all("severity=fatal" in tab.url for tab in answer.context["tabs"])
    assert ("severity", "fatal") in asked.kept_by_places
    fields = {one.name: one.value for one in asked.kept_by_filters}
    assert fields == {"measure": "killed"} | {"period": asked.period.code}


def test_a_page_that_divides_by_several_does_not_filter_by_the_same(chief: Officer, client: Client) -> None:
    names = {one.name for one in client.get(reverse("crashes.statistics.involved")).context["asked"].filters}
    assert not names & {"vehicle_class", "party_age", "occurred", "unit", "town", "procedure"}
    assert {"severity", "q", "within"} & names


def test_items_without_crashes_in_either_year_are_listed_only_when_asked_for(
    chief: Officer, client: Client
) -> None:
    day = {"period": "2022-03-01..2022-03-02", "procedure": "all"}

    def labels(**more: str) -> set[str]:
        answer = client.get(reverse("crashes.statistics.areas"), {**day, **more})
        return {line.label for line in answer.context["content"].blocks[0].table.lines[:-1]}

    assert {"甲镇", "乙镇", "丙镇", "丁镇", "戊镇"} <= labels(rows="all")
    used, shown = labels(), labels(rows="all")
    assert used < shown
    table = client.get(reverse("crashes.statistics.areas"), day).context["content"].blocks[0].table
    for line in table.lines[:-1]:
        assert line.numbers[0].plain or line.numbers[2].plain


def test_small_numbers_are_called_small(chief: Officer, client: Client) -> None:
    answer = client.get(reverse("crashes.statistics.areas"), {"period": "2022", "procedure": "all"})
    table = answer.context["content"].blocks[0].table
    assert table.heads[-1] == "波动范围"
    assert all("数量较小" in line.numbers[-1].text for line in table.lines[:-1])
    assert "不足100" in table.note
    assert "一般程序" in answer.context["caliber"]
    assert "7 日内" in answer.context["caliber"]


def test_every_chart_has_its_picture_and_its_numbers(chief: Officer, client: Client) -> None:
    for sheet in SHEETS:
        answer = client.get(reverse(sheet.page), {"period": "2022"})
        content = answer.context["content"]
        charts = [*content.charts, *content.charts_below, *(one.chart for one in content.blocks if one.chart)]
        assert answer.content.decode().count("data-chart-picture") == len(charts)
        for chart in charts:
            file = client.get(chart["data_url"])
            assert file.status_code == 200
            assert b"".join(file.streaming_content)[:2] == b"PK"


def test_a_long_table_shows_its_first_lines_and_its_file_holds_all(
    chief: Officer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_LINES", 2)
    asked = {"period": "2022", "procedure": "all"}
    table = client.get(reverse("crashes.statistics.areas"), asked).context["content"].blocks[0].table
    assert len(table.lines) == 3
    assert table.lines[-1].total
    assert "见 Excel" in table.note
    file = client.get(table.download_url)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content)))
    written = [row[0].value for row in book.worksheets[0].iter_rows()]
    assert {"甲镇", "乙镇", "丙镇", "丁镇"} <= set(written)
    everything = client.get(reverse("crashes.statistics.areas"), {**asked, "rows": "all"})
    assert len(everything.context["content"].blocks[0].table.lines) > 3
