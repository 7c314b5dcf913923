"""Every declared page, opened by everybody who should and who should not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from anlu.kernel.core.permissions import permissions
from anlu.kernel.people.models import Officer
from anlu.web.ledgers import ledgers
from anlu.web.middleware import HEADERS
from anlu.web.nav import CHAPTERS, Page, menu_for, pages
from tests.contracts.conftest import LEDGER_OF, People, World
from tests.lasting import handed_out, lasting

ALL = list(pages)
CHINESE = re.compile("[一-鿿]")
by_code = pytest.mark.parametrize("page", ALL, ids=lambda page: page.code)


class Inline(HTMLParser):
    """Collects what a strict policy would refuse, and the title."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.wrong.append("inline script")
        if tag == "style" or "style" in given:
            self.wrong.append(f"inline style in <{tag}>")
        self.wrong += [
            f"{name} in <{tag}>" for name in given if name.startswith("on") or name.startswith("hx-on")
        ]
        self.wrong += [
            f"{tag} from {value}"
            for name, value in given.items()
            if name in ("src", "href", "action") and value and re.match(r"(https?:)?//", value)
        ]
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
            self._in_title = False


@pytest.fixture(scope="module")
def furnished(inhabited: tuple[World, People], django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world with a record of every ledger, made once: these tests open pages and change nothing."""
    world = replace(inhabited[0], things={})
    with lasting(django_db_blocker):
        for code in dict.fromkeys(page.ledger or LEDGER_OF.get(page.code) for page in ALL):
            if code:
                world.thing(code)
        with handed_out(django_db_blocker):
            yield world


@pytest.fixture
def world(furnished: World, db: None) -> World:
    """The furnished world; what a test makes besides is its own."""
    return replace(furnished, things=dict(furnished.things))


def address(page: Page, world: World) -> str:
    """The address of a page with sample values."""
    return reverse(page.code, kwargs=world.values_for(page))


@by_code
def test_nobody_opens_a_page_without_its_permission(
    page: Page, world: World, nobody: Officer, client: Client
) -> None:
    there = address(page, world)
    answer = client.get(there)
    if page.public:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("web.sign_in"))
    world.sign_in(client, nobody)
    answer = client.get(there)
    if page.permission:
        assert answer.status_code == 403
        assert "没有办理这一项的权限" in answer.content.decode()
    else:
        assert answer.status_code in (200, 302, 404, 405)


@dataclass(frozen=True)
class Seen:
    """What is kept of the answer that a permitted person got."""

    status: int
    headers: dict[str, str]
    wrong: tuple[str, ...] = ()
    title: str = ""


SEEN: dict[str, Seen] = {}
ANSWERED: dict[str, int] = {}  # by address


def seen(page: Page, world: World, client: Client) -> Seen:
    """Open a page once for all tests of this file: each costs as much as ten small tests."""
    if page.code not in SEEN:
        there = address(page, world)
        answer = client.get(there)
        ANSWERED[there] = answer.status_code
        headers = dict(answer.headers.items())
        found = Inline()
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            found.feed(b"".join(answer).decode())
        SEEN[page.code] = Seen(answer.status_code, headers, tuple(found.wrong), found.title)
    return SEEN[page.code]


@by_code
def test_a_permitted_person_gets_a_sound_page(
    page: Page, world: World, insider: Officer, client: Client
) -> None:
    """With the headers of every answer, and with nothing in it that a strict policy would refuse."""
    world.sign_in(client, insider)
    answer = seen(page, world, client)
    assert answer.status in expected_of(page)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "no-store" in answer.headers["Cache-Control"] or "private" in answer.headers["Cache-Control"]
    assert answer.wrong == ()


POST_ONLY = {page.code for page in ALL if page.code.endswith(".reveal")} | {"web.sign_out"}
LEADING_ON = {"team.discussion.problem", "web.home", "web.sign_in", "reports.act", "reports.pdf"}
LEADING_ON |= {
    f"documents.document.{deed}" for deed in ("keep", "appraise", "spare", "destroy")
}  # not due here
# What these show comes of a step before them: tests/web/test_importing.py takes those steps.
LATER_STEPS = (
    "dashboard.data",
    "web.batch.refused",
    "web.batch.sheet",
    "web.export.file",
    "web.notice",
    "reports.library.masked",
    ".file",
    ".import.columns",
    ".import.job",
    ".import.progress",
    ".import.refused",
)


def expected_of(page: Page) -> tuple[int, ...]:
    """Status codes with which a permitted person may be answered."""
    if page.code in POST_ONLY:
        return (404, 405)
    if page.code.endswith(LATER_STEPS):
        return (404,)
    return (200, 302) if page.code in LEADING_ON or page.code.endswith(".bulk") else (200,)


def test_titles_tell_pages_apart(world: World, insider: Officer, client: Client) -> None:
    world.sign_in(client, insider)
    titles: dict[str, str] = {}
    for page in ALL:
        title = seen(page, world, client).title
        if not title:
            continue
        assert CHINESE.search(title), page.code
        assert title not in titles, f"{page.code} and {titles.get(title)} are both {title!r}"
        titles[title] = page.code
    assert len(titles) > 20


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(client: Client, db: None) -> None:
    policy = client.get(reverse("web.sign_in")).headers["Content-Security-Policy"]
    assert dict(part.split(" ", 1) for part in policy.split("; ")) == {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "frame-ancestors": "'none'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "object-src": "'none'",
    }


@pytest.mark.no_database
@by_code
def test_a_page_is_declared_in_chinese_with_a_known_permission(page: Page) -> None:
    assert CHINESE.search(page.label)
    assert not page.permission or page.permission in permissions


@pytest.mark.no_database
@pytest.mark.parametrize("permission", list(permissions), ids=lambda one: one.code)
def test_a_permission_is_labelled_and_belongs_to_a_chapter(permission) -> None:  # type: ignore[no-untyped-def]
    assert CHINESE.search(permission.label)
    assert permission.group in {chapter.label for chapter in CHAPTERS}


def test_the_menu_of_nobody_is_empty(world: World, nobody: Officer) -> None:
    assert menu_for(nobody) == []


def test_the_menu_shows_what_may_be_opened_and_nothing_else(
    world: World, insider: Officer, client: Client
) -> None:
    world.sign_in(client, insider)
    for chapter in menu_for(insider):
        for item in chapter.items:
            status = ANSWERED.get(item.url) or client.get(item.url).status_code
            assert status == 200, item.label


def test_the_menu_keeps_the_order_of_the_chapters(world: World, insider: Officer) -> None:
    known = [chapter.label for chapter in CHAPTERS]
    shown = [chapter.label for chapter in menu_for(insider)]
    assert shown == [label for label in known if label in shown]
    assert len(shown) >= 2


@pytest.mark.no_database
def test_every_ledger_has_its_pages() -> None:
    assert len(ledgers) >= 8
    for ledger in ledgers:
        assert ledger.code in pages
        assert f"{ledger.code}.print" in pages
