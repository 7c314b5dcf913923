"""``anlu risk density`` on files: what goes in, what comes out, and what is refused."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import CRS

from anlu.__main__ import main
from anlu.engine.files.vector import read_features, write_features
from anlu.engine.risk.kernels import KERNELS

pytestmark = pytest.mark.no_database
METRES = CRS.from_epsg(4548)
X0, Y0 = 500_000.0, 4_000_000.0  # on the central meridian: lengths are true


TABLE = ["--lixel", "50", "--events", "t.csv", "--x", "lon", "--y", "lat"]


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(X0 + x, Y0 + y) for x, y in points])


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(X0 + x, Y0 + y)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A straight road of 1,000 m in two lines, three crashes, and a feature without geometry in each file."""
    monkeypatch.chdir(tmp_path)
    roads = [line((0, 0), (400, 0)), None, line((400, 0), (1000, 0))]
    write_features("n.gpkg", roads, {"name": np.array(["a", "b", "c"])}, crs=METRES, kind="LineString")
    crashes = [point(100, 3), point(400.4, 0), None, point(700, -60)]
    weights = {"w": np.array([1.0, 2.0, 5.0, 0.5]), "text": np.array(["1", "2", "5", "0.5"])}
    write_features("e.gpkg", crashes, weights, crs=METRES, kind="Point")
    return tmp_path


def density(*words: str) -> int:
    common = ["--network", "n.gpkg", "--events", "e.gpkg", "--bandwidth", "200"]
    return main(["risk", "density", *common, *words])


def quartic(*distances: float) -> float:
    return float(KERNELS["quartic"].value(distances, 200.0).sum())


