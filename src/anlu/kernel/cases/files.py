"""Files of cases: kept in the upload store, compared with the case, moved together with the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from anlu.engine.geo import distance_m
from anlu.kernel.cases.history import add_event
from anlu.kernel.cases.models import Case, CaseFile, FileKind
from anlu.kernel.cases.roles import may_here
from anlu.kernel.cases.services import REVISION, MoveRefused, case_for, move_case, moves_for
from anlu.kernel.core.attachments import keep_checked
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import NeedsReason, NotAllowed, NotFound
from anlu.kernel.core.models import Upload
from anlu.kernel.core.pictures import BadFile, Checked, check_file
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import strike_out

PURPOSE: Final = "case"
FAR_M: Final = 300.0  # farther from the case, a photograph is questioned [I]
BEFORE_FOUND: Final = timedelta(
    days=7
)  # older than that before the day of finding, "before" is questioned [I]
AHEAD: Final = timedelta(days=1)  # clocks of cameras
MOST_AT_ONCE: Final = 12
MOST_OF_A_CASE: Final = 200


@dataclass(frozen=True)
class Kept:
    """A checked file in the store, not yet part of a case."""

    checked: Checked
    kind: FileKind
    upload: Upload
    thumbnail: Upload | None


def keep_files(files: Sequence[tuple[IO[bytes] | bytes, str, str]], *, by: Viewer) -> list[Kept]:
    """
    Check files and put them into the store; call it before the transaction that attaches them.

    Parameters
    ----------
    files
        (content, name, kind): kind is ``photo``, ``before``, ``after`` or ``document``.

    Raises
    ------
    BadFile
        One of them is not taken; none is kept then.
    UploadTooLarge
        The store is full.
    """
    if len(files) > MOST_AT_ONCE:
        raise BadFile(f"一次最多上传 {MOST_AT_ONCE} 个文件")
    checked = [(check_file(content, name), _kind(kind)) for content, name, kind in files]
    for one, kind in checked:
        if kind != FileKind.DOCUMENT and not one.is_picture:
            raise BadFile(f"「{one.name}」不是照片，请作为文件上传")
    return [Kept(one, kind, *keep_checked(one, purpose=PURPOSE, by=by)) for one, kind in checked]


def _kind(stated: str) -> FileKind:
    try:
        return FileKind(stated)
    except ValueError:
        raise BadFile(f"没有「{stated[:20]}」这类附件") from None


@transaction.atomic
def attach(uid: UUID, files: Sequence[Kept], *, by: Viewer, note: str = "") -> list[CaseFile]:
    """
    Add files to a case (of one that was merged: to the original), with what is doubtful about them.

    Raises
    ------
    NotAllowed
        ``by`` only looks at the case.
    NotFound
        As ``case_for``.
    """
    case = case_for(by, uid, lock=True)
    require_partner(case, by)
    have = CaseFile.objects.filter(case=case).count()
    if have + len(files) > MOST_OF_A_CASE:
        raise BadFile(f"一件事项最多 {MOST_OF_A_CASE} 个附件")
    if not files:
        return []
    words = f"{len(files)} 个附件：" + "、".join(dict.fromkeys(one.kind.label for one in files))
    event = add_event(case, "attach", "上传附件", by=by, note=note or words, colour="blue")
    made = [_attach(case, one, event, by) for one in files]
    record("attach", case, by=by, note=words)
    touch(REVISION)
    return made


def _attach(case: Case, one: Kept, event: Any, by: Viewer) -> CaseFile:
    shot = one.checked.shot
    distance = None
    if shot.lon is not None and shot.lat is not None and case.lon is not None and case.lat is not None:
        distance = round(float(distance_m(shot.lon, shot.lat, case.lon, case.lat)))
    return CaseFile.objects.create(
        case=case,
        event=event,
        kind=one.kind,
        upload=one.upload,
        thumbnail=one.thumbnail,
        media_type=one.checked.media_type,
        width_px=one.checked.width_px,
        height_px=one.checked.height_px,
        taken_at=shot.taken_at,
        lon=shot.lon,
        lat=shot.lat,
        bearing=shot.bearing,
        distance_m=distance,
        warnings=doubts(case, one, distance),
        by_name=by.name[:60],
        created_by=by.uid,
    )


def doubts(case: Case, one: Kept, distance: float | None) -> list[str]:
    """What about a photograph does not fit its case; questions, never refusals."""
    if one.kind == FileKind.DOCUMENT:
        return []
    found = []
    shot = one.checked.shot
    if distance is not None and distance > FAR_M:
        far = f"{distance / 1000:.1f} 公里" if distance >= 1000 else f"{distance:.0f} 米"
        found.append(f"拍摄位置距事项 {far}")
    if shot.taken_at is None:
        return found
    day = timezone.localdate(shot.taken_at)
    if shot.taken_at > now() + AHEAD:
        found.append("拍摄时间晚于上传时间")
    if one.kind == FileKind.BEFORE and case.found_on - day > BEFORE_FOUND:
        found.append(f"拍摄于 {day}，早于发现日期 {(case.found_on - day).days} 天")
    if one.kind == FileKind.AFTER and day < (case.reopened_on or case.found_on):
        found.append(f"拍摄于 {day}，早于{'反弹' if case.reopened_on else '发现'}日期")
    return found


def require_partner(case: Case, by: Viewer) -> None:
    """
    Refuse whoever only looks.

    Raises
    ------
    NotAllowed
        Neither reporter nor handler, without a permission to handle or answer it that reaches this case, and no move
        is theirs now.
    """
    named = by.uid in (case.created_by, case.handler and case.handler.uid)
    working = named or may_here(case, "handle", by) or may_here(case, "reply", by)
    if not working and not moves_for(case, by):
        raise NotAllowed("您只能查看这件事项")


@transaction.atomic
def move_with_files(
    uid: UUID,
    move: str,
    files: Sequence[Kept],
    *,
    by: Viewer,
    note: str = "",
    values: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> Case:
    """Attach files and make a move with them: both or neither. Raises what ``attach`` and ``move_case`` raise."""
    case = case_for(by, uid, lock=True)
    if version is not None and case.version != version:
        raise MoveRefused("这件事项刚被他人办理过，请看过最新情况再办")
    if files:
        attach(uid, files, by=by)
    return move_case(uid, move, by=by, note=note, values=values)


@transaction.atomic
def void_file(uid: UUID, *, why: str, by: Viewer) -> CaseFile:
    """
    Take a file out of a case, with a reason; whoever brought it or handles the case may, while the case is open.

    Raises
    ------
    NeedsReason, NotAllowed, NotFound, MoveRefused
        As the others.
    """
    if not why.strip():
        raise NeedsReason("移除附件须说明原因")
    found = file_for(by, uid)
    case = case_for(by, found.case.uid, lock=True)
    if case.closed_on is not None:
        raise MoveRefused("已办结的事项不能移除附件")
    if found.created_by != by.uid and not may_here(case, "handle", by):
        raise NotAllowed("附件由上传人或经办人移除")
    strike_out(found, why=why, by=by)
    add_event(case, "detach", "移除附件", by=by, note=f"{found.upload.name}：{why.strip()}", colour="grey")
    record("detach", case, by=by, note=f"{found.upload.name} {why.strip()}")
    return found


def files_of(case: Case) -> list[CaseFile]:
    """What was attached and not taken out, in order."""
    rows = CaseFile.objects.filter(case=case, voided_at__isnull=True).select_related("upload", "thumbnail")
    return list(rows.order_by("pk"))


def file_for(by: Viewer, uid: UUID) -> CaseFile:
    """
    A file, for those who may see its case.

    Raises
    ------
    NotFound
        Absent, taken out, or of a case that ``by`` does not see.
    """
    rows = CaseFile.objects.filter(uid=uid, voided_at__isnull=True).select_related(
        "case", "upload", "thumbnail"
    )
    found: CaseFile | None = rows.filter(case__in=Case.objects.visible_to(by).values("pk")).first()
    if found is None:
        raise NotFound("没有这个附件")
    return found


def doubtful_files(case: Case, kept: Sequence[Kept]) -> list[str]:
    """What is doubtful about files that have just been attached to a case, each with its name."""
    rows = CaseFile.objects.filter(case=case, upload__in=[one.upload.pk for one in kept]).select_related(
        "upload"
    )
    return [f"「{one.upload.name}」{'，'.join(one.warnings)}" for one in rows.order_by("pk") if one.warnings]


def pairs_of(files: Sequence[CaseFile]) -> list[tuple[CaseFile, CaseFile]]:
    """Before and after side by side: each picture of after with that of before which looks the most the same way."""
    before = [one for one in files if one.kind == FileKind.BEFORE]
    found = []
    for after in (one for one in files if one.kind == FileKind.AFTER):
        if before:
            found.append((min(before, key=lambda one: _apart(one, after)), after))
    return found


def _apart(one: CaseFile, other: CaseFile) -> tuple[float, int]:
    """How differently two pictures look: by direction where both know it, else by order."""
    if one.bearing is None or other.bearing is None:
        return 181.0, -one.pk
    turn = abs(one.bearing - other.bearing) % 360
    return min(turn, 360 - turn), -one.pk
