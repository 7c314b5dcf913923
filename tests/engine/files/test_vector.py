"""Vector files in and out: order, attributes, coordinate system, and what is said about a broken one."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS

from anlu.engine.errors import BadInput
from anlu.engine.files.records import days, numbers
from anlu.engine.files.vector import check_output, read_features, write_features

METRES = CRS.from_epsg(4548)
LINES = [shapely.LineString([(0, 0), (i + 1, 5)]) for i in range(4)]
FORMATS = [".gpkg", ".geojson", ".shp", ".fgb"]


def columns(rows: int = 4) -> dict[str, np.ndarray[Any, Any]]:
    return {
        "name": np.array(["甲", "乙", None, "丁"][:rows], object),
        "n": np.arange(rows, dtype=np.int32),
        "x": np.array([0.1, np.nan, 1e-12, 3.0][:rows]),
    }


@pytest.mark.parametrize("end", FORMATS)
def test_a_layer_comes_back_as_it_was_written(tmp_path: Path, end: str) -> None:
    write_features(tmp_path / f"o{end}", LINES, columns(), crs=METRES, kind="LineString")
    back = read_features(tmp_path / f"o{end}")
    assert back.crs == METRES
    assert back.kind == "LineString"
    assert [shape.equals(line) for shape, line in zip(back.shapes("LineString"), LINES, strict=True)] == [
        True
    ] * 4
    assert back.fields["n"].tolist() == [0, 1, 2, 3]
    assert [value or None for value in back.fields["name"]] == ["甲", "乙", None, "丁"]
    assert numbers(back, "x", missing=-1.0).tolist() == pytest.approx([0.1, -1.0, 1e-12, 3.0], abs=0.0)


@pytest.mark.parametrize("end", FORMATS)
def test_a_feature_without_geometry_stays_in_its_place(tmp_path: Path, end: str) -> None:
    write_features(
        tmp_path / f"o{end}", [LINES[0], None, *LINES[2:]], columns(), crs=METRES, kind="LineString"
    )
    back = read_features(tmp_path / f"o{end}")
    assert [shape is None for shape in back.shapes("LineString")] == [False, True, False, False]
    assert back.fields["n"].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("end", [".csv", ".csv.gz"])
def test_csv_has_the_attributes_and_no_geometry(tmp_path: Path, end: str) -> None:
    import gzip

    path = tmp_path / f"o{end}"
    write_features(path, LINES, columns(), crs=METRES)
    text = (gzip.decompress(path.read_bytes()) if end == ".csv.gz" else path.read_bytes()).decode()
    assert text.splitlines() == ["name,n,x", "甲,0,0.1", "乙,1,", ",2,1e-12", "丁,3,3.0"]


def test_points_are_read_without_shapes_and_missing_ones_are_nan(tmp_path: Path) -> None:
    points = [shapely.Point(1, 2), None, shapely.Point(), shapely.Point(5, 6)]
    write_features(tmp_path / "o.gpkg", points, {"n": np.arange(4)}, crs=METRES, kind="Point")
    x, y = read_features(tmp_path / "o.gpkg").points()
    assert np.isnan(x).tolist() == [False, True, True, False]
    assert (x[[0, 3]].tolist(), y[[0, 3]].tolist()) == ([1.0, 5.0], [2.0, 6.0])


def test_points_with_a_height_and_multipoints_of_one_are_points(tmp_path: Path) -> None:
    points = [shapely.Point(1, 2, 3), shapely.MultiPoint([(4, 5)])]
    write_features(tmp_path / "o.gpkg", points, {"n": np.arange(2)}, crs=METRES)
    x, y = read_features(tmp_path / "o.gpkg").points()
    assert (x.tolist(), y.tolist()) == ([1.0, 4.0], [2.0, 5.0])


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (shapely.MultiPoint([(1, 2), (3, 4)]), "一个要素含多个点"),
        (shapely.LineString([(0, 0), (1, 1)]), "几何类型不对.*LineString"),
        (shapely.Point(np.inf, 0), "坐标不是有限的数"),
    ],
)
def test_a_feature_that_is_no_point_is_named(tmp_path: Path, shape: Any, words: str) -> None:
    write_features(tmp_path / "o.gpkg", [shapely.Point(0, 0), shape], {"n": np.arange(2)}, crs=METRES)
    with pytest.raises(BadInput, match=words) as refused:
        read_features(tmp_path / "o.gpkg").points()
    assert "要素 1" in str(refused.value)


def test_only_the_attributes_asked_for_are_read(tmp_path: Path) -> None:
    write_features(tmp_path / "o.gpkg", LINES, columns(), crs=METRES)
    assert list(read_features(tmp_path / "o.gpkg", columns=["x"]).fields) == ["x"]
    assert read_features(tmp_path / "o.gpkg", columns=[]).fields == {}
    with pytest.raises(BadInput, match=r"字段 z.*name、n、x"):
        read_features(tmp_path / "o.gpkg", columns=["z"])


def test_one_of_several_layers_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "o.gpkg"
    write_features(path, LINES, columns(), crs=METRES, layer="roads")
    assert read_features(path, layer="anything").layer == "roads"  # it has only this one
    import pyogrio

    wkb = np.array([shapely.to_wkb(line) for line in LINES], object)
    pyogrio.raw.write(path, wkb, [np.arange(4)], ["n"], layer="more", driver="GPKG", geometry_type="LineString", append=True, crs="EPSG:4548")  # fmt: skip  # noqa: E501
    assert read_features(path, layer="more").layer == "more"
    for layer in (None, "neither"):
        with pytest.raises(BadInput, match=r"--layer.*roads、more"):
            read_features(path, layer=layer)


def test_a_file_without_coordinate_system_says_so(tmp_path: Path) -> None:
    write_features(tmp_path / "o.shp", LINES, columns(), crs=None, kind="LineString")
    assert read_features(tmp_path / "o.shp").crs is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("o.gpkg", b"SQLite format 3\0rubbish"),
        ("o.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Feat'),
        ("o.shp", b"\x00\x00\x27\x0a"),
        ("o.txt", b"hello"),
        ("o.gpkg", b""),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(
    tmp_path: Path, name: str, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=name):
        read_features(tmp_path / name)
    assert capfd.readouterr() == ("", "")


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_features(tmp_path / "none.gpkg")


def test_dates_are_read_whatever_the_format_makes_of_them(tmp_path: Path) -> None:
    when = np.array(["2023-06-30T08:00:00", "2023-07-01T23:59:59"], "datetime64[ms]")
    points = [shapely.Point(0, 0), shapely.Point(1, 1)]
    for end in FORMATS:
        write_features(tmp_path / f"o{end}", points, {"when": when}, crs=METRES, kind="Point")
        assert days(read_features(tmp_path / f"o{end}"), "when").astype(str).tolist() == [
            "2023-06-30",
            "2023-07-01",
        ]


@pytest.mark.parametrize(("name", "words"), [("o.parquet", "--out"), ("no/o.gpkg", "输出文件夹不存在")])
def test_an_output_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, name: str, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        check_output(tmp_path / name)
