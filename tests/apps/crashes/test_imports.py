"""Imports of crashes through the engine: nothing lost, nothing twice, nothing seen before its time."""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlu.apps.crashes.importing.fields import CASUALTIES, VEHICLES
from anlu.apps.crashes.models import Crash, CrashParty, CrashVehicle
from anlu.engine.crashes.quality import quality_marks
from anlu.engine.crashes.records import CrashFacts, PartyFacts
from anlu.engine.crashes.severity import casualties
from anlu.engine.errors import BadInput
from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import NotAllowed
from anlu.kernel.core.importing import lifecycle, passes, sources, writing
from anlu.kernel.core.importing.lifecycle import CannotWithdraw, ImportBusy, begin, tend, withdraw
from anlu.kernel.core.importing.previews import preview
from anlu.kernel.core.importing.writing import Writer
from anlu.kernel.core.models import AuditEntry, Batch, SearchEntry, StagedChange
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.revisions import token
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.search import search
from anlu.kernel.people.models import UnitKind
from anlu.kernel.people.services import assign_area
from anlu.kernel.places.models import Area, AreaKind
from anlu.kernel.places.services import add_area, add_road
from tests.apps.crashes.files import (
    crash_rows,
    csv_file,
    excel_file,
    import_file,
    numbers,
    party_rows,
    plan_for,
    vehicle_rows,
)
from tests.factories import make_area, make_officer, make_unit, seed_dictionaries

INJURIES = {
    "死亡": "killed",
    "重伤": "serious",
    "轻伤": "slight",
    "轻微伤": "minor",
    "无伤害": "none",
    "不明": "unknown",
    "": "",
}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _dictionaries() -> None:
    seed_dictionaries()


def facts_of(crash: Crash) -> dict[str, Any]:
    """Everything a record states, without what differs from one import to the next."""
    left_out = {
        "id",
        "uid",
        "batch_id",
        "last_seen_batch_id",
        "created_at",
        "changed_at",
        "recorded_at",
        "source",
    }
    found = {field.attname: getattr(crash, field.attname) for field in Crash._meta.concrete_fields}
    return {name: value for name, value in found.items() if name not in left_out}


def state() -> dict[str, Any]:
    """All crashes with their children, as one comparable value."""
    return {
        crash.number: (
            facts_of(crash),
            sorted(crash.vehicles.filter(voided_at=None).values_list("seq", "vehicle_class", "plate")),
            sorted(
                (party.seq, party.name, party.id_number, party.age, party.injury, party.counted_7d)
                for party in crash.parties.filter(voided_at=None)
            ),
        )
        for crash in Crash.objects.live()
    }


def files(folder: Path, rows: list[dict[str, str]], **how: str) -> dict[str, Path]:
    return {
        "main": csv_file(folder / "crashes.csv", rows, **how),
        CASUALTIES: csv_file(folder / "casualties.csv", party_rows(rows), **how),
        VEHICLES: csv_file(folder / "vehicles.csv", vehicle_rows(rows), **how),
    }


# --- what comes in


def test_the_same_crashes_are_the_same_records_from_every_kind_of_file(tmp_path: Path) -> None:
    rows = crash_rows(60)
    import_file(**files(tmp_path, rows))
    first = state()
    assert len(first) == 60
    variants = [
        csv_file(tmp_path / "gb.csv", rows, encoding="gb18030"),
        csv_file(tmp_path / "semicolon.csv", rows, delimiter=";", encoding="utf-8-sig", end="\r\n"),
        excel_file(tmp_path / "sheet.xlsx", rows),
        csv_file(tmp_path / "turned.csv", [dict(reversed(row.items())) for row in reversed(rows)]),
    ]
    for path in variants:
        assert numbers(import_file(path)) == (60, 0, 0, 60, 0), path.name
        Crash.objects.all().delete()
        import_file(path, casualties=tmp_path / "casualties.csv", vehicles=tmp_path / "vehicles.csv")
        assert state() == first, path.name


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    rows = crash_rows(30)
    rows[3]["occurred_at"] = "2023-02-30"
    rows[4]["number"] = ""
    rows[5]["number"] = rows[0]["number"]
    path = csv_file(tmp_path / "a.csv", rows)
    path.write_text(path.read_text(encoding="utf-8") + "X,2023-01-01\n", encoding="utf-8")
    result = import_file(path)
    assert numbers(result) == (31, 27, 0, 0, 4)
    assert [(one.row, one.reason) for one in result.refused.first] == [
        (5, "发生时间「2023-02-30」不是日期,应写成 2023-06-30 08:15"),
        (6, "缺少事故编号"),
        (7, f"文件内编号「{rows[0]['number']}」重复,以先出现的一行为准"),
        (32, "这一行有 2 列,表头有 9 列"),
    ]
    assert Crash.objects.live().count() == 27
    assert Crash.objects.get(number=rows[0]["number"]).loss_cny is not None


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from("ABCD "), st.sampled_from(["2023-01-05", "x", ""])), min_size=1, max_size=12
    )
)
def test_rows_are_accepted_updated_unchanged_or_refused_and_nothing_else(
    tmp_path: Path, cells: list[tuple[str, str]]
) -> None:
    Crash.objects.all().delete()
    rows = [
        {"number": number.strip(), "occurred_at": at, "x": str(n)} for n, (number, at) in enumerate(cells)
    ]
    path = csv_file(tmp_path / "a.csv", rows)
    for _ in range(2):
        rows_, accepted, updated, unchanged, refused = numbers(import_file(path))
        assert rows_ == len(rows) == accepted + updated + unchanged + refused
    good = {number.strip() for number, at in cells if number.strip() and at == "2023-01-05"}
    assert set(Crash.objects.live().values_list("number", flat=True)) == good
    assert (accepted, updated) == (0, 0)


