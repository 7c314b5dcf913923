"""``anlu roads`` on files: stakes of points, points of stakes, coordinates in other systems."""

import csv
import gzip
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer

from anlu.__main__ import main
from anlu.engine.files.tables import write_table
from anlu.engine.files.vector import read_features, write_features
from anlu.engine.geo import convert

pytestmark = pytest.mark.no_database
METRES = CRS.from_epsg(4548)
DEGREES = CRS.from_epsg(4490)
X0, Y0 = 500_000.0, 4_000_000.0  # on the central meridian: lengths are true


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(X0 + x, Y0 + y) for x, y in points])


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(X0 + x, Y0 + y)


def texts(*values: Any) -> np.ndarray:
    return np.array(values, object)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """G105 in two lines with a gap, S333 drawn backwards with stakes, and a line without a road."""
    monkeypatch.chdir(tmp_path)
    lines = [line((0, 0), (400, 0)), line((500, 0), (1000, 0)), line((0, 500), (600, 500)),
             line((1000, 500), (600, 500)), line((0, 900), (900, 900))]  # fmt: skip
    columns = {
        "road": texts("G105", "G105", "S333", "S333", None),
        "stake": np.array([np.nan, np.nan, 7000.0, 8000.0, np.nan]),
    }
    write_features("n.gpkg", lines, columns, crs=METRES, kind="LineString")
    crashes = [point(100, 3), point(550, -4), None, point(700, 510), point(300, 880)]
    named = {"id": np.arange(5), "road": texts("说是105", None, "x", "y", "z")}
    write_features("p.gpkg", crashes, named, crs=METRES, kind="Point")
    return tmp_path


def locate(*words: str) -> int:
    return main(
        ["roads", "locate", "--network", "n.gpkg", "--road", "road", "--stake-start", "stake", *words]
    )


def rows(path: str) -> list[dict[str, str]]:
    packed = Path(path).read_bytes()
    text = (gzip.decompress(packed) if path.endswith(".gz") else packed).decode()
    return list(csv.DictReader(text.splitlines()))


def column(path: str, name: str) -> list[str]:
    return [row[name] for row in rows(path)]


# ------------------------------------------------------------ points to stakes


