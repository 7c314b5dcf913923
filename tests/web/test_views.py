"""Everybody sees the columns they chose; named selections are kept and shared without sharing rows."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from anlu.kernel.core.models import SavedView
from anlu.kernel.core.scope import Width
from anlu.kernel.people.models import Officer
from anlu.web.views import MOST
from tests.factories import make_officer, make_unit

pytestmark = pytest.mark.django_db
MAY = ("people.officer.view", "people.officer.export", "people.officer.void")
LIST, COLUMNS, VIEWS = "people.officer", "people.officer.columns", "people.officer.views"


@pytest.fixture
def clerk(client: Client) -> Officer:
    found = make_officer(make_unit(), *MAY, width=Width.OWN)
    client.force_login(found)
    return found


def headings(client: Client, query: str = "") -> list[str]:
    """Labels of the columns of the list."""
    text = client.get(reverse(LIST) + query).content.decode()
    table = text[text.index("<thead>") : text.index("</thead>")]
    return [re.sub("<[^>]+>", "", one).strip() for one in re.findall(r'<th scope="col".*?</th>', table, re.S)]


def test_the_list_shows_the_chosen_columns_and_only_to_whoever_chose(client: Client, clerk: Officer) -> None:
    before = headings(client)
    answer = client.post(reverse(COLUMNS), {"column": ["login"], "back": "sort=name&cols=unit"})
    assert answer.headers["Location"] == reverse(LIST) + "?sort=name"
    assert headings(client) == [before[0], "登录名"]
    client.force_login(make_officer(clerk.unit, *MAY))
    assert headings(client) == before


def test_the_first_column_stays_and_the_own_columns_can_be_had_back(client: Client, clerk: Officer) -> None:
    before = headings(client)
    client.post(reverse(COLUMNS), {"column": ["no-such-column"]})
    assert headings(client) == before
    client.post(reverse(COLUMNS), {"column": ["login"]})
    client.post(reverse(COLUMNS), {"deed": "reset"})
    assert headings(client) == before
    assert not SavedView.objects.exists()


def test_columns_in_the_address_count_for_this_look_only(client: Client, clerk: Officer) -> None:
    before = headings(client)
    assert headings(client, "?cols=login,nonsense") == [before[0], "登录名"]
    assert headings(client) == before


def test_a_printed_list_has_the_same_columns_and_a_file_has_all(client: Client, clerk: Officer) -> None:
    client.post(reverse(COLUMNS), {"column": ["login"]})
    printed = client.get(reverse("people.officer.print")).context["columns"]
    assert [one["label"] for one in printed] == headings(client)
    text = b"".join(client.get(reverse("people.officer.export_csv")).streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()[2].split(",")) > 2


def test_a_saved_view_leads_back_to_conditions_order_and_columns(client: Client, clerk: Officer) -> None:
    answer = client.post(
        reverse(VIEWS) + "?q=测试&sort=-name&cols=name,login&after=x", {"name": "我的人", "sharing": "own"}
    )
    where = urlsplit(answer.headers["Location"])
    assert where.path == reverse(LIST)
    assert parse_qs(where.query) == {"q": ["测试"], "sort": ["-name"], "cols": ["name,login"]}
    page = client.get(answer.headers["Location"]).content.decode()
    assert re.search(r'aria-current="true">我的人<', page)


def test_a_view_is_found_by_those_it_is_shared_with_and_shows_them_their_own_rows(
    client: Client, clerk: Officer
) -> None:
    for name, sharing in (("甲", "own"), ("乙", "unit"), ("丙", "all")):
        client.post(reverse(VIEWS) + "?q=测试", {"name": name, "sharing": sharing})
    stranger = make_officer(make_unit(), *MAY, width=Width.OWN)
    seen = {}
    for who in (clerk, make_officer(clerk.unit, *MAY), stranger):
        client.force_login(who)
        context = client.get(reverse(LIST)).context
        seen[who.pk] = [view["label"] for view in context["views"]]
    assert [sorted(names) for names in seen.values()] == [sorted("甲乙丙"), sorted("乙丙"), ["丙"]]
    rows = client.get(next(view["url"] for view in context["views"])).context["rows"]
    assert {row.uid for row in rows} == {str(stranger.uid)}


def test_only_its_owner_deletes_a_view(client: Client, clerk: Officer) -> None:
    client.post(reverse(VIEWS), {"name": "甲", "sharing": "all"})
    view = SavedView.objects.get()
    client.force_login(make_officer(clerk.unit, *MAY))
    client.post(reverse(VIEWS), {"deed": "delete", "uid": str(view.uid)})
    client.post(reverse(VIEWS), {"deed": "delete", "uid": "nonsense"})
    assert SavedView.objects.filter(pk=view.pk).exists()
    client.force_login(clerk)
    client.post(reverse(VIEWS), {"deed": "delete", "uid": str(view.uid)})
    assert not SavedView.objects.exists()


def test_saving_under_the_same_name_replaces_and_there_is_an_end(client: Client, clerk: Officer) -> None:
    for query in ("?q=a", "?q=b"):
        client.post(reverse(VIEWS) + query, {"name": "甲", "sharing": "own"})
    assert SavedView.objects.get().query == "q=b"
    for number in range(1, MOST):
        client.post(reverse(VIEWS), {"name": f"视图{number}", "sharing": "own"})
    answer = client.post(reverse(VIEWS), {"name": "多一个", "sharing": "own"})
    assert answer.status_code == 422
    assert client.post(reverse(VIEWS), {"name": "甲", "sharing": "own"}).status_code == 302
    assert client.post(reverse(VIEWS), {"name": " ", "sharing": "own"}).status_code == 422
