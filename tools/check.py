"""
The whole proof: `make test`, also what continuous integration calls.

    python tools/check.py                   every stage
    python tools/check.py lint              the cheap stages
    python tools/check.py engine browser    those stages

Every stage runs, also after one has failed, so that one run tells everything. The last line counts tests and,
as failed, also each stage without tests that failed. The exit code is 0 only when nothing failed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from browser import find_or_install_chromium
from environment import ROOT, ensure, give_up, tool
from office import find_or_install_office

TESTS = ROOT / "tests"
# Folders with a stage of their own, and those that hold no tests of the suite.
ENGINE, STORIES, PRINTING = TESTS / "engine", TESTS / "stories", TESTS / "printing"
APART = {ENGINE, STORIES, PRINTING, TESTS / "bench", TESTS / "data"}
WORKERS = str(min(4, os.cpu_count() or 1))
# A file stays with one worker: what its tests share is made once. The files keep their order.
WHOLE_FILES = ("--dist", "loadfile", "--no-loadscope-reorder")
# What a developer has set for the own installation must not reach the tests; the last one would make every process of
# theirs compile all of them again.
FOREIGN = (
    "DATABASE_URL",
    "DJANGO_SETTINGS_MODULE",
    "ANLU_DATA",
    "ANLU_TODAY",
    "ANLU_TEST_DATABASE",
    "PYTEST_ADDOPTS",
    "PYTHONDONTWRITEBYTECODE",
)

# A folder for what one stage makes and a later one needs too: the demonstration county on SQLite.
KEPT_VARIABLE = "ANLU_TEST_KEPT"


@dataclass
class Outcome:
    """What came out of a stage."""

    ok: bool
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""
    not_tested: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def counts(self) -> str:
        """The counts in words, as far as there are any."""
        words = [f"{self.passed} passed", f"{self.failed} failed"] if self.passed or self.failed else []
        if self.skipped:
            words.append(f"{self.skipped} skipped")
        return ", ".join([*words, *([self.note] if self.note else [])])


@dataclass(frozen=True)
class Stage:
    """One part of the proof."""

    name: str
    title: str
    run: Callable[[], Outcome]


def main(arguments: list[str]) -> int:
    """Run the stages asked for and sum them up."""
    stages = chosen_stages(arguments)
    ensure("dev")
    with tempfile.TemporaryDirectory(prefix="anlu-kept-", ignore_cleanup_errors=True) as kept:
        os.environ[KEPT_VARIABLE] = kept
        return run_all(stages)


def run_all(stages: list[Stage]) -> int:
    """Run them one after another and sum them up."""
    outcomes = []
    for number, stage in enumerate(stages, 1):
        print(f"\n━━ {number}/{len(stages)} {stage.title} {'━' * max(4, 76 - len(stage.title))}", flush=True)
        started = time.monotonic()
        outcome = stage.run()
        outcome.seconds = time.monotonic() - started
        print(f"{mark(outcome)} {stage.title}: {outcome.seconds:.1f} s {outcome.counts}", flush=True)
        outcomes.append(outcome)
    return sum_up(stages, outcomes)


def chosen_stages(names: list[str]) -> list[Stage]:
    """Return the stages of these names; none named means all of them."""
    known = {stage.name: stage for stage in STAGES}
    wanted = [each for name in names for each in (LINT if name == "lint" else (name,))]
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        give_up(f"no stage {', '.join(unknown)}; there are: lint, {', '.join(known)}")
    return [known[name] for name in wanted] if wanted else STAGES


def sum_up(stages: list[Stage], outcomes: list[Outcome]) -> int:
    """Print what every stage gave, what was not tested, and the one line of counts; return the exit code."""
    print(f"\n━━ Summary {'━' * 69}")
    for stage, outcome in zip(stages, outcomes, strict=True):
        print(f"{mark(outcome)} {stage.title:<44} {outcome.seconds:7.1f} s  {outcome.counts}")
    for reason in sorted({reason for outcome in outcomes for reason in outcome.not_tested}):
        print(f"! {reason}")
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed or (not outcome.ok) for outcome in outcomes)
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def mark(outcome: Outcome) -> str:
    """Return the sign in front of a stage: done, failed, or nothing done."""
    if not outcome.ok:
        return "✗"
    return "–" if outcome.note and not outcome.passed else "✓"


# ---- stages without tests


def commands(*lines: list[str]) -> Callable[[], Outcome]:
    """Return a stage that runs these commands, all of them even when one fails."""

    def run() -> Outcome:
        codes = [subprocess.run(line, cwd=ROOT).returncode for line in lines]
        return Outcome(not any(codes))

    return run


def python_tool(script: str, *arguments: str) -> list[str]:
    """Return the command that runs one of our own tools within `.venv`."""
    return [tool("python"), str(ROOT / "tools" / script), *arguments]


# ---- stages with tests


def engine_tests() -> Outcome:
    """Run the engine's tests with Django kept out."""
    return pytest_stage([ENGINE], "-n", WORKERS, "-p", "no:django")


