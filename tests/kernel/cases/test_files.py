"""Uploads are what their content is; photographs are compared with the case and leave it without their secrets."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import ExifTags, Image

from anlu.kernel.cases.files import attach, file_for, keep_files, move_with_files, pairs_of, void_file
from anlu.kernel.cases.models import Case, CaseFile, CaseWatcher
from anlu.kernel.cases.services import MoveRefused, assign_case, move_case
from anlu.kernel.core.errors import NotAllowed, NotFound
from anlu.kernel.core.models import Upload
from anlu.kernel.core.pictures import BadFile, check_file, stripped
from tests.kernel.cases.conftest import Stage
from tests.kernel.cases.test_services import DAY, found


@pytest.fixture(autouse=True)
def store(tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ANLU_UPLOADS_FOLDER = tmp_path
    monkeypatch.setenv("ANLU_TODAY", DAY.isoformat())


def jpeg(
    taken: str = "", at: tuple[float, float] | None = None, size: tuple[int, int] = (64, 48), **more: Any
) -> bytes:
    """A photograph that says when and where it was taken."""
    exif = Image.Exif()
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if at:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLatitudeRef] = "E", "N"
        gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLatitude] = parts(at[0]), parts(at[1])
    for tag, value in more.items():
        exif[getattr(ExifTags.Base, tag)] = value
    sink = io.BytesIO()
    Image.new("RGB", size, "green").save(sink, "JPEG", exif=exif)
    return sink.getvalue()


def parts(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = (degrees - whole) * 60
    return float(whole), float(int(minutes)), round((minutes - int(minutes)) * 60, 4)


def png(width: int, height: int) -> bytes:
    sink = io.BytesIO()
    Image.new("1", (width, height)).save(sink, "PNG")
    return sink.getvalue()


def packed(*names: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return sink.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"#!/bin/sh\nrm -rf /\n", "现场.jpg", "不是照片"),
        (b"<html><script>alert(1)</script></html>", "现场.png", "不是照片"),
        (SVG, "图.svg", "不是照片"),
        (SVG, "图.jpg", "不是照片"),
        (png(10_000, 10_000), "大图.png", "10000×10000 像素"),
        (jpeg()[:200], "半张.jpg", "打不开"),
        (b"", "空.jpg", "空文件"),
        (b"\xff\xd8\xff" + b"\0" * 30_000_001, "录像.jpg", "超过 30 MB"),
        (packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "宏.docx", "不带宏"),
        (packed("a.exe"), "程序.docx", "不能上传"),
        (b"PK\x03\x04broken", "坏.xlsx", "已损坏"),
        (b"GIF89a" + b"\0" * 20, "动图.gif", "不是照片"),
    ],
)
def test_what_is_not_what_it_says_is_refused_in_words(content: bytes, name: str, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        check_file(content, name)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (jpeg(), "image/jpeg"),
        (png(100, 50), "image/png"),
        (b"%PDF-1.7 ...", "application/pdf"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), "spreadsheetml"),
    ],
)
def test_what_may_come_is_known_by_its_content_whatever_its_name(content: bytes, kind: str) -> None:
    assert kind in check_file(content, "anything.exe").media_type


def test_a_large_file_is_refused_without_being_read_to_its_end() -> None:
    class Endless(io.RawIOBase):
        read_bytes = 0

        def read(self, size: int = -1) -> bytes:
            Endless.read_bytes += size
            assert Endless.read_bytes < 60_000_000
            return b"\xff" * size

    with pytest.raises(BadFile, match="超过 30 MB"):
        check_file(Endless(), "200MB.jpg")  # type: ignore[arg-type]


def test_paths_in_names_are_only_text(stage: Stage) -> None:
    case = found(stage)
    kept = keep_files([(jpeg(), "../../etc/passwd\u202egpj.jpg", "photo")], by=stage.finder)
    made = attach(case.uid, kept, by=stage.finder)
    assert made[0].upload.name == "passwdgpj.jpg"


def test_a_photograph_says_when_and_where_and_is_compared_with_the_case(stage: Stage) -> None:
    case = found(stage, lon=115.80, lat=36.70)
    near = jpeg("2023:06:20 09:12:00", (115.8005, 36.7003))
    far = jpeg("2023:05:01 09:12:00", (115.82, 36.71))
    kept = keep_files([(near, "a.jpg", "before"), (far, "b.jpg", "before")], by=stage.finder)
    one, other = attach(case.uid, kept, by=stage.finder)
    assert one.taken_at == datetime(2023, 6, 20, 1, 12, tzinfo=UTC)
    assert one.distance_m == pytest.approx(56, abs=3)
    assert one.warnings == []
    assert other.warnings == ["拍摄位置距事项 2.1 公里", "拍摄于 2023-05-01，早于发现日期 50 天"]


def test_what_leaves_the_case_says_neither_when_nor_where(stage: Stage) -> None:
    original = jpeg("2023:06:20 09:12:00", (115.8, 36.7), size=(3000, 1000), Make="Phone", Orientation=6)
    case = found(stage)
    made = attach(case.uid, keep_files([(original, "a.jpg", "photo")], by=stage.finder), by=stage.finder)[0]
    assert made.thumbnail is not None
    with Image.open(io.BytesIO(stripped(original))) as shown:
        assert not dict(shown.getexif())
        assert shown.size == (640, 1920)  # turned upright, at most 1920 long
    assert b"Phone" not in stripped(original)


def test_files_are_for_those_who_see_the_case_and_brought_by_those_who_take_part(stage: Stage) -> None:
    case = move_case(found(stage).uid, "send", by=stage.finder, values={"lead": stage.garden})
    made = attach(case.uid, keep_files([(jpeg(), "a.jpg", "photo")], by=stage.liaison), by=stage.liaison)[0]
    assert file_for(stage.finder, made.uid) == made
    with pytest.raises(NotFound):
        file_for(stage.stranger, made.uid)
    with pytest.raises(NotAllowed):
        void_file(made.uid, why="拍错", by=stage.auxiliary_reader)
    void_file(made.uid, why="拍错", by=stage.liaison)
    with pytest.raises(NotFound):
        file_for(stage.finder, made.uid)


def test_a_permission_held_elsewhere_opens_nothing_here(stage: Stage) -> None:
    case = move_case(found(stage).uid, "send", by=stage.finder, values={"lead": stage.garden})
    CaseWatcher.objects.create(
        case=case, person=stage.stranger.uid
    )  # sees it, and handles those of another unit
    made = attach(case.uid, keep_files([(jpeg(), "a.jpg", "photo")], by=stage.finder), by=stage.finder)[0]
    assert file_for(stage.stranger, made.uid) == made
    with pytest.raises(NotAllowed, match="只能查看"):
        attach(case.uid, keep_files([(jpeg(), "b.jpg", "photo")], by=stage.stranger), by=stage.stranger)
    with pytest.raises(NotAllowed, match="由上传人或经办人移除"):
        void_file(made.uid, why="拍错", by=stage.stranger)
    assign_case(case.uid, {"handler": stage.stranger}, by=stage.chief)
    attach(case.uid, keep_files([(jpeg(), "b.jpg", "photo")], by=stage.stranger), by=stage.stranger)


def test_a_move_and_its_pictures_come_together_or_not_at_all(stage: Stage) -> None:
    case = move_case(found(stage).uid, "send", by=stage.finder, values={"lead": stage.garden})
    with pytest.raises(MoveRefused, match="还缺整改后照片"):
        move_with_files(
            case.uid, "fix", keep_files([(jpeg(), "a.jpg", "photo")], by=stage.liaison), by=stage.liaison
        )
    assert not CaseFile.objects.filter(case=case).exists()
    moved = move_with_files(
        case.uid, "fix", keep_files([(jpeg(), "a.jpg", "after")], by=stage.liaison), by=stage.liaison
    )
    assert moved.state == "fixed"


def test_the_same_content_is_kept_once(stage: Stage) -> None:
    case = found(stage)
    for _ in range(2):
        attach(case.uid, keep_files([(jpeg(), "a.jpg", "photo")], by=stage.finder), by=stage.finder)
    photos = Upload.objects.filter(name="a.jpg")
    assert (photos.count(), len(set(photos.values_list("sha256", flat=True)))) == (2, 1)


def test_before_and_after_stand_side_by_side(stage: Stage) -> None:
    case = found(stage)
    files = [CaseFile(case=case, kind=kind, bearing=bearing, pk=pk) for pk, kind, bearing in (
        (1, "before", 10.0), (2, "before", 200.0), (3, "after", 355.0), (4, "after", 190.0),
    )]  # fmt: skip
    assert [(a.pk, b.pk) for a, b in pairs_of(files)] == [(1, 3), (2, 4)]
    assert isinstance(case, Case)
