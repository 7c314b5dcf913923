"""What an office looks for on the pages: text on the first, nothing alone on the last, the imprint at the foot."""

import pytest

from anlu.engine.documents.samples import BY_CODE, KINDS

CODES = [kind.code for kind in KINDS]
OFFICE = BY_CODE["notice"].issuer
WITH_IMPRINT = [kind.code for kind in KINDS if kind.form in ("document", "minutes", "bulletin")]
LAST_WORDS = "2023年7月3日印发"


@pytest.mark.parametrize("code", CODES)
def test_the_first_page_of_every_sample_carries_text(printed, code):
    first = printed[f"sample {code}"][0]
    body = [glyph for glyph in first.glyphs if abs(glyph.size - 16) < 0.1 or abs(glyph.size - 14) < 0.1]
    assert len(body) > 60


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_printed_outside_the_paper_or_over_the_foot(printed, code):
    for page in printed[f"sample {code}"]:
        for glyph in page.glyphs:
            assert glyph.left > 19
            assert glyph.right < page.width - 19


@pytest.mark.parametrize("lines", range(1, 23))
@pytest.mark.parametrize("form", ["", "letter "])
def test_a_signature_never_stands_alone(printed, form, lines):
    pages = printed[f"{form}ends {lines}"]
    signed = next(page for page in pages if "2023年7月3日" in page.text.replace(LAST_WORDS, ""))
    assert "各单位要认真抓好落实" in signed.text
    assert "各单位要认真抓好落实" in pages[0].text


@pytest.mark.parametrize(
    "name", [f"sample {code}" for code in WITH_IMPRINT] + [f"ends {n}" for n in range(1, 23)]
)
def test_the_imprint_stands_at_the_foot_of_the_last_and_even_page(printed, name):
    pages = printed[name]
    holding = [number for number, page in enumerate(pages, 1) if LAST_WORDS in page.text]
    assert holding == [len(pages)]
    assert len(pages) % 2 == 0
    last = pages[-1]
    lowest = max(y for left, right, y in last.rules if right - left > 150)
    assert lowest == pytest.approx(262, abs=1)


def test_a_page_without_text_has_no_number(printed):
    pages = printed["sample brief"]
    assert LAST_WORDS in pages[-1].text
    assert "—" not in pages[-1].text


def test_the_red_line_is_as_wide_as_the_text(printed):
    first = printed["sample notice"][0]
    widest = max(first.rules, key=lambda rule: rule[1] - rule[0])
    assert widest[1] - widest[0] == pytest.approx(156, abs=1)


def test_a_letter_has_two_lines_of_170_mm_above_and_below(printed):
    first = printed["sample advice"][0]
    wide = sorted({round(y) for left, right, y in first.rules if abs(right - left - 170) < 1})
    assert len(wide) >= 2
    assert wide[-1] == pytest.approx(297 - 20, abs=2)
    assert min(glyph.top for glyph in first.glyphs) == pytest.approx(30, abs=3)


def test_the_mark_begins_35_mm_below_the_type_area(printed):
    first = printed["sample notice"][0]
    size = max(glyph.size for glyph in first.glyphs)
    mark = [glyph for glyph in first.glyphs if glyph.size == size]
    assert "".join(glyph.text for glyph in mark) == f"{OFFICE}文件"
    assert mark[0].top == pytest.approx(37 + 35, abs=3)
    assert mark[0].left > 28
    assert mark[-1].right < 184.5


def test_a_long_title_is_several_centred_lines(printed):
    lines = printed["long title"][0].lines(22.0)
    assert len(lines) == 3
    for line in lines:
        assert (line[0].left + line[-1].right) / 2 == pytest.approx(28 + 78, abs=1)


def test_an_attachment_starts_a_page_with_its_title_on_the_third_line(printed):
    pages = printed["several attachments"]
    starts = [page for page in pages if page.text.startswith(("附件1", "附件2"))]
    assert len(starts) == 2
    for page in starts:
        label, title = page.lines()[0], page.lines(22.0)[0]
        assert label[0].left == pytest.approx(28, abs=1)
        assert title[0].top - label[0].top == pytest.approx(2 * 28.95 * 25.4 / 72, abs=3)


def test_the_head_of_a_table_is_repeated_on_every_page(printed):
    pages = [
        page for page in printed["sample notice"] if "相交道路" in page.text and "绿化遮挡视距" in page.text
    ]
    assert len(pages) >= 2


def test_the_name_is_centred_over_a_sealed_date(printed):
    page = next(page for page in printed["sample notice"] if "附件：" in page.text)
    *_, name, date = [line for line in page.lines() if line[0].left > 90]
    assert "".join(glyph.text for glyph in name) == OFFICE
    assert (name[0].left + name[-1].right) / 2 == pytest.approx((date[0].left + date[-1].right) / 2, abs=2)
    assert page.width - 26 - date[-1].right == pytest.approx(4 * 5.56, abs=4)


def test_joint_offices_have_names_of_the_same_width(printed):
    first = printed["joint"][0]
    size = next(glyph.size for glyph in first.glyphs if glyph.text == "澜")
    rows = [line for line in first.lines(size) if line[0].text == "青"]
    assert len(rows) == 3
    assert len({round(line[0].left) for line in rows}) == 1
    names = [[glyph for glyph in line if glyph.text not in "文件"] for line in rows]
    assert len({round(line[-1].right) for line in names}) == 1


def test_the_number_of_a_lying_page_is_turned_and_stands_at_its_left(printed):
    pages = printed["sample plan"]
    lying = [(number, page) for number, page in enumerate(pages, 1) if page.width > page.height]
    assert lying
    for number, page in lying:
        assert "".join(glyph.text for glyph in page.turned) == f"—{number}—"
        assert page.turned[0].left == pytest.approx(35 - 7 - 5, abs=2)
        if number % 2:
            assert page.turned[-1].bottom == pytest.approx(28 + 156 - 4.9, abs=2)
        else:
            assert page.turned[0].top == pytest.approx(28 + 4.9, abs=2)


def test_a_seal_covers_name_and_date(printed):
    page = next(page for page in printed["seal"] if "2023年7月3日" in page.text.replace(LAST_WORDS, ""))
    ((left, top, right, bottom),) = page.pictures
    assert (right - left, bottom - top) == (pytest.approx(42, abs=0.5), pytest.approx(42, abs=0.5))
    name, date = [line for line in page.lines() if line[0].left > 90][-2:]
    assert (left + right) / 2 == pytest.approx((date[0].left + date[-1].right) / 2, abs=4)
    assert top < name[0].top < date[0].bottom < bottom
