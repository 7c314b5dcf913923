"""The tools are scripts beside the package: each test imports the one it is about from its folder."""

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """A function that imports one of our tools by its name."""
    monkeypatch.syspath_prepend(TOOLS)
    return importlib.import_module
