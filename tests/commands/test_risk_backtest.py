"""``anlu risk backtest`` on files: what goes in, what comes out, and what is refused."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import CRS

from anlu.__main__ import main
from anlu.engine.files.vector import write_features
from anlu.engine.risk.simulation import EVEN, USUAL, Danger, make_county, make_crashes
from anlu.engine.roads.network import edge_lines, points_along

pytestmark = pytest.mark.no_database
METRES = CRS.from_epsg(4548)
AWAY = np.array([500_000.0, 4_000_000.0])
SHARES = ["1", "2", "5", "10"]
BOTH = ["--train-end", "2021-12-31", "--test-end", "2022-12-31"]
TABLE = ["--events", "e.csv", "--x", "x", "--y", "y", "--crs", "EPSG:4548", "--date", "day"]


def write_county(folder: Path, danger: Danger, crashes_per_year: float) -> None:
    """Roads, and five years of crashes as a table, two of which have no coordinates."""
    rng = np.random.default_rng(5)
    made = make_county(danger, rng, streets=12, crashes_per_year=crashes_per_year)
    crashes, dates = make_crashes(made, 5, rng)
    lines = shapely.transform(edge_lines(made.network), lambda xy: xy + AWAY)
    classes = {"class": np.where(made.main == 1, "main", "other").astype(object)}
    write_features(folder / "n.gpkg", lines, classes, crs=METRES, kind="LineString")
    xy = points_along(made.network, crashes.edge, crashes.offset_m) + AWAY
    placed = enumerate(zip(xy, dates, strict=True))
    rows = [(f"{x:.3f}", f"{y:.3f}", str(day), 1 + i % 4) for i, ((x, y), day) in placed]
    rows += [("", "", "2018-03-01", 3), ("", "", "2022-05-01", 3), ("500100", "4000100", "2023-01-01", 1)]
    with (folder / "e.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("x", "y", "day", "how bad"), *rows])


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    write_county(folder, USUAL, 300)
    return folder


@pytest.fixture
def folder(county: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(county)
    return county


def backtest(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main(["risk", "backtest", *TABLE, *BOTH, *words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def read_rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "e.csv").open() as file:
        return [row for row in csv.DictReader(file) if row["x"] and row["day"] < "2023"]


def test_links_are_ranked_by_all_five_methods(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = backtest(capsys, "--network", "n.gpkg", "--severity", "how bad")
    rows = read_rows(folder)
    train = sum(row["day"] < "2022" for row in rows)
    assert (result["train"], result["test"], result["unlocated"]) == (train, len(rows) - train, 2)
    assert list(result["methods"]) == ["count", "kde", "nkde", "eb", "default"]
    for method in result["methods"].values():
        assert list(method) == SHARES
        for share, hit in method.items():
            assert list(hit) == ["events_share", "harm_share", "pai", "pai_ci95"]
            assert hit["pai"] == pytest.approx(hit["events_share"] / (int(share) / 100))
            assert hit["pai_ci95"][0] <= hit["pai"] <= hit["pai_ci95"][1]
            assert 0 < hit["harm_share"] < 1
    default, count = result["methods"]["default"]["5"]["pai"], result["methods"]["count"]["5"]["pai"]
    assert result["default_minus"]["count"]["5"]["pai"] == pytest.approx(default - count)
    assert set(result["bandwidths_m"]) == {"kde", "nkde"}


def test_the_count_of_cells_is_that_of_a_plain_loop(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = backtest(capsys, "--cells", "500", "--methods", "count")
    rows = read_rows(folder)
    known = [row for row in rows if row["day"] < "2022"]
    hull = shapely.MultiPoint([(float(row["x"]), float(row["y"])) for row in known]).convex_hull

    def cell(row: dict[str, str]) -> tuple[int, int]:
        return int(float(row["x"]) // 500), int(float(row["y"]) // 500)

    west, south, east, north = (int(v // 500) for v in hull.bounds)
    cells = {
        (i, j): 0
        for i in range(west, east + 1)
        for j in range(south, north + 1)
        if hull.contains(shapely.Point((i + 0.5) * 500, (j + 0.5) * 500))
    }
    assert result["units"] == len(cells)
    for row in known:
        if cell(row) in cells:
            cells[cell(row)] += 1
    ranked = sorted(cells, key=lambda c: -cells[c])  # the sort is stable: ties in order of column, then row
    for share in (1, 2, 5, 10):
        whole, part = divmod(len(cells) * share / 100, 1)
        weight = dict.fromkeys(ranked[: int(whole)], 1.0) | {ranked[int(whole)]: part}
        later = [weight.get(cell(row), 0.0) for row in rows if row["day"] >= "2022"]
        found = result["methods"]["count"][str(share)]
        assert found["events_share"] == pytest.approx(sum(later) / len(later))
        assert found["harm_share"] is None


def test_only_some_severities_can_be_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--cells", "400", "--methods", "count,default", "--severity", "how bad"]
    every = backtest(capsys, *words)
    severe = backtest(capsys, *words, "--only", "fatal,serious")
    expected = sum(row["how bad"] in "12" and row["day"] < "2022" for row in read_rows(folder))
    assert severe["train"] == expected < every["train"]
    assert severe["unlocated"] == 0
    assert severe["methods"]["count"]["5"]["harm_share"] is not None


def test_the_seed_decides_the_intervals_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--cells", "500", "--methods", "count"]
    one, same, other = (backtest(capsys, *words, "--seed", seed)["methods"]["count"]["5"] for seed in "001")
    assert one == same
    assert one["pai"] == other["pai"]
    assert one["pai_ci95"] != other["pai_ci95"]


def test_road_classes_help_where_nothing_else_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_county(tmp_path, replace(EVEN, main_factor=10.0), 40)
    words = ["--network", "n.gpkg", "--methods", "default"]
    without = backtest(capsys, *words)["methods"]["default"]["10"]["pai"]
    assert backtest(capsys, *words, "--road-class", "class")["methods"]["default"]["10"]["pai"] > without


def test_a_test_period_without_crashes_has_no_values(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ["--cells", "500", "--train-end", "2023-12-31", "--test-end", "2024-01-31"]
    assert main(["risk", "backtest", *TABLE, *args, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["test"] == 0
    none = {"events_share": None, "harm_share": None, "pai": None, "pai_ci95": None}
    assert result["methods"]["default"]["1"] == none
    assert main(["risk", "backtest", *TABLE, *args]) == 0
    assert "没有后来的事故" in capsys.readouterr().out


def test_without_json_a_person_reads_a_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["risk", "backtest", *TABLE, *BOTH, "--cells", "500"]) == 0
    out = capsys.readouterr().out
    assert "default:" in out
    assert "差 " in out


def test_longitude_and_latitude_are_worked_on_in_metres(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (folder / "lonlat.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("lon", "lat", "day"))
        writer.writerows(
            (117 + i / 1000, 36.5 + j / 1000, f"202{1 + i % 2}-06-01") for i in range(20) for j in range(20)
        )
    words = ["--events", "lonlat.csv", "--x", "lon", "--y", "lat", "--date", "day", *BOTH, "--cells", "100"]
    assert main(["risk", "backtest", *words, "--crs", "EPSG:4326", "--json"]) == 0
    # 19 steps of 0.001 degrees: 1.70 km by 2.11 km
    assert json.loads(capsys.readouterr().out)["units"] == pytest.approx(17.0 * 21.1, rel=0.07)
    assert main(["risk", "backtest", *words]) == 2
    assert "经纬度" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--cells", "0"], "--cells"),
        (["--cells", "x"], "--cells"),
        (["--cells", "0.01"], "--cells"),
        (["--cells", "500", "--methods", "count,guess"], "guess"),
        (["--cells", "500", "--methods", "nkde"], "nkde"),
        (["--cells", "500", "--seed", "-1"], "--seed"),
        (["--cells", "500", "--date", "nothing"], "nothing"),
        (["--cells", "500", "--severity", "x"], "字段 x"),
        (["--cells", "500", "--severity", "day"], "fatal"),
        (["--cells", "500", "--only", "fatal"], "--only"),
        (["--cells", "500", "--severity", "how bad", "--only", "worst"], "worst"),
        (["--cells", "500", "--train-end", "2021"], "--train-end"),
        (["--cells", "500", "--train-end", "2022-12-31"], "--test-end"),
        (["--cells", "500", "--train-end", "2001-12-31"], "训练期"),
        (["--network", "n.gpkg", "--road-class", "nothing"], "nothing"),
        (["--network", "none.gpkg"], "none.gpkg"),
        (["--network", "n.gpkg", "--cells", "500"], "--cells"),
        ([], "--network"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["risk", "backtest", *TABLE, *BOTH, *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert said in err


@pytest.mark.shared_data
@pytest.mark.parametrize("severities", ["fatal,serious,slight", "fatal,serious"])
@pytest.mark.parametrize("size_m", ["250", "500"])
def test_on_real_crashes_the_default_ranking_never_loses_by_more_than_chance(
    shared_data: Path, capsys: pytest.CaptureFixture[str], size_m: str, severities: str
) -> None:
    events = ["--events", str(shared_data / "hk_crashes_2014_2019.csv.gz"), "--crs", "EPSG:2326"]
    columns = ["--x", "Grid_E", "--y", "Grid_N", "--date", "Date_Time", "--severity", "Severity"]
    period = [
        "--train-end",
        "2018-12-31",
        "--test-end",
        "2019-12-31",
        "--cells",
        size_m,
        "--only",
        severities,
    ]
    assert main(["risk", "backtest", *events, *columns, *period, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["train"] + result["test"] + result["unlocated"] == {20: 95_821, 13: 13_643}[len(severities)]
    for others in result["default_minus"].values():
        for share in ("1", "2", "5"):
            assert others[share]["ci95"][1] >= 0.0
