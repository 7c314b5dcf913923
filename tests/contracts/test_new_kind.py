"""A new kind is one file: everything else is found to be there."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import clear_url_caches, set_urlconf

from anlu.kernel.cases.kinds import VERBS, families, kinds
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.reference import kind_part
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.models import UnitKind
from anlu.kernel.people.services import assign_area
from anlu.web import api, nav
from anlu.web.ledgers import ledgers
from anlu.web.registering import add_pages
from anlu.web.tiles import layers
from tests.factories import make_area, make_officer, make_unit

SOURCE = '''
"""坑槽: found on the road, mended by whoever keeps it, looked at, closed."""

from dataclasses import dataclass

from anlu.engine.lifecycle import Lifecycle, Move
from anlu.kernel.cases.kinds import Family, Kind, add_family, add_kind, fact

add_family(Family("probe.pothole", "probe-potholes", "坑槽台账", "坑槽", unit="处"))


@dataclass(frozen=True)
class Details:
    """What it is like."""

    depth_cm: float = fact("深度", unit="厘米", filter=True)
    surface: str = fact("路面", default="")


add_kind(Kind("probe.pothole", "路面坑槽", "KC", Lifecycle(
    start="found", done=("closed",), working_days=2,
    moves=(
        Move("send", "交办", ("found",), "sent", role="squadron", asks=("lead",), working_days=5),
        Move("fix", "修补完成", ("sent",), "fixed", role="owner", needs=("note",)),
        Move("close", "验收销号", ("fixed",), "closed", role="squadron"),
    ),
), family="probe.pothole", details=Details))
'''


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """The file in a package of its own, found, and the addresses made anew."""
    folder = tmp_path / "probe_kinds"
    folder.mkdir()
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / "pothole.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    before = [set(one._items) for one in (kinds, families, permissions, ledgers, nav.pages, layers)]  # type: ignore[attr-defined]
    importlib.import_module("probe_kinds.pothole")
    add_pages()
    made = api.make_api("api-probe")
    monkeypatch.setattr(api, "_made", [made])
    addresses = ModuleType("probe_urls")
    addresses.urlpatterns = [*nav.patterns(), *api.patterns()]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "probe_urls", addresses)
    settings.ROOT_URLCONF = "probe_urls"
    clear_url_caches()
    yield
    registries = (kinds, families, permissions, ledgers, nav.pages, layers)
    for registry, known in zip(registries, before, strict=True):
        for code in set(registry._items) - known:  # type: ignore[attr-defined]
            del registry._items[code]  # type: ignore[attr-defined]
    for name in [one for one in sys.modules if one.startswith("probe_")]:
        sys.modules.pop(name, None)
    clear_url_caches()
    set_urlconf(None)


@pytest.fixture
def people(db: None, declared: None) -> SimpleNamespace:
    """A squadron that finds and closes, and a department that mends."""
    town = make_area("坑镇")
    squadron, mender = make_unit("坑镇中队", area=town), make_unit("公路中心", UnitKind.DEPARTMENT)
    assign_area(squadron, town, by=SYSTEM)
    of = families.get("probe.pothole").permission_to
    finder = make_officer(squadron, *(of(verb) for verb in ("view", "add", "handle", "export")), "web.api",
                          "cases.statistics.view", width=Width.OWN)  # fmt: skip
    return SimpleNamespace(
        town=town,
        finder=finder,
        mender_unit=mender,
        mender=make_officer(mender, of("view"), of("reply"), width=Width.OWN),
    )


def test_one_file_brings_form_list_filter_buttons_deadlines_schema_picture_and_figures(
    people: SimpleNamespace, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")
    client.force_login(people.finder)

    form = client.get("/probe-potholes/new/").content.decode()
    assert "深度(厘米)" in form
    refused = client.post("/probe-potholes/new/", {"found_on": "2023-07-03"})
    assert refused.status_code == 422
    stated = {"found_on": "2023-07-03", "title": "大坑", "d_depth_cm": "7.5", "town": people.town.pk}
    assert client.post("/probe-potholes/new/", stated).status_code == 302
    case = Case.objects.get(family="probe.pothole")
    assert (case.number, str(case.due_on)) == ("KC-2023-00001", "2023-07-05")

    assert "大坑" in client.get("/probe-potholes/").content.decode()
    assert "大坑" in client.get("/probe-potholes/?fact_depth_cm_min=7").content.decode()
    assert "大坑" not in client.get("/probe-potholes/?fact_depth_cm_min=8").content.decode()
    assert "大坑" in client.get("/probe-potholes/board/").content.decode()
    assert "大坑" in b"".join(client.get("/probe-potholes/export.csv").streaming_content).decode()  # type: ignore[arg-type]

    page = f"/probe-potholes/{case.uid}/"
    shown = client.get(page).content.decode()
    assert "交办" in shown
    assert "修补完成" not in shown
    moved = client.post(f"{page}move/?move=send", {"lead": people.mender_unit.pk, "version": case.version})
    assert moved.status_code == 302
    case.refresh_from_db()
    assert (case.state, str(case.due_on)) == ("sent", "2023-07-10")

    client.force_login(people.mender)
    assert "修补完成" in client.get(page).content.decode()
    assert client.post(f"{page}move/?move=fix", {"note": "", "version": case.version}).status_code == 422
    assert client.post(f"{page}move/?move=fix", {"note": "已补", "version": case.version}).status_code == 302

    client.force_login(people.finder)
    case.refresh_from_db()
    assert client.post(f"{page}move/?move=close", {"version": case.version}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.on_time) == ("closed", True)

    schema = client.get("/api/v1/cases/kinds/probe.pothole").json()
    assert schema["details"]["required"] == ["depth_cm"]
    assert "/api/v1/cases/new/probe.pothole" in client.get("/api/v1/openapi.json").json()["paths"]
    assert "found --> sent : 交办" in schema["picture"]
    assert "| 深度(厘米) | `depth_cm` | 是 | 是 |" in kind_part(kinds.get("probe.pothole"))

    figures = client.get("/cases/statistics/?start=2023-07-01&end=2023-07-31").content.decode()
    row = figures[figures.index("坑槽台账") :]
    assert row.count("100.0%") == 1
    assert {verb for verb, _, _ in VERBS} == {
        code.rpartition(".")[2] for code in permissions.codes() if code.startswith("probe.pothole.")
    }
