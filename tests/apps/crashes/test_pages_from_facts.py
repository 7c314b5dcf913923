"""Lists of crashes from the snapshot: the rows, the order, the totals and the scope of the database."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from anlu.apps.crashes.filters import FILTERS, PARTY_KINDS
from anlu.apps.crashes.imports import REVISION
from anlu.apps.crashes.models import Crash, CrashParty
from anlu.apps.crashes.searching import find_again
from anlu.kernel.core.filters import Selection
from anlu.kernel.core.models import SearchEntry
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.indicators import facts, standby
from anlu.kernel.indicators.facts import forget_snapshots, refreshed, snapshot_of
from anlu.kernel.indicators.picks import Picked
from anlu.web.pages.paging import Chosen, Order, Slice, edge_of, slice_of, total_of
from tests.apps.crashes.records import Scene, add_people, make_scene

PATHS = (
    "pk",
    "number",
    "occurred_at",
    "occurred_on",
    "severity",
    "killed",
    "injured",
    "occurred_hour",
    "town",
)
PATHS += ("filed_at", "loss_cny", "town__name")
SIZE = 7
ROADS = ("滨河路", "滨河东路", "云桥街", "")


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """A county with crashes, vehicles and parties; made once, only read, taken back at the end."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setenv("ANLU_TODAY", "2023-07-03")
        made = make_scene(200, seed=5)
        add_people(made)
        for place, crash in enumerate(Crash.objects.order_by("pk")):
            crash.road_name = ROADS[place % len(ROADS)]
            crash.save()
            find_again(crash)
        touch(REVISION)
        assert snapshot_of(Crash) is not None
        yield made
        transaction.set_rollback(True)
        forget_snapshots()


def chosen(selection: Selection, viewer: Any = SYSTEM) -> Chosen:
    """The crashes of a selection as a page takes them."""
    scoped = Crash.objects.visible_to(viewer)
    return Chosen(scoped.filter(selection.q()), scoped)


def keys(page: Slice) -> tuple[list[int], bool, bool]:
    """What makes two pages the same."""
    return [one.pk for one in page.rows], page.has_previous, page.has_next


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_in_every_order_is_that_of_the_database(path: str, descending: bool, scene: Scene) -> None:
    order = Order.of(Crash, path, descending=descending)
    selection = Selection.read(FILTERS, {"weekday": ["1", "3", "5"]})
    found = chosen(selection)
    after: tuple[Any, int] | None = None
    seen = 0
    while True:
        page = found.slice(order, size=SIZE, after=after)
        assert keys(page) == keys(slice_of(found.rows, order, size=SIZE, after=after))
        seen += len(page.rows)
        if not page.has_next:
            break
        after = edge_of(found.scoped, order, "uid", str(page.rows[-1].uid))
        before = edge_of(found.scoped, order, "uid", str(page.rows[0].uid))
        back = found.slice(order, size=SIZE, before=before)
        assert keys(back) == keys(slice_of(found.rows, order, size=SIZE, before=before))
    assert seen == found.rows.count() > 3 * SIZE
    assert found.total() == total_of(found.rows)


def test_a_list_page_scans_no_table(scene: Scene) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = chosen(Selection.read(FILTERS, {"killed_min": ["1"]}))
        page = found.slice(Order.of(Crash, "killed", descending=True), size=SIZE, joins=("town",))
        total = found.total()
    assert page.rows
    assert total.exact
    of_crashes = [one["sql"] for one in asked if 'FROM "crashes_crash"' in one["sql"]]
    assert len(of_crashes) == 1
    assert '"id" IN (' in of_crashes[0]


def test_nobody_gets_a_row_outside_the_scope(scene: Scene) -> None:
    rng = random.Random(2)
    for who in scene.viewers.values():
        found = chosen(Selection(), who)
        order = Order.of(Crash, rng.choice(PATHS), descending=rng.random() < 0.5)
        assert keys(found.slice(order, size=SIZE)) == keys(slice_of(found.rows, order, size=SIZE))
        assert found.total().number == found.rows.count()


@pytest.mark.parametrize("code", [code for code, _, _ in PARTY_KINDS])
def test_what_parties_say_is_answered_without_asking_for_them(code: str, scene: Scene) -> None:
    selection = Selection.read(FILTERS, {"party": [code]})
    with CaptureQueriesContext(connection) as asked:
        picked = Picked.of(Crash.objects.visible_to(SYSTEM).filter(selection.q()))
        assert picked is not None
        found = picked.keys.tolist()
    assert not [one for one in asked if "crashes_crashparty" in one["sql"]]
    modes = next(modes for one, _, modes in PARTY_KINDS if one == code)
    parties = CrashParty.objects.filter(voided_at__isnull=True, mode__in=modes)
    assert set(found) == set(parties.values_list("crash_id", flat=True)) & set(
        Crash.objects.visible_to(SYSTEM).values_list("pk", flat=True)
    )


