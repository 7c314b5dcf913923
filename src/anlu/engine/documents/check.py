"""
What is wrong with a .docx by the rules of the transitional schema that readers insist on (ECMA-376).

No full validator: it knows the parts of a package and, in full, the order of children in the elements that documents
of ours and of Word's are mostly made of. Everything in these elements that the lists do not name is pointed out.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
TYPES: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELATION: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
STYLE_REFERENCES: Final = ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link")
RANGE_MARKS: Final = "bookmarkStart bookmarkEnd proofErr commentRangeStart commentRangeEnd permStart permEnd"

# Sequences of ECMA-376 Part 1 (5th edition), Annex A: CT_PPr, CT_RPr, …
SEQUENCES: Final = {
    "pPr": """pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs
        suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd
        snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment
        textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange""",
    "rPr": """rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid
        vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em
        lang eastAsianLayout specVanish oMath""",
    "tblPr": """tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing
        tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription""",
    "tcPr": """cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign
        hideMark""",
    "sectPr": """headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType
        pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings""",
    "pBdr": "top left bottom right between bar",
    "tblBorders": "top left start bottom right end insideH insideV",
    "tcBorders": "top start left bottom end right insideH insideV tl2br tr2bl",
    "tblCellMar": "top start left bottom end right",
    "tbl": f"{RANGE_MARKS} tblPr tblGrid tr",
    "tr": "tblPrEx trPr tc",
    "style": """name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked
        personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr""",
    "docDefaults": "rPrDefault pPrDefault",
}
ORDER: Final = {tag: {name: at for at, name in enumerate(names.split())} for tag, names in SEQUENCES.items()}
# Elements whose children may come in any order, but only these.
ALLOWED: Final = {
    "p": f"pPr r hyperlink fldSimple ins del sdt smartTag {RANGE_MARKS}",
    "r": """rPr t br tab cr sym fldChar instrText drawing pict noBreakHyphen softHyphen lastRenderedPageBreak
        footnoteReference endnoteReference ptab""",
    "body": f"p tbl sectPr sdt {RANGE_MARKS}",
    "trPr": "cnfStyle divId gridBefore gridAfter wBefore wAfter cantSplit trHeight tblHeader tblCellSpacing jc hidden",
    "tc": f"tcPr p tbl {RANGE_MARKS}",
}
REPEATED: Final = frozenset({"tr", "tc", "headerReference", "footerReference", "tblStylePr"})


def problems(content: bytes) -> list[str]:
    """Everything found wrong, in words; nothing when the file is sound."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            broken = archive.testzip()
            if broken:
                return [f"{broken}: damaged in the archive"]
            names = archive.namelist()
            parts = {name: archive.read(name) for name in names}
    except zipfile.BadZipFile:
        return ["not a zip archive"]
    found = [f"{name}: twice in the archive" for name in sorted({n for n in names if names.count(n) > 1})]
    roots: dict[str, Element] = {}
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            try:
                roots[name] = ElementTree.fromstring(data)
            except ElementTree.ParseError as error:
                found.append(f"{name}: no XML ({error})")
    return [*found, *package_problems(parts, roots), *document_problems(roots)]


def package_problems(parts: dict[str, bytes], roots: dict[str, Element]) -> Iterator[str]:
    """Types of parts, and relationships that lead nowhere or to nothing."""
    types = roots.get("[Content_Types].xml")
    if types is None:
        yield "[Content_Types].xml: missing"
        return
    endings = {each.get("Extension", "").lower() for each in types.iter(f"{TYPES}Default")}
    named = {each.get("PartName", "").lstrip("/") for each in types.iter(f"{TYPES}Override")}
    for name in parts:
        if (
            name != "[Content_Types].xml"
            and name not in named
            and name.rpartition(".")[2].lower() not in endings
        ):
            yield f"{name}: has no content type"
    yield from (f"{name}: has a content type but is missing" for name in sorted(named - set(parts)))
    reached = {"[Content_Types].xml"}
    for name in [each for each in roots if each.endswith(".rels")]:
        reached.add(name)
        yield from relationship_problems(name, roots[name], parts, reached)
    yield from (f"{name}: nothing leads to it" for name in sorted(set(parts) - reached))