def test_lixels_are_cut_and_json_says_how_many(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert density("--lixel", "100", "--out", "o.gpkg", "--json") == 0
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert list(result) == ["events", "snapped", "lixels", "seconds", "peak_mb"]
    assert (result["events"], result["snapped"], result["lixels"], err) == (4, 3, 10, "")
    assert result["seconds"] > 0
    assert result["peak_mb"] > 10
    lixels = read_features("o.gpkg")
    assert lixels.crs == METRES
    assert [round(shape.length, 6) for shape in lixels.shapes("LineString")] == [100.0] * 10
    assert lixels.fields["feature"].tolist() == [0] * 4 + [2] * 6
    # the crash at 400.4 is on the junction at 400; the one 60 m beside the road on its foot
    expected = [quartic(x - 100, x - 400, x - 700) for x in np.arange(50, 1000, 100)]
    assert np.allclose(lixels.fields["density"], expected, rtol=1e-9)


def test_given_lixels_keep_their_order_attributes_and_coordinates(folder: Path) -> None:
    shapes = [line((900, 0), (700, 0)), None, line((0, 0), (200, 0))]
    write_features("l.gpkg", shapes, {"id": np.array([7, 8, 9])}, crs=METRES, kind="LineString")
    assert density("--at", "l.gpkg", "--out", "o.geojson") == 0
    back = read_features("o.geojson")
    assert back.fields["id"].tolist() == [7, 8, 9]
    found = back.fields["density"]
    assert np.isnan(found).tolist() == [False, True, False]
    assert np.allclose(found[[0, 2]], [quartic(100.0), quartic(0.0)])


def test_given_points_are_moved_to_their_road_but_never_to_a_junction(folder: Path) -> None:
    write_features(
        "l.gpkg", [point(399.7, 4), point(650, 0)], {"id": np.array([1, 2])}, crs=METRES, kind="Point"
    )
    assert density("--at", "l.gpkg", "--out", "o.csv") == 0
    rows = list(csv.DictReader((folder / "o.csv").open()))
    assert [row["id"] for row in rows] == ["1", "2"]
    assert np.allclose([float(row["density"]) for row in rows], [quartic(0.3), quartic(50.0)], rtol=1e-6)


def test_lixels_in_another_system_get_their_result_in_that_system(folder: Path) -> None:
    lonlat = [shapely.Point(120.0, 36.13), shapely.Point(120.001, 36.13)]
    write_features("l.gpkg", lonlat, {"id": np.array([1, 2])}, crs=CRS.from_epsg(4490), kind="Point")
    assert density("--at", "l.gpkg", "--out", "o.gpkg") == 0
    assert read_features("o.gpkg").crs == CRS.from_epsg(4490)


def test_a_geographic_network_is_measured_in_metres(folder: Path) -> None:
    street = shapely.LineString([(115.7, 36.8), (115.71, 36.8)])
    write_features("n.gpkg", [street], {"n": np.array([1])}, crs=CRS.from_epsg(4490), kind="LineString")
    Path("e.csv").write_text("lon,lat\n115.705,36.8\n,\n")
    table = ["--events", "e.csv", "--x", "lon", "--y", "lat", "--crs", "EPSG:4490"]
    assert density(*table, "--lixel", "50", "--out", "o.gpkg") == 0
    lixels = read_features("o.gpkg")
    assert lixels.crs == CRS.from_epsg(4490)
    assert lixels.fields["length_m"].sum() == pytest.approx(892.3, abs=0.5)
    assert (lixels.fields["density"] * lixels.fields["length_m"]).sum() == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("column", ["w", "text"])
def test_weights_count_each_crash_as_often_as_they_say(folder: Path, column: str) -> None:
    assert density("--lixel", "100", "--weights", column, "--out", "o.csv") == 0
    first = next(csv.DictReader((folder / "o.csv").open()))
    assert float(first["density"]) == pytest.approx(1.0 * quartic(50.0))


def test_the_bandwidth_is_chosen_by_likelihood(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    crashes = [point(x, 0) for x in (100, 110, 120, 130, 600, 610, 620, 630)]
    write_features("e.gpkg", crashes, {"w": np.array([1.0] * 7 + [0.0])}, crs=METRES, kind="Point")
    common = ["--bandwidth", "auto", "--lixel", "100", "--weights", "w", "--out", "o.csv"]
    assert density(*common, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert result["bandwidth_m"] == 50.0
    assert density(*common) == 0
    assert "自动选择的带宽: 50 米" in capsys.readouterr().out
    automatic = (folder / "o.csv").read_text()
    assert density(*common, "--bandwidth", "50") == 0
    assert (folder / "o.csv").read_text() == automatic


def test_a_bandwidth_cannot_be_chosen_from_one_crash(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_features("e.gpkg", [point(100, 3)], {"w": np.array([1.0])}, crs=METRES, kind="Point")
    assert density("--bandwidth", "auto", "--lixel", "100", "--out", "o.csv", "--json") == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "--bandwidth" in err
    assert "auto" in err


def test_max_snap_leaves_out_what_is_farther_from_any_road(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert density("--lixel", "100", "--max-snap", "59.9", "--out", "o.csv", "--json") == 0
    assert json.loads(capsys.readouterr().out)["snapped"] == 2
    assert density("--lixel", "100", "--max-snap", "60.1", "--out", "o.csv", "--json") == 0
    assert json.loads(capsys.readouterr().out)["snapped"] == 3


def test_the_junction_tolerance_decides_what_is_on_a_junction(folder: Path) -> None:
    write_features("e.gpkg", [point(403, 0)], {"w": np.array([1.0])}, crs=METRES, kind="Point")
    found = []
    for tolerance in ("2.9", "3.1"):
        assert density("--lixel", "100", "--junction-tolerance", tolerance, "--out", "o.csv") == 0
        found.append([float(row["density"]) for row in csv.DictReader((folder / "o.csv").open())])
    assert np.allclose(found[0], [quartic(x - 403) for x in np.arange(50, 1000, 100)])
    assert np.allclose(found[1], [quartic(x - 400) for x in np.arange(50, 1000, 100)])


def test_no_crashes_give_density_zero(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_features("e.gpkg", [None], {"w": np.array([1.0])}, crs=METRES, kind="Point")
    assert density("--lixel", "100", "--out", "o.csv", "--json") == 0
    assert json.loads(capsys.readouterr().out)["snapped"] == 0
    assert {row["density"] for row in csv.DictReader((folder / "o.csv").open())} == {"0.0"}


EMPTY_GEOJSON = '{"type": "FeatureCollection", "features": []}'


def test_a_file_without_features_has_no_crashes_whatever_column_is_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("e.geojson").write_text(EMPTY_GEOJSON)
    words = ["--events", "e.geojson", "--weights", "w", "--lixel", "100", "--out", "o.csv", "--json"]
    assert density(*words) == 0
    assert json.loads(capsys.readouterr().out)["events"] == 0
    assert {row["density"] for row in csv.DictReader((folder / "o.csv").open())} == {"0.0"}


@pytest.mark.parametrize("source", ["n.gpkg", "e.gpkg", "./n.gpkg"])
def test_the_result_never_takes_the_place_of_a_source(
    folder: Path, source: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = Path(source).read_bytes()
    assert density("--lixel", "100", "--out", source, "--json") == 2
    assert "盖掉" in capfd.readouterr().err
    assert Path(source).read_bytes() == before


def test_one_layer_name_serves_the_file_that_has_it(folder: Path) -> None:
    assert density("--layer", "e", "--lixel", "100", "--out", "o.csv") == 0


@pytest.mark.parametrize("method", ["simple", "discontinuous", "continuous"])
@pytest.mark.parametrize("kernel", ["quartic", "gaussian", "epanechnikov", "triangle", "uniform"])
def test_every_kernel_and_method_can_be_asked_for(folder: Path, kernel: str, method: str) -> None:
    assert density("--lixel", "100", "--kernel", kernel, "--method", method, "--out", "o.csv") == 0
    rows = list(csv.DictReader((folder / "o.csv").open()))
    expected = KERNELS[kernel].value([50.0], 200.0)[0]
    assert float(rows[0]["density"]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--lixel", "0"], ["--lixel", '"0"']),
        (["--lixel", "x"], ["--lixel", '"x"']),
        (["--lixel", "50", "--bandwidth", "-3"], ["--bandwidth", '"-3"']),
        (["--lixel", "50", "--bandwidth", "Auto"], ["--bandwidth", '"Auto"']),
        (["--lixel", "50", "--bandwidth", "nan"], ["--bandwidth", '"nan"']),
        (["--lixel", "50", "--max-snap", "-1"], ["--max-snap"]),
        (["--lixel", "50", "--weights", "nope"], ["e.gpkg", "nope", "w"]),
        (["--lixel", "50", "--layer", "nope", "--network", "missing.gpkg"], ["missing.gpkg", "不存在"]),
        (["--lixel", "50", "--layer", "nope"], ["n.gpkg", "--layer", "nope", "应为 n、e"]),
        (["--lixel", "50", "--kernel", "cosine"], ["--kernel", "cosine"]),
        (["--lixel", "50", "--x", "lon"], ["--x", "e.gpkg"]),
        (["--lixel", "50", "--events", "t.csv"], ["--x", "t.csv"]),
        ([*TABLE, "--crs", "EPSG:0"], ["--crs", "EPSG:0"]),
        (TABLE, ["t.csv", "第 3 行", "lon", "abc"]),
        (["--lixel", "50", "--network", "e.gpkg"], ["e.gpkg", "要素 0", "Point"]),
        (["--lixel", "50", "--events", "n.gpkg"], ["n.gpkg", "要素 0", "LineString"]),
        (["--lixel", "50", "--weights", "minus"], ["e.gpkg", "要素 1", "minus", "-2"]),
        (["--lixel", "50", "--out", "o.pdf"], ["--out", "o.pdf"]),
        (["--lixel", "50", "--at", "n.gpkg"], ["--at", "--lixel"]),
        ([], ["--lixel", "--at"]),
        (["--lixel", "0.000001"], ["--lixel"]),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_that_names_it(
    folder: Path, words: list[str], said: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "t.csv").write_text("lon,lat\n1,2\nabc,3\n")
    crashes = [point(100, 3), point(400.4, 0)]
    write_features("e.gpkg", crashes, {"w": np.array([1.0, 2.0]), "minus": np.array([1.0, -2.0])}, crs=METRES, kind="Point")  # fmt: skip  # noqa: E501
    out = [] if "--out" in words else ["--out", "o.csv"]
    assert density(*words, *out, "--json") == 2
    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    assert len(stderr.splitlines()) == 1
    assert [word for word in said if word not in stderr] == []
    assert not (folder / "o.csv").exists()


def test_degrees_without_a_coordinate_system_are_refused(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_features("n.shp", [shapely.LineString([(115.7, 36.8), (115.8, 36.8)])], {"n": np.array([1])}, crs=None, kind="LineString")  # fmt: skip  # noqa: E501
    assert density("--network", "n.shp", "--lixel", "50", "--out", "o.csv") == 2
    assert "没有坐标系" in capfd.readouterr().err


def test_a_network_without_a_usable_line_is_refused(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_features(
        "n.gpkg", [None, line((0, 0), (0, 0))], {"n": np.array([1, 2])}, crs=METRES, kind="LineString"
    )
    Path("n.geojson").write_text(EMPTY_GEOJSON)
    for network in ("n.gpkg", "n.geojson"):
        assert density("--network", network, "--lixel", "50", "--out", "o.csv") == 2
        assert "没有可用的线" in capfd.readouterr().err