def test_a_second_row_of_a_number_is_taken_when_the_first_could_not_be(tmp_path: Path) -> None:
    rows = [{"number": "A", "occurred_at": "x"}, {"number": "A", "occurred_at": "2023-01-01"}]
    assert numbers(import_file(csv_file(tmp_path / "a.csv", rows))) == (2, 1, 0, 0, 1)


def test_slices_and_blocks_of_any_size_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = crash_rows(120)
    rows[50]["number"] = rows[7]["number"]
    import_file(**files(tmp_path, rows))
    first = state()
    for size in (1, 7, 50):
        Crash.objects.all().delete()
        monkeypatch.setattr(passes, "CHUNK", size)
        result = import_file(**files(tmp_path, rows))
        assert numbers(result) == (120, 119, 0, 0, 1)
        assert state() == first


def test_casualties_and_severity_follow_from_the_parties(tmp_path: Path) -> None:
    rows = [
        {"number": "A", "occurred_at": "2023-01-01 10:00", "injured": "9"},
        {"number": "B", "occurred_at": "2023-01-01 10:00", "injured": "2", "killed": "0"},
    ]
    rows[0]["killed"] = ""
    parties = [
        {"number": "A", "injury": "死亡", "died_at": "2023-01-08 10:00"},
        {"number": "A", "injury": "死亡", "died_at": "2023-01-08 10:01"},
        {"number": "A", "injury": "轻微伤", "died_at": ""},
        {"number": "A", "injury": "无伤害", "died_at": ""},
    ]
    main = csv_file(tmp_path / "a.csv", rows)
    import_file(main, casualties=csv_file(tmp_path / "p.csv", parties))
    first, second = Crash.objects.order_by("number")
    assert (first.killed, first.killed_30d, first.seriously_injured, first.slightly_injured) == (1, 2, 1, 1)
    assert (first.injured, first.severity, first.parties_count) == (2, "fatal", 4)
    assert "counts_disagree" in first.marks
    assert (second.injured, second.severity, second.marks) == (2, "slight", ["no_position"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(INJURIES)),
            st.none() | st.integers(-1, 40 * 24),
            st.sampled_from(["驾驶人", "行人", ""]),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["", "fatal", "serious", "slight", "damage"]),
    st.sampled_from(["", "0", "1", "2"]),
    st.sampled_from(["", "11", "21", "35"]),
)
def test_columns_judge_as_the_rules_for_one_record_do(
    tmp_path: Path, people: list[tuple[str, int | None, str]], severity: str, killed: str, form: str
) -> None:
    Crash.objects.all().delete()
    roles = {"驾驶人": "driver", "行人": "pedestrian", "": ""}
    at = datetime(2023, 1, 1, 10)
    row = {
        "number": "A",
        "occurred_at": f"{at:%Y-%m-%d %H:%M}",
        "severity": severity,
        "killed": killed,
        "form": form,
    }
    row |= {"vehicle_form": "", "object_hit": "", "lon": "115.8", "lat": "36.7"}
    parties = [
        {
            "number": "A",
            "injury": injury,
            "died_at": f"{at + timedelta(hours=hours):%Y-%m-%d %H:%M}" if hours is not None else "",
            "role": role,
        }
        for injury, hours, role in people
    ]
    import_file(csv_file(tmp_path / "a.csv", [row]), casualties=csv_file(tmp_path / "p.csv", parties))
    crash = Crash.objects.get()
    facts = tuple(
        PartyFacts(
            INJURIES[injury],
            crash.occurred_at + timedelta(hours=hours) if hours is not None else None,
            roles[role],
        )
        for injury, hours, role in people
    )
    expected = casualties(facts, crash.occurred_at, zone=now().tzinfo)  # type: ignore[arg-type]
    assert (crash.killed, crash.killed_30d) == (expected.killed, expected.killed_30d)
    assert (crash.seriously_injured, crash.slightly_injured) == (expected.serious, expected.slight)
    assert crash.severity == (severity or expected.severity)
    judged = CrashFacts(
        crash.occurred_at,
        severity=severity,
        form=form,
        lon=115.8,
        lat=36.7,
        killed=int(killed) if killed else None,
        parties=facts,
    )
    stated = frozenset({"form", "vehicle_form", "object_hit", "occurred_at", "lon", "killed", "parties"})
    marks = {mark.code for mark in quality_marks(judged, now=now(), stated=stated)}
    assert set(crash.marks) - {"severity_disagrees"} == marks


