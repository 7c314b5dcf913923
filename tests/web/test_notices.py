"""The bell."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from anlu.kernel.core.notices import notify, unread_of
from anlu.kernel.people.models import Officer
from tests.factories import make_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client: Client) -> Officer:
    found = make_officer(None, "web.today")
    client.force_login(found)
    return found


def test_the_bell_counts_what_is_unread_and_leads_there(client: Client, officer: Officer) -> None:
    notify([officer.uid], "事故导入完成", key="1", url=reverse("web.today"))
    page = client.get(reverse("web.today")).content.decode()
    assert "通知，1 条未读" in page
    text = client.get(reverse("web.notices")).content.decode()
    assert "事故导入完成" in text
    answer = client.get(reverse("web.notice", args=[unread_of(officer).get().uid]))
    assert answer.headers["Location"] == reverse("web.today")
    assert "条未读" not in client.get(reverse("web.today")).content.decode()


def test_a_notice_never_leads_elsewhere_and_never_to_somebody_elses(client: Client, officer: Officer) -> None:
    other = make_officer(None, "web.today")
    notify([officer.uid, other.uid], "看", key="1", url="https://elsewhere.example/")
    assert client.get(reverse("web.notice", args=[unread_of(other).get().uid])).status_code == 404
    answer = client.get(reverse("web.notice", args=[unread_of(officer).get().uid]))
    assert answer.headers["Location"] == reverse("web.notices")


def test_all_can_be_put_aside_at_once(client: Client, officer: Officer) -> None:
    for number in range(3):
        notify([officer.uid], f"第 {number} 条", key=str(number))
    client.post(reverse("web.notices"))
    assert not unread_of(officer).exists()
