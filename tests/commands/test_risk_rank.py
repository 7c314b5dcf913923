"""``anlu risk rank`` on files: what goes in, what comes out, and what is refused."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import CRS

from anlu.__main__ import main
from anlu.engine.files.vector import read_features, write_features
from anlu.engine.risk.screening import fit_length_model

pytestmark = pytest.mark.no_database
METRES = CRS.from_epsg(4548)
X0, Y0 = 500_000.0, 4_000_000.0  # on the central meridian: lengths are true
LENGTHS = [400.0, None, 600.0, 250.0, 1000.0, 800.0]
COUNTS = [3, 0, 1, 0, 9, 2]
TABLE = ["--events", "e.csv", "--x", "x", "--y", "y", "--severity", "how bad", "--date", "day"]


def write_crashes(rows: list[tuple[object, ...]]) -> None:
    with Path("e.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("x", "y", "day", "how bad"), *rows])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Parallel roads of different lengths, one feature without geometry, and 15 crashes in two years."""
    monkeypatch.chdir(tmp_path)
    roads = [
        None if length is None else shapely.LineString([(X0, Y0 + 500.0 * i), (X0 + length, Y0 + 500.0 * i)])
        for i, length in enumerate(LENGTHS)
    ]
    fields = {
        "name": np.array(list("abcdef")),
        "rank": np.array([10, 20, 30, 40, 50, 60]),
        "aadt": np.array([5000.0, 0, 4000, 0, 9000, 100]),
    }
    write_features("n.gpkg", roads, fields, crs=METRES, kind="LineString")
    days = ["2020-01-01", "2021-12-31", *["2020-06-01"] * 20]
    places = [(X0 + 20.0 * n, Y0 + 500.0 * i + 2.0) for i, count in enumerate(COUNTS) for n in range(count)]
    write_crashes([(x, y, days[i], ["fatal", "Serious", "3", "4"][i % 4]) for i, (x, y) in enumerate(places)])
    return tmp_path


