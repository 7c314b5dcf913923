"""Drawn pictures of the demonstration county; four of its pictures stand in the half-year report."""

from __future__ import annotations

import io
import random
from datetime import date
from typing import Final

from django.db import transaction
from PIL import Image, ImageDraw, ImageFilter

from anlu.apps.reports.arrangement import HALF_YEAR
from anlu.apps.reports.library import Library, Picture
from anlu.apps.reports.models import Masking, PictureSet, Rights
from anlu.apps.reports.picturing import keep_masked, note_picture, picture_for, place_picture, sets
from anlu.apps.reports.services import start_report
from anlu.kernel.activities.models import Activity
from anlu.kernel.cases.models import FileKind
from anlu.kernel.core.attachments import attach, keep_files
from anlu.kernel.core.demo import demo_step
from anlu.kernel.core.models import Attachment
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.models import Unit

PERIOD: Final = "2023H1"
MADE_UP: Final = "（演示图）"
OF_COUNTY: Final = "演示图，按记录绘制，没有真实的人和车"
SIZE: Final = (800, 600)
# kind of activity, what is drawn
DRAWN: Final = (
    ("team.special_lecture", "hall"),
    ("team.party_lecture", "hall"),
    ("team.training", "drill"),
    ("team.theme_day", "hall"),
    ("governance.government", "hall"),
    ("governance.site", "road"),
)
# title, kind, day, unit, where, what is drawn
OCCASIONS: Final = (
    ("“五一”假期前检查客运车辆", "road", date(2023, 4, 26), "QL-ZHS", "县汽车站", "road"),
    ("农村道路安全劝导", "publicity", date(2023, 6, 9), "QL-Z03", "柳汀镇大集", "road"),
)
# ledger, section, whose picture of the half year stands in the report
CHOSEN: Final = (
    ("team.study", "team.study"),
    ("team.training", "team.training"),
    ("plans.honour", "plans.vehicle_office"),
    ("hazards.hazard", "hazards.hazards"),
)


def draw(scene: str, seed: int) -> bytes:
    """A flat drawing that says so: ``hall`` (a meeting), ``drill`` (a row outside), ``road`` (a check on the road)."""
    dice = random.Random(seed)
    picture = Image.new("RGB", SIZE, (214, 224, 236) if scene == "hall" else (196, 216, 236))
    pen = ImageDraw.Draw(picture)
    if scene == "hall":
        pen.rectangle((200, 60, 600, 250), fill=(236, 240, 246), outline=(120, 130, 146), width=4)
        pen.rectangle((240, 100, 560, 124), fill=(178, 46, 42))
        pen.rectangle((80, 250, 160, 330), fill=(120, 86, 52))
        _person(pen, 120, 200, (30, 54, 110))
    else:
        pen.rectangle((0, 240, 800, 600), fill=(190, 190, 168) if scene == "drill" else (126, 132, 140))
    if scene == "road":
        for x in range(20, 800, 120):
            pen.rectangle((x, 520, x + 70, 530), fill=(240, 236, 210))
        pen.rounded_rectangle((420, 330, 720, 470), 24, fill=dice.choice(((224, 224, 228), (182, 60, 52))))
        for x in (480, 660):
            pen.ellipse((x - 34, 440, x + 34, 508), fill=(44, 48, 56))
        pen.rectangle((540, 410, 620, 436), fill=(38, 78, 158))  # a plate without a number
    for row in range(2 if scene == "hall" else 1):
        for place in range(7 if scene != "road" else 2):
            x = 90 + 100 * place + (50 if row else 0) + dice.randrange(10)
            _person(pen, x, 360 + 90 * row if scene != "road" else 330, (30, 54, 110))
    pen.rectangle((0, 560, 800, 600), fill=(40, 44, 52))
    pen.text((14, 574), "ANLU DEMO DRAWING - NO PHOTOGRAPH", fill=(255, 255, 255))
    return _jpeg(picture)


