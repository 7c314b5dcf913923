"""Rule files: the presets say where they come from, and every mistake in a file is named by its place."""

from datetime import date
from pathlib import Path

import pytest

from anlu.engine.errors import BadInput
from anlu.engine.risk.rules import DEFAULT, Clause, presets, read_rule, rule_of

CLAUSE = "[[clause]]\nlength_m = 500\nyears = 3\nmin_fatal = 3\n"


def test_presets_are_dated_and_every_clause_names_its_source() -> None:
    rules = presets()
    assert DEFAULT in rules
    assert {"harbin", "hong-kong", "chinese-city", "ministry-10km"} <= set(rules)
    for rule in rules.values():
        assert rule.as_of is not None
        assert rule.title
        assert all(clause.source and clause.name for clause in rule.clauses)


def test_the_published_thresholds_are_in_the_presets() -> None:
    rules = presets()
    hong_kong = {(c.years, c.min_injury, c.min_fatal) for c in rules["hong-kong"].clauses}
    assert hong_kong == {(1.0, 9, None), (5.0, None, 2)}
    harbin = [(c.years, c.min_killed, c.min_injury) for c in rules["harbin"].clauses]
    assert harbin == [(2.0, 10, None), (2.0, 5, None), (2.0, None, 20)]
    assert rules["harbin"].asks_killed
    assert not rules["county"].asks_killed


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(f'title = "本县"\nas_of = 2023-01-01\n{CLAUSE}name = "甲"\n\n{CLAUSE}', encoding="utf-8")
    rule = read_rule(str(file))
    assert (rule.code, rule.title, rule.as_of) == ("ours", "本县", date(2023, 1, 1))
    assert rule.clauses == (
        Clause("甲", 500.0, 3.0, min_fatal=3),
        Clause("clause 2", 500.0, 3.0, min_fatal=3),
    )


def test_a_preset_is_asked_for_by_its_code() -> None:
    assert read_rule("harbin") == presets()["harbin"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("= 3", ["r.toml", "TOML"]),
        ("", ["r.toml", "clause", "[[clause]]"]),
        ("clause = 3", ["clause", '"3"']),
        ("clause = [1]", ["clause"]),
        (f"rule = 1\n{CLAUSE}", ["rule", "title"]),
        (f"title = 3\n{CLAUSE}", ["title", '"3"']),
        (f'as_of = "2023"\n{CLAUSE}', ["as_of", "2023"]),
        ("[[clause]]\nyears = 3\nmin_fatal = 3", ["[[clause]] 1", "length_m", "大于 0"]),
        (
            f"{CLAUSE}\n[[clause]]\nlength_m = 0\nyears = 3\nmin_fatal = 3",
            ["[[clause]] 2", "length_m", '"0"'],
        ),
        ("[[clause]]\nlength_m = 500\nyears = -1\nmin_fatal = 3", ["years", '"-1"']),
        ("[[clause]]\nlength_m = nan\nyears = 1\nmin_fatal = 3", ["length_m", "nan"]),
        ("[[clause]]\nlength_m = inf\nyears = 1\nmin_fatal = 3", ["length_m", "inf"]),
        ("[[clause]]\nlength_m = true\nyears = 1\nmin_fatal = 3", ["length_m"]),
        ("[[clause]]\nlength_m = 500\nyears = 3", ["[[clause]] 1", "min_crashes"]),
        ("[[clause]]\nlength_m = 500\nyears = 3\nmin_fatal = 0", ["min_fatal", '"0"', "不小于 1"]),
        ("[[clause]]\nlength_m = 500\nyears = 3\nmin_fatal = 2.5", ["min_fatal", '"2.5"']),
        (f"{CLAUSE}min_dead = 3", ["[[clause]] 1", "min_dead", "min_killed"]),
        (f"{CLAUSE}name = 3", ["name", '"3"', "文字"]),
    ],
)
def test_a_mistake_is_named_by_file_clause_and_key(text: str, said: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        rule_of(text, "r.toml")
    message = caught.value.message()
    assert [word for word in ["r.toml", *said] if word not in message] == []
    assert "\n" not in message


def test_an_unknown_code_lists_those_that_exist() -> None:
    with pytest.raises(BadInput, match=r"county、harbin"):
        read_rule("nowhere")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "gb.toml"
    file.write_bytes(f'title = "本县"\n{CLAUSE}'.encode("gb18030"))
    with pytest.raises(BadInput, match="UTF-8"):
        read_rule(str(file))