def rank(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[dict, list[dict[str, str]]]:
    assert main(["risk", "rank", "--network", "n.gpkg", *TABLE, "--out", "o.csv", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out), list(csv.DictReader(Path("o.csv").open(encoding="utf-8")))


def column(rows: list[dict[str, str]], name: str) -> list[float]:
    return [float(row[name]) if row[name] else math.nan for row in rows]


def test_empirical_bayes_is_fitted_on_the_file_and_says_how(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told, rows = rank(capsys, "--method", "eb")
    years = 731 / 365.25
    model = fit_length_model([3, 1, 0, 9, 2], [400.0, 600.0, 250.0, 1000.0, 800.0], years)
    assert (told["links"], told["events"], told["snapped"], told["method"]) == (6, 15, 15, "eb")
    assert told["years"] == pytest.approx(years)
    fitted = told["fitted"]
    assert (fitted["b0"], fitted["b1"], fitted["k"]) == pytest.approx((model.b0, model.b1, model.k))
    assert column(rows, "observed") == COUNTS
    expected = [math.nan if m is None else years * math.exp(model.b0) * m**model.b1 for m in LENGTHS]
    assert column(rows, "expected") == pytest.approx(expected, nan_ok=True)
    weight = 1.0 / (1.0 + model.k * np.array(expected))
    eb = weight * expected + (1 - weight) * np.array(COUNTS)
    assert column(rows, "eb") == pytest.approx(eb, nan_ok=True)
    assert column(rows, "excess") == pytest.approx(eb - expected, nan_ok=True)
    assert rows[4]["rank"] == "1"
    assert rows[1]["rank"] == "6"
    assert column(rows, "score") == pytest.approx(column(rows, "excess"), nan_ok=True)


def test_the_file_keeps_its_order_attributes_shapes_and_system(folder: Path) -> None:
    words = ["risk", "rank", "--network", "n.gpkg", *TABLE, "--method", "count", "--out", "o.gpkg"]
    assert main(words) == 0
    back = read_features("o.gpkg")
    assert back.crs == METRES
    assert back.fields["name"].tolist() == list("abcdef")
    assert back.fields["rank_given"].tolist() == [10, 20, 30, 40, 50, 60]
    assert back.fields["rank"].tolist() == [2, 5, 4, 6, 1, 3]
    assert [shape is None for shape in back.shapes()] == [False, True, False, False, False, False]
    assert np.isnan(back.fields["eb"]).all()


def test_counts_and_weights_are_plain_sums(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told, rows = rank(capsys, "--method", "count")
    assert "fitted" not in told
    assert column(rows, "score") == COUNTS
    assert [row["excess"] for row in rows] == [""] * 6
    _, rows = rank(capsys, "--method", "epdo")
    # severities go round fatal, serious, slight, damage: 10, 5, 5, 1
    assert column(rows, "score") == [20.0, 0.0, 1.0, 0.0, 52.0, 10.0]
    assert [row["rank"] for row in rows] == ["2", "5", "4", "6", "1", "3"]


@pytest.mark.parametrize("method", ["density", "default"])
def test_density_and_default_put_the_worst_road_first(
    folder: Path, capsys: pytest.CaptureFixture[str], method: str
) -> None:
    _, rows = rank(capsys, "--method", method)
    assert rows[4]["rank"] == "1"
    assert sorted(int(row["rank"]) for row in rows) == [1, 2, 3, 4, 5, 6]
    assert column(rows, "observed") == COUNTS


def test_without_a_method_the_default_is_taken(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rank(capsys)[0]["method"] == "default"


def test_years_given_take_the_place_of_the_span_of_dates(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spanned, one = rank(capsys, "--method", "eb")
    given, other = rank(capsys, "--method", "eb", "--years", "4")
    assert given["years"] == 4.0
    # twice the years, half the rate: the period's expectation is the same
    assert given["fitted"]["b0"] == pytest.approx(spanned["fitted"]["b0"] + math.log(spanned["years"] / 4))
    assert column(other, "eb") == pytest.approx(column(one, "eb"), nan_ok=True, rel=1e-6)


def test_a_function_from_a_file_is_used_as_it_stands(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The base function of rural two-lane roads: AADT L 365e-6 exp(-0.312), k = 0.236 / L, L in miles."""
    Path("spf.toml").write_text(
        f'title = "base"\nintercept = {math.log(365e-6) - 0.312}\nlength_unit = "mile"\n'
        "overdispersion = 0.236\nper_length = true\n[power]\naadt = 1.0\n"
    )
    told, rows = rank(capsys, "--method", "eb", "--spf", "spf.toml", "--years", "3")
    assert (told["spf"], told["fitted"]) == ("base", None)
    miles = 1000.0 / 1609.344
    mu = 3 * 9000 * miles * 365e-6 * math.exp(-0.312)
    weight = 1 / (1 + 0.236 / miles * mu)
    assert float(rows[4]["expected"]) == pytest.approx(mu)
    assert float(rows[4]["eb"]) == pytest.approx(weight * mu + (1 - weight) * 9)
    assert float(rows[3]["expected"]) == 0.0  # no traffic
    assert rows[1]["expected"] == ""


def test_without_crashes_nothing_is_expected_and_the_order_is_that_of_the_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_crashes([])
    told, rows = rank(capsys, "--method", "eb")
    assert (told["events"], told["years"], told["fitted"]) == (0, None, None)
    assert [row["rank"] for row in rows] == ["1", "6", "2", "3", "4", "5"]
    assert column(rows, "eb") == pytest.approx([0.0, math.nan, 0.0, 0.0, 0.0, 0.0], nan_ok=True)
    for method in ("count", "epdo", "density", "default"):
        rank(capsys, "--method", method)


def test_links_of_one_length_are_compared_by_their_common_rate(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    same = [shapely.LineString([(X0, Y0 + 500.0 * i), (X0 + 100, Y0 + 500.0 * i)]) for i in range(5)]
    write_features("n.gpkg", same, {"n": np.arange(5)}, crs=METRES, kind="LineString")
    told, rows = rank(capsys, "--method", "eb")
    assert told["fitted"]["b1"] == 1.0
    assert column(rows, "expected") == pytest.approx([3.0] * 5)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--years", "0"], ["--years", '"0"']),
        (["--years", "two"], ["--years", '"two"']),
        (["--method", "best"], ["--method", "best"]),
        (["--severity", "nope"], ["e.csv", "nope", "how bad"]),
        (["--severity", "bad"], ["e.csv", "第 3 行", "bad", '"grave"', "fatal"]),
        (["--date", "wrong"], ["e.csv", "第 3 行", "wrong", '"2023-02-30"']),
        (["--spf", "spf.toml"], ["--spf"]),
        (["--method", "eb", "--spf", "missing.toml"], ["missing.toml", "不存在"]),
        (["--method", "eb", "--spf", "bad.toml"], ["bad.toml", "overdispersion"]),
        (["--method", "eb", "--spf", "text.toml"], ["text.toml", "intercept", '"x"']),
        (["--method", "eb", "--spf", "more.toml"], ["more.toml", "b1"]),
        (["--method", "eb", "--spf", "column.toml"], ["n.gpkg", "width", "aadt"]),
        (["--method", "eb", "--network", "one.gpkg"], ["one.gpkg", "--spf"]),
        (["--method", "eb", "--spf", "huge.toml"], ["n.gpkg", "要素 0", "--spf"]),
        (["--network", "missing.gpkg"], ["missing.gpkg"]),
        (["--out", "o.pdf"], ["--out", "o.pdf"]),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_that_names_it(
    folder: Path, words: list[str], said: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    Path("e.csv").write_text(
        f"x,y,day,how bad,bad,wrong\n{X0},{Y0},2020-01-01,1,1,2020-01-01\n{X0},{Y0},2020-01-01,1,grave,2023-02-30\n"
    )
    Path("spf.toml").write_text("intercept = 1\noverdispersion = 1")
    Path("bad.toml").write_text("intercept = 1\noverdispersion = -1")
    Path("text.toml").write_text('intercept = "x"\noverdispersion = 1')
    Path("huge.toml").write_text("intercept = 1000\noverdispersion = 1")
    Path("more.toml").write_text("intercept = 1\noverdispersion = 1\nb1 = 2")
    Path("column.toml").write_text("intercept = 1\noverdispersion = 1\n[slope]\nwidth = 1.0")
    one = shapely.LineString([(X0, Y0), (X0 + 100, Y0)])
    write_features("one.gpkg", [one], {"n": np.arange(1)}, crs=METRES, kind="LineString")
    out = [] if "--out" in words else ["--out", "o.csv"]
    assert main(["risk", "rank", "--network", "n.gpkg", *TABLE, *out, *words, "--json"]) == 2
    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    assert len(stderr.splitlines()) == 1
    assert [word for word in said if word not in stderr] == []
    assert not (folder / "o.csv").exists()
