"""The import wizard from the file to the withdrawal, as the browser goes through it."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from anlu.apps.crashes.models import Crash
from anlu.kernel.core.models import AuditEntry, Batch, Job
from anlu.kernel.core.models.jobs import JobState
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import Width
from anlu.kernel.people.models import Officer
from tests.factories import make_officer, make_unit, seed_dictionaries

pytestmark = pytest.mark.django_db

HEADER = ("事故编号", "发生时间", "后果", "死亡", "受伤")
GOOD = [
    ("W-001", "2023-03-01 08:30", "死亡", "1", "0"),
    ("W-002", "2023-03-02 18:05", "轻伤", "0", "2"),
]
BAD = [("W-003", "2023-02-30 08:30", "轻伤", "0", "1")]
START = "crashes.crash.import"


@pytest.fixture
def clerk(db: None, client: Client) -> Officer:
    """Somebody who imports."""
    seed_dictionaries()
    officer = make_officer(make_unit(), *permissions.codes())
    client.force_login(officer)
    return officer


def table(
    *rows: tuple[str, ...], header: tuple[str, ...] = HEADER, name: str = "事故.csv"
) -> SimpleUploadedFile:
    """A CSV file in our own headings."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return SimpleUploadedFile(name, text.getvalue().encode("utf-8-sig"), "text/csv")


def upload(client: Client, file: SimpleUploadedFile, **more: Any) -> Any:
    """Post the form of the first step and follow it."""
    return client.post(reverse(START), {"main": file, **more}, follow=True)


def headings_of_template(client: Client) -> list[str]:
    """The first row of the empty table."""
    answer = client.get(reverse("crashes.crash.import.template"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [str(cell.value) for cell in book.worksheets[0][1]]


def test_the_template_has_the_headings_that_are_recognised(client: Client, clerk: Officer) -> None:
    headings = headings_of_template(client)
    assert set(HEADER[:2]) <= set(headings)
    answer = upload(client, table(*GOOD))
    assert answer.context["found"]["profile_code"] == "template"


def test_a_filled_template_in_excel_is_taken(client: Client, clerk: Officer) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (HEADER, *GOOD):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    answer = upload(client, SimpleUploadedFile("事故.xlsx", file.getvalue()))
    assert answer.context["counts"]["accepted"] == 2


def test_nothing_is_written_before_it_is_confirmed(client: Client, clerk: Officer) -> None:
    answer = upload(client, table(*GOOD, *BAD))
    counts = answer.context["counts"]
    assert {name: counts[name] for name in ("rows", "accepted", "updated", "unchanged", "refused")} == {
        "rows": 3,
        "accepted": 2,
        "updated": 0,
        "unchanged": 0,
        "refused": 1,
    }
    assert not Crash.objects.exists()
    assert not Batch.objects.exists()


def test_the_preview_frames_the_bad_cell_and_hands_the_row_back_with_its_reason(
    client: Client, clerk: Officer
) -> None:
    answer = upload(client, table(*GOOD, *BAD))
    assert '<span class="bad-cell">2023-02-30 08:30</span>' in answer.content.decode()
    given = client.get(answer.context["refused_url"])
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(given.streaming_content))).worksheets[0]
    titles, row = ([cell.value for cell in line] for line in sheet.iter_rows(max_row=2))
    assert titles[-1] == "退回原因"
    assert row[0] == 4
    assert "W-003" in row
    assert "2023-02-30" in str(row[-1])


def test_the_preview_says_what_is_odd_about_the_whole_file(client: Client, clerk: Officer) -> None:
    header = ("事故编号", "发生时间", "经度", "纬度")
    rows = [(f"W-{n}", "2023-06-30 08:15", "36.80", "115.90") for n in range(3)]
    page = upload(client, table(*rows, header=header)).content.decode()
    assert "3 行的经度、纬度像是写反了" in page


def test_confirming_imports_and_shows_what_came_of_it(client: Client, clerk: Officer) -> None:
    preview = upload(client, table(*GOOD, *BAD))
    answer = client.post(preview.redirect_chain[-1][0], follow=True)
    batch = Batch.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("web.batch", args=[batch.uid])
    assert (batch.state, batch.accepted, batch.refused) == ("live", 2, 1)
    assert client.get(reverse("crashes.crash")).context["total"].number == 2
    assert AuditEntry.objects.filter(action="import", actor=clerk.uid).count() == 1
    refused = client.get(answer.context["refused_url"])
    assert refused.status_code == 200
    crash = Crash.objects.get(number="W-001")
    detail = client.get(reverse("crashes.crash.detail", args=[crash.uid])).content.decode()
    assert reverse("web.batch", args=[batch.uid]) in detail