def test_points_get_road_chainage_stake_and_offset(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert locate("--points", "p.gpkg", "--out", "o.csv", "--json") == 0
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert list(result) == ["points", "located", "seconds"]
    assert (result["points"], result["located"], err) == (5, 4, "")
    assert column("o.csv", "road") == ["G105", "G105", "", "S333", "S333"]
    assert column("o.csv", "stake") == ["K0+100", "K0+550", "", "K7+700", "K7+300"]
    assert [float(v) for v in column("o.csv", "chainage_m") if v] == pytest.approx([100, 550, 7700, 7300])
    assert [float(v) for v in column("o.csv", "offset_m") if v] == pytest.approx([3, 4, 10, 380])
    assert column("o.csv", "feature") == ["0", "1", "", "3", "2"]


def test_attributes_stay_also_those_named_like_a_result(folder: Path) -> None:
    assert locate("--points", "p.gpkg", "--out", "o.csv") == 0
    assert column("o.csv", "id") == ["0", "1", "2", "3", "4"]
    assert column("o.csv", "road_given") == ["说是105", "", "x", "y", "z"]


def test_points_beyond_the_largest_offset_are_left_null(folder: Path) -> None:
    assert locate("--points", "p.gpkg", "--max-offset", "9.99", "--out", "o.csv.gz") == 0
    for name in ("road", "chainage_m", "stake", "offset_m"):
        assert [value == "" for value in column("o.csv.gz", name)] == [False, False, True, True, True]


def test_without_stakes_a_gap_keeps_its_straight_length(folder: Path) -> None:
    words = [
        "roads",
        "locate",
        "--network",
        "n.gpkg",
        "--road",
        "road",
        "--points",
        "p.gpkg",
        "--out",
        "o.csv",
    ]
    assert main(words) == 0
    assert column("o.csv", "stake") == ["K0+100", "K0+550", "", "K0+700", "K0+300"]


def test_a_vector_result_has_the_points_in_the_coordinates_of_the_network(folder: Path) -> None:
    assert locate("--points", "p.gpkg", "--out", "o.gpkg") == 0
    back = read_features("o.gpkg")
    assert back.crs == METRES
    x, _ = back.points()
    assert np.allclose(x[[0, 1, 3]], [X0 + 100, X0 + 550, X0 + 700], rtol=0)
    assert back.wkb[2] is None
    assert back.fields["stake"].tolist() == ["K0+100", "K0+550", None, "K7+700", "K7+300"]


def test_points_may_be_a_table_in_another_system(folder: Path) -> None:
    (lon,), (lat,) = np.array([118.5]), np.array([36.12])
    write_table("t.csv", {"east": [lon, ""], "north": [lat, ""]})
    words = ["--points", "t.csv", "--x", "east", "--y", "north", "--crs", "EPSG:4490", "--out", "o.csv"]
    assert locate(*words) == 0
    assert [bool(value) for value in column("o.csv", "stake")] == [True, False]
    assert column("o.csv", "east") == ["118.5", ""]


def test_whole_numbers_are_roads_like_text(folder: Path) -> None:
    write_features("n.gpkg", [line((0, 0), (400, 0))], {"no": np.array([105])}, crs=METRES, kind="LineString")
    words = ["roads", "locate", "--network", "n.gpkg", "--road", "no"]
    assert main([*words, "--points", "p.gpkg", "--out", "o.csv"]) == 0
    assert column("o.csv", "road")[0] == "105"
    write_table("s.csv", {"road": ["105", "105.0", "106"], "chainage_m": [10, 20, 30]})
    assert main([*words, "--stakes", "s.csv", "--out", "o2.csv"]) == 0
    assert [bool(value) for value in column("o2.csv", "lon")] == [True, True, False]


# ------------------------------------------------------------ stakes to points


def test_stakes_get_their_longitude_and_latitude(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stakes = ["K0+100", "0+550", "K7+700", "", "K0+100", "K99+000"]
    write_table("s.csv", {"road": ["G105", "G105", "S333", "G105", "G1", "G105"], "stake": stakes})
    assert locate("--stakes", "s.csv", "--out", "o.csv", "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["points"], result["located"]) == (6, 3)
    assert [bool(v) for v in column("o.csv", "lon")] == [True, True, True, False, False, False]
    first = rows("o.csv")[0]
    assert float(first["lon"]) == pytest.approx(117 + 100 / 90_000, abs=2e-5)
    assert column("o.csv", "stake") == stakes


def test_chainage_counts_before_stake_and_stake_where_it_is_empty(folder: Path) -> None:
    write_table("s.csv", {"road": ["G105"] * 2, "chainage_m": [200.4, ""], "stake": ["K0+200", "K0+300"]})
    assert locate("--stakes", "s.csv", "--out", "o.gpkg") == 0
    x, _ = read_features("o.gpkg").points()
    assert np.allclose(x, [X0 + 200.4, X0 + 300], rtol=0, atol=1e-6)


def test_the_side_of_a_divided_road_chooses_the_carriageway(folder: Path) -> None:
    lines = [line((0, 0), (1000, 0)), line((1000, 20), (0, 20))]
    columns = {"road": texts("G105", "G105"), "stake": np.array([0.0, 1000.0])}
    write_features("n.gpkg", lines, columns, crs=METRES, kind="LineString")
    write_table("s.csv", {"road": ["G105"] * 4, "stake": ["K0+300", "K0+300左", "K0+300", "K0+300"],
                          "side": ["", "", "左", "上行"]})  # fmt: skip
    assert locate("--stakes", "s.csv", "--out", "o.gpkg") == 0
    _, y = read_features("o.gpkg").points()
    assert np.allclose(y, [Y0, Y0 + 20, Y0 + 20, Y0], rtol=0, atol=1e-6)


def test_carriageways_named_in_the_file_need_no_stakes(folder: Path) -> None:
    lines = [line((0, 0), (1000, 0)), line((1000, 20), (0, 20))]
    columns = {"road": texts("G105", "G105"), "way": texts("上行", "下行")}
    write_features("n.gpkg", lines, columns, crs=METRES, kind="LineString")
    write_features("p.gpkg", [point(300, 1), point(300, 19)], {"i": np.arange(2)}, crs=METRES, kind="Point")
    words = ["roads", "locate", "--network", "n.gpkg", "--road", "road", "--carriageway", "way"]
    assert main([*words, "--points", "p.gpkg", "--out", "o.csv"]) == 0
    assert (column("o.csv", "stake"), column("o.csv", "side")) == (["K0+300"] * 2, ["右", "左"])


def apart_m(lon: Sequence[str], lat: Sequence[str], x: Any, y: Any, network: CRS) -> Any:
    back = Transformer.from_crs(CRS.from_epsg(4326), network, always_xy=True)
    found_x, found_y = back.transform([float(v) for v in lon], [float(v) for v in lat])
    return np.hypot(np.array(found_x) - x, np.array(found_y) - y)


@pytest.mark.parametrize("named", ["chainage_m", "stake"])
def test_there_and_back_through_files_of_a_real_county(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.chdir(tmp_path)
    network = shared_data / "spnetwork_main_network_mtl.gpkg"
    features = read_features(network)
    shapes = features.shapes("LineString")
    rng = np.random.default_rng(11)
    chosen = rng.choice(np.flatnonzero([value is not None for value in features.fields["TYPE"]]), 3_000)
    places = shapely.line_interpolate_point(shapes[chosen], rng.uniform(0, 1, 3_000), normalized=True)
    write_features("p.gpkg", places, {"i": np.arange(3_000)}, crs=features.crs, kind="Point")
    words = ["roads", "locate", "--network", str(network), "--road", "TYPE"]
    assert main([*words, "--points", "p.gpkg", "--out", "o.csv"]) == 0
    write_table("s.csv", {"road": column("o.csv", "road"), named: column("o.csv", named)})
    assert main([*words, "--stakes", "s.csv", "--out", "back.csv"]) == 0
    assert features.crs is not None
    apart = apart_m(
        column("back.csv", "lon"),
        column("back.csv", "lat"),
        shapely.get_x(places),
        shapely.get_y(places),
        features.crs,
    )
    assert apart.max() <= (0.01 if named == "chainage_m" else 0.501)


# ------------------------------------------------------------ geographic files, and a wrong system


def geographic(folder: Path, *, shifted: bool) -> None:
    """The network in degrees, and 60 points on it that are WGS-84, or GCJ-02 filed as such."""
    lon0, lat0 = 115.70, 36.83
    lines = [shapely.LineString([(lon0 + i / 20, lat0), (lon0 + i / 20, lat0 + 0.2)]) for i in range(4)]
    roads = {"road": texts("S1", "S2", "S3", "S4"), "stake": np.zeros(4)}
    write_features("n.gpkg", lines, roads, crs=DEGREES, kind="LineString")
    rng = np.random.default_rng(2)
    lon, lat = lon0 + rng.integers(0, 4, 60) / 20, lat0 + rng.uniform(0.02, 0.18, 60)
    if shifted:
        lon, lat = convert(lon, lat, source="wgs84", target="gcj02")
    write_table("t.csv", {"lon": lon, "lat": lat})


def test_lengths_of_a_geographic_network_are_metres(folder: Path) -> None:
    geographic(folder, shifted=False)
    write_table("t.csv", {"lon": [115.70], "lat": [36.93]})
    assert locate("--points", "t.csv", "--x", "lon", "--y", "lat", "--out", "o.csv") == 0
    assert float(column("o.csv", "chainage_m")[0]) == pytest.approx(11_096, rel=5e-4)  # a tenth of a degree


@pytest.mark.parametrize("shifted", [False, True])
def test_points_that_would_fit_the_roads_in_another_system_are_pointed_out(
    folder: Path, capsys: pytest.CaptureFixture[str], shifted: bool
) -> None:
    geographic(folder, shifted=shifted)
    assert locate("--points", "t.csv", "--x", "lon", "--y", "lat", "--out", "o.csv", "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["located"] == 60
    assert ("GCJ-02" in err) is shifted
    assert len(err.splitlines()) == int(shifted)


# ------------------------------------------------------------ what is refused


def refused(capsys: pytest.CaptureFixture[str], code: int) -> str:
    out, err = capsys.readouterr()
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["--points", "none.gpkg"], ["none.gpkg", "文件不存在"]),
        (["--points", "p.gpkg", "--road", "name"], ["n.gpkg", "字段 name", "road"]),
        (["--points", "p.gpkg", "--stake-start", "road"], ["n.gpkg", "要素 0", "字段 road", "G105"]),
        (["--points", "p.gpkg", "--carriageway", "road"], ["n.gpkg", "要素 0", "字段 road", "左"]),
        (["--points", "p.gpkg", "--max-offset", "-1"], ["--max-offset", "-1"]),
        (["--points", "p.gpkg", "--x", "a"], ["--x", "p.gpkg"]),
        (["--points", "t.csv"], ["t.csv", "--x"]),
        (["--points", "n.gpkg"], ["n.gpkg", "要素 0", "Point"]),
        (["--points", "t.csv", "--x", "road", "--y", "stake"], ["t.csv", "第 2 行", "字段 road", "G105"]),
        (["--stakes", "t.csv"], ["t.csv", "第 3 行", "字段 stake", "十二公里", "K12+345"]),
        (["--stakes", "u.csv"], ["u.csv", "chainage_m"]),
        (["--stakes", "v.csv"], ["v.csv", "字段 road"]),
        (["--stakes", "t.csv", "--max-offset", "5"], ["--max-offset", "--points"]),
    ],
)
def test_bad_input_is_named_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], parts: list[str]
) -> None:
    write_table("t.csv", {"road": ["G105", "G105"], "stake": ["K0+100", "十二公里"]})
    write_table("u.csv", {"road": ["G105"]})
    write_table("v.csv", {"chainage_m": [5]})
    err = refused(capsys, locate(*words, "--out", "o.csv"))
    assert [part for part in parts if part not in err] == []
    assert not Path("o.csv").exists()


