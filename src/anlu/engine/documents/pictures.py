"""Pictures: in the text, and the seal over name and date."""

from __future__ import annotations

import hashlib
import io
from typing import Final
from xml.etree.ElementTree import Element

from PIL import Image, UnidentifiedImageError

from anlu.engine.documents.grid import EMU_PER_MM
from anlu.engine.documents.xml import element

TALLEST_MM: Final = 200.0
PICTURE: Final = "http://schemas.openxmlformats.org/drawingml/2006/picture"
EXTENSIONS: Final = {"PNG": "png", "JPEG": "jpeg"}


class Pictures:
    """The pictures of one document; each is stored once."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._drawn = 0

    def add(self, content: bytes) -> tuple[str, float]:
        """Keep a picture; return its relationship and its height over its width."""
        try:
            with Image.open(io.BytesIO(content)) as image:
                kind, (width, height) = image.format, image.size
        except (UnidentifiedImageError, OSError) as error:
            raise ValueError("a picture must be PNG or JPEG") from error
        if kind not in EXTENSIONS:
            raise ValueError(f"a picture must be PNG or JPEG, got {kind}")
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.{EXTENSIONS[kind]}"
        self.files.setdefault(name, content)
        return relationship(name), height / width

    def inline(self, content: bytes, width_mm: float, alt: str) -> Element:
        """A run with the picture in the line of text."""
        code, ratio = self.add(content)
        width_mm = min(width_mm, TALLEST_MM / ratio)
        width, height = round(width_mm * EMU_PER_MM), round(width_mm * ratio * EMU_PER_MM)
        zero = dict.fromkeys(("distT", "distB", "distL", "distR"), 0)
        return self._run("wp:inline", zero, [], code, width, height, alt)

    def floating(self, content: bytes, width_mm: float, *, x: int, y: int, alt: str) -> Element:
        """A run with the picture behind the text, ``x`` from the column's edge and ``y`` from the paragraph, in EMU."""
        code, ratio = self.add(content)
        width, height = round(width_mm * EMU_PER_MM), round(width_mm * ratio * EMU_PER_MM)
        facts = {
            **dict.fromkeys(("distT", "distB", "distL", "distR", "simplePos"), 0),
            "relativeHeight": 1,
            "behindDoc": 1,
            "locked": 0,
            "layoutInCell": 1,
            "allowOverlap": 1,
        }
        place = [
            element("wp:simplePos", {"x": 0, "y": 0}),
            element("wp:positionH", {"relativeFrom": "column"}, number_element("wp:posOffset", x)),
            element("wp:positionV", {"relativeFrom": "paragraph"}, number_element("wp:posOffset", y)),
        ]
        return self._run("wp:anchor", facts, place, code, width, height, alt)

    def _run(
        self,
        tag: str,
        facts: dict[str, int],
        place: list[Element],
        code: str,
        width: int,
        height: int,
        alt: str,
    ) -> Element:
        self._drawn += 1
        names = {"id": self._drawn, "name": f"图片 {self._drawn}", "descr": alt}
        wrap = [element("wp:effectExtent", dict.fromkeys("ltrb", 0)), element("wp:wrapNone")] if place else []
        drawn = element(
            tag,
            facts,
            *place,
            element("wp:extent", {"cx": width, "cy": height}),
            *wrap,
            element("wp:docPr", names),
            element(
                "a:graphic",
                None,
                element("a:graphicData", {"uri": PICTURE}, picture(names, code, width, height)),
            ),
        )
        return element("w:r", None, element("w:drawing", None, drawn))


def picture(names: dict[str, object], code: str, width: int, height: int) -> Element:
    """``pic:pic``."""
    return element(
        "pic:pic",
        None,
        element("pic:nvPicPr", None, element("pic:cNvPr", names), element("pic:cNvPicPr")),
        element(
            "pic:blipFill",
            None,
            element("a:blip", {"r:embed": code}),
            element("a:stretch", None, element("a:fillRect")),
        ),
        element(
            "pic:spPr",
            None,
            element(
                "a:xfrm",
                None,
                element("a:off", {"x": 0, "y": 0}),
                element("a:ext", {"cx": width, "cy": height}),
            ),
            element("a:prstGeom", {"prst": "rect"}, element("a:avLst")),
        ),
    )


def relationship(name: str) -> str:
    """The relationship by which the document names a picture."""
    return f"rIdPicture{name.partition('.')[0]}"


def number_element(tag: str, number: int) -> Element:
    """An element that holds a number."""
    made = element(tag)
    made.text = str(number)
    return made
