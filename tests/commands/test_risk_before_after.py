"""``anlu risk before-after``: the worked examples of the guides, and what is refused."""

import json
from pathlib import Path

import pytest

from anlu.__main__ import main

pytestmark = pytest.mark.no_database
HEADER = "site,predicted_before,observed_before,predicted_after,observed_after\n"
THREE = HEADER + "a,12,18,6,5\nb,8,10,4,3\nc,5,9,2.5,2\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("sites.csv").write_text(THREE)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main(["risk", "before-after", *words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def test_three_sites_by_empirical_bayes(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "--sites", "sites.csv", "--overdispersion", "0.3")
    assert (found["method"], found["observed"]) == ("empirical_bayes", 10)
    assert found["expected"] == pytest.approx(16.7537, abs=5e-5)
    assert found["expected_variance"] == pytest.approx(6.0374, abs=5e-5)
    assert (found["cmf"], found["standard_error"]) == pytest.approx((0.5843, 0.206), abs=5e-4)


def test_a_comparison_group(capsys: pytest.CaptureFixture[str]) -> None:
    counts = ["--before", "173", "--after", "144", "--comparison-before", "897", "--comparison-after", "870"]
    found = told(capsys, *counts)
    assert found["method"] == "comparison"
    assert [found["cmf"], *found["ci95"]] == pytest.approx([0.8514, 0.649, 1.054], abs=5e-4)
    assert found["significant"] is False


def test_the_naive_comparison_warns_in_words_too(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "--before", "40", "--after", "10", "--duration-ratio", "0.5")
    assert (found["method"], found["cmf"]) == ("naive", 0.5)
    assert found["warning"]
    assert main(["risk", "before-after", "--before", "40", "--after", "20"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("注意: 简单前后对比")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], ["--before"]),
        (["--before", "5"], ["--after"]),
        (["--before", "0", "--after", "3"], ["--before", '"0"']),
        (["--before", "x", "--after", "3"], ["--before", '"x"']),
        (["--before", "5", "--after", "-3"], ["--after"]),
        (["--before", "5", "--after", "9" * 400], ["--after"]),
        (["--before", "5", "--after", "3", "--duration-ratio", "0"], ["--duration-ratio"]),
        (["--before", "5", "--after", "3", "--comparison-before", "5"], ["--comparison-after"]),
        (["--before", "5", "--after", "3", "--overdispersion", "1"], ["--overdispersion"]),
        (["--sites", "sites.csv"], ["--overdispersion"]),
        (["--sites", "sites.csv", "--overdispersion", "-1"], ["--overdispersion", '"-1"']),
        (["--sites", "sites.csv", "--overdispersion", "1", "--before", "3"], ["--before"]),
        (["--sites", "missing.csv", "--overdispersion", "1"], ["missing.csv", "不存在"]),
        (["--sites", "sites.gpkg", "--overdispersion", "1"], ["--sites", "sites.gpkg"]),
        (["--sites", "zero.csv", "--overdispersion", "1"], ["zero.csv", "第 2 行", "predicted_before"]),
        (
            ["--sites", "minus.csv", "--overdispersion", "1"],
            ["minus.csv", "第 2 行", "observed_after", '"-2"'],
        ),
        (["--sites", "empty.csv", "--overdispersion", "1"], ["empty.csv"]),
        (["--sites", "nothing.csv", "--overdispersion", "1"], ["nothing.csv", "predicted_after"]),
        (["--sites", "columns.csv", "--overdispersion", "1"], ["columns.csv", "predicted_before"]),
    ],
)
def test_bad_input_is_one_line_that_names_it(
    words: list[str], said: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    Path("zero.csv").write_text(HEADER + "a,0,1,1,1\n")
    Path("minus.csv").write_text(HEADER + "a,1,1,1,-2\n")
    Path("nothing.csv").write_text(HEADER + "a,1,1,0,2\n")
    Path("empty.csv").write_text(HEADER)
    Path("columns.csv").write_text("site,before\na,1\n")
    assert main(["risk", "before-after", *words, "--json"]) == 2
    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    assert len(stderr.splitlines()) == 1
    assert [word for word in said if word not in stderr] == []
