"""Snapshots of crashes: the rows that the database selects, for everybody, never stale, counted the same."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from django.db.models import F, Q, QuerySet

from anlu.apps.crashes import services
from anlu.apps.crashes.filters import FILTERS
from anlu.apps.crashes.imports import REVISION
from anlu.apps.crashes.models import Crash, CrashVehicle, Procedure, Severity
from anlu.apps.crashes.statistics.ages import BANDS, band_of, limits_of
from anlu.kernel.core.filters import (
    ChoiceFilter,
    DateFilter,
    Filter,
    FlagFilter,
    NumberFilter,
    Selection,
    TextFilter,
)
from anlu.kernel.core.importing.lifecycle import withdraw
from anlu.kernel.core.models import Batch, Revision
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.indicators import facts
from anlu.kernel.indicators.columns import Coded, Numeric, Unanswerable
from anlu.kernel.indicators.define import Count, Distinct, Sum, indicators
from anlu.kernel.indicators.evaluate import rows_of
from anlu.kernel.indicators.facts import FactTable, Snapshot, read, refreshed, snapshot_of, table_of
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.places.filters import AreaFilter
from anlu.kernel.places.models import Road
from anlu.kernel.places.registers import add_segment
from tests.apps.crashes.files import crash_rows, csv_file, import_file, party_rows, vehicle_rows
from tests.apps.crashes.records import ROADS, Scene, add_crash, add_people, make_scene, random_window

EVERYBODY = ("all", "below", "squadron", "own", "town", "mine", "chosen", "nobody")
WORDS = ("S3", "镇", "S3-00012", "国道", "没有的字")
RING = "115.85,36.62 115.97,36.63 115.93,36.78 115.82,36.7"
EXAMPLES = {
    "route": list(ROADS),
    "road_code": [*ROADS, "-"],
    "within": [RING],
    "bbox": ["115.85,36.6,115.95,36.7"],
    "segment": ["D1", "D2", "D3"],
}
by_filter = pytest.mark.parametrize("one", FILTERS, ids=lambda one: one.name)


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """A county with crashes, vehicles and parties; made once, only read, taken back at the end."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setenv("ANLU_TODAY", "2023-07-03")
        made = make_scene(300, seed=3)
        add_people(made)
        add_segments()
        touch(REVISION)
        yield made
        transaction.set_rollback(True)


def add_segments() -> None:
    """Stakes for the crashes on roads; segments of two roads, one of which was ended and followed by another."""
    Crash.objects.filter(road__isnull=False).update(chainage_m=F("pk") * 37 % 4_000)
    roads = {road.code: road for road in Road.objects.all()}
    for number, code, begin_m, end_m, days in (
        ("D1", "G105", 0.0, 2_500.0, {"valid_to": date(2022, 5, 31)}),
        ("D2", "G105", 0.0, 3_000.0, {"valid_from": date(2022, 6, 1)}),
        ("D3", "S254", 1_000.0, 3_000.0, {}),
    ):
        stakes = {"begin_m": begin_m, "end_m": end_m}
        add_segment({"number": number, "name": number, "road": roads[code], **stakes, **days}, by=SYSTEM)
    for number in EXAMPLES["segment"]:
        selection = Selection.read(FILTERS, {"segment": [number]})
        assert Crash.objects.filter(selection.q()).count() > 3, number


def kept() -> Snapshot:
    """The snapshot, which there is."""
    found = snapshot_of(Crash)
    assert found is not None
    return found


def agree(rows: QuerySet[Any]) -> int:
    """The snapshot selects the rows that the database selects; gives how many."""
    snapshot = kept()
    found = snapshot.ids[snapshot.mask(rows)].tolist()
    assert found == sorted(rows.values_list("pk", flat=True))
    return len(found)


def table() -> FactTable:
    """The declaration of crashes."""
    found = table_of(Crash)
    assert found is not None
    return found


# ------------------------------------------------------------------------------------------------ filters


