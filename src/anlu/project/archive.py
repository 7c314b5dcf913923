"""
A backup: one ``.tar.gz`` with a manifest, an SQLite database and the stored files.

The database part is the same wherever the backup comes from, so that a backup of a PostgreSQL installation
can be restored into SQLite and the other way round. The manifest comes first and gives every member's size
and SHA-256.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import tarfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from pydantic import TypeAdapter, ValidationError

from anlu.engine.errors import BadInput

VERSION: Final = 1
MANIFEST: Final = "manifest.json"
DATABASE: Final = "database.sqlite3"
MEMBER: Final = re.compile(
    r"database\.sqlite3|uploads/[0-9a-f]{64}|keys/(secret_key|index|field-[1-9][0-9]{0,2})"
)
LARGEST_MANIFEST: Final = 256_000_000
BLOCK_BYTES: Final = 1 << 20
LEVEL: Final = 3


@dataclass(frozen=True)
class Member:
    """Size and digest of one part."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What is in a backup, and what it was made from."""

    made_at: str
    software: str
    database_format: int
    installation: str
    name: str
    demo: bool
    vendor: str
    tables: dict[str, int]
    key_fingerprints: dict[str, str]
    keys_in_use: dict[str, int]
    with_keys: bool
    last_seal: dict[str, Any] | None
    damaged_uploads: list[str] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)
    anlu_backup: int = VERSION


_MANIFEST: Final = TypeAdapter(Manifest)


def sha256_of(path: Path) -> str:
    """The digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ------------------------------------------------------------------------------------------------ writing
def write_archive(
    out: Path,
    manifest: Manifest,
    members: dict[str, Path],
    *,
    on_bytes: Callable[[int], None] = lambda n: None,
) -> None:
    """Write the backup beside ``out`` and rename it when it is whole and on the disk; readable by the owner
    only.
    """
    draft = out.with_name(f".{out.name}.{os.getpid()}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as sink:
            with (
                gzip.GzipFile("", "wb", LEVEL, sink) as packed,
                tarfile.open(fileobj=packed, mode="w|") as tar,
            ):
                text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
                _add(tar, MANIFEST, io.BytesIO(text), len(text))
                for name, path in members.items():
                    with path.open("rb") as file:
                        _add(tar, name, file, manifest.members[name].bytes)
                    on_bytes(manifest.members[name].bytes)
            sink.flush()
            os.fsync(sink.fileno())
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, name: str, file: Any, size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(time.time())
    tar.addfile(entry, file)


# ------------------------------------------------------------------------------------------------ reading
@contextmanager
def _reading(path: Path) -> Iterator[tarfile.TarFile]:
    """
    The tar inside; whatever is wrong with it is bad input.

    Its packing is read to the end, past the last member: only there stand the length and the checksum by
    which a file that was cut short shows.
    """
    try:
        with gzip.open(path) as packed:
            with tarfile.open(fileobj=packed, mode="r|") as tar:
                yield tar
            while packed.read(BLOCK_BYTES):
                pass
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadInput(
            f"不是完整的备份文件({error})", file=path, expected="anlu backup 写出的 .tar.gz"
        ) from None


def unpack(path: Path, folder: Path, *, on_bytes: Callable[[int], None] = lambda n: None) -> Manifest:
    """
    Unpack a backup into an empty folder, checking every member against the manifest.

    Raises
    ------
    BadInput
        It is not a backup, a member is missing, strange or doubled, or a digest differs.
    """
    with _reading(path) as tar:
        entries = iter(tar)
        manifest = _manifest(path, tar, next(entries, None))
        left = dict(manifest.members)
        for entry in entries:
            expected = left.pop(entry.name, None)
            if expected is None or not MEMBER.fullmatch(entry.name) or not entry.isfile():
                raise BadInput(f"备份中有清单以外的内容 {entry.name!r}", file=path)
            source = tar.extractfile(entry)
            assert source is not None
            digest = _write(source, folder / entry.name)
            if digest != expected.sha256:
                raise BadInput(f"{entry.name} 的摘要与清单不符: 备份已损坏", file=path)
            on_bytes(entry.size)
    if left:
        raise BadInput(f"备份缺少 {next(iter(left))} 等 {len(left)} 项", file=path)
    return manifest


def _manifest(path: Path, tar: tarfile.TarFile, first: tarfile.TarInfo | None) -> Manifest:
    wrong = BadInput("没有清单", file=path, expected="anlu backup 写出的 .tar.gz")
    if first is None or first.name != MANIFEST or not first.isfile() or first.size > LARGEST_MANIFEST:
        raise wrong
    content = tar.extractfile(first)
    assert content is not None
    try:
        facts = json.loads(content.read())
        version = int(facts["anlu_backup"])
    except (ValueError, TypeError, KeyError):
        raise wrong from None
    if version > VERSION:
        raise BadInput("备份由较新的版本写出: 请升级软件", file=path, found=version, expected=f"≤ {VERSION}")
    try:
        return _MANIFEST.validate_python(facts)
    except ValidationError:
        raise wrong from None


def _write(source: Any, target: Path) -> str:
    """Write one member and give back its digest."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as sink:
        _pump(source, sink, digest.update)
        sink.flush()
        os.fsync(sink.fileno())
    return digest.hexdigest()


def _pump(source: Any, sink: BinaryIO, seen: Callable[[bytes], None]) -> None:
    while block := source.read(BLOCK_BYTES):
        seen(block)
        sink.write(block)
