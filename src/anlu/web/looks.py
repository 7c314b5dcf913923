"""Language and theme: kept with the account, and in the browser while nobody is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from anlu.kernel.core.language.words import LANGUAGES, Verbatim
from anlu.web.viewers import viewer_of

LANGUAGE_COOKIE: Final = "anlu_language"
THEME_COOKIE: Final = "anlu_theme"
COOKIES: Final = {"language": LANGUAGE_COOKIE, "theme": THEME_COOKIE}
THEMES: Final = {"": "跟随系统", "light": "浅色", "dark": "深色"}
THEME_ICONS: Final = {"": "device-desktop", "light": "sun", "dark": "moon"}
YEAR_S: Final = 365 * 24 * 3600


@dataclass(frozen=True)
class Looks:
    """How a person wants the pages; ``theme`` "" goes by the system."""

    language: str
    theme: str

    @property
    def html_language(self) -> str:
        """The language of the document, as HTML names it."""
        return "en" if self.language == "en" else "zh-CN"


def known(value: str, among: dict[str, str]) -> str:
    """``value`` if it is one of the choices, else ""."""
    return value if value in among else ""


def looks_of(request: HttpRequest) -> Looks:
    """What the account says, else the browser, else the installation."""
    viewer = viewer_of(request)
    language = (viewer.language if viewer else "") or request.COOKIES.get(LANGUAGE_COOKIE, "")
    theme = viewer.theme if viewer else request.COOKIES.get(THEME_COOKIE, "")
    return Looks(known(language, LANGUAGES) or settings.LANGUAGE_CODE, known(theme, THEMES))


@dataclass(frozen=True)
class Choice:
    """One of the choices that the person menu offers."""

    name: str
    value: str
    label: str
    icon: str
    chosen: bool


def choices_for(request: HttpRequest) -> dict[str, list[Choice]]:
    """Languages and themes to choose from, and which holds."""
    now = looks_of(request)
    return {
        "languages": [
            Choice("language", code, Verbatim(label), "world", code == now.language)
            for code, label in LANGUAGES.items()
        ],
        "themes": [
            Choice("theme", code, label, THEME_ICONS[code], code == now.theme)
            for code, label in THEMES.items()
        ],
    }


def remember(answer: HttpResponseBase, name: str, value: str) -> None:
    """Keep a choice in the browser, for the sign-in page."""
    if value:
        answer.set_cookie(
            name, value, max_age=YEAR_S, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    else:
        answer.delete_cookie(name, samesite="Lax")
