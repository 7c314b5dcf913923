"""The reference page names every field, profile and option that an import of crashes knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from anlu.apps.crashes.importing.fields import SHEETS
from anlu.apps.crashes.imports import crashes
from anlu.kernel.core.importing.profiles import OPTION_WORDS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "import.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.code or "main")
def test_every_field_has_its_line(sheet) -> None:  # type: ignore[no-untyped-def]
    part = PAGE.split(f"## 字段:{sheet.label}")[1].split("## 字段:")[0]
    for field in sheet.fields:
        required = "(必填)" if field.required else ""
        assert f"| `{field.name}` | {field.label}{required} |" in part


def test_every_profile_and_option_is_explained() -> None:
    for profile in crashes.shipped_profiles():
        assert f"| `{profile.code}` |" in PAGE
    for option in OPTION_WORDS:
        assert f"\n{option} = " in PAGE
