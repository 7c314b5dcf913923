"""Several ticked rows at once: only one's own, all or none, recorded."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from anlu.apps.crashes import services
from anlu.apps.crashes.models import Crash
from anlu.kernel.core.errors import NotAllowed
from anlu.kernel.core.models import AuditEntry
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.models import Officer, Unit
from tests.contracts.makers import MAKERS
from tests.factories import make_area, make_officer, make_unit

pytestmark = pytest.mark.django_db
BULK = "crashes.crash.bulk"
MAY = ("crashes.crash.view", "crashes.crash.export", "crashes.crash.void")


@pytest.fixture
def unit(db: None) -> Unit:
    return make_unit(area=make_area())


@pytest.fixture
def make(unit: Unit) -> Callable[..., Crash]:
    """A crash of our unit, or of another."""

    def made(where: Unit = unit) -> Crash:
        crash: Any = MAKERS["crashes.crash"](where, where.area)  # type: ignore[arg-type]
        return crash  # type: ignore[no-any-return]

    return made


@pytest.fixture
def clerk(unit: Unit, client: Client) -> Officer:
    found = make_officer(unit, *MAY, width=Width.OWN)
    client.force_login(found)
    return found


def test_ticked_rows_are_exported_and_nothing_else(
    client: Client, clerk: Officer, make: Callable[..., Crash]
) -> None:
    ours, other = make(), make()
    theirs = make(make_unit(area=make_area()))
    answer = client.post(reverse(BULK), {"deed": "export", "row": [str(ours.uid), str(theirs.uid)]})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[arg-type]
    text = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    assert ours.number in text
    assert other.number not in text
    assert theirs.number not in text
    assert "所选 1 起" in text
    entry = AuditEntry.objects.filter(action="export", actor=clerk.uid).latest("pk")
    assert entry.changes["rows"][1] == 1


def test_voiding_asks_for_a_reason_first_and_then_voids_all(
    client: Client, clerk: Officer, make: Callable[..., Crash]
) -> None:
    rows = [make(), make()]
    sent = {"deed": "void", "row": [str(one.uid) for one in rows]}
    page = client.post(reverse(BULK) + "?q=x", sent)
    assert page.status_code == 200
    assert all(one.number in page.content.decode() for one in rows)
    assert not Crash.objects.filter(voided_at__isnull=False).exists()
    assert client.post(reverse(BULK), {**sent, "why": " "}).status_code == 422
    answer = client.post(reverse(BULK) + "?q=x", {**sent, "why": "重复登记"})
    assert answer.headers["Location"] == reverse("crashes.crash") + "?q=x"
    assert set(Crash.objects.values_list("voided_why", flat=True)) == {"重复登记"}


def test_when_one_cannot_be_voided_none_is(
    client: Client, clerk: Officer, make: Callable[..., Crash], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, done, void_record = [make(), make()], [], services.void_record

    def only_the_first(model: Any, uid: Any, **more: Any) -> Any:
        if done:
            raise NotAllowed("这一起已归档")
        done.append(uid)
        return void_record(model, uid, **more)

    monkeypatch.setattr(services, "void_record", only_the_first)
    sent = {"deed": "void", "row": [str(one.uid) for one in rows], "why": "试"}
    answer = client.post(reverse(BULK), sent)
    assert answer.status_code == 422
    assert "这一起已归档。一条也没有作废" in answer.content.decode()
    assert not Crash.objects.filter(voided_at__isnull=False).exists()


def test_what_a_person_may_not_do_is_not_offered_and_not_found(
    client: Client, unit: Unit, make: Callable[..., Crash]
) -> None:
    crash = make()
    client.force_login(make_officer(unit, "crashes.crash.view"))
    assert client.get(reverse("crashes.crash")).context["deeds"] == []
    for deed in ("export", "void", "nonsense"):
        assert client.post(reverse(BULK), {"deed": deed, "row": [str(crash.uid)]}).status_code == 404


@pytest.mark.parametrize("row", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_rows_that_are_not_there_are_said_so(client: Client, clerk: Officer, row: str) -> None:
    answer = client.post(reverse(BULK), {"deed": "export", "row": [row]})
    assert answer.status_code in (302, 404)


def test_several_voided_records_are_restored_at_once_or_none(
    client: Client, clerk: Officer, make: Callable[..., Crash], monkeypatch: pytest.MonkeyPatch
) -> None:
    crashes = [make(), make()]
    for crash in crashes:
        services.void_crash(crash.uid, why="重复", by=clerk)
    listed = client.get(reverse("crashes.crash"), {"voided": "1"}).content.decode()
    assert 'value="restore"' in listed
    assert 'value="void"' not in listed
    asked = {"deed": "restore", "row": [str(crash.uid) for crash in crashes]}
    assert client.post(reverse(BULK) + "?voided=1", asked | {"deed": "void"}).status_code == 302
    client.post(reverse(BULK) + "?voided=1", asked)
    assert Crash.objects.live().filter(pk__in=[crash.pk for crash in crashes]).count() == 2
    assert AuditEntry.objects.filter(action="restore", actor=clerk.uid).count() == 2
    assert (
        client.post(reverse(BULK), asked).status_code == 302
    )  # they are not voided any more: nothing is done
    assert AuditEntry.objects.filter(action="restore").count() == 2


def test_voided_records_of_others_are_not_restored(
    client: Client, clerk: Officer, make: Callable[..., Crash]
) -> None:
    theirs = make(make_unit(area=make_area()))
    services.void_crash(theirs.uid, why="重复", by=SYSTEM)
    client.post(reverse(BULK), {"deed": "restore", "row": [str(theirs.uid)]})
    theirs.refresh_from_db()
    assert theirs.voided_at is not None


def test_voided_records_are_paged_through_once(
    client: Client, clerk: Officer, make: Callable[..., Crash]
) -> None:
    for _ in range(23):
        services.void_crash(make().uid, why="重复", by=clerk)
    address, seen = reverse("crashes.crash") + "?voided=1", []
    for _ in range(2):
        answer = client.get(address)
        seen += [row.uid for row in answer.context["rows"]]
        address = reverse("crashes.crash") + answer.context["pager"].get("next_url", "")
    assert len(seen) == len(set(seen)) == 23
