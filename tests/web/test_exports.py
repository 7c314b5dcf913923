"""Exports that are written in the background, and those that somebody else must allow."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from anlu.apps.crashes.models import Crash
from anlu.kernel.core.clock import now
from anlu.kernel.core.dictionaries import add_term
from anlu.kernel.core.errors import ChangedMeanwhile, NeedsReason, NotAllowed
from anlu.kernel.core.models import AuditEntry, ExportOrder, ExportState, Job, Upload
from anlu.kernel.core.models.jobs import JobState
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.core.tasks import run_job
from anlu.kernel.people.models import Officer, Unit
from anlu.web.exports import decide_export, forget_old_exports
from anlu.web.pages import export
from tests.contracts.makers import MAKERS
from tests.factories import make_area, make_officer, make_unit

pytestmark = pytest.mark.django_db
MAY = ("people.officer.view", "people.officer.export", "web.exports", "web.today")
ORDER = "people.officer.export_order"


@pytest.fixture
def unit(db: None) -> Unit:
    return make_unit()


@pytest.fixture
def clerk(unit: Unit, client: Client) -> Officer:
    """Somebody who may export the people of one unit, signed in."""
    found = make_officer(unit, *MAY, width=Width.OWN)
    client.force_login(found)
    return found


@pytest.fixture
def chief(unit: Unit) -> Officer:
    return make_officer(unit, *MAY, "core.export.approve")


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Two rows are many here, and four need leave."""
    monkeypatch.setattr(export, "AT_ONCE_EXCEL", 1)
    settings.ANLU_EXPORT_APPROVAL_ROWS = 3


def ordered(client: Client, query: str = "?as=xlsx", purpose: str = "年度分析") -> ExportOrder:
    answer = client.post(reverse(ORDER) + query, {"purpose": purpose})
    assert answer.status_code == 302, answer.content.decode()
    return ExportOrder.objects.latest("pk")


def run_later(order: ExportOrder, settings: Any) -> None:
    """Do the work of an order that was left to the worker."""
    assert order.job is not None
    settings.TASKS_INLINE = True  # a worker would close the connection that the test is in
    run_job(order.job.pk)
    order.refresh_from_db()


def fetched(client: Client, order: ExportOrder) -> bytes:
    answer = client.get(reverse("web.export.file", args=[order.uid]))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]


def test_a_large_export_leads_to_its_order_and_a_small_one_does_not(
    client: Client, clerk: Officer, unit: Unit
) -> None:
    make_officer(unit)
    answer = client.get(reverse("people.officer.export_excel") + "?q=x&sort=name")
    assert answer.status_code == 200  # nobody is called x
    answer = client.get(reverse("people.officer.export_excel"))
    assert answer.headers["Location"].startswith(reverse(ORDER))
    assert client.get(reverse("people.officer.export_csv")).status_code == 200


def test_the_file_holds_the_rows_of_the_list_and_who_ordered_it(
    client: Client, clerk: Officer, unit: Unit
) -> None:
    ours, theirs = make_officer(unit), make_officer(make_unit())
    order = ordered(client)
    assert order.state == ExportState.READY
    sheet = openpyxl.load_workbook(io.BytesIO(fetched(client, order))).active
    text = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    assert f"\n{ours.name}\n" in text
    assert f"\n{theirs.name}\n" not in text
    assert f"导出 {clerk.name}" in text
    actions = list(AuditEntry.objects.filter(actor=clerk.uid).order_by("pk").values_list("action", flat=True))
    assert actions[-3:] == ["ask_export", "export", "download"]


def test_only_a_stated_purpose_begins_an_export(client: Client, clerk: Officer) -> None:
    answer = client.post(reverse(ORDER) + "?as=csv", {"purpose": "  "})
    assert answer.status_code == 422
    assert not ExportOrder.objects.exists()


