"""The method pages say what every method page must say, and their worked examples come out as printed."""

import doctest
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "docs" / "methods"
HEADINGS = ["回答什么问题", "公式", "依据", "输入", "局限", "算例"]
NAMES = [
    "autocorrelation",
    "backtest",
    "before-after",
    "blackspots",
    "calendars",
    "compare",
    "county",
    "density",
    "documents",
    "early-warning",
    "forecast",
    "geo",
    "identity",
    "indicators",
    "kfunction",
    "lifecycle",
    "periods",
    "proofreading",
    "quality",
    "ranking",
    "roads",
    "screening",
    "severity",
    "target-probability",
    "wording",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_method_page_has_its_six_parts(name):
    lines = (PAGES / f"{name}.md").read_text(encoding="utf-8").splitlines()
    assert [line.removeprefix("## ") for line in lines if line.startswith("## ")] == HEADINGS


@pytest.mark.parametrize("name", NAMES)
def test_the_worked_example_comes_out_as_printed(name):
    result = doctest.testfile(str(PAGES / f"{name}.md"), module_relative=False, encoding="utf-8")
    assert result.attempted > 0
    assert result.failed == 0
