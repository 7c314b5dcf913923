"""Every registered figure: its rows add up to it, for everybody, through every window; it is declared and explained."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from anlu.engine.periods import Period
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.indicators.define import (
    Better,
    Indicator,
    Leaf,
    Nature,
    Share,
    indicators,
)
from anlu.kernel.indicators.evaluate import Tally, Value, rows_behind, rows_of, tallies, value_of, values_of
from anlu.kernel.indicators.models import ExternalFigure
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Officer, Unit
from anlu.kernel.places.models import Area
from anlu.web.figures import ledger_url, own_url
from anlu.web.ledgers import ledgers
from anlu.web.windows import areas_in, units_in
from tests.apps.crashes.records import Scene, make_scene, random_period, random_window
from tests.apps.governance.records import TABLES as GOVERNED
from tests.apps.governance.records import fill as fill_governance
from tests.apps.hazards.records import add_hazards
from tests.apps.team.records import TABLES, fill
from tests.contracts.conftest import undrawn
from tests.lasting import handed_out, lasting

pytestmark = pytest.mark.django_db
DOCS = Path(__file__).resolve().parents[2] / "docs"
CHINESE = re.compile("[一-鿿]")
ALL = list(indicators)
by_code = pytest.mark.parametrize("one", ALL, ids=lambda one: one.code)
FILLED = {
    "cases.case",
    "crashes.crash",
    "hazards.workdone",
    "indicators.externalfigure",
    *TABLES,
    *GOVERNED,
}  # tables that the scene of these tests has rows of; a new one adds its records there
TREES: dict[str, Any] = {"unit": Unit, "area": Area}
ROUNDS = 10
EVERYTHING = Period.parse("2021-01-01..2023-06-30")


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scene]:
    """
    A county with a few hundred crashes and people of every scope, on a fixed day.

    Made once for all tests of this file, which only read it; taken back at the end.
    """
    with pytest.MonkeyPatch.context() as patch, lasting(django_db_blocker):
        patch.setenv("ANLU_TODAY", "2023-07-03")
        made = make_scene(240)
        add_vehicles(made)
        fill(made.county)
        add_hazards(made.county, owner=made.viewers["mine"].uid)
        fill_governance(made.county)
        with handed_out(django_db_blocker):
            yield made


def leaves_of(one: Indicator) -> list[Leaf]:
    """What stands above and below the line."""
    return [leaf for leaf in (one.main, one.base) if leaf is not None]


def add_vehicles(scene: Scene) -> None:
    """The fleet of the county and of every town, of several years."""
    county = scene.county
    for year in range(2020, 2024):
        for place in (None, *county.regions, *county.areas):
            ExternalFigure.objects.create(
                kind="vehicles",
                value=10_000 + 137 * year,
                day=date(year, 1, 1),
                area=place,
                document_number=f"测〔{year}〕1号",
                issuer="测试",
                document_on=date(year, 1, 10),
                recorded_at=datetime(year, 1, 10, tzinfo=UTC),
            )


def chances(one: Indicator, scene: Scene, count: int = ROUNDS) -> list[tuple[Window, Any]]:
    """Windows and viewers drawn at random, the same on every run."""
    rng = random.Random(one.code)
    people = [SYSTEM, *scene.viewers.values()]
    everything = Window(EVERYTHING), scene.viewers["all"]
    drawn = [(random_window(rng, scene.county), rng.choice(people)) for _ in range(count - 1)]
    return [*drawn, everything]


# ------------------------------------------------------------------------------------------------ rows


@by_code
def test_its_rows_are_of_a_table_that_these_tests_fill(one: Indicator) -> None:
    for leaf in leaves_of(one):
        assert leaf.rows.model._meta.label_lower in FILLED


@by_code
def test_its_rows_add_up_to_the_number(one: Indicator, scene: Scene) -> None:
    anything = 0
    for window, viewer in chances(one, scene):
        value = value_of(one, window, viewer, previous=window.period)  # compared with nothing else
        rows = rows_behind(one, window, viewer)
        assert one.main.added_up(rows) == value.numerator
        assert rows.count() == value.rows
        if one.base is not None:
            base = rows_behind(one, window, viewer, base=True)
            assert one.base.added_up(base) == value.denominator
            assert base.count() == value.base_rows
        anything += value.rows
    assert anything, "no window had any rows: nothing was tested"


@pytest.fixture(scope="module")
def in_scope(scene: Scene) -> Callable[[Leaf, Any], frozenset[int]]:
    """All rows of the table of a leaf that a person may see, asked for once: the scene stays as it is."""
    found: dict[Any, frozenset[int]] = {}

    def keys(leaf: Leaf, viewer: Any) -> frozenset[int]:
        model: Any = leaf.rows.model
        asked = model, leaf.seen_under, viewer.uid
        if asked not in found:
            seen = model.objects.published().in_scope(model.scope_of(viewer, leaf.seen_under))
            found[asked] = frozenset(seen.values_list("pk", flat=True))
        return found[asked]

    return keys


@by_code
def test_no_row_behind_it_lies_outside_the_scope_of_the_person(
    one: Indicator, scene: Scene, in_scope: Callable[[Leaf, Any], frozenset[int]]
) -> None:
    for window, viewer in chances(one, scene):
        mine = in_scope(one.main, viewer)
        assert set(rows_behind(one, window, viewer).values_list("pk", flat=True)) <= mine
    nobody = scene.viewers["nobody"]
    assert value_of(one, Window(random_period(random.Random(1))), nobody).numerator == 0


@by_code
def test_every_row_behind_it_lies_inside_the_period(one: Indicator, scene: Scene) -> None:
    for window, viewer in chances(one, scene):
        for leaf in leaves_of(one):
            outside = rows_of(leaf, window, viewer).exclude(
                leaf.during(window.period.start, window.period.end)
            )
            assert not outside.exists()


@pytest.mark.parametrize(
    "one", [one for one in ALL if isinstance(one.expression, Share)], ids=lambda one: one.code
)
def test_the_part_of_a_share_is_rows_of_its_whole(one: Indicator, scene: Scene) -> None:
    assert one.base is not None
    for window, viewer in chances(one, scene):
        part = rows_of(one.main, window, viewer).values_list("pk", flat=True)
        whole = rows_of(one.base, window, viewer).values_list("pk", flat=True)
        assert set(part) <= set(whole)


@pytest.fixture(scope="module")
def together(scene: Scene, django_db_blocker: DjangoDbBlocker) -> dict[str, Value]:
    """All figures of all that the scene holds, worked out at once."""
    with django_db_blocker.unblock():
        found = values_of(ALL, Window(EVERYTHING), scene.viewers["all"])
    return {value.indicator.code: value for value in found}


@by_code
def test_many_figures_at_once_are_the_same_as_one_by_one(
    one: Indicator, scene: Scene, together: dict[str, Value]
) -> None:
    assert together[one.code] == value_of(one, Window(EVERYTHING), scene.viewers["all"])


# ------------------------------------------------------------------------------------------------ trees


Everywhere = dict[tuple[str, int, bool], dict[Leaf, Tally]]


@pytest.fixture(scope="module")
def everywhere(scene: Scene, django_db_blocker: DjangoDbBlocker) -> Everywhere:
    """What every leaf adds up to over all years in every place of both trees, with what lies below it and alone."""
    found: Everywhere = {}
    with django_db_blocker.unblock():
        for tree, model in TREES.items():
            leaves = [leaf for one in ALL for leaf in leaves_of(one) if leaf.additive and getattr(leaf, tree)]
            for place in model.objects.all():
                for alone in (False, True):
                    window = Window(EVERYTHING, **{tree: place}, alone=alone)
                    found[tree, place.pk, alone] = tallies(leaves, window, SYSTEM)
    return found


@pytest.mark.parametrize("tree", TREES)
@by_code
def test_the_parts_of_a_tree_and_its_own_add_up_to_the_whole(
    one: Indicator, tree: str, scene: Scene, everywhere: Everywhere
) -> None:
    rng = random.Random(f"{one.code} {tree}")
    places = list(TREES[tree].objects.all())
    if not any(leaf.additive and getattr(leaf, tree) for leaf in leaves_of(one)):
        return  # it is attributed to no place of this tree, or is no sum of its parts
    summed = 0
    period, viewer = random_period(rng), rng.choice([SYSTEM, *scene.viewers.values()])
    for leaf in leaves_of(one):
        if not leaf.additive or not getattr(leaf, tree):
            continue

        def through_all(place: Any, alone: bool, leaf: Leaf = leaf) -> Any:
            return everywhere[tree, place.pk, alone][leaf].amount

        def through_drawn(place: Any, alone: bool, leaf: Leaf = leaf) -> Any:
            return amount(leaf, Window(period, **{tree: place}, alone=alone), viewer)

        for through in (through_all, through_drawn):
            whole = {place.pk: through(place, alone=False) for place in places}
            for place in places:
                own = through(place, alone=True)
                parts = [whole[other.pk] for other in places if other.parent_id == place.pk]
                assert own + sum(parts) == whole[place.pk], f"{place} {through.__name__} {period}"
                summed += bool(whole[place.pk])
    assert summed, "nothing was added up"


def amount(leaf: Leaf, window: Window, viewer: Any) -> Any:
    """The value of one leaf."""
    return tallies([leaf], window, viewer)[leaf].amount


# ------------------------------------------------------------------------------------------------ pages


@by_code
def test_the_ledger_lists_exactly_its_rows(one: Indicator, scene: Scene, client: Client) -> None:
    rng = random.Random(f"ledger {one.code}")
    viewer = scene.viewers[rng.choice(["all", "below", "squadron", "town", "chosen", "mine"])]
    client.force_login(viewer)
    for _ in range(3):
        window = random_window(rng, scene.county, with_as_of=False)
        for base in (False, True)[: len(leaves_of(one))]:
            leaf = leaves_of(one)[base]
            rows = rows_behind(one, window, viewer, base=base)
            for url in (
                ledger_url(one.ledger, leaf, window),
                own_url("indicators.rows", one, window, base=base),
            ):
                if not url or ("indicators" in url and not is_offered(window, viewer, leaf)):
                    continue
                with undrawn():
                    context = client.get(url).context
                listed = context["total"].number if "total" in context else context["count"]
                assert listed == rows.count(), url


def is_offered(window: Window, viewer: Officer, leaf: Leaf) -> bool:
    """Whether the page of a figure can be asked for this window: places in scope, with what lies below."""
    scope = leaf.rows.model.scope_of(viewer, leaf.seen_under)  # type: ignore[attr-defined]
    units, areas = [None, *units_in(scope)], [None, *areas_in(scope)]
    return not window.alone and window.unit in units and window.area in areas


def test_a_place_outside_the_scope_is_a_problem_and_shows_nothing(scene: Scene, client: Client) -> None:
    client.force_login(scene.viewers["town"])
    elsewhere = scene.county.towns[3]
    for page in ("indicators.rows", "indicators.indicator"):
        answer = client.get(reverse(page, args=["crash.all"]), {"period": "2022", "area": elsewhere.code})
        assert answer.context["asked"].problems
        assert not answer.context.get("count")
        assert "figure" not in answer.context
    answer = client.get(reverse("indicators.catalogue"), {"period": "2022", "area": elsewhere.code})
    assert answer.context["groups"] == []


@by_code
def test_the_page_of_a_figure_lists_each_row_once_with_what_it_adds(
    one: Indicator, scene: Scene, client: Client
) -> None:
    viewer = scene.viewers["all"]
    client.force_login(viewer)
    url: str | None = reverse("indicators.rows", args=[one.code]) + "?from=2021-01-01&to=2023-06-30"
    seen: list[str] = []
    while url:
        with undrawn() if seen else nullcontext():  # its first page is drawn
            answer = client.get(url)
        assert answer.status_code == 200
        seen += [row.uid for row in answer.context["rows"]]
        following = answer.context["pager"]["next_url"]
        url = reverse("indicators.rows", args=[one.code]) + following if following else None
    assert len(seen) == len(set(seen)) == answer.context["count"]


@by_code
def test_a_figure_opens_the_ledger_that_it_names(one: Indicator) -> None:
    assert one.ledger in ledgers
    assert ledgers.get(one.ledger).model is one.main.rows.model


def test_the_catalogue_shows_every_figure_and_only_to_whom_it_may(scene: Scene, client: Client) -> None:
    client.force_login(scene.viewers["all"])
    shown = client.get(reverse("indicators.catalogue")).content.decode()
    assert [one.code for one in ALL if f"/{one.code}/" not in shown] == []
    client.force_login(scene.viewers["nobody"])
    assert client.get(reverse("indicators.catalogue")).status_code == 403
    assert client.get(reverse("indicators.rows", args=[ALL[0].code])).status_code == 403


def test_the_catalogue_is_narrowed_to_a_chapter_and_to_words(scene: Scene, client: Client) -> None:
    client.force_login(scene.viewers["all"])

    def shown(**asked: str) -> dict[str, set[str]]:
        groups = client.get(reverse("indicators.catalogue"), {"period": "2022", **asked}).context["groups"]
        return {chapter: {entry.indicator.code for entry in entries} for chapter, entries in groups}

    everything = shown()
    assert set().union(*everything.values()) == {one.code for one in ALL}
    assert shown(chapter="队伍建设") == {"队伍建设": everything["队伍建设"]} != everything
    killed = {one.code for one in ALL if "F15" in one.figures}
    assert set().union(*shown(q="f15").values()) == killed != set()
    assert shown(q="f15", chapter="宣传教育") == shown(q="没有的词") == {}


def test_the_page_of_a_figure_draws_its_course(scene: Scene, client: Client) -> None:
    client.force_login(scene.viewers["all"])
    for code, drawn in (("crash.all", True), ("crash.fatal_share", False)):
        answer = client.get(reverse("indicators.indicator", args=[code]), {"period": "2022"})
        chart = answer.context["chart"]
        assert (chart is not None) is drawn
        if chart is not None:
            value = value_of(indicators.get(code), answer.context["asked"].window, scene.viewers["all"])
            assert sum(chart["options"]["current"]) == value.value
            assert [row[1] for row in chart["table"]["rows"]] == [
                f"{one:,}" for one in chart["options"]["current"]
            ]
            assert f'id="{chart["id"]}"' in answer.content.decode()


def test_an_unknown_figure_is_not_found(scene: Scene, client: Client) -> None:
    client.force_login(scene.viewers["all"])
    assert client.get(reverse("indicators.rows", args=["no.such"])).status_code == 404
    assert client.get(reverse("indicators.indicator", args=["no.such"])).status_code == 404


# ------------------------------------------------------------------------------------------------ declarations


@by_code
def test_it_is_defined_in_chinese_and_explained_on_a_page(one: Indicator) -> None:
    assert CHINESE.search(one.label)
    assert CHINESE.search(one.definition)
    assert (DOCS / one.method).is_file()
    assert one.label in (DOCS / one.method).read_text(encoding="utf-8")


def test_each_has_a_place_of_its_own_in_the_catalogue_beside_those_of_its_app() -> None:
    ordered = sorted(ALL, key=lambda one: one.order)
    assert len({one.order for one in ordered}) == len(ordered)
    apps = [one.code.partition(".")[0] for one in ordered]
    assert len(list(groupby(apps))) == len(set(apps))


def test_labels_are_unique() -> None:
    labels = [one.label for one in ALL]
    assert len(set(labels)) == len(labels)


@by_code
def test_enforcement_takes_neither_target_nor_direction(one: Indicator) -> None:
    if one.nature == Nature.ENFORCEMENT:
        assert not one.targeted
        assert one.better == Better.NEITHER


@by_code
def test_it_names_figures_of_the_report_as_the_report_does(one: Indicator) -> None:
    assert all(re.fullmatch(r"F[0-9]{2}(\.[0-9])?", name) for name in one.figures)
    others = [name for other in ALL if other is not one for name in other.figures]
    assert not set(one.figures) & set(others)