def test_above_the_size_nothing_is_written_before_somebody_else_allows_it(
    client: Client, clerk: Officer, chief: Officer, unit: Unit
) -> None:
    for _ in range(4):
        make_officer(unit)
    assert client.get(reverse("people.officer.export_csv")).status_code == 302
    order = ordered(client, "?as=csv")
    assert (order.state, order.job) == (ExportState.ASKED, None)
    assert client.get(reverse("web.export.file", args=[order.uid])).status_code == 404
    client.force_login(chief)
    assert "待您审批导出" in client.get(reverse("web.today")).content.decode()
    answer = client.post(reverse("web.export", args=[order.uid]), {"deed": "allow", "words": "同意"})
    assert answer.status_code == 302
    order.refresh_from_db()
    assert (order.state, order.decided_by) == (ExportState.READY, chief.uid)
    assert client.get(reverse("web.export.file", args=[order.uid])).status_code == 404, "not the chief's"
    client.force_login(clerk)
    lines = list(csv.reader(io.StringIO(fetched(client, order).decode("utf-8-sig"))))
    assert len(lines) - 3 == order.rows == 6
    assert clerk.name in lines[1][0], "the watermark is of whoever asked, not of whoever allowed it"


def test_nobody_allows_their_own_export(client: Client, chief: Officer, unit: Unit) -> None:
    for _ in range(4):
        make_officer(unit)
    client.force_login(chief)
    order = ordered(client)
    with pytest.raises(NotAllowed, match="他人"):
        decide_export(order.uid, allow=True, words="", by=chief)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExportOrder.objects.filter(pk=order.pk).update(decided_by=chief.uid)


def test_a_refusal_has_a_reason_and_a_decision_is_final(
    client: Client, clerk: Officer, chief: Officer, unit: Unit
) -> None:
    for _ in range(4):
        make_officer(unit)
    order = ordered(client)
    with pytest.raises(NotAllowed):
        decide_export(order.uid, allow=True, words="", by=make_officer(unit, *MAY))
    with pytest.raises(NeedsReason):
        decide_export(order.uid, allow=False, words=" ", by=chief)
    decide_export(order.uid, allow=False, words="范围过大", by=chief)
    with pytest.raises(ChangedMeanwhile):
        decide_export(order.uid, allow=True, words="", by=chief)
    assert "范围过大" in client.get(reverse("web.export", args=[order.uid])).content.decode()


def test_an_order_is_nobody_elses_business(client: Client, clerk: Officer, unit: Unit) -> None:
    order = ordered(client)
    client.force_login(make_officer(unit, *MAY))
    for code in ("web.export", "web.export.progress", "web.export.file"):
        assert client.get(reverse(code, args=[order.uid])).status_code == 404


def test_permissions_lost_meanwhile_stop_the_file(client: Client, clerk: Officer, settings: Any) -> None:
    settings.TASKS_INLINE = False
    order = ordered(client)
    clerk.grants.all().delete()
    run_later(order, settings)
    assert order.state == ExportState.FAILED
    assert "没有导出的权限" in order.problem
    assert Job.objects.get(pk=order.job.pk).state == JobState.FAILED


def test_rows_that_grew_beyond_the_size_need_leave_after_all(
    client: Client, clerk: Officer, unit: Unit, settings: Any
) -> None:
    settings.TASKS_INLINE = False
    order = ordered(client)
    for _ in range(4):
        make_officer(unit)
    run_later(order, settings)
    assert order.state == ExportState.FAILED
    assert "须审批" in order.problem


def test_a_file_goes_after_a_week(client: Client, clerk: Officer) -> None:
    order = ordered(client)
    stored = order.upload_id
    assert forget_old_exports(None) == {"gone": 0}  # type: ignore[arg-type]
    ExportOrder.objects.update(finished_at=order.finished_at - timedelta(days=8))  # type: ignore[operator]
    assert forget_old_exports(None) == {"gone": 1}  # type: ignore[arg-type]
    order.refresh_from_db()
    assert (order.state, order.upload) == (ExportState.GONE, None)
    assert not Upload.objects.filter(pk=stored).exists()


def test_the_way_to_the_order_keeps_every_condition(client: Client, unit: Unit) -> None:
    """Crashes have a filter named form: it must not be taken for the format."""
    client.force_login(make_officer(unit, "crashes.crash.view", "crashes.crash.export", "web.exports"))
    town = make_area()
    add_term("crash.form", "11", "碰撞运动车辆", by=SYSTEM)
    for form in ("11", "11", "12"):
        crash: Any = MAKERS["crashes.crash"](unit, town)
        Crash.objects.filter(pk=crash.pk).update(form=form)
    answer = client.get(reverse("crashes.crash.export_excel") + "?form=11")
    page = client.get(answer.headers["Location"])
    assert page.context["total"] == 2
    client.post(answer.headers["Location"], {"purpose": "试"})
    assert ExportOrder.objects.get().rows == 2


