"""Writes of pictures: what is noted of one, and which of them stand in a report, where and with which caption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import IO, Any, Final
from uuid import UUID

from django.db import transaction

from anlu.apps.reports.library import Picture, pictures_for
from anlu.apps.reports.models import Masking, PictureNote, PictureSet, Report, Rights
from anlu.apps.reports.permissions import PICTURE_CHANGE
from anlu.apps.reports.services import NoSuchReport, open_for_change, saved, sections_in
from anlu.kernel.core.attachments import keep_checked
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now, today
from anlu.kernel.core.errors import AnluError, NotAllowed, NotFound
from anlu.kernel.core.history import Changes, changed_fields, fields_of
from anlu.kernel.core.models import Upload
from anlu.kernel.core.pictures import BadFile, check_file
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import RecordServices

PURPOSE: Final = "masked"
MOST_IN_A_REPORT: Final = 40
NOTED: Final = ("caption", "alt", "rights", "rights_basis", "masking", "masking_note")


class PictureProblem(AnluError):
    """What was stated of a picture contradicts itself, or it may not stand in a report."""


def _prepare(thing: PictureSet) -> None:
    if thing.taken_on > today():
        raise PictureProblem(f"拍摄日期 {thing.taken_on} 晚于今天")


sets = RecordServices(PictureSet, "reports.picture", prepare=_prepare)


def picture_for(viewer: Viewer, file: UUID) -> Picture:
    """
    A picture of the library.

    Raises
    ------
    NotFound
        It is no picture, was taken out, or belongs to a record that the person may not see.
    """
    found = pictures_for(viewer, [file]).get(file)
    if found is None:
        raise NotFound("没有这张图片，或不在您的管辖范围内")
    return found


# ------------------------------------------------------------------------------------------------ notes
def may_note(picture: Picture, by: Viewer) -> bool:
    """Whether the record lies where this person may note pictures."""
    model = type(picture.thing)
    inside = model.objects.in_scope(model.scope_of(by, PICTURE_CHANGE))
    return by.may(PICTURE_CHANGE) and inside.filter(pk=picture.thing.pk).exists()


def keep_masked(content: IO[bytes] | bytes, name: str, *, by: Viewer) -> tuple[Upload, Upload | None]:
    """
    Check and store a copy in which faces, plates and papers were made unrecognisable; call it before ``note_picture``.

    Raises
    ------
    BadFile
        It is no picture.
    """
    checked = check_file(content, name)
    if not checked.is_picture:
        raise BadFile(f"「{name}」不是照片")
    return keep_checked(checked, purpose=PURPOSE, by=by)


@transaction.atomic
def note_picture(
    picture: Picture,
    values: Mapping[str, str],
    *,
    by: Viewer,
    masked: tuple[Upload, Upload | None] | None = None,
) -> PictureNote:
    """
    State what is shown, what it may be used for, and what has to be masked; recorded with its record.

    Raises
    ------
    NotAllowed
        The record lies where ``by`` may not note pictures.
    PictureProblem
        It may be used and nothing says why; it was masked and there is no masked copy.
    """
    if not may_note(picture, by):
        raise NotAllowed("您没有标注这张图片的权限")
    note = PictureNote.objects.select_for_update().filter(file=picture.uid).first() or PictureNote(
        file=picture.uid
    )
    before = fields_of(note, NOTED)
    for name in NOTED:
        setattr(note, name, values.get(name, "").strip())
    if masked is not None:
        note.masked, note.masked_thumbnail = masked
        note.masking = Masking.DONE
    _require_sense(note)
    note.by_name, note.noted_at = by.name[:60], now()
    note.save()
    changes: Changes = changed_fields(before, note, NOTED)
    if masked is not None:
        changes["masked"] = [None, masked[0].name]
    record("change", picture.thing, by=by, changes=changes, note=f"图片标注：{picture.caption}"[:300])
    return note


def _require_sense(note: PictureNote) -> None:
    if note.rights in (Rights.REPORT, Rights.PUBLIC) and not note.rights_basis:
        raise PictureProblem("可以使用的图片须写明许可依据，如当事人同意、本单位拍摄")
    if note.masking == Masking.DONE and note.masked is None:
        raise PictureProblem("已遮挡的图片须上传遮挡后的图")
    if note.masking == Masking.NEEDED and not note.masking_note:
        raise PictureProblem("须遮挡的图片须写明遮挡什么，如人脸、号牌")


# ------------------------------------------------------------------------------------------------ in a report
@dataclass(frozen=True)
class Placed:
    """A picture in a report: in which section, with which words; ``picture`` None and ``why`` where it is not shown."""

    file: UUID
    section: str
    caption: str
    alt: str
    picture: Picture | None = None
    why: str = ""
    number: int = 0  # 图1, 图2 … among those that are shown

    @property
    def words(self) -> str:
        """What stands below it."""
        return f"图{self.number}　{self.caption}"


def placed_in(report: Report, viewer: Viewer) -> list[Placed]:
    """
    The pictures of a report in the order of its sections, as a person may see them.

    One whose record the person may not see, or that may not be used any more, is not shown and says why.
    """
    kept = [_placed(one) for one in report.pictures]
    seen = pictures_for(viewer, [one.file for one in kept])
    order = {code: place for place, code in enumerate(one.code for one in sections_in(report))}
    known, number = [], 0
    for one in sorted(kept, key=lambda one: order.get(one.section, len(order))):
        picture = seen.get(one.file)
        why = picture.why_not if picture else "图片已移除，或您无权查看它所属的记录"
        why = why or ("" if one.section in order else "报告里已没有这一节")
        number += not why
        known.append(replace(one, picture=picture, why=why, number=0 if why else number))
    return known


def _placed(kept: Mapping[str, str]) -> Placed:
    return Placed(UUID(kept["file"]), kept["section"], kept["caption"], kept["alt"])


def reports_with(file: UUID) -> list[Report]:
    """The reports in which a picture stands."""
    reports = Report.objects.live().exclude(pictures=[]).order_by("-changed_at")
    return [one for one in reports if any(kept["file"] == str(file) for kept in one.pictures)]


@transaction.atomic
def place_picture(report: Report, picture: Picture, section: str, caption: str = "", *, by: Viewer) -> Report:
    """
    Put a picture behind the text of a section.

    Raises
    ------
    PictureProblem
        It may not be used, stands there already, or the report has too many.
    NoSuchReport, Finished
        There is no such section; the report has been approved.
    """
    thing = open_for_change(report.uid, by)
    _require_section(thing, section)
    if picture.why_not:
        raise PictureProblem(f"这张图片{picture.why_not}，请先在素材库标注")
    if any(one["file"] == str(picture.uid) for one in thing.pictures):
        raise PictureProblem("这张图片已在报告里")
    if len(thing.pictures) >= MOST_IN_A_REPORT:
        raise PictureProblem(f"一份报告最多 {MOST_IN_A_REPORT} 张图片")
    words = caption.strip()[:120] or picture.caption
    made = {"file": str(picture.uid), "section": section, "caption": words, "alt": picture.alt}
    return _kept(thing, [*thing.pictures, made], {str(picture.uid): [None, words]}, by)


@transaction.atomic
def change_placed(report: Report, file: UUID, values: Mapping[str, str], *, by: Viewer) -> Report:
    """
    Give a picture another section, other words, or the place before its neighbour (``up``) in the same section.

    Raises
    ------
    NotFound, NoSuchReport, Finished
        It does not stand in the report; as ``place_picture``.
    """
    thing = open_for_change(report.uid, by)
    kept = list(thing.pictures)
    place = _place_of(kept, file)
    before = kept[place]
    stated = {
        name: values[name].strip() for name in ("section", "caption", "alt") if values.get(name, "").strip()
    }
    _require_section(thing, stated.get("section", before["section"]))
    kept[place] = before | stated
    if values.get("up"):
        earlier = [n for n in range(place) if kept[n]["section"] == kept[place]["section"]]
        if earlier:
            kept[earlier[-1]], kept[place] = kept[place], kept[earlier[-1]]
    return _kept(thing, kept, {str(file): [before, kept[_place_of(kept, file)]]}, by)


@transaction.atomic
def take_out(report: Report, file: UUID, *, by: Viewer) -> Report:
    """Take a picture out of a report; it stays in the library. Raises what ``change_placed`` raises."""
    thing = open_for_change(report.uid, by)
    place = _place_of(thing.pictures, file)
    kept = [one for n, one in enumerate(thing.pictures) if n != place]
    return _kept(thing, kept, {str(file): [thing.pictures[place]["caption"], None]}, by)


def _kept(thing: Report, pictures: list[dict[str, str]], changes: Mapping[str, Any], by: Viewer) -> Report:
    return saved(thing, {"pictures": pictures}, changes, by=by)


def _place_of(kept: list[dict[str, str]], file: UUID) -> int:
    found = next((n for n, one in enumerate(kept) if one["file"] == str(file)), None)
    if found is None:
        raise NotFound("报告里没有这张图片")
    return found


def _require_section(report: Report, code: str) -> None:
    if code not in {one.code for one in sections_in(report)}:
        raise NoSuchReport(f"报告里没有这一节：{code[:60]}")
