"""Where data come from: registers, what belongs to others stays theirs, what an import brought, changed and misses."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anlu.apps.crashes.models import Crash
from anlu.apps.crashes.services import add_party, change_crash, change_procedure
from anlu.kernel.core import clock
from anlu.kernel.core.errors import NeedsReason
from anlu.kernel.core.models import AuditEntry, Batch, DataSet, SourceSystem
from anlu.kernel.core.ownership import NotOurs, is_read_only
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.core.sources import (
    FormatTaken,
    add_source,
    change_source,
    overdue_datasets,
    record_destruction,
    seed_sources,
    vanished_rows,
    void_source,
)
from anlu.kernel.people.models import Officer
from anlu.project.doctor import State, datasets
from anlu.web.pages import paging
from tests.apps.crashes.files import crash_rows, csv_file, import_file
from tests.contracts.makers import MAKERS
from tests.factories import make_area, make_officer, make_unit, seed_dictionaries

pytestmark = pytest.mark.django_db
MAY = ("crashes.crash.view", "crashes.crash.change", "crashes.crash.export", "core.batch.view")


def brought(tmp_path: Path, rows: list[dict[str, Any]], name: str = "a.csv") -> Batch:
    import_file(csv_file(tmp_path / name, rows))
    return Batch.objects.latest("pk")


@pytest.fixture
def crash(tmp_path: Path) -> Crash:
    """One crash that a file brought."""
    seed_dictionaries()
    brought(tmp_path, crash_rows(1))
    return Crash.objects.get()


@pytest.fixture
def owner(crash: Crash) -> SourceSystem:
    """The system that the file came from, read-only."""
    return add_source({"code": "six", "name": "综合平台", "formats": [crash.source]}, by=SYSTEM)


def test_what_another_system_owns_is_corrected_there(crash: Crash, owner: SourceSystem) -> None:
    with pytest.raises(NotOurs, match="来自综合平台"):
        change_crash(crash.uid, {"severity": "slight", "why": "看错"}, version=crash.version, by=SYSTEM)
    with pytest.raises(NotOurs):
        add_party(crash.uid, {"name": "某人"}, by=SYSTEM)
    assert not crash.parties.exists()
    with pytest.raises(NotOurs):
        change_procedure(crash.uid, "ordinary", why="受伤", on=date(2023, 3, 2), by=SYSTEM)
    crash.refresh_from_db()
    assert crash.severity == "fatal"


def test_its_place_is_ours_and_may_be_filled_in(crash: Crash, owner: SourceSystem) -> None:
    values = {"lon": 115.9, "lat": 36.8, "why": "现场核对"}
    changed = change_crash(crash.uid, values, version=crash.version, by=SYSTEM)
    assert (changed.lon, changed.lat) == (115.9, 36.8)


def test_a_system_that_is_voided_or_lets_us_correct_asks_for_a_reason_only(
    crash: Crash, owner: SourceSystem
) -> None:
    changed = change_source(owner.uid, {"handling": "with_reason"}, version=owner.version, by=SYSTEM)
    assert not is_read_only(crash)
    with pytest.raises(NeedsReason, match="综合平台"):
        change_crash(crash.uid, {"severity": "slight"}, version=crash.version, by=SYSTEM)
    change_source(owner.uid, {"handling": "read_only"}, version=changed.version, by=SYSTEM)
    assert is_read_only(crash)
    void_source(owner.uid, why="停用", by=SYSTEM)
    assert not is_read_only(crash)


def test_one_import_format_belongs_to_one_system(owner: SourceSystem, crash: Crash) -> None:
    with pytest.raises(FormatTaken, match="综合平台"):
        add_source({"code": "other", "name": "另一个", "formats": [crash.source]}, by=SYSTEM)
    change_source(owner.uid, {"formats": [crash.source, "more"]}, version=owner.version, by=SYSTEM)


def test_the_page_of_a_record_says_whose_it_is(client: Client, crash: Crash, owner: SourceSystem) -> None:
    client.force_login(make_officer(make_unit(), *MAY))
    page = client.get(reverse("crashes.crash.detail", args=[crash.uid])).content.decode()
    assert "来自综合平台 · 只读，在原系统更正" in page


def test_every_system_of_practice_is_registered_once() -> None:
    assert seed_sources() == 13
    assert seed_sources() == 0
    found = SourceSystem.objects.get(code="integrated")
    assert (found.formats, found.handling) == (["ga_excel"], "read_only")
    void_source(found.uid, why="不用", by=SYSTEM)
    assert seed_sources() == 0, "what people took out stays out"


# ------------------------------------------------------------------------------------------------ data sets


@pytest.fixture
def dataset() -> Any:
    """Kept until the first day of 2024."""
    return MAKERS["core.dataset"](make_unit(), make_area())


def test_what_is_kept_too_long_is_found_until_its_destruction_is_written_down(
    dataset: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not overdue_datasets(on=date(2024, 1, 1)).exists()
    assert list(overdue_datasets(on=date(2024, 1, 2))) == [dataset]
    monkeypatch.setenv(clock.VARIABLE, "2024-01-02")
    (check,) = datasets()
    assert (check.state, "测试数据集" in check.message) == (State.WARN, True)
    with pytest.raises(NeedsReason):
        record_destruction(dataset.uid, on=date(2024, 1, 3), how=" ", by=SYSTEM)
    record_destruction(dataset.uid, on=date(2024, 1, 3), how="粉碎，两人监销", by=SYSTEM)
    assert not overdue_datasets(on=date(2025, 1, 1)).exists()
    assert AuditEntry.objects.latest("pk").action == "destroy"
    assert next(datasets()).state == State.OK


def test_destruction_is_registered_on_its_page_and_not_for_tomorrow(client: Client, dataset: DataSet) -> None:
    client.force_login(make_officer(make_unit(), "core.dataset.view", "core.dataset.change"))
    url = reverse("core.dataset.destroy", args=[dataset.uid])
    assert client.post(url, {"on": "2999-01-01", "how": "粉碎"}).status_code == 422
    assert client.post(url, {"on": "2023-05-01", "how": "粉碎，两人监销"}).status_code == 302
    dataset.refresh_from_db()
    assert dataset.destroyed_on == date(2023, 5, 1)
    assert "已销毁" in client.get(reverse("core.dataset")).content.decode()


def test_nothing_is_kept_until_a_day_before_its_approval(client: Client) -> None:
    client.force_login(
        make_officer(make_unit(), "core.dataset.view", "core.dataset.add", "core.dataset.change")
    )
    values = {"name": "甲", "approval": "1", "approved_on": "2023-02-01", "purpose": "乙", "fields": "丙"}
    answer = client.post(reverse("core.dataset.new"), values | {"keep_until": "2023-01-31"})
    assert answer.status_code == 422
    assert "早于批准日期" in answer.content.decode()
    assert client.post(reverse("core.dataset.new"), values | {"keep_until": "2023-02-01"}).status_code == 302


# ------------------------------------------------------------------------------------------------ three sheets


@pytest.fixture
def twice(tmp_path: Path) -> tuple[Batch, list[dict[str, Any]]]:
    """Ten crashes; then a file in which the third is missing, the fifth is different, and two are new."""
    seed_dictionaries()
    rows = crash_rows(12)
    brought(tmp_path, rows[:10])
    later = [row | {"loss_cny": "1.00"} if n == 4 else row for n, row in enumerate(rows) if n != 2]
    return brought(tmp_path, later, "b.csv"), rows


def numbers_on(client: Client, batch: Batch, which: str) -> set[str]:
    """Numbers in the Excel file of a sheet."""
    answer = client.get(reverse("web.batch.sheet", args=[batch.uid, which]) + "?as=xlsx")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[arg-type]
    rows = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    place = rows[2].index("事故编号")
    return {str(row[place]) for row in rows[3:]}


@pytest.fixture
def reader(client: Client) -> Officer:
    found = make_officer(make_unit(), *MAY)
    client.force_login(found)
    return found


def test_new_changed_and_vanished_rows_are_told_apart(
    client: Client, reader: Officer, twice: tuple[Batch, list[dict[str, Any]]]
) -> None:
    batch, rows = twice
    numbers = [row["number"] for row in rows]
    assert numbers_on(client, batch, "added") == set(numbers[10:])
    assert numbers_on(client, batch, "changed") == {numbers[4]}
    assert numbers_on(client, batch, "vanished") == {numbers[2]}
    page = client.get(reverse("web.batch", args=[batch.uid])).content.decode()
    assert "新增 2" in page
    assert "消失 1" in page
    assert AuditEntry.objects.filter(actor=reader.uid, action="export").count() == 3


def test_a_changed_row_says_what_changed(
    client: Client, reader: Officer, twice: tuple[Batch, list[dict[str, Any]]]
) -> None:
    batch, _ = twice
    address = reverse("web.batch.sheet", args=[batch.uid, "changed"])
    page = client.get(address).content.decode()
    assert "→ 1" in page
    answer = client.get(address + "?as=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[arg-type]
    lines = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert lines[2][-1] == "变化"
    assert "→ 1" in str(lines[3][-1])


def test_more_rows_than_may_be_taken_without_leave_are_not_taken_by_a_sheet(
    client: Client, reader: Officer, twice: tuple[Batch, list[dict[str, Any]]], settings: Any
) -> None:
    batch, _ = twice
    settings.ANLU_EXPORT_APPROVAL_ROWS = 1
    address = reverse("web.batch.sheet", args=[batch.uid, "added"])
    assert client.get(address + "?as=xlsx").status_code == 404
    assert "?as=xlsx" not in client.get(address).content.decode()
    assert not AuditEntry.objects.filter(actor=reader.uid, action="export").exists()


def test_only_the_days_of_the_file_are_looked_at(twice: tuple[Batch, list[dict[str, Any]]]) -> None:
    batch, _ = twice
    gone = vanished_rows(Crash.objects.live(), batch)
    (missing,) = gone.rows
    assert gone.since is not None
    assert gone.until is not None
    assert gone.since <= missing.occurred_on <= gone.until
    Crash.objects.filter(pk=missing.pk).update(occurred_on=date(1999, 1, 1))
    assert not vanished_rows(Crash.objects.live(), batch).rows.exists()


def test_how_far_a_file_reached_is_worked_out_once(
    client: Client, reader: Officer, twice: tuple[Batch, list[dict[str, Any]]]
) -> None:
    """Of a million rows the page would otherwise read every one, again and again."""
    batch, _ = twice
    batch.refresh_from_db()
    assert batch.options["reach"]["sources"] == ["template"]
    with CaptureQueriesContext(connection) as asked:
        kept = vanished_rows(Crash.objects.live(), batch)
        list(kept.rows)
    assert not any("MIN(" in one["sql"] or "DISTINCT" in one["sql"] for one in asked)
    page = client.get(reverse("web.batch", args=[batch.uid])).content.decode()
    Batch.objects.filter(pk=batch.pk).update(options={})  # one from before this was kept
    again = client.get(reverse("web.batch", args=[batch.uid])).content.decode()
    assert again.count("消失 1") == page.count("消失 1") == 1
    batch.refresh_from_db()
    worked_out = vanished_rows(Crash.objects.live(), batch)
    assert (worked_out.since, worked_out.until) == (kept.since, kept.until)
    assert set(worked_out.rows) == set(kept.rows) != set()


def test_what_a_first_import_misses_needs_no_look_at_the_records(
    twice: tuple[Batch, list[dict[str, Any]]],
) -> None:
    first = Batch.objects.order_by("pk")[0]
    with CaptureQueriesContext(connection) as asked:
        assert not list(vanished_rows(Crash.objects.live(), first).rows)
    assert not any("crashes_crash" in one["sql"] for one in asked)


def test_a_sheet_is_counted_no_further_than_a_list(
    client: Client,
    reader: Officer,
    twice: tuple[Batch, list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = Batch.objects.order_by("pk")[0]
    monkeypatch.setattr(paging.total_of, "__kwdefaults__", {"up_to": 2})
    page = client.get(reverse("web.batch", args=[first.uid])).content.decode()
    assert "新增 2+" in page
    assert "2+" in client.get(reverse("web.batch.sheet", args=[first.uid, "added"])).content.decode()


def test_rows_of_another_source_have_not_vanished(twice: tuple[Batch, list[dict[str, Any]]]) -> None:
    batch, _ = twice
    missing = vanished_rows(Crash.objects.live(), batch).rows.get()
    Crash.objects.filter(pk=missing.pk).update(source="other")
    assert not vanished_rows(Crash.objects.live(), batch).rows.exists()


def test_a_sheet_shows_only_what_its_reader_may_see(
    client: Client, twice: tuple[Batch, list[dict[str, Any]]]
) -> None:
    batch, _ = twice
    unit = make_unit()
    stranger = make_officer(unit, *MAY, width=Width.OWN)
    Batch.objects.filter(pk=batch.pk).update(unit_id_of_actor=unit.pk)
    client.force_login(stranger)
    assert numbers_on(client, batch, "added") == set()
    assert client.get(reverse("web.batch.sheet", args=[batch.uid, "nothing"])).status_code == 404
