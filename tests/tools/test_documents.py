"""Links that lead nowhere are found, and only those."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def docs(tool: Callable[[str], ModuleType]) -> ModuleType:
    return tool("docs")


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("[there](other.md)", []),
        ("[gone](missing.md)", ["missing.md"]),
        ("![gone](images/one.png)", ["images/one.png"]),
        ("[heading](other.md#who-may-import-whom)", []),
        ("[heading](other.md#nobody)", ["other.md#nobody"]),
        ("[here](#本页)\n\n# 本页", []),
        ("[space](with%20space.md)", []),
        ("[web](https://example.org/missing.md) [mail](mailto:a@example.org)", []),
        ("```\n[code](missing.md)\n```", []),
    ],
)
def test_a_link_is_broken_when_its_file_or_heading_is_absent(
    docs: ModuleType, tmp_path: Path, text: str, broken: list[str]
) -> None:
    (tmp_path / "other.md").write_text("# Who may import whom\n")
    (tmp_path / "with space.md").write_text("\n")
    page = tmp_path / "page.md"
    page.write_text(text)
    assert docs.broken_links(page) == broken
