"""Parts of the frame that hundreds of pages have alike: drawn once and kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from anlu.web.templatetags.assets import asset_address

if TYPE_CHECKING:
    from anlu.web.context import Shell
    from anlu.web.installation import Place
    from anlu.web.nav import MenuChapter

register = template.Library()

MENU: Final = "web/components/menu.html"
KEYS: Final = "web/components/keys.html"


@dataclass(frozen=True)
class Menu:
    """Everything that the menu shows."""

    menu: tuple[MenuChapter, ...]
    home_url: str
    installation: Place
    version: str


@register.simple_tag
def menu(shell: Shell | str) -> SafeString:
    """The menu: one drawing serves all who find the same in it and stand at the same place."""
    if isinstance(shell, str):  # a page without its frame, where nobody is signed in
        return mark_safe(render_to_string(MENU))
    shown = Menu(tuple(shell.menu), shell.home_url, shell.installation, shell.version)
    return _menu(shown, get_language(), asset_address("icons.svg"))


@lru_cache(maxsize=500)
def _menu(shown: Menu, language: str | None, icons: str) -> SafeString:
    return mark_safe(render_to_string(MENU, {"shell": shown}))


@register.simple_tag
def keys() -> SafeString:
    """What the keys of the keyboard do."""
    return _keys(get_language())


@lru_cache(maxsize=8)
def _keys(language: str | None) -> SafeString:
    return mark_safe(render_to_string(KEYS))
