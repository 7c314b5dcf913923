"""Every declared ledger: who sees its rows, who is recorded as having exported them, what wrong filters do."""

from __future__ import annotations

import io
from contextlib import nullcontext
from datetime import date
from urllib.parse import urlencode

import openpyxl
import pytest
from django.db.models import Q
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from anlu.kernel.core.filters import Filter, FlagFilter
from anlu.kernel.core.models import AuditEntry, Record
from anlu.kernel.core.permissions import permissions
from anlu.kernel.people.models import Officer
from anlu.web.cells import Renderer
from anlu.web.ledgers import Ledger, Personal, ledgers
from anlu.web.nav import pages
from anlu.web.pages.export import exported_columns
from anlu.web.pages.listing import Listing
from tests.contracts.conftest import World, undrawn
from tests.contracts.makers import MAKERS
from tests.contracts.test_long_ledgers import rows_of_export

ALL = list(ledgers)
by_code = pytest.mark.parametrize("ledger", ALL, ids=lambda ledger: ledger.code)
SCOPED = [one for one in ALL if issubclass(one.model, Record) and not one.model.scope_open]
EXPORTED = [one for one in ALL if f"{one.code}.export_csv" in pages]


@pytest.mark.no_database
@by_code
def test_a_ledger_has_a_maker_for_these_tests(ledger: Ledger) -> None:
    assert ledger.code in MAKERS, f"add {ledger.code} to tests/contracts/makers.py"


@pytest.mark.no_database
@by_code
def test_labels_of_columns_and_filters_are_unique(ledger: Ledger) -> None:
    labels = [column.label for column in ledger.columns]
    assert len(set(labels)) == len(labels)
    names = [name for one in ledger.filters for name in one.names]
    assert len(set(names)) == len(names)
    assert ledger.column(ledger.order.lstrip("-")) is not None
    assert set(ledger.head) <= {column.name for column in ledger.columns}


def days_in(condition: Q) -> list[date]:
    """Days that stand in a condition."""
    found: list[date] = []
    for one in condition.children:
        found += days_in(one) if isinstance(one, Q) else [one[1]] if isinstance(one[1], date) else []
    return found


@pytest.mark.no_database
@by_code
def test_no_filter_of_a_ledger_keeps_the_day_on_which_the_server_started(ledger: Ledger) -> None:
    for one in ledger.filters:
        if isinstance(one, FlagFilter) and isinstance(one.yes, Q):
            assert not days_in(one.yes), f"{ledger.code} {one.name}: give the condition as a function"


@by_code
def test_the_list_of_a_ledger_shows_the_record(
    ledger: Ledger, world: World, insider: Officer, client: Client
) -> None:
    thing = world.thing(ledger.code)
    world.sign_in(client, insider)
    answer = client.get(reverse(ledger.code))
    assert str(getattr(thing, ledger.identity)) in answer.content.decode()


@pytest.mark.parametrize("ledger", SCOPED, ids=lambda ledger: ledger.code)
@pytest.mark.parametrize("who", ["outsider", "townsman"])
def test_people_of_another_unit_or_town_see_nothing_of_it(
    ledger: Ledger, who: str, world: World, client: Client, request: pytest.FixtureRequest
) -> None:
    thing = world.thing(ledger.code)
    stranger: Officer = request.getfixturevalue(who)
    world.sign_in(client, stranger)
    assert not ledger.visible_rows(stranger).filter(pk=thing.pk).exists()
    listed = client.get(reverse(ledger.code)).content.decode()
    assert str(thing.uid) not in listed
    for page in pages:
        if page.ledger == ledger.code and page.parameters in (("identity",), ("uid",)):
            url = reverse(page.code, kwargs=world.values_for(page))
            assert client.get(url).status_code == 404, page.code
            assert client.post(url, {"why": "x", "column": "x"}).status_code in (404, 405), page.code
    if ledger in EXPORTED:
        shown = Renderer(ledger.model, exported_columns(ledger))
        theirs = [str(shown.plain(column, thing)) for column in shown.columns]
        assert theirs not in rows_of_export(client, ledger)


