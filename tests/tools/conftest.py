"""The tools are scripts beside the package: each test imports the one it is about from its folder."""

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: the tools run before there is a database."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.no_database)


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """A function that imports one of our tools by its name."""
    monkeypatch.syspath_prepend(TOOLS)
    return importlib.import_module
