"""A page of plain text has 22 lines of 28 characters where GB/T 9704-2012 wants them, for every kind of document."""

import pytest

from anlu.engine.documents.samples import KINDS
from tests.printing.measuring import Page, character_pitches, line_pitches

CODES = [kind.code for kind in KINDS]
LETTERS = {kind.code for kind in KINDS if kind.form == "letter"}


def full_page(pages: list[Page]) -> Page:
    """A page that holds nothing but running text."""
    return pages[1]


@pytest.mark.parametrize("code", CODES)
def test_a_full_page_has_22_lines_of_28_characters(printed, code):
    lines = full_page(printed[f"full {code}"]).lines()
    assert len(lines) == 22
    assert {len(line) for line in lines} == {28}


@pytest.mark.parametrize("code", CODES)
def test_the_pitches_are_those_of_the_standard(printed, code):
    lines = full_page(printed[f"full {code}"]).lines()
    mean = (lines[0][-1].left - lines[0][0].left) / 27 / (25.4 / 72)
    assert 15.7 <= mean <= 15.8
    assert all(15.65 <= pitch <= 15.85 for line in lines for pitch in character_pitches(line))
    assert all(28.85 <= pitch <= 29.05 for pitch in line_pitches(lines))
    assert 28.9 <= (lines[-1][0].top - lines[0][0].top) / 21 / (25.4 / 72) <= 29.0


@pytest.mark.parametrize("code", CODES)
def test_the_margins_are_37_35_28_and_26_mm(printed, code):
    page = full_page(printed[f"full {code}"])
    lines = page.lines()
    assert round(page.width) == 210
    assert round(page.height) == 297
    assert lines[0][0].left == pytest.approx(28, abs=1)
    assert page.width - max(line[-1].right for line in lines) == pytest.approx(26, abs=1)
    # A character of 5.6 mm stands in a line of 10.2 mm, about 2.5 mm below its upper edge.
    assert lines[0][0].top - 2.5 == pytest.approx(37, abs=1)
    assert page.height - (lines[-1][0].top - 2.5 + 28.95 * 25.4 / 72) == pytest.approx(35, abs=1)


@pytest.mark.parametrize("code", CODES)
def test_text_is_16_titles_22_and_page_numbers_14_points(printed, code):
    pages = printed[f"full {code}"]
    assert full_page(pages).sizes() == {16.0, 14.0}
    assert 22.0 in pages[0].sizes()


@pytest.mark.parametrize("code", CODES)
def test_page_numbers_stand_outside_between_dashes(printed, code):
    pages = printed[f"full {code}"][:3]
    for number, page in enumerate(pages, 1):
        glyphs = page.number()
        if number == 1 and code in LETTERS:
            assert glyphs == []  # the first page of a letter has none
            continue
        assert "".join(glyph.text for glyph in glyphs) == f"—{number}—"
        assert {glyph.size for glyph in glyphs} == {14.0}
        assert glyphs[0].top == pytest.approx(262 + 7, abs=1.5)
        if number % 2:
            assert page.width - glyphs[-1].right == pytest.approx(26 + 4.9, abs=1)
        else:
            assert glyphs[0].left == pytest.approx(28 + 4.9, abs=1)
