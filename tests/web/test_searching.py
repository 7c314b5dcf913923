"""The one search box: grouped by kind, inside one's scope, never an error."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import Width
from tests.contracts.makers import MAKERS
from tests.factories import make_area, make_officer, make_unit

pytestmark = pytest.mark.django_db


def test_a_number_finds_its_record_and_leads_to_it(client: Client) -> None:
    unit = make_unit()
    crash: Any = MAKERS["crashes.crash"](unit, make_area())
    client.force_login(make_officer(unit, *permissions.codes()))
    answer = client.get(reverse("web.search"), {"q": crash.number})
    assert reverse("crashes.crash.detail", args=[crash.uid]) in answer.content.decode()
    assert [group["label"] for group in answer.context["groups"]] == ["事故"]
    assert answer.context["groups"][0]["url"] == f"/crashes/?q={crash.number}"


def test_nobody_finds_what_lies_outside_their_scope(client: Client) -> None:
    crash: Any = MAKERS["crashes.crash"](make_unit(), make_area())
    for width in (Width.OWN, Width.BELOW, Width.MINE):
        client.force_login(make_officer(make_unit(), *permissions.codes(), width=width))
        answer = client.get(reverse("web.search"), {"q": crash.number})
        assert str(crash.uid) not in answer.content.decode()
        assert answer.context["number"] == 0


def test_people_and_units_are_found_by_name(client: Client) -> None:
    unit = make_unit("柳亭中队")
    person = make_officer(unit, *permissions.codes(), login="liuting1")
    client.force_login(person)
    by_name = client.get(reverse("web.search"), {"q": "柳亭"}).context["groups"]
    assert [(group["label"], [hit.title for hit in group["hits"]]) for group in by_name] == [
        ("单位", ["柳亭中队"])
    ]
    by_login = client.get(reverse("web.search"), {"q": "LIUTING1"}).context["groups"]
    assert [(group["label"], [hit.uid for hit in group["hits"]]) for group in by_login] == [
        ("人员", [person.uid])
    ]


def test_a_kind_is_searched_only_with_its_permission(client: Client) -> None:
    unit = make_unit()
    crash: Any = MAKERS["crashes.crash"](unit, make_area())
    client.force_login(make_officer(unit, "web.search"))
    answer = client.get(reverse("web.search"), {"q": crash.number})
    assert answer.context["number"] == 0
    assert answer.context["kinds"] == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "\x00",
        "'; drop",
        "长" * 500,
        "%",
        "_",
        "🚗",
        "\ud83d".encode("utf-16", "surrogatepass").decode("latin1"),
    ],
)
def test_no_query_is_an_error(client: Client, query: str) -> None:
    client.force_login(make_officer(None, *permissions.codes()))
    assert client.get(reverse("web.search"), {"q": query}).status_code == 200
