"""Addresses of the built front end: hashed file names from ``static/dist/manifest.json``."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

DIST = Path(__file__).resolve().parent.parent / "static" / "dist"


class AssetsMissing(ImproperlyConfigured):
    """The front end has not been built, or not since this name was added."""


@cache
def read_manifest(path: Path) -> dict[str, dict[str, Any]]:
    """
    What the front-end build wrote: source name to its entry with ``file`` and, for scripts, ``css``.

    Read once for each path in the life of the process.

    Raises
    ------
    AssetsMissing
        When the build is absent; the message names the command that makes it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise AssetsMissing(f"The front end is not built: run make assets ({path.name} not found)") from None
    entries: dict[str, dict[str, Any]] = json.loads(text)
    return entries


def asset_address(source: str) -> str:
    """
    Address of one built file by the name of its source, ``js/app.js`` or ``icons.svg``.

    Raises
    ------
    AssetsMissing
        When the build is absent or does not know ``source``.
    """
    entry = read_manifest(DIST / "manifest.json").get(source)
    if entry is None:
        raise AssetsMissing(f"The front end was built without {source}: run make assets")
    return _address(entry["file"])


@cache
def _address(file: str) -> str:
    return static(f"dist/{file}")


@register.simple_tag
def asset_url(source: str) -> str:
    """Address of a built file: ``{% asset_url "icons.svg" %}``."""
    return asset_address(source)


@register.simple_tag
def asset_css(name: str) -> SafeString:
    """The style sheet ``css/<name>.css`` as a ``<link>``."""
    return format_html('<link rel="stylesheet" href="{}">', asset_address(f"css/{name}.css"))


@register.simple_tag
def asset_js(name: str) -> SafeString:
    """The script ``js/<name>.js`` as a module."""
    return format_html('<script type="module" src="{}"></script>', asset_address(f"js/{name}.js"))


@register.simple_tag
def asset_sign() -> SafeString:
    """The platform's sign for the browser's tab."""
    return format_html('<link rel="icon" href="{}" type="image/svg+xml">', asset_address("favicon.svg"))


@register.simple_tag
def asset_css_if_built(name: str) -> SafeString | str:
    """Sign and style sheet, or nothing when the build is absent: for the page that reports a fault."""
    try:
        return format_html("{}{}", asset_sign(), asset_css(name))
    except AssetsMissing:
        return ""
