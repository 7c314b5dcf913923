"""Cases through the interface, beyond opening and moving: correcting, later deadlines, doubles, lists."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import move_case, open_case
from anlu.kernel.people.models import Officer, RolePermission
from tests.kernel.cases.conftest import Stage, kind, stage

__all__ = ["kind", "stage"]  # fixtures
ROOT = "/api/v1/cases"


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLU_TODAY", "2023-06-20")


def as_(officer: Officer) -> Client:
    """A program of this person."""
    RolePermission.objects.get_or_create(role=officer.grants.get().role, code="web.api")
    client = Client()
    client.force_login(Officer.objects.get(pk=officer.pk))
    return client


def send(client: Client, method: str, address: str, body: dict[str, Any]) -> Any:
    return client.generic(method, f"{ROOT}{address}", json.dumps(body), content_type="application/json")


def found(stage: Stage, **values: Any) -> Case:
    stated = {"title": "行道树遮挡", "town": stage.town, "lon": 115.71, "lat": 36.84, **values}
    return open_case("test.sight", stated, details={"what": "行道树", "sight_m": 62}, by=stage.finder)


def test_a_case_is_corrected_and_a_stale_correction_is_refused(stage: Stage) -> None:
    case, finder = found(stage), as_(stage.finder)
    body = {"version": case.version, "title": "绿篱遮挡", "details": {"sight_m": 48.5}}
    changed = send(finder, "PATCH", f"/{case.uid}", body)
    assert changed.status_code == 200
    assert (changed.json()["title"], changed.json()["details"]["sight_m"]) == ("绿篱遮挡", 48.5)
    assert changed.json()["details"]["what"] == "行道树"
    assert send(finder, "PATCH", f"/{case.uid}", body).status_code == 409


def test_a_department_reads_a_case_that_was_sent_to_it_and_corrects_none(stage: Stage) -> None:
    case, liaison = found(stage), as_(stage.liaison)
    body = {"version": case.version, "title": "绿篱遮挡"}
    assert liaison.get(f"{ROOT}/{case.uid}").status_code == 404
    assert send(liaison, "PATCH", f"/{case.uid}", body).status_code == 404
    sent = move_case(case.uid, "send", by=stage.finder, values={"lead": stage.garden})
    assert liaison.get(f"{ROOT}/{case.uid}").status_code == 200
    assert send(liaison, "PATCH", f"/{case.uid}", body | {"version": sent.version}).status_code == 404
    assert Case.objects.get().title == case.title


@pytest.mark.parametrize(
    "stated",
    [
        *({name: None} for name in ("title", "description", "found_on", "road_name", "place_text")),
        {"title": "长" * 121},
        {"road_name": "长" * 121},
        {"place_text": "长" * 301},
    ],
    ids=lambda stated: "".join(stated) + (" null" if None in stated.values() else " too long"),
)
def test_a_correction_that_cannot_be_kept_is_refused(stage: Stage, stated: dict[str, Any]) -> None:
    case = found(stage, place_text="幼儿园门前", road_name="府前街")
    answer = send(as_(stage.finder), "PATCH", f"/{case.uid}", {"version": case.version, **stated})
    assert answer.status_code == 422
    assert next(iter(stated)) in answer.content.decode()
    assert Case.objects.get().version == case.version


def test_a_case_whose_title_is_taken_away_is_called_as_its_kind(stage: Stage) -> None:
    case = found(stage)
    changed = send(as_(stage.finder), "PATCH", f"/{case.uid}", {"version": case.version, "title": " "})
    assert (changed.status_code, changed.json()["title"]) == (200, "视距遮挡")


def test_requests_come_the_newest_first(stage: Stage) -> None:
    first, second = (move_case(found(stage).uid, "send", by=stage.finder, values={"lead": stage.garden})
                     for _ in range(2))  # fmt: skip
    liaison = as_(stage.liaison)
    for case, until in ((first, "2023-08-31"), (second, "2023-07-31")):
        send(liaison, "POST", f"/{case.uid}/extensions", {"until": until, "why": "等待雨季结束"})
    listed = as_(stage.chief).get(f"{ROOT}/extensions").json()["items"]
    assert [one["number"] for one in listed] == [second.number, first.number]


def test_a_later_deadline_is_asked_for_listed_and_granted_by_somebody_else(stage: Stage) -> None:
    case = move_case(found(stage).uid, "send", by=stage.finder, values={"lead": stage.garden})
    liaison, chief = as_(stage.liaison), as_(stage.chief)
    asked = send(liaison, "POST", f"/{case.uid}/extensions", {"until": "2023-07-31", "why": "等待雨季结束"})
    assert asked.status_code == 201
    waiting = chief.get(f"{ROOT}/extensions?decision=asked").json()
    assert [(one["number"], one["until"]) for one in waiting["items"]] == [(case.number, "2023-07-31")]
    assert as_(stage.stranger).get(f"{ROOT}/extensions").json()["items"] == []
    assert send(liaison, "POST", f"/{case.uid}/extensions/decision", {"grant": True}).status_code == 403
    granted = send(chief, "POST", f"/{case.uid}/extensions/decision", {"grant": True})
    assert (granted.status_code, granted.json()["due_on"]) == (200, "2023-07-31")
    assert [one["decision"] for one in chief.get(f"{ROOT}/{case.uid}/extensions").json()] == ["granted"]


def test_doubles_are_named_and_merged_and_the_double_leads_to_the_original(stage: Stage) -> None:
    first, double = found(stage), found(stage, lon=115.7101)
    finder = as_(stage.finder)
    near = finder.get(f"{ROOT}/{double.uid}/duplicates").json()
    assert [one["uid"] for one in near] == [str(first.uid)]
    assert near[0]["distance_m"] == pytest.approx(8.9, abs=0.1)  # 0.0001° of longitude at 36.84° north
    merged = send(finder, "POST", f"/{double.uid}/merge", {"into": str(first.uid)})
    assert (merged.status_code, merged.json()["uid"]) == (200, str(first.uid))
    assert finder.get(f"{ROOT}/{double.uid}").json()["uid"] == str(first.uid)
    assert (
        send(as_(stage.stranger), "POST", f"/{first.uid}/merge", {"into": str(double.uid)}).status_code == 404
    )


def test_the_work_list_comes_page_by_page_and_each_case_once(stage: Stage) -> None:
    cases = [found(stage, lon=115.6 + place / 10) for place in range(5)]
    client, seen, after = as_(stage.finder), [], ""
    while True:
        page = client.get(f"{ROOT}/work?which=unit&limit=2{after}").json()
        seen += [one["number"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == sorted(one.number for one in cases)
