"""The page that answers why can this person see this."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlu.kernel.core.scope import Width
from tests.contracts.makers import MAKERS
from tests.factories import make_area, make_officer, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(client: Client) -> dict[str, Any]:
    """Somebody who may ask, somebody asked about, and a crash."""
    town = make_area()
    unit = make_unit(area=town)
    client.force_login(make_officer(make_unit(), "people.access.explain", "people.officer.view"))
    person = make_officer(unit, "crashes.crash.view", width=Width.OWN)
    return {"person": person, "crash": MAKERS["crashes.crash"](unit, town)}


def page(
    client: Client, asked: dict[str, Any], record: str = "", verb: str = "view", status: int = 200
) -> str:
    sent = {"person": asked["person"].pk, "ledger": "crashes.crash", "verb": verb, "record": record}
    answer = client.get(reverse("people.why"), sent)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_number_or_an_address_names_the_record(client: Client, asked: dict[str, Any]) -> None:
    crash = asked["crash"]
    for words in (crash.number, f"http://10.1.2.3/crashes/{crash.uid}/"):
        assert f"{asked['person'].name} 可以" in page(client, asked, words)
        assert "记录的单位在范围内" in page(client, asked, words)
    assert "没有这条记录" in page(client, asked, "QL-no-such", status=422)


def test_what_is_not_permitted_is_said_with_its_reason(client: Client, asked: dict[str, Any]) -> None:
    text = page(client, asked, verb="export")
    assert f"{asked['person'].name} 不能" in text
    assert "角色没有勾选这项权限" in text


def test_the_empty_page_only_asks(client: Client, asked: dict[str, Any]) -> None:
    text = client.get(reverse("people.why")).content.decode()
    assert "可以" not in text.split("<main")[1].split("</form>")[1]
