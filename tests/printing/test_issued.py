"""Papers as the platform makes them from the templates of its kinds: the same page as the samples of the engine."""

import pytest

from anlu.kernel.documents.define import Layout, in_order
from tests.printing.conftest import TEXT
from tests.printing.measuring import line_pitches

KINDS = {kind.code: kind for kind in in_order()}


def full_page(pages):
    """The first page that holds nothing but running text."""
    return next(
        page
        for page in pages
        if len(page.lines()) == 22 and all(len(line) == 28 and line[0].text in TEXT for line in page.lines())
    )


@pytest.mark.parametrize("code", KINDS)
def test_a_full_page_has_the_grid_and_margins_of_the_standard(printed, code):
    page = full_page(printed[f"issued {code}"])
    lines = page.lines()
    pitch = (lines[0][-1].left - lines[0][0].left) / 27 / (25.4 / 72)
    assert 15.7 <= pitch <= 15.8
    assert all(28.85 <= each <= 29.05 for each in line_pitches(lines))
    assert lines[0][0].left == pytest.approx(28, abs=1)
    assert page.width - max(line[-1].right for line in lines) == pytest.approx(26, abs=1)
    assert lines[0][0].top - 2.5 == pytest.approx(37, abs=1)
    assert page.height - (lines[-1][0].top - 2.5 + 28.95 * 25.4 / 72) == pytest.approx(35, abs=1)


@pytest.mark.parametrize("code", KINDS)
def test_the_first_page_says_what_it_is_and_no_field_is_left_open(printed, code):
    pages, kind = printed[f"issued {code}"], KINDS[code]
    text = "".join(page.text for page in pages)
    assert "{{" not in text
    assert "{%" not in text
    assert 22.0 in pages[0].sizes()
    if kind.numbered and kind.layout is not Layout.PLAIN:
        number = kind.pattern.format(mark="某公交", word=kind.word, year=2023, serial=1)
        assert number in pages[0].text
    if kind.layout in (Layout.DOCUMENT, Layout.LETTER, Layout.NOTICE):
        assert "2023年7月3日" in text