def some_value(one: Filter, scene: Scene, rng: random.Random) -> dict[str, list[str]]:
    """Address parameters of a filter, of any kind it can have."""
    match one:
        case AreaFilter():
            areas = [area.code for area in scene.county.areas]
            return {one.name: rng.sample([*areas, *(f"={code}" for code in areas), "-"], 2)}
        case UnitFilter():
            units = [unit.code for unit in scene.county.units]
            return {one.name: rng.sample([*units, *(f"={code}" for code in units), "-"], 2)}
        case ChoiceFilter():
            offered = [code for code, _ in one.choices()] + ["-"] * (one.name not in ("mark", "batch"))
            return {one.name: rng.sample(offered, min(rng.randrange(1, 4), len(offered)))}
        case DateFilter():
            start = date(2021, 1, 1) + timedelta(days=rng.randrange(900))
            both = [start, start + timedelta(days=rng.randrange(500))]
            return {name: [str(day)] for name, day in zip(one.names, both, strict=True) if rng.random() < 0.8}
        case NumberFilter():
            low = rng.choice([0, 0, 1, 2, 33, 1200])
            stated = zip(one.names, (low, low + rng.choice([0, 1, 2000])), strict=True)
            return {name: [str(number)] for name, number in stated if rng.random() < 0.8}
        case FlagFilter():
            return {one.name: [rng.choice("01")]}
        case TextFilter():
            return {one.name: [rng.choice(WORDS)]}
        case _:
            assert one.name in EXAMPLES, f"say what a value of the filter {one.name} looks like"
            return {one.name: [rng.choice(EXAMPLES[one.name])]}


@by_filter
def test_a_filter_as_mask_is_the_filter_as_sql(one: Filter, scene: Scene) -> None:
    rng = random.Random(one.name)
    for _ in range(8):
        selection = Selection.read([one], some_value(one, scene, rng))
        assert not selection.problems
        agree(Crash.objects.filter(selection.q()))
        agree(Crash.objects.exclude(selection.q()))


@pytest.mark.parametrize("seed", range(25))
def test_any_filters_together_select_the_same_rows_for_everybody(seed: int, scene: Scene) -> None:
    rng = random.Random(seed)
    stated: dict[str, list[str]] = {}
    for one in rng.sample(FILTERS, rng.randrange(4)):
        stated |= some_value(one, scene, rng)
    selection = Selection.read(FILTERS, stated)
    snapshot = kept()
    for who in EVERYBODY:
        viewer = scene.viewers[who]
        rows = Crash.objects.visible_to(viewer).filter(selection.q())
        agree(rows)
        assert snapshot.ids[snapshot.visible(viewer, selection)].tolist() == sorted(
            rows.values_list("pk", flat=True)
        )


def test_what_cannot_be_read_selects_nothing_and_nobody_sees_nothing(scene: Scene) -> None:
    wrong = Selection.read(FILTERS, {"killed_min": ["viele"]})
    assert wrong.problems
    assert not kept().visible(SYSTEM, wrong).any()
    assert not kept().visible(None).any()
    assert not kept().visible(scene.viewers["nobody"]).any()
    assert kept().visible(SYSTEM).any()


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_viewer_gets_no_row_outside_the_scope(who: str, scene: Scene) -> None:
    viewer, snapshot = scene.viewers[who], kept()
    scope = viewer.scope_for(Crash.view_permission)
    for pk in snapshot.ids[snapshot.visible(viewer)].tolist():
        crash = Crash.objects.get(pk=pk)
        inside = crash.unit_id in scope.units or crash.town_id in scope.areas
        assert scope.everything or inside or (scope.person is not None and crash.created_by == scope.person)
        assert crash.voided_at is None
        assert crash.batch is None or crash.batch.state == BatchState.LIVE


@pytest.mark.parametrize("code", [one.code for one in indicators if one.main.rows.model is Crash])
def test_the_rows_of_every_figure_are_the_same_through_any_window(code: str, scene: Scene) -> None:
    rng = random.Random(code)
    for leaf in (indicators.get(code).main, indicators.get(code).base):
        if leaf is None or leaf.rows.model is not Crash:
            continue
        for _ in range(6):
            window = random_window(rng, scene.county)
            rows = rows_of(leaf, window, scene.viewers[rng.choice(EVERYBODY[:7])])
            agree(rows)
            agree(rows.filter(leaf.contributing()))


# --- conditions with missing values, of any shape


def leaf_conditions() -> list[Q]:
    """Conditions of every kind, on columns with and without missing values, and some the columns cannot answer."""
    return [
        Q(occurred_hour__gt=11),
        Q(occurred_hour__in=[3, 4, None]),
        Q(occurred_hour__range=(5, 9)),
        Q(occurred_hour__isnull=True),
        Q(loss_cny__gt=0),
        Q(loss_cny__lte=1200),
        Q(loss_cny=33),
        Q(town__isnull=False),
        Q(unit__in=[]),
        Q(filed_at__gt=F("occurred_at") + timedelta(days=30)),
        Q(filed_at__lt=F("recorded_at")),
        Q(killed_30d__gt=F("killed")),
        Q(recorded_at__gt=F("filed_at")),
        Q(cell_x__gte=13_700_000),
        Q(severity=Severity.FATAL),
        Q(severity__gt="fatal"),
        Q(number__endswith="7"),
        Q(created_by__isnull=False),
        Q(marked=True),
        Q(voided_at__isnull=True),
        Q(batch__state=BatchState.LIVE),
        Q(vehicles__vehicle_class="K3"),
        Q(pk__in=CrashVehicle.objects.filter(vehicle_class="M1").values("crash")),
    ]


