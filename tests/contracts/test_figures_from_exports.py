"""Figures worked out again, with polars, from the files that the platform itself exports: the same numbers."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoDbBlocker

from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import values_of
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Officer, Unit, UnitPath
from anlu.kernel.places.models import Area, AreaPath
from tests.apps.crashes.records import Scene, make_scene, random_window
from tests.apps.team.records import fill
from tests.lasting import handed_out, lasting

pytestmark = pytest.mark.django_db
Rows = pl.DataFrame
Figure = Callable[[Rows], float | None]
HEAD_LINES = 2  # origin and watermark stand above the labels
ORDINARY = pl.col("处理程序") == "一般程序"
HURT = pl.col("后果") != "财产损失"
HELD = pl.col("状态") == "已开展"


def count(holds: pl.Expr) -> Figure:
    """How many rows."""
    return lambda rows: rows.filter(holds).height


def total(column: str, holds: pl.Expr) -> Figure:
    """The sum of a column."""
    return lambda rows: float(rows.filter(holds)[column].cast(pl.Float64).sum())


def share(top: pl.Expr, base: pl.Expr) -> Figure:
    """A part of what is in the base; None without a base."""
    return lambda rows: (
        rows.filter(base & top).height / rows.filter(base).height if rows.filter(base).height else None
    )


def deaths_per_100(rows: Rows) -> float | None:
    """Deaths to a hundred ordinary crashes."""
    ordinary = rows.filter(ORDINARY)
    return 100 * float(ordinary["死亡"].cast(pl.Float64).sum()) / ordinary.height if ordinary.height else None


ALL = pl.lit(True)
KILLED = pl.col("死亡").cast(pl.Int64)
CRASHES: dict[str, Figure] = {
    "crash.count": count(ORDINARY),
    "crash.killed": total("死亡", ORDINARY),
    "crash.injured": total("受伤", ORDINARY),
    "crash.all": count(ALL),
    "crash.all_killed": total("死亡", ALL),
    "crash.all_injured": total("受伤", ALL),
    "crash.major": count(KILLED >= 3),
    "crash.two_dead": count(KILLED == 2),
    "crash.ordinary_share": share(ORDINARY, HURT),
    "crash.fatal_share": share(pl.col("后果") == "死亡", HURT),
    "crash.deaths_per_100": deaths_per_100,
    "crash.summary_hurt": count((pl.col("处理程序") == "简易程序") & pl.col("后果").is_in(["重伤", "轻伤"])),
    "crash.marked_share": share(pl.col("质量标记") != "", ALL),
}
STUDIES: dict[str, Figure] = {
    "team.study_sessions": count(HELD),
    "team.actions": lambda rows: rows.filter(HELD & (pl.col("所属行动") != ""))["所属行动"].n_unique(),
}
HONOURS: dict[str, Figure] = {
    "plans.honours": count(ALL),
    "plans.county_commendations": count((pl.col("类别") == "表彰") & (pl.col("级别") == "县级")),
    "plans.spread_experience": count(pl.col("类别") == "经验推广"),
}
# ledger, columns of the day, the unit and (where it is exported) the area, the figures
FILES: tuple[tuple[str, str, str, str, dict[str, Figure]], ...] = (
    ("crashes.crash", "发生时间", "办理单位", "辖区", CRASHES),
    ("team.study", "日期", "单位", "", STUDIES),
    ("team.warning", "日期", "单位", "", {"team.warnings": count(HELD)}),
    ("team.training", "日期", "单位", "", {"team.trainings": count(HELD)}),
    (
        "team.writing",
        "上交日期",
        "单位",
        "",
        {
            "team.reflections": count(pl.col("类别") == "心得体会"),
            "team.notes": count(pl.col("类别") == "学习笔记"),
        },
    ),
    ("publicity.piece", "发布日期", "作者单位", "", {"publicity.pieces": count(ALL)}),
    ("plans.honour", "授予日期", "获得单位", "", HONOURS),
)
PAGES = {"csv": "export_csv", "xlsx": "export_excel"}
VIEWERS = ("all", "below", "squadron", "town", "mine", "chosen")


def exported(client: Client, ledger: str, form: str) -> Rows:
    """The file of a ledger, every cell as text; an empty cell is ""."""
    answer = client.get(reverse(f"{ledger}.{PAGES[form]}"))
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    if form == "csv":
        return pl.read_csv(io.BytesIO(content), skip_rows=HEAD_LINES, infer_schema=False).fill_null("")
    sheet = list(load_workbook(io.BytesIO(content), read_only=True).active.iter_rows(values_only=True))
    labels, *lines = sheet[HEAD_LINES:]
    texts = [
        ["" if cell is None else str(cell) for cell in (*line, *[None] * (len(labels) - len(line)))]
        for line in lines
    ]  # a line that ends with empty cells is read shorter
    return pl.DataFrame(texts, schema=dict.fromkeys(map(str, labels), pl.String), orient="row")


def names_below(place: Unit | Area, window: Window) -> set[str]:
    """The names under which a place and all below it stand in a file."""
    paths: Any = UnitPath if isinstance(place, Unit) else AreaPath
    found = paths.objects.filter(ancestor=place.pk).select_related("descendant")
    places = [place] if window.alone else [one.descendant for one in found]
    return {getattr(one, "short_name", "") or one.name for one in places} | {one.name for one in places}


def inside(rows: Rows, window: Window, day: str, unit: str, area: str) -> Rows:
    """The rows of a window, by the words in the file."""
    period = window.period
    on = pl.col(day).str.slice(0, 10)
    rows = rows.filter((on >= str(period.start)) & (on <= str(period.end)) & (on != ""))
    for place, column in ((window.unit, unit), (window.area, area)):
        if place is not None and column:
            rows = rows.filter(pl.col(column).is_in(names_below(place, window)))
    return rows


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """Crashes and what the team did, made once for both forms of file."""
    with lasting(django_db_blocker):
        made = make_scene(300, seed=11)
        fill(made.county, seed=12)
        with handed_out(django_db_blocker):
            yield made


@pytest.fixture(scope="module")
def stated_of(scene: Scene) -> Callable[[str, Window], dict[str, float | None]]:
    """What the platform says of all these figures to somebody; asked once for both forms of file."""
    ours = [indicators.get(code) for *_, figures in FILES for code in figures]
    found: dict[tuple[str, Window], dict[str, float | None]] = {}

    def stated(name: str, window: Window) -> dict[str, float | None]:
        if (name, window) not in found:
            values = values_of(ours, window, scene.viewers[name], previous=window.period)
            found[name, window] = {
                one.indicator.code: None if one.value is None else float(one.value) for one in values
            }
        return found[name, window]

    return stated


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_exported_files_give_the_same_figures_for_random_periods_and_places_to_everybody(
    form: str, scene: Scene, stated_of: Callable[[str, Window], dict[str, float | None]], client: Client
) -> None:
    rng, compared = random.Random(13), set()
    for name in VIEWERS:
        viewer: Officer = scene.viewers[name]
        client.force_login(viewer)
        files = [(exported(client, ledger, form), *facts) for ledger, *facts in FILES]
        for _ in range(4):
            window = random_window(rng, scene.county, with_as_of=False)
            stated = stated_of(name, window)
            for rows, day, unit, area, figures in files:
                if window.area is not None and not area:
                    continue  # the file does not say where
                chosen = inside(rows, window, day, unit, area)
                for code, worked_out in figures.items():
                    said = stated[code]
                    assert said == pytest.approx(worked_out(chosen), abs=1e-9), f"{code} {name} {window}"
                    compared |= {code} if said else set()
    assert len(compared) >= 20, sorted(compared)
