"""Assets are built again when, and only when, what they are made from has changed."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def frontend(
    tool: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ModuleType:
    """The tool on a project of its own; npm only notes how it was called, in `calls`."""
    module = tool("frontend")
    (tmp_path / "src/anlu/web/assets/css").mkdir(parents=True)
    (tmp_path / "src/anlu/web/assets/css/app.css").write_text("body {}")
    (tmp_path / "package.json").write_text(json.dumps({"engines": {"node": ">=20.19"}}))
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "vite.config.js").write_text("")
    for name, path in (("MODULES", "node_modules"), ("BUILT", "dist"), ("MANIFEST", "dist/manifest.json")):
        monkeypatch.setattr(module, name, tmp_path / path)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "INSTALLED_STAMP", tmp_path / "node_modules/.installed")
    monkeypatch.setattr(module, "BUILT_STAMP", tmp_path / "node_modules/.built")
    monkeypatch.setattr(module, "find_node", lambda: None)
    module.calls = []  # type: ignore[attr-defined]

    def npm(node: None, *arguments: str) -> None:
        module.calls.append(arguments[0])
        made = {"ci": tmp_path / "node_modules", "run": tmp_path / "dist"}[arguments[0]]
        made.mkdir(exist_ok=True)
        (made / "manifest.json").write_text("{}")

    monkeypatch.setattr(module, "run_npm", npm)
    return module


def test_the_second_build_does_nothing(frontend: ModuleType) -> None:
    frontend.build_assets()
    frontend.build_assets()
    assert frontend.calls == ["ci", "run"]


def test_a_changed_style_is_built_without_installing_again(frontend: ModuleType) -> None:
    frontend.build_assets()
    (frontend.ROOT / "src/anlu/web/assets/css/app.css").write_text("body { margin: 0 }")
    frontend.build_assets()
    assert frontend.calls == ["ci", "run", "run"]


def test_a_changed_lock_installs_and_builds(frontend: ModuleType) -> None:
    frontend.build_assets()
    (frontend.ROOT / "package-lock.json").write_text('{"packages": {}}')
    frontend.build_assets()
    assert frontend.calls == ["ci", "run", "ci", "run"]


def test_built_files_that_were_deleted_are_built_again(frontend: ModuleType) -> None:
    frontend.build_assets()
    frontend.MANIFEST.unlink()
    frontend.build_assets()
    assert frontend.calls == ["ci", "run", "run"]


@pytest.mark.parametrize(("version", "enough"), [("v20.19.0", True), ("v20.9.1", False), ("v24.0.0", True)])
def test_node_is_compared_by_numbers(
    frontend: ModuleType, tmp_path: Path, version: str, enough: bool
) -> None:
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o755)
    assert frontend.is_new_enough(str(node)) is enough


def test_a_node_that_does_not_start_is_none(frontend: ModuleType, tmp_path: Path) -> None:
    assert not frontend.is_new_enough(str(tmp_path / "absent"))
