"""A package comes in only under a licence that goes beside Apache-2.0."""

from collections.abc import Callable
from types import ModuleType

import pytest


@pytest.fixture
def third_party(tool: Callable[[str], ModuleType]) -> ModuleType:
    return tool("third_party")


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("(MIT OR Apache-2.0)", True),
        ("GPL-3.0-only OR MIT", True),
        ("BSD-3-Clause AND GPL-3.0-only", False),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("not stated", False),
        ("", False),
    ],
)
def test_every_licence_that_must_be_kept_is_on_the_list(
    third_party: ModuleType, licence: str, allowed: bool
) -> None:
    assert third_party.Package("x", ("1",), licence).is_allowed is allowed


def test_the_text_of_a_licence_is_not_its_name(third_party: ModuleType) -> None:
    assert third_party.short("Copyright (c) 2001 Somebody") is None
    assert third_party.short("MIT License\n\nPermission is hereby granted") is None
    assert third_party.short("MIT") == "MIT"


def test_what_the_pages_are_built_from_is_listed_as_shipped(third_party: ModuleType) -> None:
    shipped, build = (({package.name for package in group}) for group in third_party.npm_packages())
    assert {"maplibre-gl", "echarts", "htmx.org", "@tabler/icons"} <= shipped
    assert "vite" in build
    assert not shipped & build