def test_local_date_parts_are_those_of_the_zone_of_the_file(tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[columns]\nnumber = "n"\noccurred_at = "t"\n[options]\nzone = "America/New_York"\n', encoding="utf-8"
    )
    rows = [
        {"n": "A", "t": "2023-07-01 23:30"},
        {"n": "B", "t": "2023-07-02"},
        {"n": "C", "t": "2023-03-12 02:30"},
    ]
    import_file(csv_file(tmp_path / "a.csv", rows), map=mapping)
    first, second, third = Crash.objects.order_by("number")
    assert first.occurred_at.isoformat() == "2023-07-02T03:30:00+00:00"
    assert (first.occurred_on, first.occurred_hour, first.occurred_weekday) == (date(2023, 7, 1), 23, 6)
    assert first.occurred_month == "2023-07"
    assert (second.time_precision, second.occurred_hour) == ("day", None)
    assert "time_nonexistent" in third.marks


# --- where it lies


def test_places_are_kept_and_marked_never_refused(tmp_path: Path) -> None:
    county = make_area("青县", AreaKind.COUNTY)
    town = make_area("柳亭镇", parent=county)
    add_road("G105", "国道105", by=SYSTEM)
    common = {"occurred_at": "2023-01-01"}
    rows = [
        {"number": "A", "town": "柳亭", "road": "G105", "lon": "115.8", "lat": "36.7", **common},
        {"number": "B", "town": "火星", "road": "X999", "lon": "", "lat": "", **common},
        {"number": "C", "town": "", "road": "", "lon": "36.7", "lat": "115.8", **common},
        {"number": "D", "town": town.code, "road": "国道105", "lon": "0", "lat": "0", **common},
    ]
    result = import_file(csv_file(tmp_path / "a.csv", rows))
    assert numbers(result) == (4, 4, 0, 0, 0)
    assert result.counts.marked == 3
    found = {crash.number: crash for crash in Crash.objects.all()}
    assert (found["A"].town, found["A"].road and found["A"].road.code, found["A"].marks) == (town, "G105", [])
    assert found["A"].location_state == "located"
    assert found["A"].cell_x is not None
    assert found["B"].marks == ["no_position", "road_unknown", "town_unknown"]
    assert found["B"].road_name == "X999"
    assert found["C"].marks == ["position_impossible", "town_unknown"]
    assert found["C"].location_state == "unlocated"
    assert found["D"].marks == ["position_impossible"]


def test_an_installation_without_areas_takes_any_place(tmp_path: Path) -> None:
    rows = [{"number": "A", "occurred_at": "2023-01-01", "lon": "-74", "lat": "40.7"}]
    import_file(csv_file(tmp_path / "a.csv", rows))
    crash = Crash.objects.get()
    assert (crash.location_state, crash.marks, crash.town) == ("located", [], None)


def test_positions_are_put_into_the_town_around_them(tmp_path: Path) -> None:
    def square(west: float, south: float, side: float) -> dict[str, Any]:
        ring = [
            [west, south],
            [west + side, south],
            [west + side, south + side],
            [west, south + side],
            [west, south],
        ]
        return {"type": "Polygon", "coordinates": [ring]}

    county = make_area("青县", AreaKind.COUNTY)
    town = make_area("柳亭镇", parent=county)
    for area, shape in ((county, square(115, 36, 1)), (town, square(115.2, 36.2, 0.2))):
        area.boundary = shape
        area.save()
    rows = [
        {"number": "A", "occurred_at": "2023-01-01", "lon": "115.3", "lat": "36.3"},
        {"number": "B", "occurred_at": "2023-01-01", "lon": "115.9", "lat": "36.9"},
        {"number": "C", "occurred_at": "2023-01-01", "lon": "117", "lat": "36.9"},
    ]
    import_file(csv_file(tmp_path / "a.csv", rows))
    inside, edge, outside = Crash.objects.order_by("number")
    assert inside.town == town
    assert (edge.town, edge.location_state) == (None, "located")
    assert (outside.location_state, "outside" in outside.marks) == ("outside", True)


