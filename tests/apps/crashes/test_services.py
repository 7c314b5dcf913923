"""Writes of crashes: what follows is worked out, what is done is recorded, what is out of scope stays untouched."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from anlu.apps.crashes import services
from anlu.apps.crashes.models import Crash, CrashParty, ProcedureChange
from anlu.apps.crashes.searching import by_personal_number
from anlu.kernel.core.audit import verify_chain
from anlu.kernel.core.errors import ChangedMeanwhile, NeedsReason, NotAllowed, NotFound
from anlu.kernel.core.history import history_of
from anlu.kernel.core.revisions import token
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.core.search import search
from anlu.kernel.core.services import Doubled
from anlu.kernel.people.models import OfficerKind, UnitKind
from anlu.kernel.people.services import assign_area
from tests.factories import make_area, make_officer, make_unit, seed_dictionaries

pytestmark = pytest.mark.django_db

AT = datetime(2023, 6, 5, 16, 30, tzinfo=UTC)  # 6 June, 0:30, in Shanghai
RIGHTS = [f"crashes.crash.{verb}" for verb in ("view", "add", "change", "void", "reveal")]


@pytest.fixture(autouse=True)
def _dictionaries() -> None:
    seed_dictionaries()


def add(number: str = "A1", **facts: Any) -> Crash:
    return services.add_crash({"number": number, "occurred_at": AT, "severity": "damage", **facts}, by=SYSTEM)


def test_local_day_hour_and_month_are_frozen_with_the_crash() -> None:
    crash = add()
    assert (crash.occurred_on, crash.occurred_hour, crash.occurred_weekday) == (date(2023, 6, 6), 0, 2)
    assert crash.occurred_month == "2023-06"


def test_parts_of_another_zone_stay_until_the_time_itself_is_changed() -> None:
    crash = add()
    Crash.objects.filter(pk=crash.pk).update(
        occurred_on=date(2023, 6, 5), occurred_hour=17
    )  # as London has it
    crash = services.change_crash(crash.uid, {"weather": "3"}, version=1, by=SYSTEM)
    assert (crash.occurred_on, crash.occurred_hour) == (date(2023, 6, 5), 17)
    later = AT + timedelta(hours=1)
    crash = services.change_crash(crash.uid, {"occurred_at": later}, version=2, by=SYSTEM)
    assert (crash.occurred_on, crash.occurred_hour) == (date(2023, 6, 6), 1)


def test_the_unit_follows_from_the_town_and_a_position_gets_its_cell() -> None:
    town, unit = make_area(), make_unit()
    assign_area(unit, town, by=SYSTEM)
    crash = add(town=town, lon=115.8, lat=36.7)
    assert (crash.unit, crash.location_state) == (unit, "located")
    assert crash.cell_x is not None
    assert "no_position" not in crash.marks


def test_without_a_town_the_crash_belongs_to_whoever_enters_it() -> None:
    clerk = make_officer(make_unit(), *RIGHTS, width=Width.OWN)
    crash = services.add_crash({"number": "A1", "occurred_at": AT, "severity": "damage"}, by=clerk)
    assert crash.unit == clerk.unit


def test_casualties_and_severity_follow_from_the_parties() -> None:
    crash = add()
    services.add_party(crash.uid, {"injury": "slight", "role": "driver"}, by=SYSTEM)
    party = services.add_party(crash.uid, {"injury": "serious", "role": "pedestrian"}, by=SYSTEM)
    crash.refresh_from_db()
    assert (crash.severity, crash.seriously_injured, crash.slightly_injured, crash.injured) == (
        "serious",
        1,
        1,
        2,
    )
    services.change_party(party.uid, {"died_at": AT + timedelta(days=6)}, by=SYSTEM)
    crash.refresh_from_db()
    assert (crash.severity, crash.killed, crash.injured) == ("fatal", 1, 1)
    services.change_party(party.uid, {"died_at": AT + timedelta(days=8)}, by=SYSTEM)
    crash.refresh_from_db()
    assert (crash.severity, crash.killed, crash.killed_30d, crash.seriously_injured) == ("serious", 0, 1, 1)
    services.void_party(party.uid, why="重复", by=SYSTEM)
    crash.refresh_from_db()
    assert (crash.severity, crash.injured, crash.parties_count) == ("slight", 1, 1)


def test_a_death_after_the_fact_is_on_record_as_a_change_of_the_crash() -> None:
    crash = add()
    party = services.add_party(crash.uid, {"injury": "serious"}, by=SYSTEM)
    services.change_party(party.uid, {"injury": "killed"}, by=SYSTEM)
    newest = history_of(crash)[0]
    assert newest.changes["severity"] == ["serious", "fatal"]
    assert newest.changes["killed"] == [0, 1]
    assert verify_chain() == []


def test_changing_the_procedure_needs_a_reason_and_leaves_a_row() -> None:
    crash = add(procedure="summary")
    with pytest.raises(NeedsReason):
        services.change_procedure(crash.uid, "ordinary", why=" ", on=date(2023, 6, 8), by=SYSTEM)
    services.change_procedure(crash.uid, "ordinary", why="伤情加重", on=date(2023, 6, 8), by=SYSTEM)
    with pytest.raises(services.ProcedureUnchanged):
        services.change_procedure(crash.uid, "ordinary", why="再来", on=date(2023, 6, 8), by=SYSTEM)
    change = ProcedureChange.objects.get()
    crash.refresh_from_db()
    assert (crash.procedure, change.from_procedure, change.to_procedure) == (
        "ordinary",
        "summary",
        "ordinary",
    )


def test_a_crash_from_elsewhere_is_changed_only_with_a_reason_and_keeps_its_digest() -> None:
    crash = add()
    Crash.objects.filter(pk=crash.pk).update(source="ga_excel", digest=b"d" * 16)
    with pytest.raises(NeedsReason, match="ga_excel"):
        services.change_crash(crash.uid, {"weather": "3", "why": ""}, version=1, by=SYSTEM)
    changed = services.change_crash(crash.uid, {"weather": "3", "why": "现场核对"}, version=1, by=SYSTEM)
    assert "local_change" in changed.marks
    assert changed.marked
    changed.refresh_from_db()
    assert bytes(changed.digest or b"") == b"d" * 16
    assert [entry.note for entry in history_of(crash) if entry.action == "reason"] == ["现场核对"]
    same = services.change_crash(crash.uid, {"weather": "3", "why": ""}, version=2, by=SYSTEM)
    assert same.version == 2


def test_a_number_is_given_once_until_the_crash_is_voided() -> None:
    crash = add("A1")
    with pytest.raises(Doubled):
        add("A1")
    services.void_crash(crash.uid, why="重复登记", by=SYSTEM)
    again = add("A1")
    with pytest.raises(Doubled):
        services.restore_crash(crash.uid, by=SYSTEM)
    services.void_crash(again.uid, why="重复登记", by=SYSTEM)
    assert services.restore_crash(crash.uid, by=SYSTEM).voided_at is None


def test_search_and_caches_follow_every_write() -> None:
    crash = add("LT-000777", road_name="青柳路")
    seen = token("crashes.crash")
    assert [hit.title for hit in search(SYSTEM, "000777")] == ["LT-000777"]
    services.change_crash(crash.uid, {"road_name": "槐井路"}, version=1, by=SYSTEM)
    assert (search(SYSTEM, "青柳"), [hit.title for hit in search(SYSTEM, "槐井")]) == ([], ["LT-000777"])
    services.void_crash(crash.uid, why="x", by=SYSTEM)
    assert search(SYSTEM, "000777") == []
    services.restore_crash(crash.uid, by=SYSTEM)
    assert len(search(SYSTEM, "000777")) == 1
    assert token("crashes.crash") != seen


def test_a_party_is_found_by_its_exact_number_by_those_who_may_see_such_numbers() -> None:
    crash = add()
    services.add_party(crash.uid, {"id_number": "371525 1990 0101 001X", "phone": "13800000000"}, by=SYSTEM)
    sworn = make_officer(make_unit(), *RIGHTS)
    auxiliary = make_officer(make_unit(), *RIGHTS, kind=OfficerKind.AUXILIARY)
    assert list(by_personal_number(sworn, "37152519900101001x")) == [crash.uid]
    assert list(by_personal_number(sworn, "13800000000")) == [crash.uid]
    assert list(by_personal_number(sworn, "1380000000")) == []
    assert list(by_personal_number(auxiliary, "13800000000")) == []
    assert [hit.title for hit in search(sworn, "13800000000")] == ["A1"]


def test_personal_numbers_are_ciphertext_in_the_database_and_in_the_audit() -> None:
    crash = add()
    party = services.add_party(crash.uid, {"id_number": "371525199001010011"}, by=SYSTEM)
    services.change_party(party.uid, {"id_number": "371525199001010022"}, by=SYSTEM)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM crashes_crashparty")
        assert b"3715251990" not in repr(cursor.fetchall()).encode()
    assert "3715251990" not in repr([entry.changes for entry in history_of(party)])
    assert CrashParty.objects.get().id_number == "371525199001010022"


# --- who may


def test_a_person_of_one_town_writes_in_that_town_only() -> None:
    town, other = make_area(), make_area()
    office = make_unit(kind=UnitKind.TOWN_OFFICE, area=town)
    director = make_officer(office, *RIGHTS, width=Width.BELOW)
    theirs, ours = add("O1", town=other), add("T1", town=town)
    with pytest.raises(NotFound):
        services.change_crash(theirs.uid, {"weather": "3"}, version=1, by=director)
    with pytest.raises(NotFound):
        services.void_crash(theirs.uid, why="x", by=director)
    with pytest.raises(NotFound):
        services.add_party(theirs.uid, {"injury": "slight"}, by=director)
    with pytest.raises(NotFound):
        services.change_procedure(theirs.uid, "ordinary", why="x", on=date(2023, 6, 6), by=director)
    with pytest.raises(NotAllowed):
        services.change_crash(ours.uid, {"town": other}, version=1, by=director)
    with pytest.raises(NotAllowed):
        services.add_crash(
            {"number": "N1", "occurred_at": AT, "severity": "damage", "town": other}, by=director
        )
    assert services.change_crash(ours.uid, {"weather": "3"}, version=1, by=director).weather == "3"
    assert Crash.objects.get(number="O1").version == 1


def test_two_people_do_not_overwrite_each_other() -> None:
    crash = add()
    services.change_crash(crash.uid, {"weather": "3"}, version=1, by=SYSTEM)
    with pytest.raises(ChangedMeanwhile):
        services.change_crash(crash.uid, {"weather": "1"}, version=1, by=SYSTEM)
