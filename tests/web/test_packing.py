"""What goes over the wire: pages packed, files as they are."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client
from django.urls import reverse

from anlu.kernel.people.models import UnitKind
from tests.factories import make_officer, make_unit

pytestmark = pytest.mark.django_db
MAY = ("people.unit.view", "people.unit.export")
MOST_BYTES = 40_000  # a page with its files, which are some 35 kB, stays far below 150 kB


@pytest.fixture
def packing() -> Client:
    """A browser that takes packed answers, with a hundred units to look at."""
    brigade = make_unit("大队", UnitKind.BRIGADE)
    for number in range(100):
        make_unit(f"第{number}中队", parent=brigade)
    client = Client(headers={"Accept-Encoding": "gzip, deflate, br"})
    client.force_login(make_officer(brigade, *MAY))
    return client


def test_a_list_of_a_hundred_rows_is_sent_packed_and_is_the_same(packing: Client) -> None:
    address = reverse("people.unit") + "?size=100"
    packed = packing.get(address)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.content) < MOST_BYTES
    text = gzip.decompress(packed.content).decode()
    plain = packing.get(address, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert len(plain.content) > 3 * len(packed.content)
    for content in (text, plain.content.decode()):
        assert "第50中队" in content
        assert content.rstrip().endswith("</html>")


def test_a_file_is_not_packed_again(packing: Client) -> None:
    answer = packing.get(reverse("people.unit.export_csv"))
    assert "Content-Encoding" not in answer.headers
    assert "第99中队" in b"".join(answer.streaming_content).decode()  # type: ignore[arg-type]