def some_condition(rng: random.Random, depth: int) -> Q:
    """Leaves joined by and, or, not."""
    if depth == 0:
        found = rng.choice(leaf_conditions())
    else:
        first, second = some_condition(rng, depth - 1), some_condition(rng, depth - 1)
        found = first & second if rng.random() < 0.5 else first | second
    return ~found if rng.random() < 0.4 else found


def test_every_kind_of_condition_keeps_the_truth_values_of_sql(scene: Scene) -> None:
    for one in leaf_conditions():
        rows = Crash.objects.filter(one).distinct() if "vehicles__" in str(one) else Crash.objects.filter(one)
        agree(rows)
        agree(Crash.objects.exclude(one))
        agree(Crash.objects.filter(~(~one & Q(killed=0))).distinct())


@pytest.mark.parametrize("seed", range(40))
def test_conditions_of_any_shape_select_the_same_rows(seed: int, scene: Scene) -> None:
    condition = some_condition(random.Random(seed), 3)
    agree(Crash.objects.filter(condition).distinct())


def test_rows_that_are_cut_off_or_joined_are_asked_of_the_database(scene: Scene) -> None:
    agree(Crash.objects.filter(killed=0).order_by("pk")[:7])
    agree(Crash.objects.filter(vehicles__vehicle_class="K1").distinct())
    agree(Crash.objects.none())


# ------------------------------------------------------------------------------------------------ sums


def test_groups_and_sums_are_those_of_the_database(scene: Scene) -> None:
    rows = Crash.objects.visible_to(SYSTEM).order_by()
    leaves = [Count(rows), Sum(rows, column="killed"), Sum(rows, column="loss_cny")]
    sums = {f"sum{place}": leaf.aggregate() for place, leaf in enumerate(leaves)}
    for by in (
        ["town"],
        ["occurred_hour", "occurred_weekday"],
        ["occurred_on", "severity"],
        ["road__code"],
        [],
    ):
        found = {line[: len(by)]: line[len(by) :] for line in kept().grouped(rows, by, leaves)}
        asked = rows.values_list(*by).annotate(**sums).values_list(*by, *sums) if by else []
        for line in asked:
            amounts = [leaf.exact(one) for leaf, one in zip(leaves, line[len(by) :], strict=True)]
            assert list(found.pop(line[: len(by)])) == amounts
        assert by == [] or not found
    whole = rows.aggregate(**sums)
    assert [amount for amount, _ in kept().totals(rows, leaves)] == [
        leaf.exact(whole[name]) for leaf, name in zip(leaves, sums, strict=True)
    ]


def test_a_figure_that_is_no_sum_is_asked_of_the_database(scene: Scene) -> None:
    rows = Crash.objects.all()
    with pytest.raises(Unanswerable):
        kept().totals(rows, [Distinct(rows, column="town")])
    with pytest.raises(Unanswerable):
        kept().grouped(rows, ["place_text"], [Count(rows)])
    with pytest.raises(Unanswerable):
        kept().totals(rows, [Sum(rows, column="parties_count")])


def test_a_crash_counts_once_under_each_class_of_its_vehicles(scene: Scene) -> None:
    expected: Counter[str | None] = Counter()
    for crash in Crash.objects.visible_to(SYSTEM):
        live = crash.vehicles.filter(voided_at__isnull=True).exclude(vehicle_class="")
        expected.update(set(live.values_list("vehicle_class", flat=True)) or {None})
    rows = Crash.objects.visible_to(SYSTEM)
    assert dict(kept().grouped(rows, ["vehicle_class"], [Count(rows)])) == dict(expected)


def test_a_crash_counts_once_under_each_band_of_age_of_its_parties(scene: Scene) -> None:
    expected: Counter[str | None] = Counter()
    for crash in Crash.objects.visible_to(SYSTEM):
        ages = crash.parties.filter(voided_at__isnull=True).values_list("age", flat=True)
        expected.update({band_of(age) for age in ages} - {None} or {None})
    rows = Crash.objects.visible_to(SYSTEM)
    assert dict(kept().grouped(rows, ["party_age"], [Count(rows)])) == dict(expected)


