"""
Attaching files to a record of any kind.

Files are checked and stored before the transaction (``keep_files``), attached inside it; what a file is follows from
its content, never from its name (``pictures``). Who may attach is decided by the caller, who has the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import NeedsReason, NotFound
from anlu.kernel.core.history import kind_of
from anlu.kernel.core.models import Attachment, Record, Upload
from anlu.kernel.core.pictures import BadFile, Checked, check_file
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.store import keep

PURPOSE: Final = "attachment"
MOST_AT_ONCE: Final = 12
MOST_OF_A_RECORD: Final = 60


@dataclass(frozen=True)
class Kept:
    """A checked file in the store, not yet part of a record."""

    checked: Checked
    upload: Upload
    thumbnail: Upload | None


def keep_files(files: Sequence[tuple[IO[bytes] | bytes, str]], *, by: Viewer) -> list[Kept]:
    """
    Check files (content, name) and put them into the store; call it before the transaction that attaches them.

    Raises
    ------
    BadFile
        One of them is not taken; none is kept then.
    UploadTooLarge
        The store is full.
    """
    if len(files) > MOST_AT_ONCE:
        raise BadFile(f"一次最多上传 {MOST_AT_ONCE} 个文件")
    checked = [check_file(content, name) for content, name in files]
    return [Kept(one, *keep_checked(one, purpose=PURPOSE, by=by)) for one in checked]


def keep_checked(one: Checked, *, purpose: str, by: Viewer) -> tuple[Upload, Upload | None]:
    """Put a checked file into the store; gives it and the smaller picture beside it, None where there is none."""
    upload = keep(one.content, name=one.name, purpose=purpose, by=by)
    upload.media_type = one.media_type
    upload.save(update_fields=["media_type"])
    if one.thumbnail is None:
        return upload, None
    return upload, keep(one.thumbnail, name="thumbnail.jpg", purpose=purpose, by=by)


@transaction.atomic
def attach(thing: Record, files: Sequence[Kept], *, by: Viewer, caption: str = "") -> list[Attachment]:
    """
    Add files to a record.

    Raises
    ------
    BadFile
        The record has too many files already.
    """
    if attachments_of(thing).count() + len(files) > MOST_OF_A_RECORD:
        raise BadFile(f"一条记录最多 {MOST_OF_A_RECORD} 个附件")
    made = [
        Attachment.objects.create(
            thing_kind=kind_of(thing),
            thing=thing.uid,
            upload=one.upload,
            thumbnail=one.thumbnail,
            media_type=one.checked.media_type,
            caption=caption.strip()[:120],
            taken_at=one.checked.shot.taken_at,
            by=by.uid,
            by_name=by.name[:60],
        )
        for one in files
    ]
    if made:
        record("attach", thing, by=by, note=f"{len(made)} 个附件：" + "、".join(str(one) for one in made))
    return made


def attachments_of(thing: Record) -> QuerySet[Attachment]:
    """Files of a record that were not taken out, in order."""
    rows = Attachment.objects.filter(thing_kind=kind_of(thing), thing=thing.uid, voided_at__isnull=True)
    return rows.select_related("upload", "thumbnail").order_by("pk")


def with_pictures(things: Iterable[Record]) -> set[UUID]:
    """Which of these records (all of one kind) have a picture; one question however many they are."""
    known = list(things)
    if not known:
        return set()
    rows = Attachment.objects.filter(
        thing_kind=kind_of(known[0]),
        thing__in=[one.uid for one in known],
        voided_at__isnull=True,
        media_type__startswith="image/",
    )
    return set(rows.values_list("thing", flat=True))


def attachment_of(thing: Record, uid: UUID) -> Attachment:
    """
    One file of a record.

    Raises
    ------
    NotFound
        Absent, taken out, or of another record.
    """
    found = attachments_of(thing).filter(uid=uid).first()
    if found is None:
        raise NotFound("没有这个附件")
    return found


@transaction.atomic
def detach(thing: Record, uid: UUID, *, why: str, by: Viewer) -> Attachment:
    """
    Take a file out of a record, with a reason.

    Raises
    ------
    NeedsReason, NotFound
        There is no reason; there is no such file.
    """
    if not why.strip():
        raise NeedsReason("移除附件须说明原因")
    found = attachment_of(thing, uid)
    found.voided_at, found.voided_why = now(), why.strip()[:200]
    found.save(update_fields=["voided_at", "voided_why"])
    record("detach", thing, by=by, note=f"{found}：{why.strip()}")
    return found
