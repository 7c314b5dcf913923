"""A backup file is read whole and checked whole before anything is done with it."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from anlu.engine.errors import BadInput
from anlu.project.archive import Manifest, Member, unpack, write_archive
from anlu.project.folder import finish_renames

pytestmark = pytest.mark.no_database
PHOTO = b"photo" * 1000
DIGEST = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def archive(tmp_path) -> Path:
    """A small whole backup."""
    parts = {"database.sqlite3": b"database" * 100, f"uploads/{DIGEST}": PHOTO, "keys/index": b"k" * 32}
    paths = {}
    for name, content in parts.items():
        paths[name] = tmp_path / "source" / name
        paths[name].parent.mkdir(parents=True, exist_ok=True)
        paths[name].write_bytes(content)
    members = {
        name: Member(len(content), hashlib.sha256(content).hexdigest()) for name, content in parts.items()
    }
    manifest = Manifest(
        made_at="2026-01-01T00:00:00+00:00",
        software="0.1",
        database_format=1,
        installation="x",
        name="青澜",
        demo=False,
        vendor="sqlite",
        tables={},
        key_fingerprints={},
        keys_in_use={},
        with_keys=True,
        last_seal=None,
        members=members,
    )
    write_archive(tmp_path / "a.tar.gz", manifest, paths)
    return tmp_path / "a.tar.gz"


def parts_of(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]


def rewritten(path: Path, parts: list[tuple[str, bytes]]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, content in parts:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return path


def test_what_was_packed_comes_out_for_the_owner_only(archive, tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    manifest = unpack(archive, target)
    assert manifest.name == "青澜"
    assert {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()} == set(
        manifest.members
    )
    assert (target / "uploads" / DIGEST).read_bytes() == PHOTO
    assert {path.stat().st_mode & 0o077 for path in (archive, *target.rglob("*"))} == {0}


def without(parts: dict[str, bytes], start: str) -> dict[str, bytes]:
    return {name: content for name, content in parts.items() if not name.startswith(start)}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda parts: parts | {"database.sqlite3": parts["database.sqlite3"][:-1] + b"?"}, "摘要与清单不符"),
        (lambda parts: parts | {"database.sqlite3": b""}, "摘要与清单不符"),
        (lambda parts: without(parts, "uploads/"), "备份缺少 uploads/"),
        (lambda parts: parts | {"../../evil": b"x"}, "清单以外的内容"),
        (lambda parts: parts | {"keys/../../evil": b"x"}, "清单以外的内容"),
        (lambda parts: parts | {"/etc/evil": b"x"}, "清单以外的内容"),
        (lambda parts: without(parts, "manifest"), "没有清单"),
        (lambda parts: parts | {"manifest.json": b"{}"}, "没有清单"),
        (lambda parts: parts | {"manifest.json": b'{"anlu_backup": 1, "members": 5}'}, "没有清单"),
        (lambda parts: parts | {"manifest.json": b'{"anlu_backup": 2}'}, "较新的版本"),
        (lambda parts: parts | {"manifest.json": b"[1, 2"}, "没有清单"),
        (lambda parts: {}, "没有清单"),
    ],
)
def test_a_spoilt_backup_is_refused(archive, tmp_path, spoil, words):
    parts = spoil(parts_of(archive))
    target = tmp_path / "a" / "b" / "out"
    target.mkdir(parents=True)
    with pytest.raises(BadInput) as refused:
        unpack(rewritten(archive, list(parts.items())), target)
    assert words in str(refused.value)
    assert not list(tmp_path.rglob("evil"))


def test_a_name_in_the_manifest_does_not_make_it_a_path(archive, tmp_path):
    parts = parts_of(archive)
    manifest = json.loads(parts["manifest.json"])
    manifest["members"]["../evil"] = {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    parts |= {"manifest.json": json.dumps(manifest).encode(), "../evil": b"x"}
    (tmp_path / "out").mkdir()
    with pytest.raises(BadInput, match="清单以外的内容"):
        unpack(rewritten(archive, list(parts.items())), tmp_path / "out")
    assert not list(tmp_path.rglob("evil"))


def test_a_doubled_member_and_a_link_are_refused(archive, tmp_path):
    parts = parts_of(archive)
    (tmp_path / "one").mkdir()
    with pytest.raises(BadInput, match="清单以外的内容"):
        unpack(rewritten(archive, [*parts.items(), ("keys/index", b"k" * 32)]), tmp_path / "one")
    with tarfile.open(archive, "w:gz") as tar:
        for name in ("manifest.json", "database.sqlite3"):
            entry = tarfile.TarInfo(name)
            entry.size = len(parts[name])
            if name != "manifest.json":
                entry.type, entry.linkname, entry.size = tarfile.SYMTYPE, "/etc/passwd", 0
            tar.addfile(entry, io.BytesIO(parts[name]))
    (tmp_path / "two").mkdir()
    with pytest.raises(BadInput, match="清单以外的内容"):
        unpack(archive, tmp_path / "two")


@pytest.mark.parametrize("content", [b"", b"hello", b"\x1f\x8b\x08\x00truncated"])
def test_what_is_no_backup_is_refused(tmp_path, content):
    path = tmp_path / "x.tar.gz"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="不是完整的备份文件"):
        unpack(path, tmp_path)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_part_of_a_backup_is_refused(archive, tmp_path, share):
    content = archive.read_bytes()
    archive.write_bytes(content[: int(len(content) * share)])
    (tmp_path / "out").mkdir()
    with pytest.raises(BadInput):
        unpack(archive, tmp_path / "out")


@pytest.mark.parametrize("missing", [1, 4, 8, 12])
def test_a_backup_that_lacks_its_last_bytes_is_refused(archive, tmp_path, missing):
    archive.write_bytes(archive.read_bytes()[:-missing])
    (tmp_path / "out").mkdir()
    with pytest.raises(BadInput, match="不是完整的备份文件"):
        unpack(archive, tmp_path / "out")


def test_a_backup_with_a_wrong_checksum_is_refused(archive, tmp_path):
    content = bytearray(archive.read_bytes())
    content[-8] ^= 1
    archive.write_bytes(content)
    (tmp_path / "out").mkdir()
    with pytest.raises(BadInput, match="不是完整的备份文件"):
        unpack(archive, tmp_path / "out")


@pytest.mark.parametrize("step", range(4))
def test_renames_that_a_killed_process_left_are_finished_by_the_next_command(tmp_path, step):
    folder = tmp_path / "data"
    (folder / "keys").mkdir(parents=True)
    (folder / "keys.restored").mkdir()
    (folder / "keys" / "index").write_text("old")
    (folder / "keys.restored" / "index").write_text("new")
    (folder / "db").write_text("old")
    (folder / "db-wal").write_text("old")
    (folder / "db.restored").write_text("new")
    (folder / "renames.todo").write_text(json.dumps([["db.restored", "db"], ["keys.restored", "keys"]]))
    if step >= 1:
        (folder / "db-wal").unlink()
        (folder / "db").replace(folder / "db.before")
    if step >= 2:
        (folder / "db.restored").replace(folder / "db")
    if step >= 3:
        (folder / "keys").replace(folder / "keys.before")
    assert finish_renames(folder)
    assert (folder / "db").read_text() == "new"
    assert (folder / "keys" / "index").read_text() == "new"
    assert (folder / "db.before").read_text() == "old"
    assert not (folder / "db-wal").exists()
    assert not finish_renames(folder)
