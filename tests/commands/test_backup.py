"""`anlu backup` and `anlu restore`: everything comes back, on either database, or nothing changes."""

import json
import os
import re
import sqlite3
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import databases
from tests.commands.installations import ENCRYPTED, READ, Place, ended, lines_until, sqlite_place
from tests.project.test_archive import rewritten

UPLOAD = (
    "from anlu.kernel.core import store\n"
    "from anlu.kernel.core.scope import SYSTEM\n"
    "kept = store.keep('照片'.encode() * 50_000, name='现场.jpg', purpose='test', by=SYSTEM)\n"
)
SESSION = (
    "from django.contrib.sessions.backends.db import SessionStore\n"
    "session = SessionStore(); session['a'] = 1; session.save()\n"
)
# Of the longest tables one row in ten stays, so that no test carries half a million; of crashes there are still more
# than what is carried at once.
THIN = """
from django.db import connection
from anlu.apps.crashes.models import Crash
from anlu.project.tables import ROWS_AT_ONCE
longest = {"core_searchgram": "entry_id", "crashes_crashparty": "crash_id", "crashes_crashvehicle": "crash_id"}
with connection.cursor() as cursor:
    for table, column in longest.items():
        cursor.execute(f'DELETE FROM "{table}" WHERE "{column}" % 10 <> 0')
assert Crash.objects.count() > ROWS_AT_ONCE
"""
# Every row of every table, in words that are the same on both databases. What backing up and restoring itself
# writes (an audit entry and its seal, the worker's times) is left out.
EVERYTHING = """
import json
from anlu.kernel.core.history import plain
from anlu.project.tables import carried_models, columns_of
tables = {}
for model in carried_models():
    names = [field.attname for field in columns_of(model)]
    rows = model._base_manager.all()
    if model._meta.label_lower == "core.auditentry":
        rows = rows.exclude(action__in=("backup", "restore"))
    if model._meta.label_lower != "core.seal":
        words = (json.dumps(plain(list(row)), sort_keys=True) for row in rows.values_list(*names))
        tables[model._meta.label_lower] = sorted(words)
print(json.dumps(tables))
"""
VERIFY = """
from anlu.kernel.core import store
from anlu.kernel.core.audit import verify_chain
from anlu.kernel.core.models import Upload
whole = [upload.name for upload in Upload.objects.all() if store.is_whole(upload.sha256)]
print(verify_chain(), Upload.objects.count() - len(whole), "现场.jpg" in whole)
"""


def everything(place: Place) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(place.script(EVERYTHING))
    return found


@dataclass
class Stock:
    """An installation with a person, a file and a chain; its backup with keys; all its rows."""

    place: Place
    backup: Path
    rows: dict[str, list[str]]


@pytest.fixture(scope="module")
def stock(made: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stock]:
    """Made once; nobody changes it."""
    folder = tmp_path_factory.mktemp("stock")
    place = made.copy_to(folder / "data")
    place.script(THIN + ENCRYPTED + UPLOAD + SESSION)
    ran = place.anlu("backup", folder / "backup.tar.gz", "--with-keys")
    assert (ran.code, ran.err) == (0, "")
    yield Stock(place, folder / "backup.tar.gz", everything(place))
    place.drop()


@pytest.fixture
def installation(stock: Stock, tmp_path: Path) -> Iterator[Place]:
    """An installation of this test's own, with the rows of the stock."""
    place = stock.place.copy_to(tmp_path / "data")
    yield place
    place.drop()


def assert_all_is_there(place: Place, stock: Stock, then: str = "") -> str:
    """Every row, a whole chain and whole files; gives what ``then`` prints."""
    rows, verified, *said = place.script(EVERYTHING + VERIFY + then).splitlines()
    assert json.loads(rows) == stock.rows
    assert verified == "[] 0 True"
    return "\n".join(said)


def parts_of(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]


def test_everything_comes_back_and_work_goes_on(stock, nowhere):
    ran = nowhere.anlu("restore", stock.backup)
    assert (ran.code, ran.err) == (0, "")
    number = assert_all_is_there(nowhere, stock, READ + ENCRYPTED.replace("测-1", "测-2"))
    assert number == "37152519900101002X"
    assert nowhere.anlu("doctor").code == 0


@pytest.mark.postgres
def test_a_backup_moves_between_the_two_databases(stock, nowhere, tmp_path):
    small = sqlite_place(tmp_path / "small")
    assert small.anlu("restore", stock.backup).code == 0
    assert everything(small) == stock.rows
    assert small.anlu("backup", tmp_path / "again.tar.gz", "--with-keys").code == 0
    ran = nowhere.anlu("restore", tmp_path / "again.tar.gz")
    assert (ran.code, ran.err) == (0, "")
    assert_all_is_there(nowhere, stock)