def relationship_problems(
    name: str, root: Element, parts: dict[str, bytes], reached: set[str]
) -> Iterator[str]:
    """Relationships of one part; what they lead to is added to ``reached``."""
    folder = posixpath.dirname(posixpath.dirname(name))
    codes = [each.get("Id", "") for each in root.iter(RELATION)]
    yield from (
        f"{name}: relationship {code} twice" for code in sorted({c for c in codes if codes.count(c) > 1})
    )
    for each in root.iter(RELATION):
        if each.get("TargetMode") == "External":
            continue
        target = each.get("Target", "")
        path = (
            target.lstrip("/")
            if target.startswith("/")
            else posixpath.normpath(posixpath.join(folder, target))
        )
        if path in parts:
            reached.add(path)
        else:
            yield f"{name}: {each.get('Id')} leads to {path}, which is missing"


def document_problems(roots: dict[str, Element]) -> Iterator[str]:
    """Order of elements, references to styles and relationships, numbers of pictures."""
    styles = roots.get("word/styles.xml")
    known = set() if styles is None else {each.get(f"{W}styleId") for each in styles.iter(f"{W}style")}
    for name, root in roots.items():
        if not name.startswith("word/") or name.endswith(".rels"):
            continue
        for each in root.iter():
            yield from (f"{name}: {problem}" for problem in element_problems(each))
        yield from (
            f"{name}: style {code} is unknown" for code in style_references(root) if code not in known
        )
        yield from reference_problems(name, root, roots)
        drawn = [each.get("id") for each in root.iter(f"{WP}docPr")]
        if len(drawn) != len(set(drawn)):
            yield f"{name}: two pictures have the same number"
    document = roots.get("word/document.xml")
    body = None if document is None else document.find(f"{W}body")
    if body is None:
        yield "word/document.xml: has no body"
    elif len(body) == 0 or body[-1].tag != f"{W}sectPr":
        yield "word/document.xml: the body does not end with its section"


def element_problems(each: Element) -> Iterator[str]:
    """Children of one element that are unknown, twice or out of order."""
    if not each.tag.startswith(W):
        return
    tag = each.tag.removeprefix(W)
    names = [one.tag.removeprefix(W) for one in each]
    if tag in ALLOWED:
        foreign = [one for one in names if one not in ALLOWED[tag].split() and not one.startswith("{")]
        yield from (f"{one} within {tag}" for one in foreign)
    if tag in ("p", "r", "tc", "tr") and f"{tag}Pr" in names[1:]:
        yield f"{tag}Pr is not the first within {tag}"
    if tag == "tc" and (not names or names[-1] != "p"):
        yield "a cell does not end with a paragraph"
    order = ORDER.get(tag)
    if order is None:
        return
    yield from (f"{one} within {tag}" for one in names if one not in order)
    places = [order[one] for one in names if one in order]
    if places != sorted(places) and tag != "sectPr":
        yield f"children of {tag} out of order: {' '.join(names)}"
    if tag == "sectPr" and [p for p in places if p > 1] != sorted(p for p in places if p > 1):
        yield f"children of sectPr out of order: {' '.join(names)}"
    yield from (
        f"{one} twice within {tag}" for one in sorted({n for n in names if names.count(n) > 1} - REPEATED)
    )


def style_references(root: Element) -> Iterator[str]:
    """Styles that are named."""
    for tag in STYLE_REFERENCES:
        yield from (each.get(f"{W}val", "") for each in root.iter(f"{W}{tag}"))


def reference_problems(name: str, root: Element, roots: dict[str, Element]) -> Iterator[str]:
    """Relationships that are named but not there."""
    folder, _, file = name.rpartition("/")
    relations = roots.get(f"{folder}/_rels/{file}.rels")
    known = set() if relations is None else {each.get("Id") for each in relations.iter(RELATION)}
    for each in root.iter():
        for attribute in ("id", "embed", "link"):
            code = each.get(f"{R}{attribute}")
            if code is not None and code not in known:
                yield f"{name}: relationship {code} is unknown"
