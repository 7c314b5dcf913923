"""Tables of crashes: they count what a plain loop over all crashes finds, and every cell opens exactly its rows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import QuerySet
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from anlu.apps.crashes.filters import FILTERS
from anlu.apps.crashes.imports import REVISION
from anlu.apps.crashes.models import Crash, Procedure, Severity
from anlu.apps.crashes.statistics.ages import band_of
from anlu.apps.crashes.statistics.comparing import compared
from anlu.apps.crashes.statistics.content import Days, Looking
from anlu.apps.crashes.statistics.dimensions import (
    Atlas,
    by_administrative_class,
    by_age,
    by_cause,
    by_form,
    by_hour,
    by_junction,
    by_light,
    by_procedure,
    by_region,
    by_road,
    by_road_class,
    by_severity,
    by_technical_class,
    by_time,
    by_town,
    by_vehicle_class,
    by_weather,
    by_weekday,
    by_year,
    ranked,
)
from anlu.apps.crashes.statistics.measures import MEASURES, Handling
from anlu.apps.crashes.statistics.tables import (
    by_year_and,
    divided,
    persons,
    regions_by_severity,
    scope_of,
    towns_by_year,
    weekday_by_hour,
)
from anlu.engine.periods import Period
from anlu.kernel.core.filters import Selection
from anlu.kernel.core.models import Revision
from anlu.kernel.core.models.batches import BatchState
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.indicators.define import Count, indicators
from anlu.kernel.indicators.facts import snapshot_of
from anlu.kernel.indicators.leaves import Amount, Leaf
from anlu.kernel.indicators.tables import Cell, Dimension, Table
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Officer, UnitPath
from anlu.kernel.places.models import AreaPath
from anlu.web.ledgers import ledgers
from anlu.web.pages.listing import Listing
from anlu.web.windows import Asked
from tests.apps.crashes.records import Scene, add_crash, add_people, make_scene, random_window
from tests.lasting import handed_out, lasting

pytestmark = pytest.mark.django_db

WHOLE = Window(Period.parse("2021-01-01..2023-06-30"))


@pytest.fixture(scope="module", params=["database", "snapshot"])
def scene(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """
    A county with crashes and people of every scope; made once, only read, taken back at the end.

    Without a revision of the data everything is asked of the database; with one it is counted from a snapshot.
    """
    with pytest.MonkeyPatch.context() as patch, lasting(django_db_blocker):
        patch.setenv("ANLU_TODAY", "2023-07-03")
        made = make_scene(260, seed=7)
        add_people(made)
        if request.param == "snapshot":
            touch(REVISION)
            assert snapshot_of(Crash) is not None
        with handed_out(django_db_blocker):
            yield made


def dimensions(window: Window, viewer: Officer) -> list[Dimension]:
    """Every way to divide crashes."""
    regions = by_region(window)
    assert regions is not None
    return [
        by_severity(),
        by_procedure(),
        by_cause(),
        by_form(),
        by_road_class(),
        by_weather(),
        by_light(),
        by_junction(),
        by_administrative_class(),
        by_technical_class(),
        by_road(),
        by_hour(),
        by_weekday(),
        by_year(window),
        by_time(window, "month"),
        by_time(window, "quarter"),
        by_time(window, "half"),
        by_town(window, scope_of(viewer)),
        regions,
    ]


def several() -> list[Dimension]:
    """Ways to divide under which a crash may stand several times."""
    return [by_vehicle_class(), by_age()]


def two_of(rng: random.Random, window: Window, viewer: Officer) -> tuple[Dimension, Dimension]:
    """Rows and columns."""
    rows, columns = rng.sample(dimensions(window, viewer), 2)
    while rows.column == columns.column:
        rows, columns = rng.sample(dimensions(window, viewer), 2)
    return (rng.choice(several()), columns) if rng.random() < 0.25 else (rows, columns)


CHOSEN = (
    {},
    {},
    {"severity": ["fatal", "serious"]},
    {"killed_min": ["2"]},
    {"injured_min": ["1"], "hour": ["7", "8", "17", "-"]},
    {"has_loss": ["1"], "technical": ["11", "-"]},
    {"road_code": ["G105", "-"], "weekday": ["1", "5"]},
    {"q": ["S7"], "located": ["1"]},
)


def narrowed(rng: random.Random, window: Window) -> Window:
    """The window with or without filters of the ledger."""
    return replace(window, selection=Selection.read(FILTERS, rng.choice(CHOSEN)))


# ------------------------------------------------------------------------------------------------ a plain loop


class Loop:
    """The same counts without the database: over all crashes that were made."""

    def __init__(self, scene: Scene) -> None:
        self.crashes = list(Crash.objects.filter(pk__in=[crash.pk for crash in scene.crashes]))
        hidden = {
            crash.batch_id
            for crash in Crash.objects.select_related("batch")
            if crash.batch is not None and crash.batch.state != BatchState.LIVE
        }
        self.crashes = [one for one in self.crashes if one.voided_at is None and one.batch_id not in hidden]
        self.units_below = closure(UnitPath)
        self.areas_below = closure(AreaPath)

    def inside(self, window: Window, viewer: Officer) -> list[Crash]:
        """The crashes of a window that a person sees."""
        scope = scope_of(viewer)
        kept = set(Crash.objects.filter(window.selection.q()).values_list("pk", flat=True))
        return [
            one
            for one in self.crashes
            if one.pk in kept
            and window.period.start <= one.occurred_on <= window.period.end
            and self._in(one.unit_id, window.unit, self.units_below, alone=window.alone)
            and self._in(one.town_id, window.area, self.areas_below, alone=window.alone)
            and (
                scope.everything
                or one.unit_id in scope.units
                or one.town_id in scope.areas
                or (scope.person is not None and one.created_by == scope.person)
            )
        ]

    @staticmethod
    def _in(pk: int | None, top: Any, below: dict[int, set[int]], *, alone: bool) -> bool:
        if top is None:
            return True
        return pk == top.pk if alone else pk in below[top.pk]


def closure(model: Any) -> dict[int, set[int]]:
    """What lies below what."""
    found: dict[int, set[int]] = {}
    for ancestor, descendant in model.objects.values_list("ancestor", "descendant"):
        found.setdefault(ancestor, set()).add(descendant)
    return found


AMOUNTS: dict[str, Callable[[Crash], Any]] = {
    "crashes": lambda crash: 1,
    "killed": lambda crash: crash.killed,
    "injured": lambda crash: crash.injured,
    "loss": lambda crash: crash.loss_cny or 0,
}


@pytest.mark.parametrize("seed", range(16))
def test_a_table_counts_what_a_plain_loop_finds(seed: int, scene: Scene) -> None:
    rng = random.Random(seed)
    window = narrowed(rng, random_window(rng, scene.county, with_as_of=False))
    viewer = rng.choice(list(scene.viewers.values()))
    measure, handling = rng.choice(MEASURES), rng.choice(list(Handling))
    if seed >= 12:
        window, viewer = WHOLE, scene.viewers["all"]
    rows, columns = two_of(rng, window, viewer)
    rows = several()[seed % 2] if seed >= 12 else rows
    table = divided(rows, columns, window, viewer, leaf=measure.leaf(handling))
    expected: Counter[tuple[Any, Any]] = Counter()
    whole: Counter[Any] = Counter()
    for crash in Loop(scene).inside(window, viewer):
        if handling is Handling.ALL or crash.procedure == Procedure.ORDINARY:
            column, amount = columns.fold(value(crash, columns)), AMOUNTS[measure.code](crash)
            whole[column] += amount
            for one in values(crash, rows):
                expected[rows.fold(one), column] += amount
    found = {
        (row, column): cell.value for row, cells in table.cells.items() for column, cell in cells.items()
    }
    assert {keys: amount for keys, amount in found.items() if amount} == {
        keys: amount for keys, amount in expected.items() if amount
    }
    assert table.total is not None
    assert table.total.value == sum(whole.values())
    assert {key: cell.value for key, cell in table.column_totals.items() if cell.value} == {
        key: amount for key, amount in whole.items() if amount
    }
    rows_together = sum(cell.value for cell in table.row_totals.values())
    assert rows_together >= table.total.value if rows.several else rows_together == table.total.value
    assert sum(cell.value for cell in table.column_totals.values()) == table.total.value


def value(crash: Crash, dimension: Dimension) -> Any:
    """What a crash is grouped by."""
    if dimension.column in ("town", "road"):
        return getattr(crash, f"{dimension.column}_id")
    name, _, beyond = dimension.column.partition("__")
    found = getattr(crash, name)
    return getattr(found, beyond) if beyond and found is not None else found


def values(crash: Crash, dimension: Dimension) -> set[Any]:
    """All that a crash stands under."""
    if not dimension.several:
        return {value(crash, dimension)}
    if dimension.column == "vehicle_class":
        live = crash.vehicles.filter(voided_at=None)
        return {one.vehicle_class for one in live if one.vehicle_class} or {None}
    ages = (one.age for one in crash.parties.filter(voided_at=None))
    return {band_of(age) for age in ages} - {None} or {None}


@pytest.mark.parametrize("seed", range(10))
def test_two_years_stand_side_by_side_as_a_plain_loop_finds_them(seed: int, scene: Scene) -> None:
    rng = random.Random(900 + seed)
    window = narrowed(rng, random_window(rng, scene.county, with_as_of=False))
    viewer, handling = scene.viewers[rng.choice(["all", "squadron", "town"])], rng.choice(list(Handling))
    looking = looking_at(window, viewer)
    way = rng.choice([*dimensions(window, viewer)[:13], *several()])
    indicators_ = [one.indicator(handling) for one in MEASURES]
    pair = compared(lambda _: way, indicators_, looking)
    before = window.at(window.period.previous_year())
    for place, here in enumerate((window, before)):
        crashes = [
            one
            for one in Loop(scene).inside(here, viewer)
            if handling is Handling.ALL or one.procedure == Procedure.ORDINARY
        ]
        for measure, indicator in zip(MEASURES, indicators_, strict=True):
            amount = AMOUNTS[measure.code]
            assert pair.totals(indicator.code)[place].value == sum(map(amount, crashes))
            for row in pair.rows:
                cell = pair.cells(row.key, indicator.code)[place]
                assert cell.value == sum(
                    amount(one) for one in crashes if row.key in {way.fold(key) for key in values(one, way)}
                )
                if cell.value:
                    assert total_of(indicator.main, listed(cell, viewer)) == cell.value, cell.query
    keys = {
        way.fold(key)
        for here in (window, before)
        for one in Loop(scene).inside(here, viewer)
        for key in values(one, way)
    }
    assert {row.key for row in pair.rows} <= keys


def looking_at(window: Window, viewer: Officer) -> Looking:
    """A page that looks through this window."""
    return Looking(Asked(window, window.period, scope_of(viewer)), viewer, Days(viewer))


def test_the_loop_itself_finds_something(scene: Scene) -> None:
    """Otherwise the test above would compare nothing with nothing."""
    loop = Loop(scene)
    assert len(loop.inside(WHOLE, scene.viewers["all"])) > 150
    assert 10 < len(loop.inside(WHOLE, scene.viewers["squadron"])) < 120
    assert 10 < len(loop.inside(WHOLE, scene.viewers["town"])) < 80
    assert 10 < len(loop.inside(WHOLE, scene.viewers["mine"])) < 80
    assert loop.inside(WHOLE, scene.viewers["nobody"]) == []


# ------------------------------------------------------------------------------------------------ rows of cells


def all_cells(table: Table) -> Iterator[Cell]:
    """Every number of a table."""
    for cells in table.cells.values():
        yield from cells.values()
    yield from table.row_totals.values()
    yield from table.column_totals.values()
    if table.total is not None:
        yield table.total


def total_of(leaf: Leaf, rows: QuerySet[Any]) -> Amount:
    """What a figure adds up over exactly these rows."""
    return leaf.exact(rows.order_by().aggregate(total=leaf.aggregate())["total"])


def listed(cell: Cell, viewer: Officer) -> Any:
    """The rows that the crash ledger lists for a cell, as that person."""
    listing = Listing.read(ledgers.get("crashes.crash"), viewer, QueryDict(cell.query))
    assert listing.selection.problems == ()
    return listing.rows()


@pytest.mark.parametrize("seed", range(10))
def test_every_cell_opens_exactly_its_rows(seed: int, scene: Scene, client: Client) -> None:
    rng = random.Random(100 + seed)
    window = narrowed(rng, random_window(rng, scene.county, with_as_of=False))
    viewer = scene.viewers[rng.choice(["all", "all", "below", "squadron", "own", "town", "chosen", "mine"])]
    leaf = rng.choice(MEASURES).leaf(rng.choice(list(Handling)))
    if seed >= 8:
        window, viewer = WHOLE, scene.viewers["all"]
    rows, columns = two_of(rng, window, viewer)
    rows = several()[seed % 2] if seed >= 8 else rows
    cells = [cell for cell in all_cells(divided(rows, columns, window, viewer, leaf=leaf)) if cell.value]
    for cell in rng.sample(cells, min(12, len(cells))):
        assert total_of(leaf, listed(cell, viewer)) == cell.value, cell.query
    client.force_login(viewer)
    for cell in rng.sample(cells, min(3, len(cells))):
        total = client.get(f"{reverse('crashes.crash')}?{cell.query}").context["total"].number
        assert total == listed(cell, viewer).filter(leaf.contributing()).count()
        if isinstance(leaf, Count):
            assert total == cell.value


def test_no_cell_of_the_usual_tables_opens_anything_else(scene: Scene) -> None:
    viewer = scene.viewers["all"]
    regions = regions_by_severity(WHOLE, viewer)
    assert regions is not None
    leaf = Count(Crash.objects.all())
    for table in (
        by_year_and(by_severity(), WHOLE, viewer),
        towns_by_year(WHOLE, viewer),
        regions,
        weekday_by_hour(WHOLE, viewer),
    ):
        assert table.total is not None
        assert table.total.value > 150
        for cell in all_cells(table):
            if cell.value:
                assert total_of(leaf, listed(cell, viewer)) == cell.value, cell.query


def test_the_persons_of_a_year_are_the_sums_over_its_rows(scene: Scene) -> None:
    viewer = scene.viewers["all"]
    for handling in Handling:
        table = persons(by_year(WHOLE), WHOLE, viewer, handling=handling)
        for row in table.rows:
            for column in table.columns:
                cell = table.cells[row.key][column.key]
                rows = listed(cell, viewer)
                assert sum(getattr(crash, column.key) for crash in rows) == cell.value
                assert all(getattr(crash, column.key) for crash in rows)
        assert table.total is None


# ------------------------------------------------------------------------------------------------ places


def test_a_region_holds_its_towns_and_their_villages_and_the_rest_stands_alone(scene: Scene) -> None:
    county = scene.county
    table = regions_by_severity(WHOLE, SYSTEM)
    assert table is not None
    rows = {heading.label: heading for heading in table.rows}
    assert {"东片区", "西片区", "戊镇", "未定辖区"} == set(rows)
    east = [county.regions[0], county.towns[0], county.towns[2], county.village]
    expected = [one for one in Loop(scene).crashes if one.town_id in {area.pk for area in east}]
    assert table.row_totals[county.regions[0].pk].value == len(expected)


def test_an_area_with_towns_below_it_is_listed_without_them(scene: Scene) -> None:
    table = towns_by_year(WHOLE, SYSTEM)
    alone = next(row for row in table.rows if row.label == "东片区(本级)")
    assert dict(alone.parameters)["town"].startswith("=")
    town = next(row for row in table.rows if row.label == "甲镇")
    villagers = [one for one in Loop(scene).crashes if one.town_id == scene.county.village.pk]
    towns_own = [one for one in Loop(scene).crashes if one.town_id == scene.county.towns[0].pk]
    assert villagers
    assert table.row_totals[town.key].value == len(villagers) + len(towns_own)


def test_a_region_seen_through_one_of_its_towns_opens_the_town_only(scene: Scene) -> None:
    town = scene.county.towns[0]
    window = Window(WHOLE.period, area=town)
    table = regions_by_severity(window, SYSTEM)
    assert table is not None
    (region,) = table.rows
    assert dict(region.parameters) == {"town": town.code}


def test_people_find_only_their_own_towns_among_the_empty_rows(scene: Scene) -> None:
    nothing = Window(Period.parse("2019"))
    labels = {
        who: {row.label for row in towns_by_year(nothing, scene.viewers[who]).rows}
        for who in ("all", "town", "squadron", "nobody")
    }
    assert labels["all"] == {"甲镇", "乙镇", "丙镇", "丁镇", "戊镇"}
    assert labels["town"] == {"乙镇"}
    assert labels["squadron"] == {"甲镇"}  # the unit answers for it
    assert labels["nobody"] == set()


def test_a_merged_unit_keeps_its_own_figures(scene: Scene) -> None:
    county = scene.county
    own = [one for one in Loop(scene).crashes if one.unit_id == county.merged.pk]
    successor = Window(WHOLE.period, unit=county.squadrons[0])
    below = {county.squadrons[0].pk, county.post.pk}
    theirs = [one for one in Loop(scene).crashes if one.unit_id in below]
    viewer = scene.viewers["all"]
    for window, expected in ((Window(WHOLE.period, unit=county.merged), own), (successor, theirs)):
        table = by_year_and(by_severity(), window, viewer)
        assert table.total is not None
        assert table.total.value == len(expected) > 0
        assert listed(table.total, viewer).count() == len(expected)


# ------------------------------------------------------------------------------------------------ single crashes

# In 2020, of which the county above has nothing.


def test_money_is_added_to_the_cent(db: None) -> None:
    for n in range(300):
        add_crash(f"N{n}", date(2020, 1, 1 + n % 28), loss_cny=Decimal("0.10"))
    leaf = MEASURES[3].leaf(Handling.ALL)
    total = by_year_and(by_severity(), Window(Period.parse("2020")), SYSTEM, leaf=leaf).total
    assert total is not None
    assert total.value == Decimal("30.00")


def test_a_crash_without_a_known_hour_stands_beside_the_hours(db: None) -> None:
    add_crash("A", date(2020, 3, 2), 8)
    add_crash("B", date(2020, 3, 2), 8, time_precision="day")
    table = weekday_by_hour(Window(Period.parse("2020")), SYSTEM)
    assert [column.label for column in table.columns][-1] == "时间不详"
    assert table.cells[1][8].value == table.cells[1][None].value == 1


def test_what_is_not_stated_comes_last_and_the_greatest_first(db: None) -> None:
    for n, cause in enumerate(["", "", "", "12", "12", "13"]):
        add_crash(f"N{n}", date(2020, 1, 1), cause=cause)
    window = Window(Period.parse("2020"))
    table = ranked(divided(by_cause(), by_severity(), window, SYSTEM, hide_empty=True))
    assert [row.key for row in table.rows] == ["12", "13", ""]
    assert table.rows[-1].parameters == (("cause", "-"),)


def test_a_code_that_no_dictionary_knows_is_counted_all_the_same(db: None) -> None:
    add_crash("A", date(2020, 1, 1), cause="ZZ")
    table = divided(by_cause(), by_severity(), Window(Period.parse("2020")), SYSTEM, hide_empty=True)
    assert [(row.label, table.row_totals[row.key].value) for row in table.rows] == [("ZZ", 1)]


def test_a_voided_crash_is_in_no_table(db: None) -> None:
    add_crash("A", date(2020, 1, 1), severity=Severity.FATAL)
    gone = add_crash("B", date(2020, 1, 1), severity=Severity.FATAL)
    gone.voided_at = gone.recorded_at
    gone.save()
    total = by_year_and(by_severity(), Window(Period.parse("2020")), SYSTEM).total
    assert total is not None
    assert total.value == 1


def test_each_table_is_one_grouped_query(db: None, django_assert_max_num_queries: Any) -> None:
    window = Window(Period.parse("2020"))
    towns, severity = by_town(window, scope_of(SYSTEM), Atlas.read()), by_severity()  # type: ignore[arg-type]
    leaf: Leaf = MEASURES[0].leaf(Handling.ALL)
    Revision.objects.all().delete()  # without one the database is asked
    with django_assert_max_num_queries(
        3
    ):  # the batches that are not live, the revision of the data, the table
        divided(towns, severity, window, SYSTEM, leaf=leaf)
    with django_assert_max_num_queries(3):
        persons(by_year(window), window, SYSTEM)


def test_a_heading_takes_the_place_of_what_the_figure_asks_for_under_the_same_name(db: None) -> None:
    """伤亡事故 ask for three severities; the cell of one of them must not list the others."""
    for n, severity in enumerate(Severity):
        add_crash(f"N{n}", date(2020, 1, 1), severity=severity)
    hurt = indicators.get("crash.ordinary_share").base
    assert hurt is not None
    table = by_year_and(by_severity(), Window(Period.parse("2020")), SYSTEM, leaf=hurt)
    cell = table.cells["2020"][Severity.FATAL]
    assert [pair for pair in cell.parameters if pair[0] == "severity"] == [("severity", "fatal")]
    assert cell.value == 1
    assert [crash.severity for crash in listed(cell, SYSTEM)] == [Severity.FATAL]  # type: ignore[arg-type]