def _person(pen: ImageDraw.ImageDraw, x: int, y: int, coat: tuple[int, int, int]) -> None:
    pen.ellipse((x - 18, y, x + 18, y + 36), fill=(222, 188, 160))
    pen.rounded_rectangle((x - 28, y + 36, x + 28, y + 120), 14, fill=coat)


def _jpeg(picture: Image.Image) -> bytes:
    sink = io.BytesIO()
    picture.save(sink, "JPEG", quality=75)
    return sink.getvalue()


def blurred(content: bytes) -> bytes:
    """The upper half of a drawing made unrecognisable, as faces and plates would be."""
    with Image.open(io.BytesIO(content)) as opened:
        picture = opened.convert("RGB")
    box = (0, 200, picture.width, picture.height - 60)
    picture.paste(picture.crop(box).filter(ImageFilter.BoxBlur(14)), box)
    return _jpeg(picture)


@demo_step(96, "reports.pictures", "图片素材与报告配图")
def make_pictures() -> str:
    """Pictures of activities and of two occasions, notes, and four pictures in the half-year report."""
    if PictureSet.objects.exists():
        return "已有"
    with transaction.atomic():
        made = _of_activities() + _of_occasions()
        shown = _place(_noted())
    return f"{made} 张, 半年总结配图 {shown} 张"


def _of_activities() -> int:
    made = 0
    for seed, (kind, scene) in enumerate(DRAWN):
        held = Activity.objects.live().filter(
            kind=kind, state="held", held_on__range=("2023-01-01", "2023-06-30")
        )
        for one in held.order_by("-held_on")[:2]:
            made += len(attach(one, keep_files([(draw(scene, seed), "drawing.jpg")], by=SYSTEM), by=SYSTEM))
    return made


def _of_occasions() -> int:
    for seed, (title, kind, day, unit, where, scene) in enumerate(OCCASIONS, start=50):
        values = {"title": title, "kind": kind, "taken_on": day, "where": where}
        one = sets.add(values | {"unit": Unit.objects.get(code=unit)}, by=SYSTEM)
        attach(one, keep_files([(draw(scene, seed), "drawing.jpg")], by=SYSTEM), by=SYSTEM)
    return len(OCCASIONS)


def _noted() -> list[Picture]:
    """Every picture of the half year but the last is noted; of two occasions one was masked and one has to be."""
    for picture in Library(SYSTEM).slice():
        if picture.day is None or not date(2023, 1, 1) <= picture.day <= date(2023, 6, 30):
            continue
        values = {
            "caption": f"{picture.caption.removesuffix(MADE_UP)}{MADE_UP}"[:120],
            "alt": f"示意图：{picture.title}",
            "rights": Rights.REPORT.value,
            "rights_basis": OF_COUNTY,
            "masking": Masking.CLEAR.value,
        }
        masked = None
        if isinstance(picture.thing, PictureSet):
            values |= {"masking": Masking.NEEDED.value, "masking_note": "行人面部、轿车号牌"}
            if picture.thing.kind == "publicity" and isinstance(picture.file, Attachment):
                masked = keep_masked(blurred(picture.content()), "masked.jpg", by=SYSTEM)
        note_picture(picture, values, by=SYSTEM, masked=masked)
    return Library(SYSTEM).slice()


def _place(pictures: list[Picture]) -> int:
    report = start_report(HALF_YEAR, PERIOD, by=SYSTEM)
    shown = 0
    for ledger, section in CHOSEN:
        fit = (one for one in pictures if one.ledger.code == ledger and not one.why_not and _stands_for(one))
        picture = next(fit, None)
        if picture is not None:
            report = place_picture(report, picture_for(SYSTEM, picture.uid), section, by=SYSTEM)
            shown += 1
    return shown


def _stands_for(picture: Picture) -> bool:
    """Of hazards only what became of them."""
    return picture.stage in ("", FileKind.AFTER.label)