@pytest.mark.parametrize(
    ("choice", "severity", "counts"), [("update", "fatal", (1, 1, 0)), ("skip", "slight", (1, 0, 1))]
)
def test_records_that_are_there_are_changed_or_passed_over_as_one_chooses(
    client: Client, clerk: Officer, choice: str, severity: str, counts: tuple[int, int, int]
) -> None:
    client.post(upload(client, table(GOOD[1])).redirect_chain[-1][0])
    changed = ("W-002", "2023-03-02 18:05", "死亡", "1", "0")
    preview = upload(client, table(GOOD[0], changed))
    assert "跳过，只写入新增的 1 起" in preview.content.decode()
    client.post(preview.redirect_chain[-1][0], {"existing": choice})
    batch = Batch.objects.latest("pk")
    assert (batch.accepted, batch.updated, batch.unchanged) == counts
    told = client.get(reverse("web.batch", args=[batch.uid])).content.decode()
    assert {"update": "按文件更新", "skip": "跳过，不改"}[choice] in told
    assert Crash.objects.get(number="W-002").severity == severity
    assert Crash.objects.filter(number="W-001").exists()


def test_confirming_twice_imports_once(client: Client, clerk: Officer) -> None:
    url = upload(client, table(*GOOD)).redirect_chain[-1][0]
    client.post(url)
    client.post(url)
    assert Batch.objects.count() == 1
    assert Job.objects.filter(kind="web.import.run").count() == 1


def test_the_same_file_again_changes_nothing_and_offers_nothing(client: Client, clerk: Officer) -> None:
    client.post(upload(client, table(*GOOD)).redirect_chain[-1][0])
    again = upload(client, table(*GOOD))
    assert again.context["counts"]["unchanged"] == 2
    assert "没有需要写入的内容" in again.content.decode()


def test_a_batch_is_withdrawn_within_a_day(client: Client, clerk: Officer) -> None:
    client.post(upload(client, table(*GOOD)).redirect_chain[-1][0])
    batch = Batch.objects.get()
    page = client.get(reverse("web.batch", args=[batch.uid]))
    asked = client.get(page.context["withdraw_url"]).content.decode()
    assert "撤回 2 行" in asked
    client.post(page.context["withdraw_url"])
    batch.refresh_from_db()
    assert batch.state == "withdrawn"
    assert client.get(reverse("crashes.crash")).context["total"].number == 0
    assert not client.get(reverse("web.batch", args=[batch.uid])).context["withdraw_url"]


def test_why_a_batch_cannot_be_withdrawn_is_said(client: Client, clerk: Officer) -> None:
    client.post(upload(client, table(*GOOD)).redirect_chain[-1][0])
    batch = Batch.objects.get()
    Crash.objects.filter(number="W-001").update(version=2)
    answer = client.post(reverse("web.batch.withdraw", args=[batch.uid]), follow=True)
    assert "不能撤回" in answer.content.decode()
    batch.refresh_from_db()
    assert batch.state == "live"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("空.csv", b""), "文件是空的"),
        (SimpleUploadedFile("图.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00"), "图片"),
        (SimpleUploadedFile("零.csv", b"\x00\x00\x00\x00"), "空字节"),
        (SimpleUploadedFile("坏.xlsx", b"PK\x03\x04broken"), "不完整或已损坏"),
        (SimpleUploadedFile("别的.csv", "甲,乙\r\n1,2\r\n".encode()), "表头"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    client: Client, clerk: Officer, file: SimpleUploadedFile, said: str
) -> None:
    file.seek(0)
    answer = client.post(reverse(START), {"main": file})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Job.objects.exists()


def test_no_file_is_no_import(client: Client, clerk: Officer) -> None:
    answer = client.post(reverse(START), {})
    assert answer.status_code == 422
    assert "请选择文件" in answer.content.decode()


def test_columns_of_an_unknown_table_are_mapped_by_hand(client: Client, clerk: Officer) -> None:
    header = ("案号", "什么时候", "结果")
    refused = client.post(reverse(START), {"main": table(("M-1", "2023-03-01 08:30", "死亡"), header=header)})
    url = refused.context["columns_url"]
    page = client.get(url)
    assert "案号(如 M-1)" in page.content.decode()
    missing = client.post(url, {"field.number": "案号"})
    assert missing.status_code == 422
    given = {
        "field.number": "案号",
        "field.occurred_at": "什么时候",
        "field.severity": "结果",
        "crs": "EPSG:4326",
    }
    preview = client.post(url, given | {"source": "某处"}, follow=True)
    assert preview.context["counts"]["accepted"] == 1
    client.post(preview.redirect_chain[-1][0])
    assert Crash.objects.get().number == "M-1"


