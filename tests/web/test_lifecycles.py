"""办理流程: the drawing speaks the language of the reader, and a ledger without kinds says so."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from anlu.web.desk.cases import lifecycles
from tests.factories import make_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client) -> Client:
    """Somebody who sees hazards."""
    client.force_login(make_officer(None, "hazards.hazard.view"))
    return client


def test_the_drawing_is_in_the_language_of_the_reader(reader: Client) -> None:
    address = reverse("hazards.hazard.lifecycle")
    assert "交办" in pictures(reader.get(address).content.decode())
    reader.post(reverse("web.looks"), {"language": "en"})
    drawn = pictures(reader.get(address).content.decode())
    assert drawn
    assert re.findall("[一-鿿]+", drawn) == []


def test_a_ledger_without_kinds_says_so(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycles, "kinds_of", lambda family: [])
    assert "没有办理流程" in reader.get(reverse("hazards.hazard.lifecycle")).content.decode()


def pictures(page: str) -> str:
    """Only the drawings of a page."""
    return "".join(re.findall(r'<svg class="lifecycle".*?</svg>', page, re.DOTALL))
