"""The parts of the file that hold no text: types, relationships, settings, properties."""

from __future__ import annotations

from datetime import date
from typing import Final
from xml.etree.ElementTree import Element

from anlu.engine.documents.fonts import Fonts
from anlu.engine.documents.paper import Paper
from anlu.engine.documents.pictures import Pictures, relationship
from anlu.engine.documents.sections import FOOTERS, HEADERS
from anlu.engine.documents.theme import theme_part
from anlu.engine.documents.xml import element, on, part, root, text_element, value

OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/"
WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
PROPERTIES: Final = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
APPLICATION: Final = "Anlu"


def fixed_parts(pictures: Pictures, fonts: Fonts) -> dict[str, bytes]:
    """Everything but text, styles, page numbers and properties."""
    media = {f"word/media/{name}": content for name, content in pictures.files.items()}
    return {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": package_relationships(),
        "word/_rels/document.xml.rels": document_relationships(pictures),
        "word/settings.xml": settings(),
        "word/fontTable.xml": font_table(fonts),
        "word/theme.xml": theme_part(fonts),
        "docProps/app.xml": application(),
        **media,
    }


def content_types() -> bytes:
    """What each part is."""
    kinds = {
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
        "png": "image/png",
        "jpeg": "image/jpeg",
    }
    named = {
        "/word/document.xml": f"{WORD}document.main+xml",
        "/word/styles.xml": f"{WORD}styles+xml",
        "/word/settings.xml": f"{WORD}settings+xml",
        "/word/fontTable.xml": f"{WORD}fontTable+xml",
        "/word/theme.xml": "application/vnd.openxmlformats-officedocument.theme+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "/docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        **{f"/word/{target}": f"{WORD}{kind}+xml" for target, _, kind in page_part_names()},
    }
    defaults = [element("Default", {"Extension": ext, "ContentType": kind}) for ext, kind in kinds.items()]
    overrides = [element("Override", {"PartName": name, "ContentType": kind}) for name, kind in named.items()]
    return part(element("Types", {"xmlns": f"{PACKAGE}content-types"}, *defaults, *overrides))


def page_part_names() -> list[tuple[str, str, str]]:
    """File name, relationship and kind of each header and footer."""
    feet = [
        (f"{code.removeprefix('rId').replace('Footer', 'footer')}.xml", code, "footer")
        for code in FOOTERS.values()
    ]
    heads = [
        (f"{code.removeprefix('rId').replace('Header', 'header')}.xml", code, "header")
        for code in HEADERS.values()
    ]
    return [*feet, *heads]


def package_relationships() -> bytes:
    """Where the document and its properties are."""
    return relationships(
        ("rId1", f"{OFFICE}officeDocument", "word/document.xml"),
        ("rId2", f"{PACKAGE}relationships/metadata/core-properties", "docProps/core.xml"),
        ("rId3", f"{OFFICE}extended-properties", "docProps/app.xml"),
    )


def document_relationships(pictures: Pictures) -> bytes:
    """What the document uses."""
    pages = [(code, f"{OFFICE}{kind}", target) for target, code, kind in page_part_names()]
    images = [(relationship(name), f"{OFFICE}image", f"media/{name}") for name in sorted(pictures.files)]
    fixed = [
        (f"rId{name.capitalize()}", f"{OFFICE}{name}", f"{name}.xml")
        for name in ("styles", "settings", "fontTable", "theme")
    ]
    return relationships(*fixed, *pages, *images)


def relationships(*entries: tuple[str, str, str]) -> bytes:
    """A list of relationships: code, type, target."""
    made = [
        element("Relationship", {"Id": code, "Type": kind, "Target": target})
        for code, kind, target in entries
    ]
    return part(element("Relationships", {"xmlns": f"{PACKAGE}relationships"}, *made))


def settings() -> bytes:
    """Odd and even pages differ; punctuation is not squeezed, so that a line keeps its 28 characters."""
    compatibility = {
        "w:name": "compatibilityMode",
        "w:uri": "http://schemas.microsoft.com/office/word",
        "w:val": 15,
    }
    return part(
        root(
            "w:settings",
            "w",
            element("w:zoom", {"w:percent": 100}),
            value("w:defaultTabStop", 420),
            on("w:evenAndOddHeaders"),
            value("w:characterSpacingControl", "doNotCompress"),
            element("w:compat", None, element("w:compatSetting", compatibility)),
            element("w:themeFontLang", {"w:val": "en-US", "w:eastAsia": "zh-CN"}),
        )
    )


def font_table(fonts: Fonts) -> bytes:
    """The faces by name; none is embedded."""
    names = dict.fromkeys((fonts.body, fonts.title, fonts.kai, fonts.hei, fonts.song))
    faces = [
        element("w:font", {"w:name": name}, value("w:charset", "86"), value("w:family", "auto"))
        for name in names
    ]
    return part(root("w:fonts", "w", *faces))


def application() -> bytes:
    """Which program wrote the file; no version, so that a newer one writes the same bytes."""
    return part(element("Properties", {"xmlns": PROPERTIES}, plain("Application", APPLICATION)))


def core_properties(paper: Paper, day: date) -> bytes:
    """Title, office and date of the document."""
    moment = f"{day.isoformat()}T00:00:00Z"
    namespaces = {
        "xmlns:cp": f"{PACKAGE}metadata/core-properties",
        "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        "xmlns:dcterms": "http://purl.org/dc/terms/",
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    }
    stamps = [
        plain(f"dcterms:{name}", moment, {"xsi:type": "dcterms:W3CDTF"}) for name in ("created", "modified")
    ]
    subject = [plain("dc:subject", paper.subject)] if paper.subject else []
    title = plain("dc:title", " ".join(paper.title.split("\n")))
    office = plain("dc:creator", "、".join(paper.issuers))
    return part(element("cp:coreProperties", namespaces, title, *subject, office, *stamps))


def plain(tag: str, words: str, facts: dict[str, str] | None = None) -> Element:
    """An element with words."""
    made = text_element(tag, words)
    del made.attrib["xml:space"]
    made.attrib.update(facts or {})
    return made
