"""Pictures of roads that nobody photographed: flat drawings that say so, small, the same on every run."""

from __future__ import annotations

import io
import random
from datetime import datetime
from typing import Final

from PIL import ExifTags, Image, ImageDraw

SIZE: Final = (480, 360)
SKY, LAND, ROAD, LINE = (196, 214, 232), (206, 199, 158), (122, 128, 138), (240, 226, 160)
GREEN, TRUNK, AMBER, RED, GREY = (74, 122, 62), (116, 88, 60), (240, 178, 40), (190, 60, 52), (150, 150, 150)


def draw_scene(kind: str, *, after: bool, seed: int, at: datetime) -> bytes:
    """
    A road with the trouble of a kind of hazard, or (``after``) without it, as JPEG with the time of taking.

    Parameters
    ----------
    kind
        Code of the kind without its app: ``vegetation``.
    """
    dice = random.Random(seed)
    picture = Image.new("RGB", SIZE, SKY)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 150, 480, 360), fill=LAND)
    pen.polygon(((210, 150), (270, 150), (400, 360), (80, 360)), fill=ROAD)
    pen.polygon(((0, 205), (480, 196), (480, 236), (0, 248)), fill=ROAD)
    for step in range(5):
        top = 160 + 40 * step
        pen.polygon(((238, top), (242, top), (243, top + 22), (237, top + 22)), fill=LINE)
    _trouble(pen, kind, after, dice)
    pen.rectangle((0, 330, 480, 360), fill=(40, 44, 52))
    pen.text(
        (10, 338),
        f"ANLU DEMO DRAWING  {'AFTER' if after else 'BEFORE'}  {at:%Y-%m-%d %H:%M}",
        fill=(255, 255, 255),
    )
    return _jpeg(picture, at)


def _trouble(pen: ImageDraw.ImageDraw, kind: str, after: bool, dice: random.Random) -> None:
    if kind in ("junction_sight", "vegetation"):
        for place in range(2 if after else 7):
            x = (30 if place % 2 else 330) + dice.randrange(100)
            size = 18 if after else 40
            pen.rectangle((x - 3, 150, x + 3, 220), fill=TRUNK)
            pen.ellipse((x - size, 150 - size, x + size, 150 + size), fill=GREEN)
        return
    if kind in ("roadside_market", "obstruction", "work_zone") and not after:
        for place in range(6):
            x, y = 60 + 60 * place + dice.randrange(20), 230 + dice.randrange(40)
            pen.rectangle((x, y, x + 44, y + 26), fill=dice.choice((RED, AMBER, GREY)))
        return
    if kind in ("pavement",) and not after:
        for _ in range(5):
            x, y = 150 + dice.randrange(160), 250 + dice.randrange(60)
            pen.ellipse((x, y, x + 36, y + 14), fill=(70, 72, 78))
        return
    if after:  # what was missing stands now: a sign, a post, a lamp
        pen.rectangle((352, 120, 357, 250), fill=GREY)
        pen.polygon(((354, 80), (326, 124), (382, 124)), fill=AMBER, outline=RED)


def _jpeg(picture: Image.Image, at: datetime) -> bytes:
    exif = Image.Exif()
    stamp = f"{at:%Y:%m:%d %H:%M:%S}"
    exif[ExifTags.Base.DateTime] = stamp
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = stamp
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70, exif=exif)
    return out.getvalue()