def test_the_unit_is_the_one_that_answered_for_the_town_on_that_day(tmp_path: Path) -> None:
    town = make_area("柳亭镇")
    earlier, later, stated = make_unit("甲中队"), make_unit("乙中队"), make_unit("丙中队")
    assign_area(earlier, town, by=SYSTEM, valid_from=date(2020, 1, 1))
    earlier.responsibilities.update(valid_to=date(2022, 12, 31))
    assign_area(later, town, by=SYSTEM, valid_from=date(2023, 1, 1))
    rows = [
        {"number": "A", "occurred_at": "2022-12-31", "town": "柳亭镇", "unit": ""},
        {"number": "B", "occurred_at": "2023-01-01", "town": "柳亭镇", "unit": ""},
        {"number": "C", "occurred_at": "2023-01-01", "town": "柳亭镇", "unit": "丙中队"},
        {"number": "D", "occurred_at": "2023-01-01", "town": "", "unit": ""},
    ]
    clerk = make_officer(make_unit("事故中队"), "crashes.crash.import")
    import_file(csv_file(tmp_path / "a.csv", rows), by=clerk)
    units = [crash.unit for crash in Crash.objects.order_by("number")]
    assert units == [earlier, later, stated, clerk.unit]


def test_stakes_are_read_in_every_writing(tmp_path: Path) -> None:
    rows = [
        {"number": "A", "stake": "K12+345", "chainage_km": "", "chainage_m": ""},
        {"number": "B", "stake": "", "chainage_km": "12", "chainage_m": "345.5"},
        {"number": "C", "stake": "", "chainage_km": "", "chainage_m": "700"},
        {"number": "D", "stake": "不详", "chainage_km": "", "chainage_m": ""},
    ]
    import_file(csv_file(tmp_path / "a.csv", [{**row, "occurred_at": "2023-01-01"} for row in rows]))
    assert list(Crash.objects.order_by("number").values_list("chainage_m", flat=True)) == [
        12345,
        12345.5,
        700,
        None,
    ]


# --- persons


def test_personal_numbers_are_encrypted_found_by_index_and_masked_when_handed_back(tmp_path: Path) -> None:
    rows = [{"number": "A", "occurred_at": "2023-01-01"}]
    parties = [{"number": "A", "name": "张某", "id_number": "371525 19900101 001X", "phone": "13800000000"}]
    main, people = csv_file(tmp_path / "a.csv", rows), csv_file(tmp_path / "p.csv", parties)
    import_file(main, casualties=people)
    party = CrashParty.objects.get()
    assert (party.id_number, party.phone) == ("371525 19900101 001X", "13800000000")
    assert CrashParty.objects.filter(id_number_index="37152519900101001x").count() == 1
    assert numbers(import_file(main, casualties=people)) == (1, 0, 0, 1, 0)


def test_children_without_a_crash_are_counted_and_named(tmp_path: Path) -> None:
    rows = crash_rows(3)
    rows[1]["occurred_at"] = "x"
    vehicles = [
        {"number": number, "plate": "x"} for number in (rows[0]["number"], rows[1]["number"], "nobody", "")
    ]
    result = import_file(csv_file(tmp_path / "a.csv", rows), vehicles=csv_file(tmp_path / "v.csv", vehicles))
    assert result.orphans == {"vehicles": 1}
    assert result.batch.orphans == 2
    assert CrashVehicle.objects.count() == 1


def test_a_party_knows_its_vehicle(tmp_path: Path) -> None:
    rows = crash_rows(4)
    vehicles = [
        {"number": row["number"], "seq": seq, "plate": f"{row['number']}-{seq}"}
        for row in rows
        for seq in "21"
    ]
    parties = [{"number": row["number"], "vehicle_seq": "2", "injury": "轻伤"} for row in reversed(rows)]
    parties[0]["vehicle_seq"] = "9"
    import_file(
        csv_file(tmp_path / "a.csv", rows),
        vehicles=csv_file(tmp_path / "v.csv", vehicles),
        casualties=csv_file(tmp_path / "p.csv", parties),
    )
    plates = {party.crash.number: party.vehicle and party.vehicle.plate for party in CrashParty.objects.all()}
    assert plates == {row["number"]: f"{row['number']}-2" for row in rows[:-1]} | {rows[-1]["number"]: None}


# --- the second time