def test_bands_of_age_leave_no_gap() -> None:
    for code, (low, high) in ((code, limits_of(code)) for _, code, _ in BANDS):
        assert {band_of(age) for age in range(low, high + 1)} == {code}
    assert [band_of(age) for age in (None, -1, 121)] == [None, None, None]
    assert {band_of(age) for age in range(121)} == {code for _, code, _ in BANDS}


@pytest.mark.parametrize("shift", [0, 10, 14, 20])
def test_a_grid_counts_what_lies_in_its_cells(shift: int, scene: Scene) -> None:
    viewer = scene.viewers["squadron"]
    expected: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    located = Crash.objects.visible_to(viewer).filter(cell_x__isnull=False)
    for pk, x, y in located.values_list("pk", "cell_x", "cell_y"):
        expected.setdefault((x >> shift, y >> shift), []).append((x, y, pk))
    grid = kept().grid(kept().visible(viewer), shift)
    assert list(zip(grid.x.tolist(), grid.y.tolist(), strict=True)) == sorted(expected)
    for place, cell in enumerate(sorted(expected)):
        inside = np.array(expected[cell])
        assert grid.n[place] == len(inside)
        assert [grid.mean_x[place], grid.mean_y[place]] == pytest.approx(inside[:, :2].mean(axis=0))
        assert grid.first[place] == inside[:, 2].min()


# ------------------------------------------------------------------------------------------------ freshness


def contents(snapshot: Snapshot) -> dict[str, list[Any]]:
    """Everything that a snapshot holds, however it is packed."""
    found: dict[str, list[Any]] = {"ids": snapshot.ids.tolist()}
    for name, column in snapshot.columns.items():
        match column:
            case Coded(codes, keys):
                found[name] = [keys[code] for code in codes]
            case Numeric():
                found[name] = [
                    None if gone else one
                    for one, gone in zip(column.numbers().tolist(), column.null, strict=True)
                ]
    for name, several in snapshot.several.items():
        found[name] = [
            {key for key, of in several.masks.items() if key is not None and of[place]}
            for place in range(len(snapshot))
        ]
    return found


def is_current() -> bool:
    """Whether what is kept equals the table as it is."""
    return contents(kept()) == contents(read(table(), 0))


