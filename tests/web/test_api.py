"""The interface for programs: who gets in, what errors look like, paging, and cases through it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from anlu.apps.suggestions.kinds import FAMILY
from anlu.kernel.cases.kinds import kinds
from anlu.kernel.cases.services import open_case
from anlu.kernel.core.dictionaries import add_term
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.models import Officer
from tests.factories import make_officer

KIND = "suggestions.suggestion"


@pytest.fixture
def clerk(db: None) -> Officer:
    """Somebody who reads and answers suggestions."""
    verbs = ("view", "add", "handle", "decide")
    return make_officer(None, "web.api", *(FAMILY.permission_to(verb) for verb in verbs))


@pytest.fixture
def reporter(db: None) -> Officer:
    """Somebody who has an idea."""
    return make_officer(
        None, "web.api", FAMILY.permission_to("view"), FAMILY.permission_to("add"), width=Width.OWN
    )


def suggestion(by: Any = SYSTEM, title: str = "表太多") -> Any:
    return open_case(KIND, {"title": title}, details={"subject": "form"}, by=by)


def post(client: Client, address: str, body: Any) -> Any:
    return client.post(f"/api/v1{address}", json.dumps(body), content_type="application/json")


def test_whoever_is_not_signed_in_gets_401_and_no_page(client: Client, db: None) -> None:
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_whoever_may_not_use_it_gets_403(client: Client, db: None) -> None:
    client.force_login(make_officer(None, FAMILY.permission_to("view")))
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["message"]) == (403, "您没有使用接口的权限")


def test_writing_needs_the_token_of_a_form(clerk: Officer) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk)
    answer = post(client, f"/cases/new/{KIND}", {"details": {"subject": "form"}})
    assert answer.status_code == 403


def test_a_case_is_opened_moved_and_read(client: Client, clerk: Officer) -> None:
    client.force_login(clerk)
    made = post(
        client, f"/cases/new/{KIND}", {"title": "表太多", "details": {"subject": "form", "minutes": 90}}
    )
    assert made.status_code == 201, made.content
    case = made.json()
    assert case["details"] == {"subject": "form", "replaces": "", "minutes": 90}
    assert {move["code"] for move in case["moves"]} >= {"take", "withdraw"}
    refused = post(client, f"/cases/{case['uid']}/moves/answer", {"note": "已减"})
    assert (refused.status_code, refused.json()["message"]) == (422, "现在是「待受理」，不能「答复」")
    taken = post(client, f"/cases/{case['uid']}/moves/take", {"version": case["version"]}).json()
    assert (taken["state"], taken["state_label"]) == ("handling", "办理中")
    stale = post(client, f"/cases/{case['uid']}/moves/answer", {"note": "x", "version": case["version"]})
    assert "刚被他人办理过" in stale.json()["message"]
    events = client.get(f"/api/v1/cases/{case['uid']}/events").json()
    assert [event["label"] for event in events] == ["受理", "登记"]


def test_what_cannot_be_read_is_named_by_field(client: Client, clerk: Officer) -> None:
    client.force_login(clerk)
    answer = post(client, f"/cases/new/{KIND}", {"details": {"minutes": "many"}})
    assert answer.status_code == 422
    assert set(answer.json()["fields"]) == {"stated.details.subject", "stated.details.minutes"} or set(
        answer.json()["fields"]
    ) == {"details.subject", "details.minutes"}


def test_lists_hold_what_one_may_see_and_are_paged_by_key(
    client: Client, clerk: Officer, reporter: Officer
) -> None:
    own = suggestion(reporter, "我的")
    others = [suggestion(title=f"第{n}条") for n in range(5)]
    client.force_login(reporter)
    mine = client.get(f"/api/v1/cases?family={FAMILY.code}").json()
    assert [one["uid"] for one in mine["items"]] == [str(own.uid)]
    assert client.get(f"/api/v1/cases/{others[0].uid}").status_code == 404
    client.force_login(clerk)
    seen, after = [], ""
    while True:
        page = client.get(f"/api/v1/cases?family={FAMILY.code}&limit=2{after}").json()
        seen += [one["uid"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert sorted(seen) == sorted(str(one.uid) for one in (own, *others))
    assert len(set(seen)) == len(seen)


def test_filters_are_those_of_the_ledger_and_wrong_ones_are_refused(client: Client, clerk: Officer) -> None:
    suggestion()
    for code in ("form", "page"):
        add_term("suggestion.subject", code, code, by=SYSTEM)
    client.force_login(clerk)
    found = client.get(f"/api/v1/cases?family={FAMILY.code}&fact_subject=form&stage=open").json()
    assert len(found["items"]) == 1
    none = client.get(f"/api/v1/cases?family={FAMILY.code}&fact_subject=page").json()
    assert none["items"] == []
    assert client.get(f"/api/v1/cases?family={FAMILY.code}&found_from=morgen").status_code == 422


def test_the_document_describes_every_kind(client: Client, clerk: Officer) -> None:
    client.force_login(clerk)
    document = client.get("/api/v1/openapi.json").json()
    for kind in kinds:
        assert f"/api/v1/cases/new/{kind.code}" in document["paths"]
    shown = client.get("/api/").content.decode()
    assert "/api/v1/cases/new/suggestions.suggestion" in shown
    assert "details.subject" in shown


def test_figures_count_what_one_may_see(client: Client, clerk: Officer) -> None:
    suggestion()
    client.force_login(clerk)
    found = client.get(f"/api/v1/cases/figures?family={FAMILY.code}&start=2000-01-01&end=2099-12-31").json()
    assert (found["found"], found["closed"], found["open_at_end"]) == (1, 0, 1)
    assert (found["due"], found["on_time_share"]) == (1, 0.0)  # long overdue by then
