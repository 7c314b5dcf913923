"""A small world for the repository-wide tests: two squadrons, two towns, and a record of every ledger in the first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db.models import Model
from django.template import Context, Template
from django.test import Client
from django.test.signals import template_rendered
from django.utils.safestring import SafeString
from pytest_django import DjangoDbBlocker

from anlu.kernel.core.attachments import attachments_of
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.indicators.define import indicators
from anlu.kernel.people.models import Officer, Unit, UnitKind
from anlu.kernel.people.services import grant_role
from anlu.kernel.places.models import Area
from anlu.web.ledgers import ledgers
from anlu.web.nav import Page
from tests.contracts.makers import MAKERS, issued_document
from tests.factories import make_area, make_officer, make_role, make_unit
from tests.lasting import handed_out, lasting

LEDGER_OF: dict[str, str] = {
    "places.unlocated.locate": "crashes.crash"
}  # pages about a record that name no ledger


@dataclass
class World:
    """What the tests walk through."""

    ours: Unit
    theirs: Unit
    town: Area
    other_town: Area
    sessions: dict[UUID, str] = field(default_factory=dict)
    things: dict[str, Model] = field(default_factory=dict)

    def sign_in(self, client: Client, officer: Officer) -> None:
        """Let a client go on in the session that the officer began with the module."""
        client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[officer.uid]

    def thing(self, ledger: str) -> Any:
        """The record of a ledger; made when first asked for."""
        if ledger not in self.things:
            self.things[ledger] = MAKERS[ledger](self.ours, self.town)
        return self.things[ledger]

    def values_for(self, page: Page) -> dict[str, Any]:
        """Values for the parameters of a page's address."""
        values: dict[str, Any] = {}
        for name in page.parameters:
            values[name] = self._value(page, name)
        if page.code.endswith(".restore"):
            values["identity"] = self._voided(page)
        if page.code == "documents.document.service":
            values["uid"] = issued_document(self.ours, self.town).uid
        return values

    def _voided(self, page: Page) -> Any:
        """The identity of a record that was voided."""
        ledger = ledgers.get(page.ledger)
        thing: Any = MAKERS[ledger.code](self.ours, self.town)
        assert ledger.void is not None
        ledger.void(thing.uid, why="登记有误", by=SYSTEM)
        return thing.uid

    def _value(self, page: Page, name: str) -> Any:
        match name:
            case "identity" | "uid":
                ledger = ledgers.get(page.ledger or LEDGER_OF[page.code])
                return getattr(self.thing(ledger.code), ledger.identity)
            case "z" | "x" | "y":
                return 0
            case "image":
                return attachments_of(self.thing("reports.picture")).get().uid
            case "notice" | "file":
                return uuid4()  # nobody's
            case "kind":
                return "monthly"
            case "key":
                return "crashes.safety.counts.起数"
            case "which":
                return "added"
            case "indicator":
                return indicators.codes()[0]
            case "noun":
                return LEDGER_OF[page.code]
            case "document_kind":
                return "referral"
            case "code":
                return make_role().code
            case "role":
                officer, role = self.thing("people.officer"), make_role()
                grant_role(officer, role, by=SYSTEM)
                return role.code
        raise AssertionError(f"{page.code}: say in tests/contracts/conftest.py what {name!r} may be")


def everything() -> list[str]:
    """All declared permissions."""
    return permissions.codes()


@dataclass(frozen=True)
class People:
    """Who stands in the world, by how much they may do and where."""

    insider: Officer
    outsider: Officer
    townsman: Officer
    nobody: Officer


def session_of(officer: Officer) -> str:
    """The key of a new session, which outlasts the tests of a module however busy the machine is."""
    client = Client()
    client.force_login(officer)
    session = client.session
    session.set_expiry(timedelta(days=1))
    session.save()
    return str(session.session_key)


@contextmanager
def undrawn() -> Iterator[None]:
    """
    Pages answer with what they would draw (``context``) and draw nothing, which takes most of their time.

    For tests that ask which records a page lists. How it is drawn is seen by those that open every page and ledger.
    """

    def draw_nothing(self: Template, context: Context) -> SafeString:
        template_rendered.send(sender=self, template=self, context=context)
        return SafeString("")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", draw_nothing)
        yield


@pytest.fixture(scope="module")
def inhabited(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[World, People]]:
    """Two squadrons of one brigade, each answering for its own town, and four people, made once for a module."""
    with lasting(django_db_blocker):
        town, other_town = make_area("东镇"), make_area("西镇")
        brigade = make_unit("大队", UnitKind.BRIGADE)
        ours = make_unit("东镇中队", parent=brigade, area=town)
        theirs = make_unit("西镇中队", parent=brigade, area=other_town)
        office = make_unit("西镇安全办", UnitKind.TOWN_OFFICE, area=other_town)
        people = People(
            insider=make_officer(ours, *everything()),
            outsider=make_officer(theirs, *everything(), width=Width.OWN),
            townsman=make_officer(office, *everything(), width=Width.OWN),
            nobody=make_officer(ours),
        )
        signed_in = (people.insider, people.outsider, people.townsman, people.nobody)
        sessions = {one.uid: session_of(one) for one in signed_in}
        with handed_out(django_db_blocker):
            yield World(ours, theirs, town, other_town, sessions), people


@pytest.fixture
def world(inhabited: tuple[World, People], db: None) -> World:
    """The world of the module, with things of the test's own."""
    return replace(inhabited[0], things={})


@pytest.fixture
def insider(inhabited: tuple[World, People], db: None) -> Officer:
    """Somebody who may do everything everywhere."""
    return Officer.objects.get(pk=inhabited[1].insider.pk)


@pytest.fixture
def outsider(inhabited: tuple[World, People], db: None) -> Officer:
    """Somebody of the other squadron, who may do everything there."""
    return Officer.objects.get(pk=inhabited[1].outsider.pk)


@pytest.fixture
def townsman(inhabited: tuple[World, People], db: None) -> Officer:
    """Somebody of the other town's safety office, who may do everything there."""
    return Officer.objects.get(pk=inhabited[1].townsman.pk)


@pytest.fixture
def nobody(inhabited: tuple[World, People], db: None) -> Officer:
    """Somebody who is signed in and has no role."""
    return Officer.objects.get(pk=inhabited[1].nobody.pk)
