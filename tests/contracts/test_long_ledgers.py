"""Every declared ledger with thirty records: as many questions as for three, each record on one page and exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from anlu.kernel.core import dictionaries
from anlu.kernel.people.models import Officer
from anlu.web.cells import Renderer
from anlu.web.ledgers import Ledger, ledgers
from anlu.web.nav import pages
from anlu.web.pages.export import exported_columns, harmless
from anlu.web.pages.listing import Listing
from anlu.web.pages.paging import edge_of
from tests.contracts.conftest import People, World, undrawn
from tests.contracts.makers import MAKERS
from tests.lasting import handed_out, lasting

FEW, MANY = 3, 30
PAGE = 8  # so that thirty records stand on four pages
MOST_QUESTIONS = 26


@dataclass(frozen=True)
class Long:
    """A ledger with many records, and how many questions its list asked when it had few."""

    ledger: Ledger
    asked_for_few: int
    client: Client

    def __str__(self) -> str:
        return self.ledger.code


def questions(client: Client, ledger: Ledger) -> int:
    """How many questions the list asks for one page."""
    dictionaries.lists()  # read now if they have changed: that is asked once for a process
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse(ledger.code) + "?size=50").status_code == 200
    # Whether dictionaries have changed is asked once a second; in tests each time.
    return sum("core_revision" not in query["sql"] for query in asked)


@pytest.fixture(scope="module")
def long(
    request: pytest.FixtureRequest, inhabited: tuple[World, People], django_db_blocker: DjangoDbBlocker
) -> Iterator[Long]:
    """Records made once for all tests of a ledger."""
    ledger, (world, people), client = request.param, inhabited, Client()
    make = MAKERS[ledger.code]
    with lasting(django_db_blocker):
        client.force_login(people.insider)
        for _ in range(FEW):
            make(world.ours, world.town)
        client.get(reverse(ledger.code))  # what is asked once for a session is asked now
        few = questions(client, ledger)
        for _ in range(MANY - FEW):
            make(world.ours, world.town)
        with handed_out(django_db_blocker):
            yield Long(ledger, few, client)


# Tests of one ledger follow each other, so that its records are made once, where it stands at the same place in both
# lists: those that are exported come first.
EXPORTED = [one for one in ledgers if f"{one.code}.export_csv" in pages]
OTHERS = [one for one in ledgers if one not in EXPORTED]
every = pytest.mark.parametrize(
    "long", [*EXPORTED, *OTHERS], ids=lambda ledger: ledger.code, indirect=True, scope="module"
)
exported = pytest.mark.parametrize(
    "long", EXPORTED, ids=lambda ledger: ledger.code, indirect=True, scope="module"
)


@every
def test_a_list_asks_as_many_questions_for_thirty_rows_as_for_three(long: Long, db: None) -> None:
    assert questions(long.client, long.ledger) == long.asked_for_few
    assert long.asked_for_few <= MOST_QUESTIONS


@exported
def test_the_export_holds_the_rows_of_the_list_in_its_order(
    long: Long, insider: Officer, client: Client
) -> None:
    ledger = long.ledger
    client.force_login(insider)
    listed = list(walked(client, ledger))
    assert len(listed) >= MANY
    columns = exported_columns(ledger)
    renderer = Renderer(ledger.model, columns)
    visible = {str(getattr(one, ledger.identity)): one for one in ledger.visible_rows(insider)}
    # The export itself leaves an audit entry, which is younger than what was listed.
    written = rows_of_export(client, ledger)
    wanted = [
        [harmless(renderer.plain(column, visible[uid])) for column in columns]  # type: ignore[arg-type]
        for uid in listed
    ]
    assert [row for row in written if row in wanted] == wanted
    assert len(written) - len(wanted) in (0, 1)


def rows_of_export(client: Client, ledger: Ledger) -> list[list[str]]:
    """The rows of the CSV export, without the three head lines."""
    answer = client.get(reverse(f"{ledger.code}.export_csv"))
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[3:]


def walked(client: Client, ledger: Ledger) -> Iterator[str]:
    """Identities on all pages of the list, by following 下一页."""
    url: str | None = reverse(ledger.code)
    while url:
        with undrawn():
            context = client.get(url).context
        for row in context["rows"]:
            yield row.uid
        following = context["pager"].get("next_url")
        url = reverse(ledger.code) + following if following else None


@every
def test_every_sortable_column_pages_through_everything_once(
    long: Long, insider: Officer, client: Client
) -> None:
    ledger = long.ledger
    client.force_login(insider)
    everything = {str(getattr(one, ledger.identity)) for one in ledger.visible_rows(insider)}
    orders = [f"{sign}{column.name}" for column in ledger.columns if column.sort for sign in ("", "-")]
    for order in orders:
        seen = paged(Listing.read(ledger, insider, QueryDict(f"sort={order}")))
        assert len(seen) == len(set(seen)), order
        assert set(seen) == everything, order
    for order in orders[-1:]:
        with undrawn():
            rows = client.get(reverse(ledger.code), {"sort": order}).context["rows"]
        assert [row.uid for row in rows] == seen[: len(rows)], order


def paged(listing: Listing) -> list[str]:
    """Identities on all pages of a list, each page beginning where the one before it ends."""
    identity = listing.ledger.identity
    seen: list[str] = []
    edges: dict[str, Any] = {}
    while True:
        shown = listing.page(listing.ledger.columns, size=PAGE, **edges)
        seen += [str(getattr(one, identity)) for one in shown.rows]
        if not shown.has_next:
            return seen
        edges = {"after": edge_of(listing.scoped(), listing.order, identity, seen[-1])}
