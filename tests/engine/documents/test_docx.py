"""A document gives the same file every time, and the file holds what the document says."""

import io
import zipfile
from dataclasses import replace
from datetime import date

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.engine.documents.blocks import (
    BlankLine,
    Cell,
    Form,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Run,
    Table,
)
from anlu.engine.documents.docx import render_docx
from anlu.engine.documents.paper import FORMS, Attachment, Attendance, Imprint, Paper, Signature

TABLE = Table(("单位", "起数"), (("城关中队", "3"), ("东岭中队", "5")))
PAPER = Paper(
    "document",
    "关于开展道路交通安全隐患排查的通知",
    (
        Paragraph((Run("一是", "strong"), Run("加强领导。"))),
        Heading("工作目标"),
        Heading("突出重点", 2, "各中队要压实责任。"),
        TABLE,
        PageBreak(),
        BlankLine(),
        Form(((Cell("受送达人", label=True), Cell("某公司")),), (1, 3)),
    ),
    issuers=("青澜县公安局交通警察大队",),
    number="青公交〔2023〕8号",
    addressees=("各中队", "机关各股室"),
    attachments=(Attachment("任务分工表", (replace(TABLE, landscape=True),)),),
    signatures=(Signature("青澜县公安局交通警察大队"),),
    dated=date(2023, 7, 3),
    sealed=True,
    note="此件公开发布",
    imprint=Imprint("青澜县公安局交通警察大队办公室", date(2023, 7, 4), ("县公安局",)),
)


def words_of(content: bytes) -> list[str]:
    """The paragraphs of a file as python-docx reads them."""
    return [each.text for each in docx.Document(io.BytesIO(content)).paragraphs]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_document_gives_the_same_bytes(form):
    paper = replace(PAPER, form=form)
    assert render_docx(paper) == render_docx(replace(paper))


def test_nothing_in_the_file_tells_when_or_where_it_was_made():
    with zipfile.ZipFile(io.BytesIO(render_docx(PAPER))) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[:2] == ["[Content_Types].xml", "_rels/.rels"]
        assert "2023-07-03T00:00:00Z" in archive.read("docProps/core.xml").decode()


def test_the_file_holds_the_elements_in_their_order():
    words = [each for each in words_of(render_docx(PAPER)) if each]
    assert words[:5] == [
        "青澜县公安局交通警察大队文件",
        "青公交〔2023〕8号",
        "关于开展道路交通安全隐患排查的通知",
        "各中队、机关各股室：",
        "一是加强领导。",
    ]
    assert words[5:7] == ["一、工作目标", "（一）突出重点。各中队要压实责任。"]
    assert words[7:11] == ["附件：任务分工表", "青澜县公安局交通警察大队", "2023年7月3日", "（此件公开发布）"]
    assert words[11:] == ["附件", "任务分工表"]


def test_attachments_are_numbered_when_there_are_several():
    words = words_of(render_docx(replace(PAPER, attachments=(*PAPER.attachments, Attachment("名单", ())))))
    assert {"附件1", "附件2", "附件：1.\t任务分工表", "2.\t名单"} <= set(words)


def test_no_page_says_that_it_has_no_text():
    for form in FORMS:
        assert "此页无正文" not in "".join(words_of(render_docx(replace(PAPER, form=form))))


def test_minutes_name_who_was_there_and_carry_no_signature():
    paper = replace(
        PAPER, form="minutes", attendance=(Attendance("出席", "张某"), Attendance("请假", "李某"))
    )
    words = words_of(render_docx(paper))
    assert {"出席：张某", "请假：李某"} <= set(words)
    assert "2023年7月3日" not in words


def test_the_heads_of_a_table_are_repeated():
    document = docx.Document(io.BytesIO(render_docx(PAPER)))
    head = document.tables[0].rows[0]._tr
    assert head.xpath("./w:trPr/w:tblHeader")


def test_a_page_with_a_wide_table_lies_on_its_side():
    sections = docx.Document(io.BytesIO(render_docx(PAPER))).sections
    sizes = [(round(each.page_width.mm), round(each.page_height.mm)) for each in sections]
    assert (297, 210) in sizes
    lying = next(each for each in sections if each.page_width > each.page_height)
    margins = (lying.top_margin, lying.right_margin, lying.bottom_margin, lying.left_margin)
    assert [round(each.mm) for each in margins] == [28, 37, 26, 35]


@given(st.text(max_size=60))
def test_any_text_can_be_written(text):
    content = render_docx(Paper("plain", "记录", (Paragraph(text),)))
    assert docx.Document(io.BytesIO(content)).paragraphs


def test_a_picture_that_is_none_is_refused():
    with pytest.raises(ValueError, match="must be PNG or JPEG"):
        render_docx(Paper("plain", "记录", (Picture(b"no picture"),)))
