"""A text is found as a whole, as a sentence with values, part by part, or word by word among numbers."""

from pathlib import Path

import pytest

from anlu.kernel.core.language.catalogue import Catalogue

TEXTS = """
msgid ""
msgstr ""
"Language: en\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "起"
msgid_plural "起"
msgstr[0] "crash"
msgstr[1] "crashes"

msgid "事故"
msgid_plural "事故"
msgstr[0] "crash"
msgstr[1] "crashes"

msgid "逢{words}"
msgstr "days {words:digits}"

msgid "农历{words}"
msgstr "lunar {words}"

msgid "农历{on}"
msgstr "lunar day {on:lunar}"

msgid "登记{noun}"
msgstr "Add {noun:one}"

msgid "死亡人数"
msgstr "Fatalities"

msgid "下降"
msgstr "down"

msgid "新增 {new}"
msgstr "{new} new"

msgid "，退回 {refused} 行"
msgid_plural "，退回 {refused} 行"
msgstr[0] ", {refused} row refused"
msgstr[1] ", {refused} rows refused"

msgid "还有{days}天"
msgid_plural "还有{days}天"
msgstr[0] "{days} day left"
msgstr[1] "{days} days left"

msgid "{year}年"
msgstr "{year}"

msgid "{month}月{day}日"
msgstr "{day} {month:month}"

msgid "{whole}(截至{end})"
msgstr "{whole} (up to {end})"

msgid "{period}各{corner}"
msgstr "{corner}, {period}"

msgid "月份"
msgstr "Month"

msgid "{reference}处"
msgstr "at {reference}"

msgid "{start} 起"
msgstr "from {start:date}"

msgid "还没有译"
msgstr ""
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    file = tmp_path / "django.po"
    file.write_text(TEXTS, encoding="utf-8")
    return Catalogue.read([file])


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("死亡人数", "Fatalities"),
        ("1,118起", "1,118 crashes"),
        ("1 起", "1 crash"),
        ("登记事故", "Add crash"),
        ("还有1天", "1 day left"),
        ("还有3天", "3 days left"),
        ("死亡人数下降30.36%", "Fatalities down 30.36%"),
        ("死亡人数下降30.36%(56→39起)", "Fatalities down 30.36% (56→39 crashes)"),
        ("6月30日", "30 Jun"),
        ("2023年(截至7月3日)", "2023 (up to 3 Jul)"),
        ("2023年(截至7月3日)各月份", "Month, 2023 (up to 3 Jul)"),
        ("新增 3，退回 2 行", "3 new, 2 rows refused"),
        ("新增 3，退回 1 行", "3 new, 1 row refused"),
        ("2023-06-30 起", "from 2023-06-30"),
        ("2023年 · 死亡人数", "2023 · Fatalities"),
        ("逢一、六", "days 1, 6"),
        ("农历逢十", "lunar days 10"),
        ("农历初十", "lunar day 10"),
        ("农历廿三", "lunar day 23"),
        ("农历十六", "lunar day 16"),
        ("农历三十", "lunar day 30"),
    ],
)
def test_a_text_is_said_in_english(catalogue: Catalogue, chinese: str, english: str) -> None:
    assert catalogue.english(chinese) == english


@pytest.mark.parametrize(
    "data",
    [
        "朝阳路",
        "逢一集",
        "农历年货节",
        "事故中队",  # the name of a unit, though it begins with a known word
        "道路交通事故社会救助基金经办处",  # ends as a sentence of one character does
        "6月30日重型货车与行人相撞",
        "还没有译",
    ],
)
def test_what_is_not_known_stays_as_it_is(catalogue: Catalogue, data: str) -> None:
    assert catalogue.english(data) is None


def test_without_the_file_nothing_is_known_and_nothing_breaks(tmp_path: Path) -> None:
    (tmp_path / "broken.po").write_bytes(b"\xff\xfe msgid \x00")
    catalogue = Catalogue.read([tmp_path / "missing.po", tmp_path / "broken.po"])
    assert catalogue.english("死亡人数") is None


def test_the_lower_package_has_the_word(tmp_path: Path) -> None:
    paths = []
    for number, english in enumerate(("Fatalities", "Deaths")):
        paths.append(tmp_path / f"{number}.po")
        paths[-1].write_text(f'msgid "死亡人数"\nmsgstr "{english}"\n', encoding="utf-8")
    assert Catalogue.read(paths).english("死亡人数") == "Fatalities"