@pytest.mark.parametrize("ledger", EXPORTED, ids=lambda ledger: ledger.code)
@pytest.mark.parametrize("form", ["excel", "csv"])
def test_every_export_is_recorded_and_says_who_made_it(
    ledger: Ledger, form: str, world: World, insider: Officer, client: Client
) -> None:
    world.thing(ledger.code)
    world.sign_in(client, insider)
    before = AuditEntry.objects.filter(action="export", actor=insider.uid).count()
    answer = client.get(reverse(f"{ledger.code}.export_{form}"))
    content = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    assert AuditEntry.objects.filter(action="export", actor=insider.uid).count() == before + 1
    if form == "csv":
        head = content.decode("utf-8-sig").splitlines()[:2]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
        head = [" ".join(str(cell) for cell in row) for row in sheet.iter_rows(max_row=2, values_only=True)]
    assert insider.name in "".join(head)
    assert f"{ledger.code}/{ledger.schema}" in "".join(head)


DRAWN: set[tuple[type[Filter], str]] = set()
WRONG = ("2023-02-30", "\x00", "'", "999999999999999999999", "x" * 500, "-", "é,é,é,é")
WRONG_PLACES = (
    {"after": "nonsense"},
    {"before": "0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"},
    {"sort": "-nothing"},
    {"size": "-3"},
    {"at": "NaN"},
    {"voided": "1"},
)


@by_code
def test_a_wrong_filter_is_a_message_and_never_an_error(
    ledger: Ledger, world: World, insider: Officer, client: Client
) -> None:
    """
    Each filter by itself as far as its rows, which costs little; all of them together on the page.

    A page is drawn for a value when it has a class of filter that was not drawn with it yet: how a filter looks does
    not depend on its ledger.
    """
    world.thing(ledger.code)
    world.sign_in(client, insider)
    names = [name for one in ledger.filters for name in one.names]
    asked: list[Q] = []
    for value in WRONG:
        for name in names:
            read_and_asked(ledger, insider, name, value, asked)
        looks = {(type(one), value) for one in ledger.filters}
        with undrawn() if looks <= DRAWN else nullcontext():
            assert client.get(reverse(ledger.code), dict.fromkeys(names, value)).status_code == 200, value
        DRAWN.update(looks)
    for place, parameters in enumerate(WRONG_PLACES):
        with nullcontext() if place == ALL.index(ledger) % len(WRONG_PLACES) else undrawn():
            assert client.get(reverse(ledger.code), parameters).status_code == 200, parameters


def read_and_asked(ledger: Ledger, viewer: Officer, name: str, value: str, asked: list[Q]) -> None:
    """
    Everything that a list does with one filter: its words, its total, its rows.

    A condition that was asked before finds the same rows: most wrong values leave none at all.
    """
    listing = listed_as(ledger, viewer, {name: value})
    try:
        listing.words()
        condition = listing.selection.q()
        if condition not in asked:
            asked.append(condition)
            listing.chosen.total()
            listing.page(ledger.columns, size=3)
    except Exception as problem:
        raise AssertionError(f"{ledger.code}: {name}={value!r} is an error, not a message") from problem


def listed_as(ledger: Ledger, viewer: Officer, parameters: dict[str, str]) -> Listing:
    """The list that an address with these parameters shows."""
    return Listing.read(ledger, viewer, QueryDict(urlencode(parameters)))


def test_personal_columns_are_masked_and_revealing_is_recorded(
    world: World, insider: Officer, client: Client
) -> None:
    """Over all ledgers: no personal value is on a page before it is asked for, and asking leaves an entry."""
    world.sign_in(client, insider)
    for ledger in ALL:
        columns = [
            one for section in ledger.sections for one in section.columns if one.personal != Personal.NONE
        ]
        if not columns or ledger.permission_to("reveal") not in permissions:
            continue
        thing = world.thing(ledger.code)
        for column in columns:
            clear = Renderer(ledger.model, [column]).cell(column, thing, revealed=True).value
            if not clear:
                continue
            assert clear not in client.get(ledger.url_of(thing)).content.decode()
            before = AuditEntry.objects.filter(action="reveal").count()
            answer = client.post(ledger.url_of(thing, "reveal"), {"column": column.name})
            assert clear in answer.content.decode()
            assert AuditEntry.objects.filter(action="reveal").count() == before + 1