# --- many small exports are one large one


def some(unit: Unit, number: int) -> None:
    for _ in range(number):
        make_officer(unit)


def taken(client: Client, query: str = "") -> int:
    """Ask for the file at once; the status of the answer."""
    answer = client.get(reverse("people.officer.export_csv") + query)
    if answer.status_code == 200:
        b"".join(answer.streaming_content)  # type: ignore[arg-type]
    return answer.status_code


def test_what_one_person_takes_of_one_ledger_within_a_day_counts_together(
    client: Client, clerk: Officer, unit: Unit
) -> None:
    some(unit, 1)
    assert taken(client) == 200, "two rows"
    assert taken(client) == 302, "four rows in all"
    page = client.get(reverse(ORDER) + "?as=csv")
    assert "最近 24 小时已导出同类记录 2 行，连同这次 2 行超过 3 行" in page.content.decode()
    assert ordered(client, "?as=csv").state == ExportState.ASKED
    client.force_login(make_officer(unit, *MAY, width=Width.OWN))
    assert taken(client) == 200, "of somebody else nothing was taken"


def test_rows_of_yesterday_and_of_other_ledgers_do_not_count(
    client: Client, clerk: Officer, unit: Unit, settings: Any
) -> None:
    some(unit, 1)
    assert taken(client) == 200
    AuditEntry.objects.filter(action="export").update(thing_kind="crashes.crash")
    assert taken(client) == 200
    AuditEntry.objects.filter(action="export").update(at=now() - timedelta(hours=25))
    assert taken(client) == 200
    assert taken(client) == 302
    settings.ANLU_EXPORT_COUNT_HOURS = 0
    assert taken(client) == 200


def test_ticked_rows_count_together_as_well(client: Client, clerk: Officer, unit: Unit) -> None:
    some(unit, 1)
    rows = {"deed": "export", "row": [str(uid) for uid in Officer.objects.values_list("uid", flat=True)]}
    assert client.post(reverse("people.officer.bulk"), rows).status_code == 200
    answer = client.post(reverse("people.officer.bulk"), rows, follow=True)
    assert "请用「导出」提交申请" in answer.content.decode()
    assert AuditEntry.objects.filter(action="export").count() == 1


def test_several_files_that_are_being_written_are_counted_before_they_are_there(
    client: Client, clerk: Officer, unit: Unit, settings: Any
) -> None:
    some(unit, 1)
    settings.TASKS_INLINE = False
    first, second = ordered(client), ordered(client)
    assert (first.state, second.state) == (ExportState.RUNNING, ExportState.ASKED)
    assert taken(client) == 302
    run_later(first, settings)
    assert first.state == ExportState.READY


def test_what_somebody_allowed_does_not_count_against_later_exports_and_the_log_tells(
    client: Client, clerk: Officer, chief: Officer, unit: Unit
) -> None:
    some(unit, 4)
    order = ordered(client)
    assert order.state == ExportState.ASKED
    decide_export(order.uid, allow=True, words="", by=chief)
    assert taken(client, f"?q={clerk.name}") == 200
    assert taken(client, f"?q={clerk.name}") == 200
    allowed, first, second = AuditEntry.objects.filter(action="export").order_by("pk")
    assert allowed.changes["allowed_by"] == [None, chief.name]
    assert [one.changes["together"][1] for one in (allowed, first, second)] == [6, 1, 2]
    client.force_login(make_officer(unit, "core.export.view", width=Width.ALL))
    page = client.get(reverse("core.export")).content.decode()
    assert "合计行数" in page
    assert chief.name in page


def test_whoever_decides_sees_what_was_taken_besides(
    client: Client, clerk: Officer, chief: Officer, unit: Unit
) -> None:
    some(unit, 1)
    assert taken(client) == 200
    order = ordered(client, "?as=csv")
    client.force_login(chief)
    assert "最近 24 小时 3 行" in client.get(reverse("web.export", args=[order.uid])).content.decode()
