"""保管: how long a document is kept, and how its content comes to an end with two people and a record."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from anlu.kernel.core import store
from anlu.kernel.core.errors import NeedsReason, NotAllowed
from anlu.kernel.core.models import AuditEntry, Upload
from anlu.kernel.core.store import keep
from anlu.kernel.documents import services
from anlu.kernel.documents.archiving import PDF, archive, archived
from anlu.kernel.documents.facts import BadFact
from anlu.kernel.documents.models import Document, KindRule, State
from anlu.kernel.documents.retention import kept_until
from anlu.kernel.documents.seeding import _retention, seed_documents
from anlu.kernel.documents.sources import Destroyed, paper_of
from anlu.kernel.documents.steps import NotNow
from anlu.kernel.documents.telling import waiting_for
from anlu.kernel.people.models import Officer
from tests.kernel.documents.conftest import Office, employ
from tests.kernel.documents.writing import issued


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    """A store of this test alone."""
    settings.ANLU_UPLOADS_FOLDER = tmp_path / "uploads"
    return settings.ANLU_UPLOADS_FOLDER


@pytest.fixture
def archivist(office: Office) -> Officer:
    """Of the office of the brigade."""
    return employ(office.brigade, "office_clerk")


@pytest.fixture
def old(office: Office, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks) -> Document:
    """Issued in July 2023 with a file, delivered with a photograph, answered; now it is January 2034."""
    with django_capture_on_commit_callbacks(execute=True):
        document = issued(office)
    proof = keep(b"photograph", name="proof.jpg", purpose="documents.proof", by=office.clerk)
    services.deliver(document, by=office.clerk, receiver="柏某", proof=proof)
    services.reply(document, "已修剪。", by=office.liaison)
    monkeypatch.setenv("ANLU_TODAY", "2034-01-01")
    return Document.objects.get(pk=document.pk)


@pytest.fixture
def gone(old: Document, office: Office, archivist: Officer) -> Document:
    """Destroyed."""
    services.propose_destruction(old, why="已无保存价值", by=archivist)
    return services.destroy(old, how="粉碎", by=office.chief)


@pytest.mark.parametrize(
    ("issued_on", "years", "until"),
    [
        (date(2023, 7, 3), 10, date(2033, 12, 31)),
        (date(2023, 1, 1), 30, date(2053, 12, 31)),
        (date(2023, 12, 31), 1, date(2024, 12, 31)),
        (date(2023, 7, 3), 0, None),
    ],
)
def test_the_years_count_from_january_after_the_issue(
    issued_on: date, years: int, until: date | None
) -> None:
    assert kept_until(issued_on, years) == until


def test_an_issued_document_knows_how_long_it_is_kept(office: Office) -> None:
    KindRule.objects.filter(kind="referral").update(retention_years=30)
    document = issued(office)
    assert (document.retention_years, document.keep_until) == (30, date(2053, 12, 31))
    Document.objects.filter(pk=document.pk).update(retention_years=None, keep_until=None)
    seed_documents()  # what was issued before the register knew
    document.refresh_from_db()
    assert (document.retention_years, document.keep_until) == (30, date(2053, 12, 31))


def test_seeding_gives_all_their_time_by_few_queries_and_names_kinds_that_are_no_more(
    office: Office, caplog: pytest.LogCaptureFixture, django_assert_max_num_queries
) -> None:
    pks = [issued(office).pk for _ in range(4)]
    forgotten = Document.objects.filter(pk__in=pks)
    forgotten.update(retention_years=None, keep_until=None)
    forgotten.filter(pk=pks[0]).update(kind="relief.notice")
    with django_assert_max_num_queries(4):
        assert _retention() == 3
    assert list(forgotten.order_by("pk").values_list("keep_until", flat=True)) == [None] + 3 * [
        date(2033, 12, 31)
    ]
    assert "文种「relief.notice」已没有声明，1 份公文" in caplog.text


def test_one_person_appraises_and_another_destroys(old: Document, office: Office, archivist: Officer) -> None:
    digest = old.archives.get().sha256
    services.propose_destruction(old, why="已无保存价值", by=archivist)
    assert "待批准销毁" in {one.what for one in waiting_for(office.chief)}
    with pytest.raises(NeedsReason):
        services.destroy(old, how=" ", by=office.chief)
    with pytest.raises(NotAllowed, match="没有办理这一步的权限"):
        services.destroy(old, how="粉碎", by=archivist)
    gone = services.destroy(old, how="粉碎，法制员监销", by=office.chief)
    assert (gone.number, gone.title) == (old.number, old.title)
    assert gone.destroyed_by_name == office.chief.name
    assert [gone.facts, gone.frozen, gone.figures, gone.sealed] == [{}, {}, {}, ""]
    assert gone.deliveries.get().receiver == ""
    assert gone.replies.get().text == ""
    assert "修剪" not in "".join(gone.events.values_list("note", flat=True))
    assert gone.archives.get().sha256 == digest
    for read in (archived, paper_of):
        with pytest.raises(Destroyed, match="2034-01-01"):
            read(gone)
    event = gone.events.get(action="destroy")
    assert (event.actor_name, event.note) == (office.chief.name, "粉碎，法制员监销")
    assert "待批准销毁" not in {one.what for one in waiting_for(office.chief)}
    with pytest.raises(NotNow, match="销毁"):
        services.keep_longer(gone, until=date(2040, 1, 1), why="备查", by=archivist)


def test_an_answer_is_quoted_nowhere(old: Document, office: Office) -> None:
    assert old.events.get(action="reply").note == office.department.name
    assert AuditEntry.objects.get(action="reply", thing_uid=old.uid).note == office.department.name


def test_what_earlier_versions_noted_of_an_answer_and_why_it_was_refused_are_destroyed_too(
    old: Document, office: Office, archivist: Officer
) -> None:
    Document.objects.filter(pk=old.pk).update(state=State.DELIVERED)
    services.deliver(
        old, by=office.clerk, method="left", receiver="柏某", relation="同事", refused=True,
        refused_why="称树不归其管", witnesses="竹某", on=date(2023, 7, 4),
    )  # fmt: skip
    old.events.filter(action="reply").update(note="园林：已修剪。")
    services.propose_destruction(old, why="已无保存价值", by=archivist)
    gone = services.destroy(old, how="粉碎", by=office.chief)
    refused = gone.deliveries.get(refused=True)
    assert [refused.receiver, refused.relation, refused.witnesses] == ["", "", ""]
    assert refused.refused_why == "已销毁"
    assert gone.events.get(action="reply").note == ""


def test_nobody_delivers_answers_or_withdraws_what_was_destroyed(gone: Document, office: Office) -> None:
    with pytest.raises(Destroyed, match="2034-01-01"):
        services.reply(gone, "又修剪了。", by=office.liaison)
    with pytest.raises(Destroyed, match="2034-01-01"):
        services.withdraw(gone, why="发错", by=office.deputy)
    Document.objects.filter(pk=gone.pk).update(state=State.DELIVERED)
    with pytest.raises(Destroyed, match="2034-01-01"):
        services.deliver(gone, receiver="柏某", by=office.clerk)


def test_a_file_that_is_made_while_its_document_is_destroyed_is_not_kept(
    old: Document, gone: Document
) -> None:
    assert old.destroyed_on is None  # as whoever makes the PDF read it
    with pytest.raises(Destroyed, match="2034-01-01"):
        archive(old, b"%PDF-1.7", form=PDF)
    assert not gone.archives.filter(form=PDF).exists()
    assert not Upload.objects.exists()


def test_the_files_of_a_destroyed_document_leave_the_store_with_a_later_sweep(
    old: Document, office: Office, archivist: Officer, folder: Path, django_capture_on_commit_callbacks
) -> None:
    services.propose_destruction(old, why="已无保存价值", by=archivist)
    with django_capture_on_commit_callbacks(execute=True):
        services.destroy(old, how="粉碎", by=office.chief)
    assert not Upload.objects.exists()
    assert store.sweep() == 0  # somebody may just be keeping the same content
    assert store.sweep(at=time.time() + store.SWEEP_AFTER_S + 60) == 2
    assert not [path for path in folder.rglob("*") if path.is_file()]


def test_whoever_proposed_a_destruction_does_not_consent_to_it(old: Document, office: Office) -> None:
    services.propose_destruction(old, why="已无保存价值", by=office.deputy)
    with pytest.raises(NotAllowed, match="另一人"):
        services.destroy(old, how="粉碎", by=office.deputy)
    services.spare(old, why="可能还要用", by=office.chief)
    with pytest.raises(NotNow, match="没有人提请"):
        services.destroy(old, how="粉碎", by=office.chief)


def test_nothing_is_destroyed_before_its_time_and_it_may_be_kept_longer(
    old: Document, office: Office, archivist: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadFact, match="2034-01-01"):
        services.keep_longer(old, until=date(2034, 1, 1), why="备查", by=archivist)
    services.keep_longer(old, until=date(2034, 6, 30), why="涉诉", by=archivist)
    with pytest.raises(NotNow, match="未到"):
        services.propose_destruction(old, why="无保存价值", by=archivist)
    monkeypatch.setenv("ANLU_TODAY", "2034-07-01")
    services.propose_destruction(old, why="无保存价值", by=archivist)
    Document.objects.filter(pk=old.pk).update(retention_years=0, keep_until=None, disposal_by=None)
    with pytest.raises(NotNow, match="永久"):
        services.propose_destruction(old, why="无保存价值", by=archivist)
