"""Profiles and mappings: what they may say, what they may not, and which one a header belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from anlu.engine.errors import BadInput
from anlu.kernel.core.importing.fields import MAIN, ImportField, Kind, Sheet
from anlu.kernel.core.importing.profiles import detected, read_profile, template_of

CRASH_FIELDS = (
    ImportField("number", "编号", required=True),
    ImportField("at", "时间", Kind.MOMENT, required=True),
    ImportField("weather", "天气", Kind.CODE),
)
CAR_FIELDS = (ImportField("number", "编号", required=True), ImportField("plate", "号牌"))
SHEETS = (Sheet(MAIN, "事故", CRASH_FIELDS), Sheet("cars", "车辆", CAR_FIELDS))
GOOD = """
[profile]
code = "x"
label = "某格式"
[detect]
main = ["No|Number", "When"]
[options]
zone = "Europe/London"
key = ["Year", "No"]
null = ["NA"]
decimal = ","
[columns]
number = "No|Number"
at = ["Date", "Time"]
weather = "W"
[values.weather]
"fine  weather" = 1
"none" = ""
[cars.columns]
plate = "P"
[keep]
main = ["W"]
[drop]
cars = ["Z"]
[[areas]]
code = "A"
name = "甲"
kind = "town"
"""


def mapping(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "map.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_that_a_profile_may_say_is_read(tmp_path: Path) -> None:
    found = read_profile(mapping(tmp_path, GOOD), SHEETS)
    main = found.sheet(MAIN)
    assert (found.code, found.label) == ("x", "某格式")
    assert main.columns == {"number": ("No|Number",), "at": ("Date", "Time"), "weather": ("W",)}
    assert main.values == {"weather": {"fine weather": "1", "none": ""}}
    assert (main.keep, found.sheet("cars").drop) == (("W",), ("Z",))
    assert (found.options.key, found.options.decimal) == (("Year", "No"), ",")
    assert found.areas[0].code == "A"
    assert found.headers() == {"No", "Number", "Date", "Time", "W", "Year"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("columns = 1", "columns"),
        ("[columns]\nnumbr = 'x'", "columns.numbr"),
        ("[columns]\nnumber = 3", "columns.number"),
        ("[columns]\nnumber = []", "columns.number"),
        ("[columns]\nnumber = 'a'\n[colums]\nx = 1", "colums"),
        ("[columns]\nnumber = 'a'\n[options]\nzone = 'Mars/City'", "Mars/City"),
        ("[columns]\nnumber = 'a'\n[options]\nzone = '../etc'", "../etc"),
        ("[columns]\nnumber = 'a'\n[options]\nspeed = 'x'", "options.speed"),
        ("[columns]\nnumber = 'a'\n[options]\ndate_format = 'YYYY-MM-DD'", "options.date_format"),
        ("[columns]\nnumber = 'a'\n[options]\ndate_format = '%Q %'", "options.date_format"),
        ("[columns]\nnumber = 'a'\n[options]\ndecimal = 'x'", "options.decimal"),
        ("[columns]\nnumber = 'a'\n[options]\ndelimiter = ',,'", "options.delimiter"),
        ("[columns]\nnumber = 'a'\n[values]\nweather = 'x'", "values.weather"),
        ("[columns]\nnumber = 'a'\n[values.wind]\na = 'x'", "values.wind"),
        ("[columns]\nnumber = 'a'\n[[areas]]\ncode = 'x'", "areas"),
        ("[cars.columns]\nplate = 'a'", "columns"),
        ("[columns\n", "TOML"),
        ("", "columns"),
    ],
)
def test_a_mapping_that_is_wrong_is_told_where(tmp_path: Path, text: str, words: str) -> None:
    path = mapping(tmp_path, text)
    with pytest.raises(BadInput) as caught:
        read_profile(path, SHEETS)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_mapping_in_another_encoding_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes("[columns]\nnumber = '编号'".encode("gb18030"))
    with pytest.raises(BadInput, match="UTF-8"):
        read_profile(path, SHEETS)


def test_the_profile_that_knows_most_of_a_header_is_chosen(tmp_path: Path) -> None:
    known = read_profile(mapping(tmp_path, GOOD), SHEETS)
    template = template_of(SHEETS)
    assert detected([known, template], ["Number", "When", "W"]) is known
    assert detected([known, template], ["编号", "时间"]) is template
    assert detected([known, template], ["number", "at", "x"]) is template
    assert detected([known, template], ["编号", "天气"]) is None
