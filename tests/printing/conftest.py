"""Every document that is looked at here, printed by one call of LibreOffice."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from anlu.engine.documents.blocks import Paragraph
from anlu.engine.documents.docx import render_docx
from anlu.engine.documents.paper import Attachment, Paper, Signature
from anlu.engine.documents.samples import BY_CODE, KINDS, sample
from anlu.engine.files.office import convert_to_pdf, find_office
from anlu.kernel.documents.composing import compose
from anlu.kernel.documents.define import DocumentKind, in_order
from anlu.kernel.documents.samples import sample_source
from tests.printing.measuring import Page, pages_of

ABSENT = (
    "NOT TESTED: printed documents, no LibreOffice here; install libreoffice-writer-nogui and fonts-noto-cjk"
)
TEXT = "各单位要按照职责分工认真抓好隐患排查治理工作落实到人并及时回复办理情况"
FULL = 2_000  # characters: more than three pages
LONG_TITLE = "关于对城关镇人民政府农村道路交通安全劝导站建设管理工作责任落实不到位问题开展专项督办的通知"
SEVERAL = (Attachment("任务分工表", (Paragraph("略"),)), Attachment("名单", (Paragraph("略"),)))


def papers() -> dict[str, Paper]:
    """Names and documents."""
    notice = sample(BY_CODE["notice"])
    letter = sample(BY_CODE["advice"])
    named = {f"sample {kind.code}": sample(kind) for kind in KINDS}
    named |= {f"full {kind.code}": sample(kind, FULL) for kind in KINDS}
    named |= {f"issued {kind.code}": issued(kind) for kind in in_order()}
    named["long title"] = replace(notice, title=LONG_TITLE)
    named["several attachments"] = replace(notice, attachments=SEVERAL)
    named["joint"] = replace(
        notice,
        issuers=("青澜县公安局", "青澜县交通运输局", "青澜县应急管理局"),
        signatures=tuple(map(Signature, ("青澜县公安局", "青澜县交通运输局", "青澜县应急管理局"))),
    )
    named["seal"] = replace(notice, signatures=(Signature(BY_CODE["notice"].issuer, seal=picture()),))
    # The text ends on every line of a page in turn: the signature must follow in each case.
    for lines in range(1, 23):
        text = tuple(Paragraph("各单位要认真抓好落实") for _ in range(lines))
        named[f"ends {lines}"] = replace(notice, body=text, attachments=())
        named[f"letter ends {lines}"] = replace(letter, body=text)
    return named


def issued(kind: DocumentKind) -> Paper:
    """A paper as the platform makes it from the kind's own template, with sample facts and pages of text after it."""
    title, _, body = kind.wording.partition("\n")
    return compose(kind, sample_source(kind, title=title, body=f"{body.rstrip()}\n{TEXT * 60}\n"))


def picture() -> bytes:
    """A red ring, as a seal is one."""
    stream = io.BytesIO()
    image = Image.new("RGBA", (200, 200))
    ImageDraw.Draw(image).ellipse((4, 4, 195, 195), outline="red", width=8)
    image.save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture(scope="session")
def printed() -> dict[str, list[Page]]:
    """The pages of every document by its name."""
    if find_office() is None:
        pytest.skip(ABSENT)
    named = papers()
    pdfs = convert_to_pdf([render_docx(paper) for paper in named.values()])
    return {name: pages_of(pdf) for name, pdf in zip(named, pdfs, strict=True)}
