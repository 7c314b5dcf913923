"""Whoever photographs a screen or passes a file on is named in it."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from anlu.kernel.core.permissions import permissions
from anlu.kernel.people.models import Officer
from tests.factories import make_officer

pytestmark = pytest.mark.django_db
MINUTE = re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d")


@pytest.fixture
def officer(client: Client) -> Officer:
    found = make_officer(None, *permissions.codes())
    Officer.objects.filter(pk=found.pk).update(badge="068899")
    client.force_login(found)
    return found


def watermark(page: str) -> str:
    found = re.search(r'<svg class="watermark".*?<text[^>]*>(.*?)</text>', page, re.S)
    return found.group(1) if found else ""


def test_a_screen_names_who_looks_and_when(client: Client, officer: Officer) -> None:
    words = watermark(client.get(reverse("crashes.crash")).content.decode())
    assert words.startswith(f"{officer.name} 068899 ")
    assert MINUTE.search(words)


def test_a_printed_list_and_a_record_carry_it_too(client: Client, officer: Officer) -> None:
    for code in ("crashes.crash.print", "people.officer"):
        assert "068899" in watermark(client.get(reverse(code)).content.decode()), code


def test_the_sign_in_page_has_none(client: Client, db: None) -> None:
    assert "watermark" not in client.get(reverse("web.sign_in")).content.decode()


def test_an_exported_file_carries_the_same_words(client: Client, officer: Officer) -> None:
    text = b"".join(client.get(reverse("people.officer.export_csv")).streaming_content).decode("utf-8-sig")
    assert f"导出 {officer.name} 068899 " in text.splitlines()[1]
    assert MINUTE.search(text.splitlines()[1])