def changed_rows(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    changed = [dict(row) for row in rows]
    changed[2] |= {"severity": "财产损失", "loss_cny": "12.50"}
    changed[5] |= {"note": "丙"}
    return changed


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    rows = crash_rows(40)
    import_file(**files(tmp_path, rows))
    before, entries = state(), AuditEntry.objects.filter(thing_kind="crashes.crash").count()
    assert numbers(import_file(**files(tmp_path, rows))) == (40, 0, 0, 40, 0)
    assert state() == before
    assert AuditEntry.objects.filter(thing_kind="crashes.crash").count() == entries
    assert set(Crash.objects.values_list("last_seen_batch__state", flat=True)) == {BatchState.LIVE}
    assert Crash.objects.values("last_seen_batch").distinct().count() == 1


def test_changed_rows_change_their_records_once_with_an_audit_of_old_and_new(tmp_path: Path) -> None:
    rows = crash_rows(10)
    import_file(**files(tmp_path, rows))
    old = Crash.objects.get(number=rows[2]["number"])
    assert old.severity != "damage"
    path = csv_file(tmp_path / "new.csv", [*changed_rows(rows), *crash_rows(1, prefix="N")])
    moved = token("crashes.crash")
    assert numbers(import_file(path)) == (11, 1, 2, 8, 0)
    new = Crash.objects.get(number=rows[2]["number"])
    assert (new.pk, new.uid, new.version) == (old.pk, old.uid, old.version + 1)
    assert (new.severity, str(new.loss_cny)) == ("damage", "12.50")
    assert (new.killed, new.injured, new.parties_count) == (old.killed, old.injured, old.parties_count)
    assert token("crashes.crash") != moved
    entry = AuditEntry.objects.get(thing_uid=new.uid, action="import")
    assert entry.changes["severity"] == [old.severity, "damage"]
    assert entry.changes["digest"] == [bytes(old.digest or b"").hex(), bytes(new.digest or b"").hex()]
    assert json.loads(json.dumps(Crash.objects.get(number=rows[5]["number"]).facts)) == {"note": "丙"}
    assert numbers(import_file(path)) == (11, 0, 0, 11, 0)


def test_children_that_the_source_changed_are_replaced_and_the_old_ones_kept_voided(tmp_path: Path) -> None:
    rows = [{"number": "A", "occurred_at": "2023-01-01 10:00"}]
    main = csv_file(tmp_path / "a.csv", rows)
    first = [{"number": "A", "injury": "轻伤"}, {"number": "A", "injury": "重伤"}]
    import_file(main, casualties=csv_file(tmp_path / "p.csv", first))
    second = [{"number": "A", "injury": "轻伤"}, {"number": "A", "injury": "死亡"}]
    assert numbers(import_file(main, casualties=csv_file(tmp_path / "p2.csv", second))) == (1, 0, 1, 0, 0)
    crash = Crash.objects.get()
    assert (crash.killed, crash.seriously_injured, crash.severity) == (1, 0, "fatal")
    assert sorted(CrashParty.objects.live().values_list("injury", flat=True)) == ["killed", "slight"]
    assert CrashParty.objects.filter(voided_at__isnull=False).count() == 2
    assert numbers(import_file(main)) == (1, 0, 0, 1, 0)


def test_bringing_the_children_later_completes_the_records(tmp_path: Path) -> None:
    rows = crash_rows(20)
    everything = files(tmp_path, rows)
    import_file(everything["main"])
    result = numbers(import_file(**everything))
    assert (result[0], result[1], result[4]) == (20, 0, 0)
    assert result[2] > 10
    assert CrashVehicle.objects.live().count() == len(vehicle_rows(rows))
    assert CrashParty.objects.live().count() == len(party_rows(rows))
    assert numbers(import_file(**everything)) == (20, 0, 0, 20, 0)


def test_a_record_that_was_voided_here_does_not_come_back(tmp_path: Path) -> None:
    rows = crash_rows(3)
    path = csv_file(tmp_path / "a.csv", rows)
    import_file(path)
    Crash.objects.filter(number=rows[1]["number"]).update(voided_at=now(), voided_why="重复登记")
    result = import_file(path)
    assert numbers(result) == (3, 0, 0, 2, 1)
    assert "已作废" in result.refused.first[0].reason


# --- seen and unseen


def test_nothing_is_visible_before_everything_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "CHUNK", 5)
    seen: list[int] = []
    write = Writer.write

    def watched(self: Writer, slice_: Any) -> Any:
        done = write(self, slice_)
        seen.append(Crash.objects.visible_to(SYSTEM).count())
        return done

    monkeypatch.setattr(Writer, "write", watched)
    import_file(csv_file(tmp_path / "a.csv", crash_rows(20)))
    assert seen == [0, 0, 0, 0]
    assert Crash.objects.visible_to(SYSTEM).count() == 20


def test_what_was_imported_is_found_within_the_scope_of_whoever_looks(tmp_path: Path) -> None:
    town, other = make_area("柳亭镇"), make_area("云桥镇")
    office = make_unit("柳亭安办", UnitKind.TOWN_OFFICE, area=town)
    rows = [
        {"number": "LT-000123", "occurred_at": "2023-01-01", "town": town.name, "road": "青柳路"},
        {"number": "YQ-000123", "occurred_at": "2023-01-01", "town": other.name, "road": "青柳路"},
    ]
    import_file(csv_file(tmp_path / "a.csv", rows))
    director = make_officer(office, "crashes.crash.view", width="below")  # type: ignore[arg-type]
    assert [hit.title for hit in search(director, "000123")] == ["LT-000123"]
    assert {hit.title for hit in search(SYSTEM, "青柳")} == {"LT-000123", "YQ-000123"}
    assert set(Crash.objects.visible_to(director).values_list("number", flat=True)) == {"LT-000123"}


