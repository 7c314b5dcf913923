"""The checker finds nothing wrong with our files, and finds each thing that is broken."""

import io
import zipfile

import docx
import pytest

from anlu.engine.documents.check import problems
from anlu.engine.documents.docx import render_docx
from anlu.engine.documents.samples import BY_CODE, KINDS, sample

SOUND = render_docx(sample(BY_CODE["plan"]))
DOCUMENT = "word/document.xml"


def changed(part: str, old: str, new: str) -> bytes:
    """The sound file with one thing broken."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SOUND)) as archive, zipfile.ZipFile(stream, "w") as made:
        for name in archive.namelist():
            text = archive.read(name)
            if name == part:
                assert old in text.decode()
                text = text.decode().replace(old, new, 1).encode()
            made.writestr(name, text)
    return stream.getvalue()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_sample_is_sound(kind):
    assert problems(render_docx(sample(kind))) == []


def test_a_file_of_another_program_is_sound():
    stream = io.BytesIO()
    document = docx.Document()
    document.add_heading("标题")
    document.add_paragraph("正文").add_run("加粗").bold = True
    document.add_table(2, 2)
    document.save(stream)
    assert problems(stream.getvalue()) == []


@pytest.mark.parametrize(
    ("part", "old", "new", "found"),
    [
        (DOCUMENT, '<w:keepNext /><w:pageBreakBefore />', '<w:pageBreakBefore /><w:keepNext />', "out of order"),
        (DOCUMENT, 'w:val="OfficialLabel"', 'w:val="Nowhere"', "style Nowhere is unknown"),
        (DOCUMENT, 'r:id="rIdFooterOdd"', 'r:id="rIdGone"', "relationship rIdGone is unknown"),
        (DOCUMENT, "<w:tblGrid>", "<w:colour /><w:tblGrid>", "colour within tbl"),
        (DOCUMENT, "<w:cantSplit />", "<w:splitting />", "splitting within trPr"),
        ("[Content_Types].xml", "/word/styles.xml", "/word/style.xml", "has a content type but is missing"),
        ("word/_rels/document.xml.rels", 'Target="styles.xml"', 'Target="style.xml"', "which is missing"),
        ("word/_rels/document.xml.rels", 'Id="rIdSettings"', 'Id="rIdStyles"', "relationship rIdStyles twice"),
        ("word/settings.xml", "</w:settings>", "", "no XML"),
    ],
)  # fmt: skip
def test_what_is_broken_is_found(part, old, new, found):
    assert any(found in problem for problem in problems(changed(part, old, new)))


def test_what_is_no_archive_is_said_to_be_none():
    assert problems(b"%PDF-1.7") == ["not a zip archive"]
