"""What every page needs to draw its frame."""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from anlu.kernel.core.clock import now, today
from anlu.kernel.core.notices import unread_of
from anlu.web.installation import Place, the_installation
from anlu.web.looks import Choice, Looks, choices_for, looks_of
from anlu.web.nav import Crumb, MenuChapter, MenuItem, Page, menu_for, pages, tabs_for, trail_of
from anlu.web.script_words import words_of_scripts
from anlu.web.viewers import viewer_of
from anlu.web.watermark import watermark_of

try:
    VERSION = version("anlu")
except PackageNotFoundError:
    VERSION = ""


class Shell:
    """The frame of one request; each part is worked out when the template asks for it."""

    version = VERSION

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.page: Page | None = getattr(request, "page", None)
        self.viewer = viewer_of(request)

    @cached_property
    def looks(self) -> Looks:
        """Language and theme of the page."""
        return looks_of(self.request)

    @cached_property
    def choices(self) -> dict[str, list[Choice]]:
        """Languages and themes to choose from."""
        return choices_for(self.request)

    @cached_property
    def looks_url(self) -> str:
        """Where they are chosen."""
        return self._address("web.looks")

    @cached_property
    def here(self) -> str:
        """This page, to come back to; the first page where a form was sent."""
        return self.request.get_full_path() if self.request.method == "GET" else ""

    @cached_property
    def script_words(self) -> dict[str, str]:
        """What the scripts say, in English; nothing in Chinese, which they have themselves."""
        return words_of_scripts()

    @cached_property
    def installation(self) -> Place:
        """Name and kind of this installation."""
        return the_installation()

    @cached_property
    def menu(self) -> list[MenuChapter]:
        """What this person finds in the menu."""
        return menu_for(self.viewer, self.page)

    @cached_property
    def tabs(self) -> list[MenuItem]:
        """Sister pages."""
        return tabs_for(self.viewer, self.page)

    @cached_property
    def breadcrumb(self) -> list[Crumb]:
        """Where we are."""
        return trail_of(self.page, getattr(self.request, "trail", ()), viewer=self.viewer)

    @cached_property
    def today(self) -> Any:
        """The business date."""
        return today()

    @cached_property
    def person(self) -> dict[str, str] | None:
        """Who is signed in."""
        if self.viewer is None:
            return None
        role = self.viewer.post or self.viewer.get_kind_display()
        return {"name": self.viewer.name, "initial": self.viewer.name[:1], "role_label": role, "url": ""}

    @cached_property
    def watermark(self) -> str:
        """Who looks and when; "" while nobody is signed in."""
        return watermark_of(self.viewer, now()) if self.viewer else ""

    def _address(self, code: str) -> str:
        if code not in pages or not pages.get(code).allows(self.viewer):
            return ""
        try:
            return reverse(code)
        except NoReverseMatch:
            return ""

    @property
    def search_url(self) -> str:
        """The one search box."""
        return self._address("web.search")

    @property
    def search_value(self) -> str:
        """What was searched for."""
        return self.request.GET.get("q", "") if self.page and self.page.code == "web.search" else ""

    @cached_property
    def todo_count(self) -> int:
        """Notices that this person has not opened."""
        return unread_of(self.viewer).count() if self.viewer else 0

    @property
    def todo_url(self) -> str:
        """My to-do list; the notices while there are unread ones."""
        return self._address("web.notices" if self.todo_count else "web.today")

    @property
    def password_url(self) -> str:
        """Where the password is changed."""
        return self._address("web.password")

    @property
    def signout_url(self) -> str:
        """The way out."""
        return self._address("web.sign_out") if self.viewer else ""

    @property
    def help_url(self) -> str:
        """First steps, keys, version and licences."""
        return self._address("web.help") if self.viewer else ""

    @property
    def home_url(self) -> str:
        """Where the brand leads."""
        return "/"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the frame, and the page's own name as its title unless the view says otherwise."""
    page: Page | None = getattr(request, "page", None)
    return {"shell": Shell(request), "page_title": page.label if page else ""}