def test_a_file_that_turns_out_to_be_empty_leaves_nothing(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", crash_rows(1))
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match="没有数据"):
        import_file(path)
    assert Batch.objects.get().state == BatchState.FAILED


def test_a_preview_says_what_the_import_does_and_writes_nothing(tmp_path: Path) -> None:
    rows = crash_rows(20)
    import_file(csv_file(tmp_path / "a.csv", rows[:10]))
    rows[3]["weather"] = "冰刀"
    rows[15]["occurred_at"] = "x"
    path = csv_file(tmp_path / "b.csv", rows)
    before = state(), Batch.objects.count()
    seen = preview(plan_for(path), by=SYSTEM)
    assert (state(), Batch.objects.count()) == before
    assert seen.counts == import_file(path).counts
    assert seen.problems[0].reason.startswith("发生时间")
    assert seen.marks["unknown_code"] == 1


# --- interrupted, busy, withdrawn


class Killed(BaseException):
    """Stands for the death of the process: nothing may catch it."""


def interrupted(path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Import until ``after`` chunks are written, then die."""
    write, done = Writer.write, 0

    def dying(self: Writer, slice_: Any) -> Any:
        nonlocal done
        if done == after:
            raise Killed
        done += 1
        return write(self, slice_)

    with monkeypatch.context() as patch:
        patch.setattr(passes, "CHUNK", 5)
        patch.setattr(Writer, "write", dying)
        with pytest.raises(Killed):
            import_file(path)
    # the process is gone: so is its lease
    Batch.objects.update(lease_holder="elsewhere 1 1", lease_until=now() - timedelta(seconds=1))


@pytest.mark.parametrize("after", [0, 1, 3])
def test_an_interrupted_import_goes_on_from_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    rows = crash_rows(20)
    rows[8]["number"] = rows[2]["number"]
    path = csv_file(tmp_path / "a.csv", rows)
    interrupted(path, monkeypatch, after)
    assert Crash.objects.visible_to(SYSTEM).count() == 0
    result = import_file(path)
    assert numbers(result) == (20, 19, 0, 0, 1)
    assert result.refused.count == 1
    assert Crash.objects.visible_to(SYSTEM).count() == Crash.objects.count() == 19
    assert Batch.objects.count() == 1
    assert SearchEntry.objects.count() == 19


def test_what_an_interrupted_import_left_is_cleared_away_by_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(csv_file(tmp_path / "a.csv", crash_rows(20)), monkeypatch, 2)
    assert numbers(import_file(csv_file(tmp_path / "b.csv", crash_rows(4)))) == (4, 4, 0, 0, 0)
    assert Crash.objects.count() == 4
    assert sorted(Batch.objects.values_list("state", flat=True)) == [BatchState.LIVE, BatchState.WITHDRAWN]


def test_the_tick_clears_away_what_nobody_goes_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(csv_file(tmp_path / "a.csv", crash_rows(20)), monkeypatch, 2)
    assert tend(by=SYSTEM) == 1
    assert (Crash.objects.count(), CrashVehicle.objects.count(), SearchEntry.objects.count()) == (0, 0, 0)
    assert tend(by=SYSTEM) == 0


def test_changes_that_were_interrupted_are_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = crash_rows(10)
    import_file(csv_file(tmp_path / "a.csv", rows))
    path = csv_file(tmp_path / "b.csv", changed_rows(rows))

    def dying(*_: Any, **__: Any) -> int:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(lifecycle, "apply_changes", dying)
        with pytest.raises(Killed):
            import_file(path)
    Batch.objects.update(lease_until=None, lease_holder="")
    assert Batch.objects.filter(state=BatchState.PUBLISHING).count() == 1
    assert tend(by=SYSTEM) == 1
    assert Crash.objects.get(number=rows[2]["number"]).severity == "damage"
    assert not StagedChange.objects.filter(applied_at=None).exists()
    assert numbers(import_file(path)) == (10, 0, 0, 10, 0)


@pytest.mark.parametrize("took_s", [100.0, 0.0])
def test_transactions_shrink_on_a_slow_machine_and_grow_on_a_quick_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, took_s: float
) -> None:
    clock = iter(range(10**6))
    monkeypatch.setattr(writing, "monotonic", lambda: next(clock) * took_s)
    monkeypatch.setattr(writing, "FEWEST", 5)
    sizes: list[int] = []
    adapt = writing.Writer._adapt

    def noted(self: writing.Writer, rows: int, seconds: float) -> None:
        sizes.append(rows)
        adapt(self, rows, seconds)

    monkeypatch.setattr(writing.Writer, "_adapt", noted)
    rows = crash_rows(100)
    result = import_file(
        csv_file(tmp_path / "a.csv", rows), casualties=csv_file(tmp_path / "p.csv", party_rows(rows))
    )
    assert numbers(result) == (100, 100, 0, 0, 0)
    assert Crash.objects.count() == 100
    assert CrashParty.objects.count() == len(party_rows(rows))
    assert sizes == ([20] + [5] * 16 if took_s else [20, 40, 40])


def test_two_imports_of_a_noun_do_not_run_at_once(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", crash_rows(3))
    running = begin(plan_for(path), by=SYSTEM)
    alive = {
        "state": BatchState.READING,
        "lease_holder": "elsewhere 1 1",
        "lease_until": now() + timedelta(minutes=1),
    }
    Batch.objects.filter(pk=running.pk).update(**alive)
    with pytest.raises(ImportBusy):
        import_file(path)
    with pytest.raises(ImportBusy):
        import_file(csv_file(tmp_path / "b.csv", crash_rows(2)))
    assert Crash.objects.count() == 0


def test_a_withdrawn_import_leaves_everything_as_it_was(tmp_path: Path) -> None:
    rows = crash_rows(10)
    import_file(**files(tmp_path, rows))
    before = state()
    second = csv_file(tmp_path / "b.csv", [*changed_rows(rows), *crash_rows(3, prefix="N")])
    batch = import_file(second).batch
    assert state() != before
    withdraw(batch, by=SYSTEM)
    after = state()
    assert {number: {**facts, "version": 0} for number, (facts, *_) in after.items()} == {
        number: {**facts, "version": 0} for number, (facts, *_) in before.items()
    }
    assert {number: rest for number, (_, *rest) in after.items()} == {
        number: rest for number, (_, *rest) in before.items()
    }
    assert batch.state == BatchState.WITHDRAWN
    assert Crash.objects.count() == 10
    assert numbers(import_file(second)) == (13, 3, 2, 8, 0)


def test_an_import_is_withdrawn_only_while_nothing_stands_on_it(tmp_path: Path) -> None:
    rows = crash_rows(4)
    path = csv_file(tmp_path / "a.csv", rows)
    first = import_file(path).batch
    with pytest.raises(NotAllowed):
        withdraw(first, by=make_officer())
    second = import_file(path).batch
    with pytest.raises(CannotWithdraw, match="之后的批次"):
        withdraw(first, by=SYSTEM)
    withdraw(second, by=SYSTEM)
    Crash.objects.filter(number=rows[0]["number"]).update(version=2)
    with pytest.raises(CannotWithdraw, match="已被修改"):
        withdraw(first, by=SYSTEM)
    Crash.objects.update(version=1)
    Batch.objects.filter(pk=first.pk).update(finished_at=now() - timedelta(hours=25))
    first.refresh_from_db()
    with pytest.raises(CannotWithdraw, match="24 小时"):
        withdraw(first, by=SYSTEM)
    assert Crash.objects.live().count() == 4
    Batch.objects.filter(pk=first.pk).update(finished_at=now())
    first.refresh_from_db()
    withdraw(first, by=SYSTEM)
    assert Crash.objects.count() == 0


def test_areas_that_a_profile_brings_come_and_go_with_its_batch(tmp_path: Path) -> None:
    header = "Date_Time,Year,Serial_No_,Severity,District_Council_District"
    path = tmp_path / "hk.csv"
    path.write_text(f"{header}\n2014-01-01 02:17:00,2014,1,Slight,CW\n", encoding="utf-8")
    batch = import_file(path).batch
    assert (batch.profile, Crash.objects.get().number) == ("hk_td", "2014-1")
    assert Crash.objects.get().town == Area.objects.get(code="CW")
    assert Area.objects.live().count() == 21
    withdraw(batch, by=SYSTEM)
    assert Area.objects.count() == 0
    add_area("CW", "中区", AreaKind.DISTRICT, by=SYSTEM)
    import_file(path)
    assert Crash.objects.get().town.name == "中区"


# --- other formats


def test_an_export_of_the_national_platform_is_recognised_and_read(tmp_path: Path) -> None:
    crash = {
        "事故编号": "371525202300001",
        "事故发生时间": "2023-05-06 07:08",
        "事故地点": "国道105线青澜段",
        "路号": "G105",
        "公里数": "12",
        "米数": "345",
        "事故类型": "2",
        "处理程序": "一般程序",
        "事故形态": "11",
        "车辆间事故": "追尾碰撞",
        "认定原因分类": "超速行驶",
        "天气": "晴",
        "死亡人数": "0",
        "受伤人数": "1",
        "直接财产损失": "3,500",
        "办案说明": "另附",
    }
    party = {
        "事故编号": crash["事故编号"],
        "姓名": "张某",
        "身份证明号码": "x1",
        "性别": "男性",
        "年龄": "40",
        "伤害程度": "轻伤",
        "事故责任": "全责",
        "是否佩戴头盔": "否",
    }
    result = import_file(
        excel_file(tmp_path / "a.xlsx", [crash]),
        casualties=csv_file(tmp_path / "p.csv", [party], encoding="gb18030"),
    )
    assert result.batch.profile == "ga_excel"
    found = Crash.objects.get()
    assert (found.procedure, found.form, found.vehicle_form, found.cause) == ("ordinary", "11", "1", "12")
    assert (found.severity, found.chainage_m, float(found.loss_cny or 0)) == ("slight", 12345, 3500)
    assert found.facts == {"办案说明": "另附"}
    person = found.parties.get()
    assert (person.sex, person.liability, person.helmet, person.id_number) == ("1", "full", "not_used", "x1")


@pytest.mark.parametrize("word", ["accident", "collision"])
def test_a_stats19_release_is_recognised_and_read(tmp_path: Path, word: str) -> None:
    severity = f"{word}_severity"
    crash = {
        f"{word}_index": "2019010128300",
        "longitude": "-0.153842",
        "latitude": "51.508057",
        severity: "3",
        "number_of_vehicles": "2",
        "number_of_casualties": "1",
        "date": "18/02/2019",
        "time": "17:50",
        "local_authority_ons_district": "E09000033",
        "junction_detail": "1",
        "speed_limit": "30",
        "light_conditions": "1",
        "weather_conditions": "1",
        "road_surface_conditions": "-1",
    }
    index = {f"{word}_index": "2019010128300"}
    casualty = {
        **index,
        "vehicle_reference": "2",
        "casualty_reference": "1",
        "casualty_class": "1",
        "sex_of_casualty": "1",
        "age_of_casualty": "58",
        "casualty_severity": "3",
        "casualty_type": "9",
    }
    vehicles = [{**index, "vehicle_reference": n, "vehicle_type": "9", "age_of_driver": "-1"} for n in "12"]
    result = import_file(
        csv_file(tmp_path / "a.csv", [crash]),
        casualties=csv_file(tmp_path / "c.csv", [casualty]),
        vehicles=csv_file(tmp_path / "v.csv", vehicles),
    )
    assert result.batch.profile == "stats19"
    found = Crash.objects.get()
    assert found.occurred_at.isoformat() == "2019-02-18T17:50:00+00:00"
    assert (found.severity, found.junction, found.speed_limit_kmh, found.surface) == ("slight", "14", 48, "")
    assert (found.vehicles_count, found.injured, found.parties.get().vehicle.seq) == (2, 1, 2)


def test_any_other_file_comes_in_by_a_mapping(tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        """
[columns]
occurred_at = ["Day", "Clock"]
severity = "Grade"
lon = "E"
lat = "N"
[values.severity]
"bad" = "fatal"
[casualties.columns]
injury = "Harm"
[casualties.values.injury]
"dead" = "killed"
[options]
key = ["Case", "Part"]
crs = "EPSG:2326"
decimal = ","
date_format = ["%d.%m.%Y %H:%M"]
delimiter = ";"
encoding = "gb18030"
""",
        encoding="utf-8",
    )
    main = tmp_path / "a.csv"
    main.write_bytes(
        "Case;Part;Day;Clock;Grade;E;N;注\n7;a;01.02.2023;08:15;bad;836694,05;819069,80;东\n".encode(
            "gb18030"
        )
    )
    people = tmp_path / "p.csv"
    people.write_bytes(b"Case;Part;Harm\n7;a;dead\n")
    import_file(main, map=mapping, casualties=people)
    crash = Crash.objects.get()
    assert (crash.number, crash.severity, crash.killed) == ("7-a", "fatal", 1)
    assert (round(crash.lon or 0, 2), round(crash.lat or 0, 2)) == (114.18, 22.31)
    assert (crash.coordinate_system, crash.facts) == ("EPSG:2326", {"注": "东"})


def test_a_header_that_nobody_knows_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--map"):
        plan_for(csv_file(tmp_path / "a.csv", [{"foo": "1", "bar": "2"}]))


def test_a_file_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "BLOCK_BYTES", 500)
    monkeypatch.setattr(passes, "CHUNK", 3)
    rows = crash_rows(50)
    rng = random.Random(7)
    for row in rows:
        row["note"] = rng.choice(["一行", "两\n行", 'a "b"'])
    assert numbers(import_file(csv_file(tmp_path / "a.csv", rows))) == (50, 50, 0, 0, 0)
    assert {crash.facts["note"] for crash in Crash.objects.all()} == {row["note"] for row in rows}