def test_the_network_needs_a_road_and_for_stakes_a_coordinate_system(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nameless = {"road": texts(None, ""), "stake": np.zeros(2)}
    write_features("n.gpkg", [line((0, 0), (9, 0))] * 2, nameless, crs=METRES, kind="LineString")
    assert "路线名" in refused(capsys, locate("--points", "p.gpkg", "--out", "o.csv"))
    named = {"road": texts("G105"), "stake": np.zeros(1)}
    write_features("n.gpkg", [line((0, 0), (9, 0))], named, crs=None, kind="LineString")
    write_table("s.csv", {"road": ["G105"], "chainage_m": [5]})
    assert "坐标系" in refused(capsys, locate("--stakes", "s.csv", "--out", "o.csv"))
    assert locate("--points", "p.gpkg", "--out", "o.csv") == 0


def test_points_and_stakes_together_or_neither_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, locate("--points", "p.gpkg", "--stakes", "s.csv", "--out", "o.csv"))
    refused(capsys, locate("--out", "o.csv"))


# ------------------------------------------------------------ convert


def converted(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, float]:
    assert main(["roads", "convert", *words, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return dict(json.loads(out))


@pytest.mark.parametrize(
    ("target", "lon", "lat"), [("gcj02", 115.705845, 36.830301), ("bd09", 115.712312, 36.836373)]
)
def test_a_place_near_linqing_is_converted_like_the_oracle(
    capsys: pytest.CaptureFixture[str], target: str, lon: float, lat: float
) -> None:
    there = converted(capsys, "--from", "wgs84", "--to", target, "115.70", "36.83")
    assert list(there) == ["lon", "lat"]
    assert (there["lon"], there["lat"]) == pytest.approx((lon, lat), abs=1e-6)  # the oracle has six decimals
    back = converted(capsys, "--from", target, "--to", "wgs84", str(there["lon"]), str(there["lat"]))
    assert (back["lon"], back["lat"]) == pytest.approx((115.70, 36.83), abs=1e-9)


def test_places_west_and_south_are_numbers_not_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert converted(capsys, "--from", "gcj02", "--to", "wgs84", "-73.5", "-45") == {
        "lon": -73.5,
        "lat": -45.0,
    }


def test_people_get_both_numbers_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["roads", "convert", "--from", "wgs84", "--to", "cgcs2000", "115.7", "36.83"]) == 0
    assert capsys.readouterr().out == "115.7000000 36.8300000\n"


def test_a_table_keeps_its_columns_and_gets_lon_and_lat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_table(
        "t.csv", {"名称": ["路口", "空"], "x": ["115.70", ""], "y": ["36.83", "36"], "lat": ["旧", ""]}
    )
    words = [
        "--from",
        "wgs84",
        "--to",
        "gcj02",
        "--table",
        "t.csv",
        "--lon",
        "x",
        "--lat",
        "y",
        "--out",
        "o.csv",
    ]
    result = converted(capsys, *words)
    assert (result["points"], result["converted"]) == (2, 1)
    assert column("o.csv", "名称") == ["路口", "空"]
    assert column("o.csv", "x") == ["115.70", ""]
    assert column("o.csv", "lat_given") == ["旧", ""]
    assert [round(float(v), 6) for v in column("o.csv", "lon") if v] == [115.705845]
    assert column("o.csv", "lat")[1] == ""


def test_national_coordinates_may_become_a_vector_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_table("t.csv", {"lon": ["115.705845", ""], "lat": ["36.830301", ""]})
    words = ["--from", "gcj02", "--table", "t.csv", "--lon", "lon", "--lat", "lat", "--out", "o.gpkg"]
    converted(capsys, "--to", "cgcs2000", *words)
    back = read_features("o.gpkg")
    assert back.crs == DEGREES
    assert np.allclose([values[0] for values in back.points()], [115.70, 36.83], rtol=0, atol=1e-6)
    assert back.fields["lon_given"].tolist() == ["115.705845", ""]
    err = refused(capsys, main(["roads", "convert", "--to", "bd09", *words]))
    assert "--out" in err


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["115.7"], ["经度 纬度", "115.7"]),
        (["115.7", "north"], ["纬度", "north"]),
        (["115.7", "nan"], ["纬度", "nan"]),
        (["36.83", "115.7"], ["不在地球上", "36.83 115.7"]),
        (["115.7", "36.83", "--out", "o.csv"], ["--out", "--table"]),
        (["--table", "t.csv", "--lon", "x", "--lat", "y"], ["--out"]),
        (["115.7", "36.83", "--table", "t.csv"], ["--table"]),
        (["--table", "t.csv", "--lon", "x", "--lat", "z", "--out", "o.csv"], ["t.csv", "字段 z", "x、y"]),
        (
            ["--table", "t.csv", "--lon", "x", "--lat", "y", "--out", "o.csv"],
            ["t.csv", "第 3 行", "字段 y", "115.7"],
        ),
        (["--table", "t.csv", "--lon", "x", "--lat", "y", "--out", "o.doc"], ["--out", "o.doc"]),
        (["--to", "wgs72", "115.7", "36.83"], ["wgs72"]),
    ],
)
def test_bad_places_are_named_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: list[str], parts: list[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    write_table("t.csv", {"x": ["115.7", "36.83"], "y": ["36.83", "115.7"]})
    err = refused(capsys, main(["roads", "convert", "--from", "wgs84", "--to", "gcj02", *words]))
    assert [part for part in parts if part not in err] == []


# ------------------------------------------------------------ what it costs to start


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("locate", ("django", "polars", "pyarrow", "pandas", "ninja", "huey", "openpyxl")),
        ("convert", ("django", "polars", "pandas", "numba", "openpyxl", "scipy")),
    ],
)
def test_a_roads_command_imports_nothing_heavy(module: str, heavy: tuple[str, ...]) -> None:
    code = (
        f"import sys, anlu.__main__, anlu.commands.roads, anlu.commands.roads.{module}\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
