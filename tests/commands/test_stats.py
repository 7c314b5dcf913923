"""``anlu stats compare``."""

import json

import pytest

from anlu.__main__ import main

pytestmark = pytest.mark.no_database


def compare(*words: str) -> int:
    return main(["stats", "compare", *words])


def test_json_has_exactly_the_promised_fields(capsys):
    assert compare("--current", "39", "--previous", "53", "--json") == 0
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert list(result) == ["change_pct", "rate_ratio", "ci95", "p_two_sided", "words"]
    assert round(result["change_pct"], 2) == -26.42
    assert round(result["rate_ratio"], 4) == 0.7358
    assert [round(bound, 4) for bound in result["ci95"]] == [0.4866, 1.1127]
    assert round(result["p_two_sided"], 4) == 0.1750
    assert result["words"] == "下降26.42%"
    assert err == ""


def test_numbers_are_given_in_full_precision(capsys):
    compare("--current", "39", "--previous", "53", "--json")
    assert json.loads(capsys.readouterr().out)["change_pct"] == pytest.approx(-1400 / 53, abs=1e-13)


@pytest.mark.parametrize(
    ("current", "previous", "change", "ratio", "p"),
    [(5, 0, None, None, 0.0625), (0, 5, -100, None, 0.0625), (0, 0, None, None, 1)],
)
def test_what_is_undefined_is_null(current, previous, change, ratio, p, capsys):
    assert compare("--current", str(current), "--previous", str(previous), "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["change_pct"], result["rate_ratio"], result["ci95"]) == (change, ratio, None)
    assert result["p_two_sided"] == p


@pytest.mark.parametrize(
    "found",
    ["-1", "-0.5", "3.5", "1e3", "", " ", "abc", "NaN", "inf", "１２", "1_000", "0x10", "+5",
     "100000000001", "9" * 5000],
)  # fmt: skip
@pytest.mark.parametrize("field", ["--current", "--previous"])
def test_what_is_not_a_count_is_bad_input(field, found, capsys):
    other = {"--current": "--previous", "--previous": "--current"}[field]
    assert compare(f"{field}={found}", other, "4", "--json") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert len(err) < 200
    assert field in err
    assert "0 至 100000000000 的整数" in err


def test_a_missing_count_is_bad_input(capsys):
    assert compare("--current", "39", "--json") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "输入有误: 缺少参数 --previous (用法见 anlu stats compare --help)\n"


def test_people_get_sentences(capsys):
    assert compare("--current", "39", "--previous", "53") == 0
    assert capsys.readouterr().out.splitlines() == [
        "本期 39, 上期 53: 下降26.42%",
        "比值 0.7358 (95% 区间 0.4866 至 1.1127)",
        "数量较小,波动范围 −51%~+11%",
        "双侧检验 p = 0.1750",
    ]


def test_the_largest_count_is_still_worked_out(capsys):
    assert compare("--current", "100000000000", "--previous", "99999700000", "--json") == 0
    assert json.loads(capsys.readouterr().out)["p_two_sided"] == pytest.approx(0.5023, abs=1e-4)
