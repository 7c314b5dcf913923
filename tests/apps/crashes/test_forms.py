"""The crash clerk's forms: a crash is registered, completed and corrected in the browser."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlu.apps.crashes.models import Crash
from anlu.kernel.core.dictionaries import add_term, end_term
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.models import Officer
from tests.apps.crashes.records import add_crash
from tests.factories import make_area, make_officer, make_unit, seed_dictionaries

pytestmark = pytest.mark.django_db
RIGHTS = [f"crashes.crash.{verb}" for verb in ("view", "add", "change", "void")]
STATED = {
    "number": "371525202300001",
    "occurred_at": "2023-06-05T08:15",
    "time_precision": "minute",
    "severity": "slight",
    "killed": "0",
    "seriously_injured": "0",
    "slightly_injured": "1",
    "injured": "1",
    "vehicles_count": "2",
    "control": ["3", "5"],
    "lon": "115.83",
    "lat": "36.86",
}


@pytest.fixture
def clerk(client: Client) -> Officer:
    seed_dictionaries()
    officer = make_officer(make_unit("事故中队"), *RIGHTS)
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return officer


def test_a_crash_is_registered(client: Client, clerk: Officer) -> None:
    town = make_area("柳亭镇")
    answer = client.post(reverse("crashes.crash.new"), {**STATED, "town": town.pk})
    crash = Crash.objects.get()
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    assert (crash.town, crash.unit, crash.control) == (town, None, "3,5")
    assert crash.occurred_at.isoformat() == "2023-06-05T00:15:00+00:00"
    assert (crash.location_state, crash.created_by) == ("located", clerk.uid)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"lat": ""}, "lat"),
        ({"lon": "999"}, "lon"),
        ({"number": ""}, "number"),
        ({"weather": "99"}, "weather"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    client: Client, clerk: Officer, wrong: dict[str, Any], field: str
) -> None:
    answer = client.post(reverse("crashes.crash.new"), {**STATED, **wrong})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Crash.objects.exists()


def test_a_doubled_number_is_said_in_words(client: Client, clerk: Officer) -> None:
    client.post(reverse("crashes.crash.new"), STATED)
    answer = client.post(reverse("crashes.crash.new"), STATED)
    assert answer.status_code == 422
    assert "已有" in answer.content.decode()


def test_parties_vehicles_and_another_procedure_are_added_by_pages_of_their_own(
    client: Client, clerk: Officer
) -> None:
    client.post(reverse("crashes.crash.new"), STATED)
    uid = Crash.objects.get().uid
    for page, stated in (
        ("crashes.party.new", {"injury": "killed", "role": "driver", "id_number": "x1"}),
        ("crashes.vehicle.new", {"vehicle_class": "K3", "plate": "演A00001"}),
        ("crashes.procedure.change", {"to": "ordinary", "on": "2023-06-06", "why": "有人死亡"}),
    ):
        assert client.get(reverse(page, args=[uid])).status_code == 200
        answer = client.post(reverse(page, args=[uid]), stated)
        assert answer.status_code == 302, answer.content.decode()[-1500:]
    crash = Crash.objects.get()
    assert (crash.severity, crash.killed, crash.vehicles_count, crash.procedure) == (
        "fatal",
        1,
        1,
        "ordinary",
    )
    seen = client.get(reverse("crashes.crash.detail", args=[uid])).content.decode()
    assert "有人死亡" in seen
    assert "x1" not in seen


def test_a_crash_from_elsewhere_asks_for_the_reason(client: Client, clerk: Officer) -> None:
    client.post(reverse("crashes.crash.new"), STATED)
    Crash.objects.update(source="ga_excel")
    crash = Crash.objects.get()
    address = reverse("crashes.crash.change", args=[crash.uid])
    changed = {**STATED, "weather": "3", "version": "1"}
    refused = client.post(address, changed)
    assert refused.status_code == 422
    assert "须说明原因" in refused.content.decode()
    assert client.post(address, {**changed, "why": "现场核对"}).status_code == 302
    assert Crash.objects.get().weather == "3"


def test_the_procedure_is_not_changed_in_passing(client: Client, clerk: Officer) -> None:
    client.post(reverse("crashes.crash.new"), {**STATED, "procedure": "summary"})
    crash = Crash.objects.get()
    client.post(
        reverse("crashes.crash.change", args=[crash.uid]),
        {**STATED, "procedure": "ordinary", "weather": "2", "version": "1"},
    )
    found = Crash.objects.get()
    assert (found.procedure, found.weather) == ("summary", "2")


def test_a_code_that_has_ended_is_offered_only_where_it_stands_already(
    client: Client, clerk: Officer
) -> None:
    add_term("crash.weather", "x", "旧天气", by=SYSTEM)
    end_term("crash.weather", "x", on=date(2020, 1, 1), by=SYSTEM)
    crash = add_crash("A1", date(2019, 1, 1), weather="x")
    assert "旧天气" not in client.get(reverse("crashes.crash.new")).content.decode()
    assert "旧天气" in client.get(reverse("crashes.crash.change", args=[crash.uid])).content.decode()


def test_pages_about_a_crash_of_others_are_not_found(client: Client) -> None:
    seed_dictionaries()
    town, other = make_area(), make_area()
    officer = make_officer(make_unit(kind="town_office", area=town), *RIGHTS, width="below")  # type: ignore[arg-type]
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    crash = add_crash("A1", date(2023, 1, 1), town=other)
    for page in (
        "crash.detail",
        "crash.change",
        "crash.void",
        "party.new",
        "vehicle.new",
        "procedure.change",
    ):
        assert client.get(reverse(f"crashes.{page}", args=[crash.uid])).status_code == 404, page