def test_voided_or_blank_related_rows_are_asked_of_the_database(scene: Scene) -> None:
    live = Crash.objects.visible_to(SYSTEM)
    for parties in (
        CrashParty.objects.filter(mode__in=["A1", "F6"]),  # voided ones too
        CrashParty.objects.filter(voided_at__isnull=True, mode__in=["A1", ""]),
        CrashParty.objects.filter(voided_at__isnull=True, seq=1),
    ):
        rows = live.filter(pk__in=parties.values("crash"))
        picked = Picked.of(rows)
        assert picked is not None
        assert picked.keys.tolist() == sorted(rows.values_list("pk", flat=True))


def searched(query: str) -> QuerySet[Crash]:
    """The crashes that a search in the ledger finds."""
    return Crash.objects.visible_to(SYSTEM).filter(Selection.read(FILTERS, {"q": [query]}).q())


def by_the_database(rows: QuerySet[Crash]) -> list[int]:
    return sorted(rows.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("query", "roads"),
    [("滨河路", 1), ("滨河", 2), ("云桥街", 1), ("河东 滨河", 1), ("云桥街 滨河", 0), ("没有这样的路", 0)],
)
def test_a_search_is_answered_from_the_snapshot(query: str, roads: int, scene: Scene) -> None:
    rows = searched(query)
    with CaptureQueriesContext(connection) as asked:
        picked = Picked.of(rows)
    assert not any("crashes_" in one["sql"] for one in asked.captured_queries)
    assert picked is not None
    assert picked.keys.tolist() == by_the_database(rows)
    assert (picked.number > 0) == (roads > 0)
    without = Crash.objects.visible_to(SYSTEM).filter(~Selection.read(FILTERS, {"q": [query]}).q())
    left = Picked.of(without)
    assert left is not None
    assert left.keys.tolist() == by_the_database(without)


def moved(scene: Scene) -> Crash:
    """A crash that has come to lie on another road, and is found there."""
    crash = Crash.objects.visible_to(SYSTEM).filter(road_name="云桥街").order_by("pk")[3]
    crash.road_name, crash.version = "滨河路", crash.version + 1
    crash.save()
    find_again(crash)
    return crash


def test_what_was_indexed_since_the_snapshot_is_asked_of_the_database(scene: Scene) -> None:
    try:
        with transaction.atomic():
            crash = moved(scene)
            for query, found in (("滨河路", True), ("云桥街", False)):
                picked = Picked.of(searched(query))
                assert picked is not None
                assert (crash.pk in picked.keys) == found
            raise InterruptedError
    except InterruptedError:
        pass


def test_a_refreshed_snapshot_knows_the_new_entries(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "BLOCK_BITS", 4)
    old = facts.read(facts.fact_tables.get(REVISION), 1)
    try:
        with transaction.atomic():
            crash = moved(scene)
            fresh = refreshed(old, 2)
            entry = SearchEntry.objects.get(uid=crash.uid).pk
            assert entry in fresh.findable.entries
            assert entry not in old.findable.entries
            for query in ("滨河路", "云桥街"):
                assert fresh.ids[fresh.mask(searched(query))].tolist() == by_the_database(searched(query))
            raise InterruptedError
    except InterruptedError:
        pass


def test_after_a_change_a_list_asks_the_database_and_waits_for_no_snapshot(scene: Scene) -> None:
    try:
        with transaction.atomic():
            touch(REVISION)
            assert Picked.of(Crash.objects.visible_to(SYSTEM)) is None
            raise InterruptedError
    except InterruptedError:
        assert Picked.of(Crash.objects.visible_to(SYSTEM)) is not None


def test_totals_are_exact_to_ten_thousand_and_beyond_only_where_known(scene: Scene) -> None:
    rows = Crash.objects.visible_to(SYSTEM)
    number = rows.count()
    assert str(total_of(rows, up_to=number)) == str(number)
    assert str(total_of(rows, up_to=number - 1)) == f"{number - 1}+"
    assert Chosen(rows, rows).total(up_to=3).number == number


def test_what_is_missing_is_counted_alike(scene: Scene) -> None:
    found = chosen(Selection())
    assert found.missing("cell_x") == found.rows.filter(cell_x__isnull=True).count()
    assert found.pick is not None
    by_state = found.pick.counts("location_state")
    assert sum(by_state.values()) == found.pick.number


def test_without_standing_by_nothing_is_made_behind_anybodys_back(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(standby, "_wanted", made)
    monkeypatch.setattr(facts, "_kept", {})
    assert standby.at_hand(Crash) is None
    assert made == []
