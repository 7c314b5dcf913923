"""``anlu risk blackspots`` and ``rules`` on files: what goes in, what comes out, and what is refused."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import CRS

from anlu.__main__ import main
from anlu.engine.files.vector import read_features, write_features
from anlu.engine.risk.rules import presets

pytestmark = pytest.mark.no_database
METRES = CRS.from_epsg(4548)
X0, Y0 = 500_000.0, 4_000_000.0  # on the central meridian: lengths are true
TABLE = ["--events", "e.csv", "--x", "x", "--y", "y", "--severity", "how bad", "--date", "day"]
# along a road of 3 km: three fatal crashes within 400 m, five others within 300 m, two alone
ALONG = [100.0, 300.0, 500.0, 1500.0, 1550.0, 1600.0, 1700.0, 1800.0, 2500.0, 2900.0]
SEVERITIES = [1, 1, 1, 3, 2, 3, 4, 4, 1, 4]
DEAD = [1, 2, 1, 0, 0, 0, 0, 0, 1, 0]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    roads = [
        shapely.LineString([(X0, Y0), (X0 + 1550, Y0)]),
        None,
        shapely.LineString([(X0 + 1550, Y0), (X0 + 3000, Y0)]),
    ]
    write_features("n.gpkg", roads, {"n": np.arange(3)}, crs=METRES, kind="LineString")
    days = [f"202{i % 3}-0{i % 9 + 1}-15" for i in range(10)]
    with Path("e.csv").open("w", newline="") as file:
        rows = zip([X0 + a for a in ALONG], [Y0 + 3.0] * 10, days, SEVERITIES, DEAD, strict=True)
        csv.writer(file).writerows([("x", "y", "day", "how bad", "dead"), *rows])
    return tmp_path


def blackspots(*words: str) -> int:
    out = [] if "--out" in words else ["--out", "o.csv"]
    return main(["risk", "blackspots", "--network", "n.gpkg", *TABLE, *out, *words])


def result(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[dict, list[dict[str, str]]]:
    assert blackspots(*words, "--json") == 0
    return json.loads(capsys.readouterr().out), list(csv.DictReader(Path("o.csv").open(encoding="utf-8")))


def test_each_spot_has_its_clause_counts_length_and_days(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told, rows = result(capsys, "--killed", "dead")
    assert (told["rule"], told["events"], told["snapped"]) == ("county", 10, 10)
    names = ["clause", "crashes", "injury", "fatal", "killed", "length_m", "from_date", "to_date"]
    assert [[row[name] for name in names] for row in rows] == [
        ["死亡事故多发", "3", "0", "3", "4", "400.0", "2020-01-15", "2022-03-15"],
        ["事故多发", "5", "3", "0", "0", "300.0", "2020-04-15", "2022-06-15"],
    ]


def test_the_document_names_the_rows_and_the_source_of_each_spot(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told, rows = result(capsys)
    first, second = told["spots"]
    assert (first["rows"], second["rows"]) == ([0, 1, 2], [3, 4, 5, 6, 7])
    assert first["source"] == presets()["county"].clauses[0].source
    assert "死亡事故 3 起(应不少于 3)" in first["why"]
    assert first["why"] == rows[0]["why"]
    assert (first["killed"], rows[0]["killed"]) == (None, "")  # no column says how many died


def test_the_line_reaches_from_the_first_to_the_last_crash(folder: Path) -> None:
    assert blackspots("--out", "o.gpkg") == 0
    back = read_features("o.gpkg")
    assert back.crs == METRES
    bounds = [shape.bounds for shape in back.shapes("MultiLineString")]
    assert bounds[0] == pytest.approx((X0 + 100, Y0, X0 + 500, Y0))
    assert bounds[1] == pytest.approx((X0 + 1500, Y0, X0 + 1800, Y0))
    assert back.fields["length_m"].tolist() == pytest.approx([400.0, 300.0])


def test_a_rule_file_of_ones_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("r.toml").write_text(
        '[[clause]]\nname = "两死"\nlength_m = 250\nyears = 2\nmin_killed = 3\nsource = "本县"\n'
        "[[clause]]\nlength_m = 250\nyears = 3\nmin_crashes = 4\nmin_injury = 3\n",
        encoding="utf-8",
    )
    told, rows = result(capsys, "--rule", "r.toml", "--killed", "dead")
    assert [(row["clause"], row["crashes"], row["killed"]) for row in rows] == [
        ("两死", "2", "3"),
        ("clause 2", "4", "0"),
    ]
    assert [spot["rows"] for spot in told["spots"]] == [[0, 1], [3, 4, 5, 6]]


def test_a_place_that_meets_two_clauses_is_named_by_the_first(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clause = "[[clause]]\nlength_m = 500\nyears = 3\n"
    Path("r.toml").write_text(f"{clause}min_fatal = 3\n{clause}min_crashes = 3\n")
    _, rows = result(capsys, "--rule", "r.toml")
    assert [(row["clause"], row["fatal"]) for row in rows] == [("clause 1", "3"), ("clause 2", "0")]


def test_nothing_found_is_an_empty_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told, rows = result(capsys, "--rule", "harbin", "--killed", "dead")
    assert (told["spots"], rows) == ([], [])
    for out in ("o.gpkg", "o.geojson"):
        assert blackspots("--rule", "harbin", "--killed", "dead", "--out", out) == 0
        assert len(read_features(out)) == 0


def test_a_geographic_network_gets_its_spots_in_degrees(folder: Path) -> None:
    road = shapely.LineString([(115.7, 36.8), (115.71, 36.8)])
    write_features("n.gpkg", [road], {"n": np.arange(1)}, crs=CRS.from_epsg(4490), kind="LineString")
    rows = [f"{115.7 + 0.001 * i},36.8,2020-01-01,1,1" for i in range(4)]
    Path("e.csv").write_text("\n".join(["x,y,day,how bad,dead", *rows]))
    assert blackspots("--crs", "EPSG:4490", "--out", "o.gpkg") == 0
    back = read_features("o.gpkg")
    (shape,) = back.shapes("MultiLineString")
    assert shape.bounds == pytest.approx((115.7, 36.8, 115.703, 36.8), abs=1e-6)
    assert back.fields["length_m"][0] == pytest.approx(267.7, abs=0.3)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rule", "nowhere"], ["--rule", "nowhere", "county"]),
        (["--rule", "missing.toml"], ["missing.toml", "不存在"]),
        (["--rule", "bad.toml"], ["bad.toml", "[[clause]] 2", "years", '"0"']),
        (["--rule", "harbin"], ["--killed"]),
        (["--killed", "nope"], ["e.csv", "nope", "dead"]),
        (["--killed", "day"], ["e.csv", "第 2 行", "day", "2020-01-15"]),
        (["--severity", "dead"], ["e.csv", "第 5 行", "dead", '"0"', "fatal"]),
        (["--date", "x"], ["e.csv", "第 2 行"]),
        (["--out", "o.xlsx"], ["--out", "o.xlsx"]),
    ],
)
def test_bad_input_is_one_line_that_names_it(
    folder: Path, words: list[str], said: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    clause = "[[clause]]\nlength_m = 500\nmin_fatal = 3\n"
    Path("bad.toml").write_text(f"{clause}years = 3\n{clause}years = 0\n")
    assert blackspots(*words, "--json") == 2
    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    assert len(stderr.splitlines()) == 1
    assert [word for word in said if word not in stderr] == []
    assert not (folder / "o.csv").exists()


def test_a_clause_too_long_for_the_memory_is_refused(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anlu.engine.risk.coverage.MOST_STRETCHES", 3)
    assert blackspots() == 2
    assert "length_m" in capfd.readouterr().err


def test_rules_are_listed_with_their_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["risk", "rules", "--json"]) == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    assert [rule["code"] for rule in rules] == list(presets())
    assert all(clause["source"] for rule in rules for clause in rule["clauses"])
    assert main(["risk", "rules"]) == 0
    assert "harbin: " in capsys.readouterr().out