def database_tests(database: str) -> Callable[[], Outcome]:
    """Return the stage of all tests that are neither pure engine nor browser, on one database."""

    def run() -> Outcome:
        folders = [path for path in sorted(TESTS.iterdir()) if path.is_dir() and path not in APART]
        where = f"--database={database}"
        # The last folder, tests of pages, has many short files, so that the workers end together.
        return pytest_stage(folders, "-n", WORKERS, *WHOLE_FILES, "-m", "not browser", where)

    return run


def browser_stories() -> Outcome:
    """Run the stories in a real Chromium, installing one where that can be done."""
    if not test_files([STORIES]):
        return Outcome(True, note="no tests yet in tests/stories")
    chromium = find_or_install_chromium()
    if chromium is None:
        reason = (
            "NOT TESTED: browser stories, no Chromium here; install the packages chromium and fonts-noto-cjk"
        )
        print(f"!!!! {reason}")
        return Outcome(True, note="skipped", not_tested=[reason])
    # A browser for each worker: a page waits for the server and for the painting by turns, so that one browser alone
    # leaves half of the machine idle.
    return pytest_stage([STORIES], "-n", WORKERS, *WHOLE_FILES, ANLU_CHROMIUM=chromium)


def printed_documents() -> Outcome:
    """Measure documents as LibreOffice prints them, in one process: one call of it serves all tests."""
    office = find_or_install_office()
    if office is None:
        reason = (
            "NOT TESTED: printed documents, no LibreOffice here;"
            " install the packages libreoffice-writer-nogui and fonts-noto-cjk"
        )
        print(f"!!!! {reason}")
        return Outcome(True, note="skipped", not_tested=[reason])
    return pytest_stage([PRINTING], "-p", "no:xdist", ANLU_SOFFICE=office)


def pytest_stage(folders: list[Path], *options: str, **variables: str) -> Outcome:
    """Run pytest over the folders that hold tests and read the counts from its own report."""
    present = [str(path) for path in folders if test_files([path])]
    if not present:
        return Outcome(True, note=f"no tests yet in {', '.join(f'tests/{path.name}' for path in folders)}")
    environment = {key: value for key, value in os.environ.items() if key not in FOREIGN}
    with tempfile.TemporaryDirectory(prefix="anlu-test-") as folder:
        report = Path(folder) / "report.xml"
        command = [
            tool("python"),
            "-m",
            "pytest",
            "-q",
            f"--junitxml={report}",
            "--durations=8",
            *options,
            *present,
        ]
        code = subprocess.run(command, cwd=ROOT, env={**environment, **variables}).returncode
        if not report.exists():
            return Outcome(False, note=f"pytest stopped with code {code}")
        return read_report(report, ok=code == 0)


def read_report(report: Path, *, ok: bool) -> Outcome:
    """Return the counts of a JUnit report."""
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    tests, failures, errors, skipped = (
        sum(int(suite.get(key, 0)) for suite in suites) for key in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    reasons = [skip.get("message") or "" for suite in suites for skip in suite.iter("skipped")]
    loud = [reason for reason in reasons if reason.startswith("NOT TESTED")]
    return Outcome(ok and not failed, max(0, tests - failed - skipped), failed, skipped, not_tested=loud)


def test_files(folders: list[Path]) -> list[Path]:
    """Return the test modules below these folders."""
    return [file for folder in folders if folder.is_dir() for file in folder.rglob("test_*.py")]


LINT = ("style", "layers", "types", "licences", "docs")
STAGES = [
    Stage(
        "style",
        "Style: ruff",
        commands([tool("ruff"), "check", "."], [tool("ruff"), "format", "--check", "."]),
    ),
    Stage("layers", "Layers: import-linter", commands([tool("lint-imports"), "--no-cache"])),
    Stage("types", "Types: mypy --strict on engine and kernel", commands([tool("mypy")])),
    Stage("licences", "Licences of everything locked", commands(python_tool("third_party.py", "--check"))),
    Stage("docs", "Links within the documents", commands(python_tool("docs.py", "--check"))),
    Stage("assets", "Front-end build", commands(python_tool("frontend.py"))),
    Stage("engine", "Engine tests", engine_tests),
    Stage("printing", "Documents as printed", printed_documents),
    Stage("sqlite", "Tests on SQLite", database_tests("sqlite")),
    Stage("postgres", "Tests on PostgreSQL", database_tests("postgres")),
    Stage("browser", "Browser stories", browser_stories),
]

if __name__ == "__main__":
    if shutil.which("git") is None:
        give_up("git is needed: install it and try again")
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
