"""The environment is filled once, and again only when what it is filled from has changed."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def environment(
    tool: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[ModuleType, list[str]]:
    """The tool with lock files of its own, and the list of what it would have installed."""
    module, done = tool("environment"), []
    locks = {name: tmp_path / f"{name}.lock" for name in ("run", "dev", "node")}
    for name, lock in locks.items():
        lock.write_text(name)
    monkeypatch.setattr(module, "LOCKS", locks)
    monkeypatch.setattr(module, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(module, "interpreter_works", lambda: True)
    monkeypatch.setattr(module, "create", lambda: done.append("create"))
    monkeypatch.setattr(module, "install_lock", lambda lock: done.append(lock.stem))
    monkeypatch.setattr(module, "install_package", lambda: done.append("anlu"))
    return module, done


def test_the_second_start_installs_nothing(environment: tuple[ModuleType, list[str]]) -> None:
    module, done = environment
    module.ensure("run")
    assert done == ["run", "anlu"]
    module.ensure("run")
    assert done == ["run", "anlu"]


def test_a_changed_lock_is_installed(environment: tuple[ModuleType, list[str]]) -> None:
    module, done = environment
    module.ensure("run")
    module.LOCKS["run"].write_text("newer")
    module.ensure("run")
    assert done == ["run", "anlu", "run"]


def test_who_has_installed_to_develop_can_run(environment: tuple[ModuleType, list[str]]) -> None:
    module, done = environment
    module.ensure("dev")
    module.ensure("run")
    assert done == ["dev", "anlu"]


def test_who_has_installed_to_run_installs_more_to_develop(environment: tuple[ModuleType, list[str]]) -> None:
    module, done = environment
    module.ensure("run")
    module.ensure("dev")
    assert done == ["run", "anlu", "dev"]


def test_node_alone_does_not_pass_for_the_rest(environment: tuple[ModuleType, list[str]]) -> None:
    module, done = environment
    module.ensure("node")
    assert done == ["node"]
    module.ensure("run")
    assert done == ["node", "run", "anlu"]


def test_a_failed_installation_is_tried_again(
    environment: tuple[ModuleType, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    module, done = environment
    with monkeypatch.context() as patch:
        patch.setattr(module, "install_lock", lambda lock: module.give_up("no network"))
        with pytest.raises(SystemExit, match="no network"):
            module.ensure("run")
    module.ensure("run")
    assert done == ["run", "anlu"]


def test_a_folder_that_was_moved_gets_a_new_environment(
    environment: tuple[ModuleType, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, done = environment
    module.ensure("run")
    root = tmp_path / "moved"
    root.mkdir()
    (root / "pyproject.toml").write_text((module.ROOT / "pyproject.toml").read_text())
    monkeypatch.setattr(module, "ROOT", root)
    module.ensure("run")
    assert done == ["run", "anlu", "create", "run", "anlu"]


def test_an_old_python_is_told_what_to_do(
    environment: tuple[ModuleType, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    module, done = environment
    monkeypatch.setattr(module, "OLDEST_PYTHON", (99, 0))
    with pytest.raises(SystemExit, match="too old"):
        module.ensure("run")
    assert done == []
