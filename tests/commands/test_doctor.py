"""`anlu doctor` really looks: each thing that it checks is broken once here and found."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from anlu.kernel.core import crypto
from anlu.kernel.core.audit import entry_digest, record, seal_pending
from anlu.kernel.core.clock import now
from anlu.kernel.core.installation import register_installation
from anlu.kernel.core.keys import make_keys
from anlu.kernel.core.models import AuditEntry, Batch, BatchState, Installation, Job, JobState
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.store import keep, path_of
from anlu.project import doctor
from anlu.project.doctor import State, examine

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch) -> Path:
    """A sound installation in a folder of this test."""
    tmp_path.chmod(0o700)
    settings.ANLU_DATA_FOLDER = tmp_path
    settings.ANLU_KEYS_FOLDER = tmp_path / "keys"
    settings.ANLU_UPLOADS_FOLDER = tmp_path / "uploads"
    make_keys(settings.ANLU_KEYS_FOLDER)
    crypto.forget_keys()
    monkeypatch.setattr(doctor, "ASSETS", tmp_path)
    monkeypatch.delenv("ANLU_TODAY", raising=False)
    register_installation(name="青澜")
    record("backup", None, by=SYSTEM, label="b.tar.gz")
    seal_pending()
    yield tmp_path
    crypto.forget_keys()


def found(code: str) -> tuple[State, str]:
    (check,) = [check for check in examine() if check.code == code]
    return check.state, check.message


def test_a_sound_installation_has_nothing_wrong():
    assert {check.code: check.message for check in examine() if check.state is not State.OK} == {}


def test_every_problem_comes_with_something_to_do(folder, settings):
    folder.chmod(0o755)
    settings.ALLOWED_HOSTS = ["*"]
    (folder / "keys" / "index").unlink()
    problems = [check for check in examine() if check.state is not State.OK]
    assert len(problems) >= 3
    assert all(check.hint for check in problems)


def test_a_folder_open_to_others_is_found(folder):
    folder.chmod(0o755)
    assert found("folder")[0] is State.WARN


@pytest.mark.parametrize("free", [(100, State.BAD), (1_000, State.WARN), (10_000, State.OK)])
def test_little_room_is_found(monkeypatch, free):
    usage = type("Usage", (), {"free": free[0] * 1_000_000})
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: usage)
    assert found("disk")[0] is free[1]


@pytest.mark.parametrize(("stated", "state"), [("2023-07-03", State.WARN), ("tomorrow", State.BAD)])
def test_a_set_clock_is_found(monkeypatch, stated, state):
    monkeypatch.setenv("ANLU_TODAY", stated)
    assert found("clock")[0] is state


def test_missing_assets_are_found(monkeypatch, folder):
    monkeypatch.setattr(doctor, "ASSETS", folder / "nothing")
    assert found("assets")[0] is State.BAD


@pytest.mark.parametrize(("hosts", "state"), [(["*"], State.WARN), ([], State.BAD), (["10.1.2.3"], State.OK)])
def test_hosts_are_looked_at(settings, hosts, state):
    settings.ALLOWED_HOSTS = hosts
    assert found("hosts")[0] is state


def test_a_database_of_another_version_ends_the_examination():
    Installation.objects.update(format_number=99)
    assert found("database.format")[0] is State.BAD
    assert "audit" not in [check.code for check in examine()]


def test_a_tampered_audit_chain_is_found():
    AuditEntry.objects.update(note="改写")
    state, message = found("audit")
    assert state is State.BAD
    assert "被改动" in message


def test_unsealed_entries_are_a_warning():
    entry = record("x", None, by=SYSTEM)
    AuditEntry.objects.filter(pk=entry.pk).update(at=now() - timedelta(hours=1))
    entry.refresh_from_db()
    AuditEntry.objects.filter(pk=entry.pk).update(digest=entry_digest(entry))
    assert found("audit")[0] is State.WARN


def test_a_key_open_to_others_is_found(folder):
    (folder / "keys" / "index").chmod(0o644)
    state, message = found("keys.mode")
    assert state is State.BAD
    assert "index" in message


def test_a_damaged_or_missing_key_is_found(folder):
    (folder / "keys" / "field-1").write_bytes(b"short")
    assert found("keys")[0] is State.BAD
    (folder / "keys" / "field-1").unlink()
    assert found("keys")[0] is State.BAD


def test_the_wrong_key_is_found_by_reading_with_it(monkeypatch):
    monkeypatch.setattr(doctor, "sample_of_each_key", lambda: ["crashes.CrashParty.phone: wrong"])
    assert found("keys") == (State.BAD, "crashes.CrashParty.phone: wrong")


def test_a_damaged_upload_and_a_full_store_are_found(settings):
    upload = keep(b"x" * 1000, name="a", purpose="t", by=SYSTEM)
    settings.ANLU_UPLOAD_QUOTA_BYTES = 1050
    assert found("uploads")[0] is State.WARN
    settings.ANLU_UPLOAD_QUOTA_BYTES = 10**9
    assert found("uploads")[0] is State.OK
    path_of(upload.sha256).unlink()
    assert found("uploads")[0] is State.BAD


@pytest.mark.parametrize(
    ("state", "hours", "result"),
    [(BatchState.READING, 2, State.WARN), (BatchState.READING, 0, State.OK), (BatchState.LIVE, 9, State.OK)],
)
def test_an_import_that_hangs_is_found(state, hours, result):
    Batch.objects.create(noun="x", state=state, created_at=now() - timedelta(hours=hours))
    assert found("batches")[0] is result


@pytest.mark.parametrize(
    "facts",
    [
        {"state": JobState.WAITING, "run_after": now() - timedelta(hours=1)},
        {"state": JobState.RUNNING, "lease_until": now() - timedelta(hours=1)},
        {"state": JobState.FAILED, "finished_at": now()},
    ],
)
def test_work_that_is_not_done_is_found(facts, monkeypatch):
    Job.objects.create(kind="x", **facts)
    assert found("jobs")[0] is State.WARN
    monkeypatch.setattr(
        doctor, "is_locked", lambda *_: True
    )  # the server runs, so somebody should be doing it
    assert found("jobs")[0] is (State.WARN if facts["state"] == JobState.FAILED else State.BAD)


def test_an_old_or_missing_backup_is_found():
    AuditEntry.objects.update(at=now() - timedelta(days=8))
    assert found("backup") == (State.WARN, "上次备份在 8 天前")
    AuditEntry.objects.all().delete()
    assert found("backup") == (State.WARN, "从未备份")


def test_the_command_answers_in_json_and_with_its_exit_code(made, tmp_path):
    ran = made.anlu("doctor", "--json")
    answer = json.loads(ran.out)
    assert (ran.code, answer["sound"], ran.err) == (0, True, "")
    assert {"code", "label", "state", "message", "hint"} == set(answer["checks"][0])
    assert {"database", "audit", "keys", "uploads", "jobs", "backup"} <= {c["code"] for c in answer["checks"]}
    missing = made.anlu(
        "doctor", "--json", ANLU_DATA=str(tmp_path / "no"), DATABASE_URL=f"sqlite:///{tmp_path}/no/x"
    )
    assert missing.code == 1
    assert json.loads(missing.out)["sound"] is False
    assert not os.path.exists(tmp_path / "no")
