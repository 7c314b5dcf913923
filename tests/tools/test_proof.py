"""What `make test` says at the end is what happened."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

REPORT = """<testsuites><testsuite tests="{tests}" failures="{failures}" errors="{errors}" skipped="2">
<testcase name="a"><skipped message="NOT TESTED: no data"/></testcase>
<testcase name="b"><skipped message="is about SQLite"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def check(tool: Callable[[str], ModuleType]) -> ModuleType:
    return tool("check")


def report(folder: Path, **counts: int) -> Path:
    """Write a report with these counts, two skipped tests among them."""
    path = folder / "report.xml"
    path.write_text(REPORT.format(**{"failures": 0, "errors": 0, **counts}))
    return path


def last_line(check: ModuleType, capsys: pytest.CaptureFixture[str], *outcomes: object) -> tuple[int, str]:
    """Sum up stages with these outcomes; return the exit code and the last line."""
    code = check.sum_up([check.Stage("x", "X", lambda: None)] * len(outcomes), list(outcomes))
    return code, capsys.readouterr().out.splitlines()[-1]


def test_the_counts_of_a_stage_are_those_of_its_report(check: ModuleType, tmp_path: Path) -> None:
    outcome = check.read_report(report(tmp_path, tests=20, failures=3, errors=1), ok=False)
    assert (outcome.passed, outcome.failed, outcome.skipped, outcome.ok) == (14, 4, 2, False)


def test_only_what_could_not_be_tested_here_is_said_aloud(check: ModuleType, tmp_path: Path) -> None:
    outcome = check.read_report(report(tmp_path, tests=20), ok=True)
    assert outcome.ok
    assert outcome.not_tested == ["NOT TESTED: no data"]


def test_a_stage_whose_program_failed_is_failed_even_if_its_report_is_clean(
    check: ModuleType, tmp_path: Path
) -> None:
    assert not check.read_report(report(tmp_path, tests=20), ok=False).ok


def test_the_last_line_sums_the_stages(check: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = [check.Outcome(True, passed=5), check.Outcome(True), check.Outcome(True, passed=7, skipped=1)]
    assert last_line(check, capsys, *outcomes) == (0, "12 passed, 0 failed")


def test_a_stage_without_tests_that_fails_counts_as_one(
    check: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = [check.Outcome(False), check.Outcome(False, passed=5, failed=2)]
    assert last_line(check, capsys, *outcomes) == (1, "5 passed, 3 failed")


def test_folders_without_tests_are_reported_and_do_not_fail(check: ModuleType, tmp_path: Path) -> None:
    outcome = check.pytest_stage([tmp_path / "flows"])
    assert outcome.ok
    assert "no tests yet" in outcome.note


def test_an_unknown_stage_is_refused_by_name(check: ModuleType) -> None:
    with pytest.raises(SystemExit, match="no stage nonsense"):
        check.chosen_stages(["lint", "nonsense"])


def test_lint_is_the_stages_that_take_seconds(check: ModuleType) -> None:
    assert [stage.name for stage in check.chosen_stages(["lint"])] == [
        "style",
        "layers",
        "types",
        "licences",
        "docs",
    ]


def test_no_property_fails_because_the_machine_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count(step=60.0)  # a minute goes by whenever hypothesis looks
    monkeypatch.setattr(
        "hypothesis.internal.conjecture.data.time", SimpleNamespace(perf_counter=lambda: next(clock))
    )
    tried = []

    @settings(max_examples=5)
    @given(st.integers())
    def everything_is_tried(number: int) -> None:
        tried.append(number)

    everything_is_tried()
    assert len(tried) == 5