@pytest.fixture
def few_rows_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small blocks, so that a change leaves most of them alone."""
    monkeypatch.setattr(facts, "BLOCK_BITS", 3)


def stated(number: str) -> dict[str, Any]:
    """What the form of a crash states."""
    at = crash_at(2023, 3, 4)
    return {"number": number, "occurred_at": at, "severity": "slight", "procedure": "summary", "injured": 1}


def crash_at(year: int, month: int, day: int) -> Any:
    """An aware moment at noon."""
    return add_crash(f"at-{year}-{month}-{day}", date(year, month, day)).occurred_at


def test_whatever_a_service_writes_is_counted_at_once(db: None, few_rows_a_block: None) -> None:
    for place in range(40):
        add_crash(f"A{place}", date(2023, 1, 1) + timedelta(days=place))
    touch(REVISION)
    assert is_current()
    crash = services.add_crash(stated("B1"), by=SYSTEM)
    assert is_current()
    assert kept().visible(SYSTEM)[kept().ids == crash.pk].all()
    services.change_crash(crash.uid, {"severity": "fatal", "killed": 1}, version=crash.version, by=SYSTEM)
    assert is_current()
    party = services.add_party(crash.uid, {"age": 71, "injury": "slight"}, by=SYSTEM)
    assert is_current()
    services.add_vehicle(crash.uid, {"vehicle_class": "K1"}, by=SYSTEM)
    assert is_current()
    assert kept().several["party_age"].masks["a70"][kept().ids == crash.pk].all()
    assert party.pk
    services.change_procedure(crash.uid, Procedure.ORDINARY, why="伤情加重", on=date(2023, 3, 5), by=SYSTEM)
    assert is_current()
    services.void_crash(crash.uid, why="重复", by=SYSTEM)
    assert is_current()
    assert not kept().visible(SYSTEM)[kept().ids == crash.pk].any()
    services.restore_crash(crash.uid, by=SYSTEM)
    assert is_current()


def test_only_the_blocks_that_changed_are_read_again(
    db: None, few_rows_a_block: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashes = [add_crash(f"A{place}", date(2023, 1, 1)) for place in range(40)]
    old = read(table(), 1)
    crashes[17].killed = 3
    crashes[17].version += 1
    crashes[17].save()
    CrashVehicle.objects.create(crash=crashes[30], seq=1, vehicle_class="G1")
    asked: list[Any] = []
    chunks = facts._chunks
    monkeypatch.setattr(
        facts, "_chunks", lambda *given, **more: asked.append(given[2]) or chunks(*given, **more)
    )
    new = refreshed(old, 2)
    assert contents(new) == contents(read(table(), 2)) != contents(old)
    blocks = {low >> 3 for low, _ in asked[0]}
    assert blocks == {crashes[17].pk >> 3, crashes[30].pk >> 3}


def test_rows_that_were_deleted_are_no_longer_counted(db: None, few_rows_a_block: None) -> None:
    crashes = [add_crash(f"A{place}", date(2023, 1, 1)) for place in range(30)]
    old = read(table(), 1)
    crashes[11].delete()
    assert contents(refreshed(old, 2)) == contents(read(table(), 2))


def test_an_import_is_counted_when_it_is_live_and_not_when_withdrawn(db: None, tmp_path: Path) -> None:
    rows = crash_rows(12)
    people, cars = party_rows(rows), vehicle_rows(rows)
    first = import_file(
        csv_file(tmp_path / "a.csv", rows),
        casualties=csv_file(tmp_path / "p.csv", people),
        vehicles=csv_file(tmp_path / "v.csv", cars),
    )
    assert is_current()
    assert kept().visible(SYSTEM).sum() == 12
    withdraw(Batch.objects.get(pk=first.batch.pk), by=SYSTEM)
    assert is_current()
    assert not kept().visible(SYSTEM).any()


def test_an_import_that_changes_crashes_and_their_people_is_counted(
    db: None, tmp_path: Path, few_rows_a_block: None
) -> None:
    rows = crash_rows(30)
    people, cars = party_rows(rows), vehicle_rows(rows)
    files = {
        "casualties": csv_file(tmp_path / "p.csv", people),
        "vehicles": csv_file(tmp_path / "v.csv", cars),
    }
    import_file(csv_file(tmp_path / "a.csv", rows), **files)
    before = contents(kept())
    for row in rows[3:6]:
        row["loss_cny"] = "77777.77"
    again = import_file(csv_file(tmp_path / "b.csv", rows), **files)
    assert again.counts.updated == 3
    assert contents(kept()) != before
    assert is_current()
    withdraw(Batch.objects.get(pk=again.batch.pk), by=SYSTEM)
    assert is_current()
    assert contents(kept())["loss_cny"] == before["loss_cny"]


def test_while_an_import_changes_rows_the_database_is_asked(db: None) -> None:
    add_crash("A1", date(2023, 1, 1))
    touch(REVISION)
    assert snapshot_of(Crash) is not None
    batch = Batch.objects.create(noun="crashes", state=BatchState.PUBLISHING)
    assert snapshot_of(Crash) is None
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.WITHDRAWN, lease_until=batch.created_at)
    assert snapshot_of(Crash) is None
    Batch.objects.filter(pk=batch.pk).update(lease_until=None)
    assert snapshot_of(Crash) is not None


def test_without_a_revision_nothing_is_relied_on(db: None) -> None:
    add_crash("A1", date(2023, 1, 1))
    Revision.objects.filter(code=REVISION).delete()
    assert snapshot_of(Crash) is None
    made = facts.made_now(Crash)
    assert made is not None
    assert len(made) == Crash.objects.count()
    assert snapshot_of(CrashVehicle) is None
    assert facts.made_now(CrashVehicle) is None


def test_a_change_that_was_taken_back_leaves_no_trace(db: None) -> None:
    add_crash("A1", date(2023, 1, 1))
    touch(REVISION)
    before = contents(kept())
    point = transaction.savepoint()
    services.add_crash(stated("B1"), by=SYSTEM)
    assert len(kept()) > 1
    transaction.savepoint_rollback(point)
    assert contents(kept()) == before


def test_a_batch_that_is_hidden_later_is_left_out_without_a_new_snapshot(db: None) -> None:
    batch = Batch.objects.create(noun="crashes", state=BatchState.LIVE)
    add_crash("A1", date(2023, 1, 1), batch=batch)
    touch(REVISION)
    snapshot = kept()
    assert snapshot.visible(SYSTEM).sum() == 1
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.FAILED)
    assert kept() is snapshot
    assert not snapshot.visible(SYSTEM).any()