def test_known_headings_are_found_by_themselves_when_mapping_by_hand(client: Client, clerk: Officer) -> None:
    answer = upload(client, table(*GOOD), profile="map")
    assert answer.context["form"]["field.number"].value() == "事故编号"
    assert answer.context["form"]["field.occurred_at"].value() == "发生时间"


def test_a_colleague_neither_follows_nor_confirms_somebody_elses_import(
    client: Client, clerk: Officer
) -> None:
    url = upload(client, table(*GOOD, *BAD)).redirect_chain[-1][0]
    job = Job.objects.get()
    refused = reverse("crashes.crash.import.refused", args=[job.uid])
    progress = reverse("crashes.crash.import.progress", args=[job.uid])
    colleague = Client()
    colleague.force_login(make_officer(make_unit(), *permissions.codes()))
    for one in (url, refused, progress):
        assert colleague.get(one).status_code == 404
    assert colleague.post(url).status_code == 404
    assert not Batch.objects.exists()


def test_uploads_of_somebody_else_cannot_be_mapped(client: Client, clerk: Officer) -> None:
    answer = upload(client, table(*GOOD), profile="map")
    colleague = Client()
    colleague.force_login(make_officer(make_unit(), *permissions.codes()))
    assert colleague.get(answer.redirect_chain[-1][0]).status_code == 404


@pytest.mark.parametrize("width", [Width.OWN, Width.BELOW, Width.MINE])
def test_batches_are_seen_by_the_unit_that_imported_them(
    client: Client, clerk: Officer, width: Width
) -> None:
    client.post(upload(client, table(*GOOD)).redirect_chain[-1][0])
    batch = Batch.objects.get()
    url = reverse("web.batch", args=[batch.uid])
    stranger = Client()
    stranger.force_login(make_officer(make_unit(), *permissions.codes(), width=width))
    assert stranger.get(url).status_code == 404
    assert stranger.post(reverse("web.batch.withdraw", args=[batch.uid])).status_code == 404
    assert stranger.get(reverse("core.batch")).context["total"].number == 0
    assert client.get(reverse("core.batch")).context["total"].number == 1


def test_whoever_imported_sees_the_batch_without_a_further_permission(db: None) -> None:
    seed_dictionaries()
    client = Client()
    client.force_login(make_officer(make_unit(), "crashes.crash.import", "crashes.crash.view"))
    answer = client.post(upload(client, table(*GOOD)).redirect_chain[-1][0], follow=True)
    assert answer.status_code == 200
    assert answer.context["batch"].accepted == 2
    assert not answer.context["withdraw_url"]


def test_a_running_import_shows_its_progress_and_reloads_when_it_is_over(
    client: Client, clerk: Officer
) -> None:
    url = upload(client, table(*GOOD)).redirect_chain[-1][0]
    job = Job.objects.get()
    Job.objects.update(state=JobState.RUNNING, done_share=0.4, note="已核对 1,234 行")
    page = client.get(url).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert '<meta http-equiv="refresh"' in page  # without JavaScript
    progress = reverse("crashes.crash.import.progress", args=[job.uid])
    assert "已核对 1,234 行" in client.get(progress).content.decode()
    Job.objects.update(state=JobState.DONE)
    assert client.get(progress).headers["HX-Refresh"] == "true"


def test_a_running_import_can_be_cancelled(client: Client, clerk: Officer) -> None:
    url = upload(client, table(*GOOD)).redirect_chain[-1][0]
    Job.objects.update(state=JobState.WAITING)
    client.post(url, {"deed": "cancel"})
    assert Job.objects.get().state == JobState.CANCELLED
    assert "已取消" in client.get(url).content.decode()


def test_each_table_has_a_template_of_its_own(client: Client, clerk: Officer) -> None:
    headings = headings_of_template(client)
    assert "证件号码" not in headings  # they belong to the parties' table
    answer = client.get(reverse("crashes.crash.import.template"), {"sheet": "casualties"})
    assert answer.status_code == 200
    assert client.get(reverse("crashes.crash.import.template"), {"sheet": "nothing"}).status_code == 404
