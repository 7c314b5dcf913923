"""Roads and boundaries in the browser: a file, a look, then writing; and by command."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pyproj import CRS

from anlu.engine.files.vector import write_features
from anlu.kernel.core.models import AuditEntry
from anlu.kernel.places.models import Area, Road
from tests.factories import make_area, make_officer, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Path) -> None:
    settings.ANLU_UPLOADS_FOLDER = tmp_path / "uploads"


@pytest.fixture
def keeper(client: Client, db: None) -> Any:
    """Somebody who keeps the registers, signed in."""
    officer = make_officer(
        make_unit(), "places.road.view", "places.road.change", "places.area.view", "places.area.change"
    )
    client.force_login(officer)
    return officer


def roads_file(folder: Path, name: str = "roads.gpkg", *, stray: bool = True) -> Path:
    """Two roads in CGCS2000, and a line without a number."""
    lines = [shapely.LineString([(115.8, y), (115.9, y)]) for y in (36.6, 36.7, 36.8)]
    headings = ("LXBM", "LXMC") if name.endswith(".shp") else ("路线编号", "名称")
    facts = np.array([["G105", "X001", ""], ["国道", "县道", ""]], object)
    count = 3 if stray else 2
    path = folder / name
    write_features(
        path,
        lines[:count],
        {key: values[:count] for key, values in zip(headings, facts, strict=True)},
        crs=CRS.from_epsg(4490),
        kind="LineString",
    )
    return path


def upload(client: Client, path: Path, ledger: str = "places.road") -> Any:
    """The answer to a chosen file."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return client.post(reverse(f"{ledger}.import"), {"file": file})


def test_a_file_is_looked_at_and_written_only_when_confirmed(
    keeper: Any, client: Client, tmp_path: Path
) -> None:
    answer = upload(client, roads_file(tmp_path))
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert "路线编号(如 G105)" in page
    query = f"{answer.url}&road=路线编号&name=名称"
    page = client.get(query).content.decode()
    assert "写入 2 条" in page
    assert "没有道路编号" in page
    assert Road.objects.count() == 0
    done = client.post(query, follow=True).content.decode()
    assert "新增 2，更新 0，未变 0，不能用 1 行" in done
    assert set(Road.objects.values_list("code", "name")) == {("G105", "国道"), ("X001", "县道")}
    entry = AuditEntry.objects.filter(action="survey").get()
    assert (entry.actor_name, entry.thing_kind) == (keeper.name, "places.road")
    assert "没有需要写入的内容" in client.get(query).content.decode()


def test_a_zipped_shapefile_is_read(keeper: Any, client: Client, tmp_path: Path) -> None:
    path = roads_file(tmp_path, "lines.shp", stray=False)
    packed = tmp_path / "roads.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in tmp_path.glob("lines.*"):
            archive.write(part, f"../../{part.name}")
    answer = upload(client, packed)
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(answer.url).content.decode()
    assert "LXBM(如 G105)" in page
    assert path.exists()


def test_boundaries_are_brought_the_same_way(keeper: Any, client: Client, tmp_path: Path) -> None:
    town = make_area("西镇")
    path = tmp_path / "areas.geojson"
    shape = json.loads(shapely.to_geojson(shapely.box(115.7, 36.5, 115.8, 36.8)))
    feature = {"type": "Feature", "properties": {"代码": town.code}, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False))
    answer = upload(client, path, "places.area")
    client.post(f"{answer.url}&code=代码")
    assert Area.objects.get(pk=town.pk).boundary["type"] == "Polygon"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("roads.csv", b"a,b\n1,2\n", ".gpkg"),
        ("roads.zip", b"PK nothing", "不是可读的 zip"),
        ("empty.geojson", b"", "文件是空的"),
    ],
)
def test_what_is_no_survey_is_refused_at_once(
    keeper: Any, client: Client, name: str, content: bytes, words: str
) -> None:
    answer = client.post(reverse("places.road.import"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_damaged_file_is_named_as_the_person_named_it(keeper: Any, client: Client) -> None:
    answer = client.post(
        reverse("places.road.import"), {"file": SimpleUploadedFile("路网.gpkg", b"not a database")}
    )
    page = client.get(answer.url)
    assert page.status_code == 422
    assert "路网.gpkg" in page.content.decode()
    assert "/tmp" not in page.content.decode()


def test_a_zip_without_a_shapefile_is_refused(keeper: Any, client: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    file = SimpleUploadedFile("a.zip", packed.getvalue())
    answer = client.post(reverse("places.road.import"), {"file": file})
    assert "0 个 .shp" in answer.content.decode()


def test_nobody_elses_file_can_be_looked_at(keeper: Any, client: Client, tmp_path: Path) -> None:
    answer = upload(client, roads_file(tmp_path))
    other = make_officer(make_unit(), "places.road.view", "places.road.change")
    client.force_login(other)
    assert client.get(answer.url).status_code == 404


def test_who_may_only_look_finds_no_import(db: None, client: Client) -> None:
    client.force_login(make_officer(make_unit(), "places.road.view"))
    assert client.get(reverse("places.road.import")).status_code == 403
    assert reverse("places.road.import") not in client.get(reverse("places.road")).content.decode()


def test_the_register_leads_to_the_import(keeper: Any, client: Client) -> None:
    assert reverse("places.road.import") in client.get(reverse("places.road")).content.decode()
