"""The demonstration county is made once, and again only when the code or the place has changed."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def start(tool: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The tool on a project of its own; `anlu init` only notes its place, in `made`."""
    module = tool("start")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("ANLU_DATA", raising=False)
    for owner in (module, tool("frontend")):
        monkeypatch.setattr(owner, "ROOT", tmp_path)
    monkeypatch.setattr(module, "DEMO_STAMP", tmp_path / "stamp")
    (tmp_path / "src/anlu/kernel").mkdir(parents=True)
    (tmp_path / "src/anlu/kernel/terms.csv").write_text("code,label\n")
    monkeypatch.setattr(module, "MAKERS", ("src/anlu/kernel",))
    module.made = []  # type: ignore[attr-defined]
    module.code = 0  # type: ignore[attr-defined]

    def init(command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
        folder = cwd / (module.os.environ.get("ANLU_DATA") or "var")
        (folder / "keys").mkdir(parents=True, exist_ok=True)
        (folder / "anlu.sqlite3").touch()
        module.made.append(folder.name)
        return subprocess.CompletedProcess(command, module.code)

    monkeypatch.setattr(module.subprocess, "run", init)
    return module


def test_the_second_start_makes_nothing(start: ModuleType) -> None:
    start.make_county()
    start.make_county()
    assert start.made == ["var"]


def test_changed_seed_data_are_brought_in(start: ModuleType) -> None:
    start.make_county()
    (start.ROOT / "src/anlu/kernel/terms.csv").write_text("code,label\n1,晴\n")
    start.make_county()
    assert start.made == ["var", "var"]


def test_another_data_folder_gets_its_own_county(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    start.make_county()
    monkeypatch.setenv("ANLU_DATA", "elsewhere")
    start.make_county()
    assert start.made == ["var", "elsewhere"]


def test_a_folder_left_behind_by_an_upgrade_is_upgraded_on_return(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    start.make_county()
    monkeypatch.setenv("ANLU_DATA", "elsewhere")
    (start.ROOT / "src/anlu/kernel/terms.csv").write_text("code,label\n1,晴\n")
    start.make_county()
    monkeypatch.delenv("ANLU_DATA")
    start.make_county()
    assert start.made == ["var", "elsewhere", "var"]


@pytest.mark.parametrize("lost", ["anlu.sqlite3", "keys"])
def test_a_county_that_was_deleted_is_made_again(start: ModuleType, lost: str) -> None:
    start.make_county()
    (start.ROOT / "var" / lost).rename(start.ROOT / "gone")
    start.make_county()
    assert start.made == ["var", "var"]


def test_a_failed_making_is_tried_again(start: ModuleType) -> None:
    start.code = 2
    with pytest.raises(SystemExit, match="init --demo"):
        start.make_county()
    start.code = 0
    start.make_county()
    assert start.made == ["var", "var"]
