"""闭环统计: every number of the page opens exactly the rows that it counts; the file holds the same numbers."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace

import pytest
from django.test import Client
from openpyxl import load_workbook

from anlu.engine.periods import Period
from anlu.kernel.cases.models import Case
from anlu.kernel.core.models import AuditEntry
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import value_of
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Officer
from anlu.web.figures import rows_url
from tests.apps.hazards.records import add_hazards
from tests.factories import make_area, make_officer, make_unit

pytestmark = pytest.mark.django_db
PAGE = "/cases/statistics/"
HALF = {"start": "2023-01-01", "end": "2023-06-30"}


@pytest.fixture
def reader(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> Officer:
    """Somebody of the brigade who sees 60 hazards of two towns; some have no unit, no town, no lead."""
    monkeypatch.setenv("ANLU_TODAY", "2023-06-30")
    towns = [make_area("甲镇"), make_area("乙镇")]
    units = [make_unit("一中队"), make_unit("二中队")]
    add_hazards(SimpleNamespace(units=units, areas=towns), count=60)
    for place, case in enumerate(Case.objects.order_by("pk")):
        Case.objects.filter(pk=case.pk).update(lead=units[place % 2] if place % 3 else None)
    officer = make_officer(None, "cases.statistics.view", "cases.statistics.export", "hazards.hazard.view")
    client.force_login(officer)
    return officer


@pytest.mark.parametrize("by", ["kind", "town", "lead"])
def test_every_number_opens_exactly_its_rows(reader: Officer, client: Client, by: str) -> None:
    table = client.get(PAGE, {**HALF, "by": by}).context["table"]
    followed = 0
    for line in table.lines:
        for head, number in zip(table.heads, line.numbers, strict=True):
            if number.url and head != "按期率":
                assert client.get(number.url).context["total"].number == number.plain, (line.label, head)
                followed += 1
    assert followed > 20


@pytest.mark.parametrize("by", ["kind", "town", "lead"])
def test_numbers_of_a_period_that_is_over_open_what_was_so_on_its_last_day(
    reader: Officer, client: Client, by: str
) -> None:
    """Much of it is closed since; what had to be done is closed cases and open ones together."""
    table = client.get(PAGE, {"start": "2023-01-01", "end": "2023-04-30", "by": by}).context["table"]
    opened = dict.fromkeys(("应办结", "未办结", "逾期"), 0)
    for line in table.lines:
        for head, number in zip(table.heads, line.numbers, strict=True):
            if head == "按期率" or not number.plain:
                continue
            listed = client.get(number.url)
            assert listed.context["total"].number == number.plain, (line.label, head)
            opened[head] = opened.get(head, 0) + number.plain
    assert min(opened[head] for head in ("应办结", "未办结", "逾期")) > 0


@pytest.mark.parametrize("code", ["hazards.open", "hazards.overdue"])
def test_open_and_overdue_figures_open_the_ledger_at_the_end_of_their_period(
    reader: Officer, client: Client, code: str
) -> None:
    window = Window(period=Period.parse("2023-04"))
    value = value_of(indicators.get(code), window, reader)
    url = rows_url(indicators.get(code), window)
    assert url.startswith("/hazards/?")
    assert client.get(url).context["total"].number == value.value > 0


@pytest.mark.parametrize("by", ["town", "lead"])
def test_the_parts_add_up_to_the_last_line(reader: Officer, client: Client, by: str) -> None:
    *parts, whole = client.get(PAGE, {**HALF, "by": by}).context["table"].lines
    assert (whole.label, parts[-1].label, len(parts)) == ("合计", "未定", 3)
    for place in (0, 1, 2, 3, 5, 6, 7):
        assert sum(line.numbers[place].plain for line in parts) == whole.numbers[place].plain
    assert (
        whole.numbers[0].plain
        == Case.objects.live().exclude(outcome="merged").filter(found_on__gte="2023-01-01").count()
    )


def test_the_file_has_the_same_numbers_and_is_recorded(reader: Officer, client: Client) -> None:
    shown = client.get(PAGE, {**HALF, "by": "town"})
    url = re.search(r'href="([^"]*export\.xlsx[^"]*)"', shown.content.decode())
    assert url is not None
    answer = client.get(url.group(1).replace("&amp;", "&"))
    sheet = load_workbook(io.BytesIO(b"".join(answer))).active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    assert reader.name in str(lines[1][0])  # the watermark
    rows = {row[0]: row[1:9] for row in lines}
    line = next(one for one in shown.context["table"].lines if one.label == "甲镇")
    assert rows["甲镇"] == tuple(number.plain for number in line.numbers[:8])
    assert AuditEntry.objects.filter(action="export", thing_kind="indicators.table").count() == 1


def test_without_the_permission_nothing_leaves_as_a_file(client: Client) -> None:
    client.force_login(make_officer(None, "cases.statistics.view", "hazards.hazard.view"))
    assert "export.xlsx" not in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}export.xlsx").status_code == 403
    assert client.get(PAGE, {"as": "xlsx"}).headers["Content-Type"].startswith("text/html")


def test_what_is_overdue_counts_as_not_in_time(reader: Officer, client: Client) -> None:
    whole = client.get(PAGE, {**HALF, "by": "town"}).context["table"].lines[-1]
    shown = dict(zip(client.get(PAGE).context["table"].heads, whole.numbers, strict=True))
    live = Case.objects.live()
    closed = live.filter(outcome="resolved", closed_on__range=("2023-01-01", "2023-06-30"))
    kept, late = closed.filter(on_time=True).count(), closed.filter(on_time=False).count()
    overdue = live.filter(closed_on=None, due_on__lt="2023-06-30", found_on__lte="2023-06-30").count()
    assert overdue
    assert shown["按期办结"].plain == kept
    assert shown["应办结"].plain == kept + late + overdue
    assert shown["按期率"].text == f"{kept / (kept + late + overdue):.1%}"


def test_somebody_without_a_ledger_sees_nothing_and_a_wrong_day_is_said(
    reader: Officer, client: Client
) -> None:
    wrong = client.get(PAGE, {"start": "1.1.2023"})
    assert "日期应写成" in wrong.content.decode()
    client.force_login(make_officer(None, "cases.statistics.view"))
    assert client.get(PAGE, {"by": "town"}).context["table"].lines == ()
