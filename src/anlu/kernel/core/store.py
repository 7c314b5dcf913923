"""
The upload store: files addressed by the SHA-256 of their content, the same content stored once.

Paths come from the digest and from nothing else; the name that somebody gave a file is only text. A file is
written under a draft name, flushed to the disk and renamed, so that what is in the store is whole.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
import re
import secrets
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Final

from django.conf import settings
from django.db.models import Max, Sum

from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.core.models import Upload
from anlu.kernel.core.scope import Viewer

BLOCK_BYTES: Final = 1 << 20
DIGEST: Final = re.compile(r"[0-9a-f]{64}")
DRAFTS: Final = "drafts"
SWEEP_AFTER_S: Final = 86_400.0  # a file without a row may belong to a transaction that is still open


class UploadTooLarge(AnluError):
    """The file is larger than one upload may be, or the store is full."""


def keep(file: IO[bytes] | bytes, *, name: str, purpose: str, by: Viewer) -> Upload:
    """
    Store a file and give back its row. The file is read once, a block at a time.

    Raises
    ------
    UploadTooLarge
        It exceeds the limit of one file, or all files together would exceed the quota.
    """
    with _draft() as (path, sink):
        digest, size = _write(file, sink)
        _check_quota(digest, size)
        _settle(path, digest)
    label = clean_name(name)
    return Upload.objects.create(
        sha256=digest,
        name=label,
        bytes=size,
        media_type=mimetypes.guess_type(label)[0] or "application/octet-stream",
        purpose=purpose[:60],
        actor=by.uid,
        actor_name=by.name[:60],
    )


def clean_name(name: str) -> str:
    """A file name as text: its last part, without control or direction signs, at most 200 characters."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip(" .")
    if len(plain) <= 200:
        return plain or "未命名"
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: 199 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else plain[:200]


def path_of(sha256: str) -> Path:
    """Where the content with this digest lies.

    Raises
    ------
    ValueError
        It is not a digest.
    """
    if not DIGEST.fullmatch(sha256):
        raise ValueError(f"not a SHA-256 digest: {sha256!r:.80}")
    return _folder() / sha256[:2] / sha256[2:4] / sha256


def open_upload(upload: Upload) -> BinaryIO:
    """The content, to be read and closed by the caller.

    Raises
    ------
    NotFound
        The file is not in the store (a backup without uploads, a damaged disk).
    """
    try:
        return path_of(upload.sha256).open("rb")
    except FileNotFoundError:
        raise NotFound(f"文件「{upload.name}」的内容不在库中") from None


def is_whole(sha256: str) -> bool:
    """True when the stored content still has the digest that it is addressed by."""
    try:
        with path_of(sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def stored_bytes() -> int:
    """Size of all contents, each counted once."""
    each = Upload.objects.order_by().values("sha256").annotate(size=Max("bytes"))
    return each.aggregate(total=Sum("size"))["total"] or 0


def sweep(*, at: float | None = None) -> int:
    """Delete contents that no row names and that were not touched for a day, and forgotten drafts; count
    them.
    """
    before = (time.time() if at is None else at) - SWEEP_AFTER_S
    swept = 0
    for path in [path for path in _folder().rglob("*") if path.is_file() and path.stat().st_mtime < before]:
        if path.parent.name == DRAFTS or not Upload.objects.filter(sha256=path.name).exists():
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def _folder() -> Path:
    return Path(settings.ANLU_UPLOADS_FOLDER)


def _make(folder: Path) -> None:
    """Make a folder and those above it, each for the owner only (``parents=True`` would open those to
    others).
    """
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def _draft() -> Iterator[tuple[Path, BinaryIO]]:
    """A new file in the store that is gone afterwards unless it was renamed."""
    folder = _folder() / DRAFTS
    _make(folder)
    path = folder / secrets.token_hex(16)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as sink:
            yield path, sink
    finally:
        path.unlink(missing_ok=True)


def _write(file: IO[bytes] | bytes, sink: BinaryIO) -> tuple[str, int]:
    """Copy, and give back (digest, size)."""
    digest, size = hashlib.sha256(), 0
    for block in _blocks(file):
        size += len(block)
        if size > settings.ANLU_UPLOAD_LIMIT_BYTES:
            raise UploadTooLarge(f"文件超过单个上限 {settings.ANLU_UPLOAD_LIMIT_BYTES // 1_000_000} MB")
        digest.update(block)
        sink.write(block)
    sink.flush()
    os.fsync(sink.fileno())
    return digest.hexdigest(), size


def _blocks(file: IO[bytes] | bytes) -> Iterator[bytes]:
    if isinstance(file, bytes):
        yield file
        return
    while block := file.read(BLOCK_BYTES):
        yield block


def _check_quota(digest: str, size: int) -> None:
    if Upload.objects.filter(sha256=digest).exists():
        return  # takes no further room
    if stored_bytes() + size > settings.ANLU_UPLOAD_QUOTA_BYTES:
        raise UploadTooLarge(
            f"文件库已满(上限 {settings.ANLU_UPLOAD_QUOTA_BYTES // 1_000_000} MB),请联系系统管理员"
        )


def _settle(draft: Path, digest: str) -> None:
    """
    Give the draft its address. Content that is there and whole only gets a new date, which keeps it from a sweep;
    what a disk has damaged is mended by the same content coming again.
    """
    target = path_of(digest)
    if is_whole(digest):
        os.utime(target)
        return
    _make(target.parent)
    draft.replace(target)
    _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    """A rename survives a power cut only when its folder is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
