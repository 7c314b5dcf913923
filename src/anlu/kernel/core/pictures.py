"""
What an uploaded file really is, and what a photograph says of itself.

Nothing is believed of a name: a file is what its content is (``sniff``), only a few kinds are taken, and pictures are
decoded before they are kept. All of this happens outside of any transaction.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import IO, Any, Final

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from anlu.kernel.core.errors import AnluError

MOST_BYTES: Final = 30_000_000
MOST_PIXELS: Final = 40_000_000
THUMBNAIL_PX: Final = 480
LARGE_PX: Final = 1_920
JPEG_QUALITY: Final = 85
READ_AT_ONCE: Final = 1 << 20
PICTURES: Final[Mapping[str, str]] = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
DOCUMENTS: Final[Mapping[str, str]] = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
PDF: Final = "application/pdf"
CHINA: Final = timezone(timedelta(hours=8))  # what a camera without a zone means


class BadFile(AnluError):
    """A file that is not taken; the message says why and what would be."""


@dataclass(frozen=True)
class Shot:
    """What a photograph says of itself: when (aware), where (degrees, WGS-84), which way (degrees from north)."""

    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    bearing: float | None = None


@dataclass(frozen=True)
class Checked:
    """A file that may be kept: its content, what it is, and for pictures size, small copy and ``Shot``."""

    name: str
    content: bytes
    media_type: str
    width_px: int | None = None
    height_px: int | None = None
    thumbnail: bytes | None = None
    shot: Shot = Shot()

    @property
    def is_picture(self) -> bool:
        """True for photographs."""
        return self.media_type.startswith("image/")


def check_file(file: IO[bytes] | bytes, name: str) -> Checked:
    """
    Read a file and find out what it is.

    Raises
    ------
    BadFile
        Empty, too large, of a kind that is not taken, damaged, or with more pixels than a camera makes.
    """
    content = _read(file, name)
    if content.startswith(b"%PDF-"):
        return Checked(name, content, PDF)
    if content.startswith(b"PK\x03\x04"):
        return Checked(name, content, _office(content, name))
    return _picture(content, name)


def _read(file: IO[bytes] | bytes, name: str) -> bytes:
    if isinstance(file, bytes):
        file = io.BytesIO(file)
    parts, size = [], 0
    while block := file.read(READ_AT_ONCE):
        size += len(block)
        if size > MOST_BYTES:
            raise BadFile(f"「{name}」超过 {MOST_BYTES // 1_000_000} MB，请压缩后再传")
        parts.append(block)
    if not size:
        raise BadFile(f"「{name}」是空文件")
    return b"".join(parts)


def _office(content: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
    except zipfile.BadZipFile:
        raise BadFile(f"「{name}」已损坏") from None
    macros = any(one.endswith("vbaProject.bin") for one in names)
    found = next(
        (kind for start, kind in DOCUMENTS.items() if any(one.startswith(start) for one in names)), ""
    )
    if macros or not found or "[Content_Types].xml" not in names:
        raise BadFile(f"「{name}」不能上传：只收照片、PDF、Word(.docx)和 Excel(.xlsx)，不带宏")
    return found


def _picture(content: bytes, name: str) -> Checked:
    try:
        with Image.open(io.BytesIO(content), formats=tuple(PICTURES)) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise BadFile(
                    f"「{name}」有 {width}×{height} 像素，超过上限 {MOST_PIXELS // 10_000} 万像素，请缩小后再传"
                )
            media_type = PICTURES[opened.format or ""]
            shot = _shot(opened)
            opened.draft("RGB", (2 * THUMBNAIL_PX, 2 * THUMBNAIL_PX))
            small = _smaller(opened, THUMBNAIL_PX)
    except UnidentifiedImageError:
        raise BadFile(f"「{name}」不是照片：只收 JPEG、PNG、WebP 照片，以及 PDF、Word、Excel 文件") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise BadFile(f"「{name}」已损坏，打不开") from None
    return Checked(name, content, media_type, width, height, small, shot)


def _smaller(opened: Image.Image, longest_px: int) -> bytes:
    """Upright, at most so large, without anything that the camera wrote into it."""
    upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((longest_px, longest_px))
    plain = Image.new("RGB", upright.size, "white")
    mask = upright.getchannel("A") if upright.mode in ("RGBA", "LA") else None
    plain.paste(upright.convert("RGB"), mask=mask)
    sink = io.BytesIO()
    plain.save(sink, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return sink.getvalue()


def stripped(content: bytes, *, longest_px: int = LARGE_PX) -> bytes:
    """A picture for others: upright JPEG without time, place or camera; what leaves the case is made by this."""
    with Image.open(io.BytesIO(content), formats=tuple(PICTURES)) as opened:
        opened.draft("RGB", (longest_px, longest_px))
        return _smaller(opened, longest_px)


# ------------------------------------------------------------------------------------------------ EXIF
def _shot(opened: Image.Image) -> Shot:
    """Time and place as the camera wrote them; whatever cannot be read is left out."""
    try:
        exif = opened.getexif()
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError):
        return Shot()
    taken = _moment(
        inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime),
        inner.get(ExifTags.Base.OffsetTimeOriginal),
    )
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S", 90)
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W", 180)
    bearing = _number(gps.get(ExifTags.GPS.GPSImgDirection))
    known = lat is not None and lon is not None and (lat, lon) != (0.0, 0.0)
    return Shot(taken, lon if known else None, lat if known else None, bearing)


def _moment(stated: Any, offset: Any) -> datetime | None:
    try:
        plain = datetime.strptime(str(stated).strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    try:
        zone = datetime.strptime(str(offset).strip("\0 "), "%z").tzinfo if offset else CHINA
    except ValueError:
        zone = CHINA
    return plain.replace(tzinfo=zone).astimezone(UTC)


def _degrees(stated: Any, side: Any, negative: str, most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in stated)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    found = degrees + minutes / 60 + seconds / 3600
    if not 0 <= found <= most:
        return None
    return -found if str(side).strip("\0 ").upper() == negative else found


def _number(stated: Any) -> float | None:
    try:
        found = float(stated)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return found if 0 <= found <= 360 else None
