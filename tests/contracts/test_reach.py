"""Every declared map layer and every kind of search: people of another unit or town reach nothing through them."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import pytest
from django.test import Client
from django.urls import reverse

from anlu.kernel.core.search import Searchable, searchables
from anlu.kernel.people.models import Officer
from anlu.web.ledgers import Ledger, ledgers
from anlu.web.nav import pages
from anlu.web.tiles import PointLayer, layers
from tests.contracts.conftest import World

STRANGERS = ("outsider", "townsman", "nobody")
by_layer = pytest.mark.parametrize(
    "layer", [one for one in layers if one.ledger], ids=lambda layer: layer.code
)
by_overlay = pytest.mark.parametrize(
    "layer", [one for one in layers if not one.ledger], ids=lambda layer: layer.code
)
by_kind = pytest.mark.parametrize("kind", list(searchables), ids=lambda kind: kind.code)


def uids_in_tile(client: Client, layer: PointLayer) -> set[str]:
    """What the tile of the whole world carries."""
    answer = client.get(reverse(f"tiles.{layer.code}", args=[0, 0, 0]))
    if answer.status_code == 403:
        return set()
    found = mapbox_vector_tile.decode(answer.content).get("points", {"features": []})
    return {feature["properties"].get("uid", "") for feature in found["features"]}


def ledger_of(kind: Searchable) -> Ledger:
    """The ledger of what a kind of search finds."""
    return next(one for one in ledgers if one.model._meta.label_lower == kind.code)


def found_by(client: Client, query: str) -> str:
    """The search page for a query."""
    return client.get(reverse("web.search"), {"q": query}).content.decode()


@by_layer
def test_a_layer_has_its_map_its_tiles_and_its_ledger(layer: PointLayer) -> None:
    assert layer.ledger in ledgers
    assert ledgers.get(layer.ledger).layer == layer.code
    assert {
        f"map.{layer.code}",
        f"map.{layer.code}.list",
        f"map.{layer.code}.card",
        f"tiles.{layer.code}",
    } <= set(pages.codes())


@by_layer
def test_the_tiles_of_a_layer_hold_the_record_for_those_who_may_see_it(
    layer: PointLayer, world: World, insider: Officer, client: Client
) -> None:
    thing = world.thing(layer.ledger)
    client.force_login(insider)
    assert str(thing.uid) in uids_in_tile(client, layer)
    beside = client.get(reverse(f"map.{layer.code}.list")).content.decode()
    assert str(thing.uid) in beside


@by_layer
@pytest.mark.parametrize("who", STRANGERS)
def test_the_tiles_of_a_layer_hold_nothing_for_others(
    layer: PointLayer, who: str, world: World, client: Client, request: pytest.FixtureRequest
) -> None:
    world.thing(layer.ledger)
    client.force_login(request.getfixturevalue(who))
    assert uids_in_tile(client, layer) == set()


@by_overlay
def test_a_layer_without_a_ledger_is_reference_data_behind_its_permission(
    layer: PointLayer, insider: Officer, client: Client, request: pytest.FixtureRequest
) -> None:
    assert layer.model.scope_open, "a layer with scope needs a ledger, whose tests walk it"
    address = reverse(f"tiles.{layer.code}", args=[0, 0, 0])
    assert client.get(address).status_code == 302  # to the sign-in page
    client.force_login(request.getfixturevalue("nobody"))
    assert client.get(address).status_code == 403
    client.force_login(insider)
    assert client.get(address).status_code == 200


@by_kind
def test_a_kind_is_found_by_those_who_may_see_it(
    kind: Searchable, world: World, insider: Officer, client: Client
) -> None:
    ledger = ledger_of(kind)
    thing: Any = world.thing(ledger.code)
    client.force_login(insider)
    assert str(thing.uid) in found_by(client, ledger.title(thing))


@by_kind
@pytest.mark.parametrize("who", STRANGERS)
def test_a_kind_is_not_found_by_others(
    kind: Searchable, who: str, world: World, client: Client, request: pytest.FixtureRequest
) -> None:
    ledger = ledger_of(kind)
    if kind.open and who != "nobody":
        return  # reference data, the same for everybody who may see it
    thing: Any = world.thing(ledger.code)
    client.force_login(request.getfixturevalue(who))
    assert str(thing.uid) not in found_by(client, ledger.title(thing))