def test_without_the_keys_all_but_the_encrypted_values_opens_and_that_is_said(stock, nowhere, tmp_path):
    out = tmp_path / "b.tar.gz"
    ran = stock.place.anlu("backup", out)
    assert "密钥不在备份中" in ran.out
    assert out.stat().st_mode & 0o777 == 0o600
    assert not [name for name in parts_of(out) if name.startswith("keys/")]
    ran = nowhere.anlu("restore", out)
    assert ran.code == 0
    assert "警告: 密钥 field-1, index 与备份时不同或缺失" in ran.out
    kind = READ.replace(
        'id_number_index="37152519900101002x").id_number', 'crash__number="测-1").id_number.__class__'
    )
    assert "Unreadable" in nowhere.script(kind)
    assert nowhere.anlu("doctor").code == 1
    for path in (stock.place.folder / "keys").iterdir():
        (nowhere.folder / "keys" / path.name).write_bytes(path.read_bytes())
        (nowhere.folder / "keys" / path.name).chmod(0o600)
    assert nowhere.script(READ).strip() == "37152519900101002X"
    assert nowhere.anlu("doctor").code == 0


def test_nobody_is_signed_in_by_a_backup(stock, tmp_path):
    copy = tmp_path / "copy.sqlite3"
    copy.write_bytes(parts_of(stock.backup)["database.sqlite3"])
    with sqlite3.connect(copy) as database:
        assert database.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM people_officer").fetchone()[0] > 30
        assert b"37152519900101002X" not in copy.read_bytes()


def test_an_installation_in_use_is_overwritten_only_by_force_and_only_by_a_whole_backup(
    installation, stock, tmp_path
):
    before = json.loads(installation.script(ENCRYPTED.replace("测-1", "测-2") + EVERYTHING))
    assert before != stock.rows
    ran = installation.anlu("restore", stock.backup)
    assert (ran.code, ran.out) == (2, "")
    assert "--force" in ran.err
    half = tmp_path / "half.tar.gz"
    half.write_bytes(stock.backup.read_bytes()[:-20_000])
    ran = installation.anlu("restore", half, "--force")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1
    assert everything(installation) == before
    assert not list(installation.folder.glob("restore-*"))
    (installation.folder / "audit-anchors.log").write_text("1 0123 of the chain that was here\n")
    assert installation.anlu("restore", stock.backup, "--force").code == 0
    assert_all_is_there(installation, stock)
    assert len(list(installation.folder.glob("*-audit-anchors.log"))) == 1


def test_a_backup_of_newer_software_is_refused(stock, nowhere, tmp_path):
    parts = parts_of(stock.backup)
    manifest = json.loads(parts["manifest.json"]) | {"database_format": 99}
    parts["manifest.json"] = json.dumps(manifest).encode()
    ran = nowhere.anlu("restore", rewritten(tmp_path / "newer.tar.gz", list(parts.items())))
    assert ran.code == 2
    assert "较新的版本" in ran.err


def test_an_older_backup_is_replaced_only_by_a_whole_one(stock, tmp_path):
    out = tmp_path / "b.tar.gz"
    out.write_bytes(b"older")
    for wrong in (tmp_path / "no" / "b.tar.gz", tmp_path):
        assert stock.place.anlu("backup", wrong).code == 2
    assert out.read_bytes() == b"older"
    assert stock.place.anlu("backup", out).code == 0
    assert "manifest.json" in parts_of(out)
    assert [path.name for path in tmp_path.iterdir()] == ["b.tar.gz"]


def test_a_damaged_upload_is_left_out_and_named(installation, tmp_path):
    digest = installation.script(f"{UPLOAD}print(kept.sha256)").strip()
    (stored,) = (installation.folder / "uploads").rglob(digest)
    stored.write_bytes(b"damaged")
    ran = installation.anlu("backup", tmp_path / "b.tar.gz")
    assert ran.code == 0
    assert [line for line in ran.out.splitlines() if "警告" in line] == [
        f"警告: 文件 {digest} 缺失或已损坏, 未进入备份"
    ]


def test_the_doctor_finds_damaged_uploads(installation):
    for stored in (installation.folder / "uploads").rglob("*"):
        if stored.is_file():
            stored.write_bytes(b"damaged")
    ran = installation.anlu("doctor")
    assert ran.code == 1
    assert re.search(r"抽查 (\d+) 个, 损坏或缺失 \1 个", ran.out), ran.out


def test_a_backup_is_of_one_moment_while_somebody_writes(installation, tmp_path):
    write = (
        "from anlu.project.start import set_up\nset_up()\n"
        "from django.db import transaction\n"
        "from anlu.kernel.core.numbers import next_number\n"
        "print('writing', flush=True)\n"
        "while True:\n"
        "    with transaction.atomic():\n"
        "        next_number('left'); next_number('right')\n"
    )
    with ended(installation.start("-c", write)) as writer:
        lines_until(writer, "writing")
        assert installation.anlu("backup", tmp_path / "b.tar.gz").code == 0
        assert writer.poll() is None
    assert installation.anlu("restore", tmp_path / "b.tar.gz", "--force").code == 0
    models = "from anlu.kernel.core.models import NumberSeries\n"
    series = "NumberSeries.objects.filter(code__in=('left', 'right'))"
    left, right = installation.script(f"{models}print(*{series}.values_list('last', flat=True))").split()
    assert left == right


def test_this_run_is_on_the_database_that_it_says(made):
    vendor = "postgresql" if os.environ.get(databases.CHOICE_VARIABLE) == "postgres" else "sqlite"
    assert made.script("from django.db import connection\nprint(connection.vendor)").strip() == vendor
