"""Whatever is written down in the audit has words there."""

from __future__ import annotations

import ast
from pathlib import Path

import anlu
from anlu.web.pages.detail import ACTION_WORDS

ROOT = Path(anlu.__file__).parent


def actions_of(path: Path) -> set[str]:
    """The actions that a module records by name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "anlu.kernel.core.audit"
        and any(one.name == "record" for one in node.names)
        for node in ast.walk(tree)
    )
    if not imported:
        return set()
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    recording = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id == "record"]
    firsts = [node.args[0] for node in recording]
    return {
        first.value for first in firsts if isinstance(first, ast.Constant) and isinstance(first.value, str)
    }


def test_every_action_that_is_recorded_has_words() -> None:
    found = {action: path for path in ROOT.rglob("*.py") for action in actions_of(path)}
    assert len(found) > 30
    assert {action: str(path) for action, path in found.items() if action not in ACTION_WORDS} == {}
