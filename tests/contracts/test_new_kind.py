"""A new kind is one file: everything else is found to be there."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import clear_url_caches, set_urlconf

from anlu.engine.periods import Period
from anlu.kernel.cases.escalation import climb_all
from anlu.kernel.cases.kinds import VERBS, families, kinds
from anlu.kernel.cases.ladder import seed_ladder
from anlu.kernel.cases.models import Case, Escalation
from anlu.kernel.cases.reference import kind_part, kinds_page
from anlu.kernel.cases.services import open_case
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.documents.subjects import subjects
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import value_of
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import UnitKind
from anlu.kernel.people.services import assign_area
from anlu.web import api, nav
from anlu.web.ledgers import ledgers
from anlu.web.registering import add_pages
from anlu.web.tiles import layers
from tests.factories import make_area, make_officer, make_unit

PAGE = Path(__file__).resolve().parents[2] / "docs/develop/add-a-kind.md"
SOURCE = (
    PAGE.read_text(encoding="utf-8").partition("```python\n")[2].partition("```")[0]
)  # what the page shows first


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """The file in a package of its own, found, and the addresses made anew."""
    folder = tmp_path / "probe_kinds"
    folder.mkdir()
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / "pothole.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    registries = (kinds, families, permissions, ledgers, nav.pages, layers, indicators, subjects)
    before = [set(one._items) for one in registries]  # type: ignore[attr-defined]
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
                          "cases.statistics.view", "indicators.indicator.view", width=Width.OWN)  # fmt: skip
    return SimpleNamespace(
        town=town,
        finder=finder,
        mender_unit=mender,
        mender=make_officer(mender, of("view"), of("reply"), width=Width.OWN),
        inspector=make_officer(squadron, of("view"), of("inspect"), width=Width.OWN),
    )


def buttons(client: Client, officer: Any, page: str) -> set[str]:
    """What a case offers to somebody who looks at it."""
    client.force_login(officer)
    return {move["label"] for move in client.get(page).context["moves"]}


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
    for view, words in (
        ("board/", "大坑"),
        ("print/", "大坑"),
        ("calendar/?month=2023-07", "2023年7月 到期 1 处"),
    ):
        assert words in client.get(f"/probe-potholes/{view}").content.decode(), view
    assert "大坑" in b"".join(client.get("/probe-potholes/export.csv").streaming_content).decode()  # type: ignore[arg-type]

    page = f"/probe-potholes/{case.uid}/"
    assert buttons(client, people.inspector, page) == set()
    assert buttons(client, people.finder, page) == {"交办"}
    moved = client.post(f"{page}move/?move=send", {"lead": people.mender_unit.pk, "version": case.version})
    assert moved.status_code == 302
    case.refresh_from_db()
    assert (case.state, str(case.due_on)) == ("sent", "2023-07-10")

    assert buttons(client, people.finder, page) == set()
    assert buttons(client, people.mender, page) == {"修补完成"}
    assert client.post(f"{page}move/?move=fix", {"note": "", "version": case.version}).status_code == 422
    assert client.post(f"{page}move/?move=fix", {"note": "已补", "version": case.version}).status_code == 302

    assert buttons(client, people.finder, page) == {"验收销号"}
    case.refresh_from_db()
    assert client.post(f"{page}move/?move=close", {"version": case.version}).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.on_time) == ("closed", True)

    schema = client.get("/api/v1/cases/kinds/probe.pothole").json()
    assert schema["details"]["required"] == ["depth_cm"]
    assert "/api/v1/cases/new/probe.pothole" in client.get("/api/v1/openapi.json").json()["paths"]
    assert "found --> sent : 交办" in schema["picture"]

    drawn = client.get("/probe-potholes/lifecycle/").content.decode()
    assert all(f">{move.label}<" in drawn for move in kinds.get("probe.pothole").lifecycle.moves)
    assert "<svg" in drawn
    reference = kinds_page()
    assert "## 坑槽台账" in reference
    assert kind_part(kinds.get("probe.pothole")) in reference
    assert "| 深度(厘米) | `depth_cm` | 是 | 是 |" in reference
    assert "closed --> back : 回头看不合格" in reference

    figures = client.get("/cases/statistics/?start=2023-07-01&end=2023-07-31").content.decode()
    row = figures[figures.index("坑槽台账") :]
    assert row.count("100.0%") == 1
    assert {verb for verb, _, _ in VERBS} == {
        code.rpartition(".")[2] for code in permissions.codes() if code.startswith("probe.pothole.")
    }
    assert figures_of_july(client, people.finder) == {
        "closed": 1, "on_time_share": 1.0, "days": 0.0, "open": 0, "overdue": 0, "rebound": 0
    }  # fmt: skip

    assert buttons(client, people.finder, page) == set()
    assert buttons(client, people.inspector, page) == {"回头看不合格"}
    case.refresh_from_db()
    again = client.post(f"{page}move/?move=rebound", {"note": "又陷了", "version": case.version})
    assert again.status_code == 302
    assert figures_of_july(client, people.finder)["rebound"] == 1


def figures_of_july(client: Client, reader: Any) -> dict[str, Any]:
    """The figures of the family as the catalogue and the values say."""
    client.force_login(reader)
    page = client.get("/indicators/?period=2023-07").content.decode()
    found = [one for one in indicators if one.ledger == "probe.pothole"]
    assert all(one.label in page for one in found)
    window = Window(Period.parse("2023-07"))
    return {one.code.rpartition(".")[2]: value_of(one, window, SYSTEM).value for one in found}


def test_an_overdue_case_of_a_new_kind_climbs_the_ladder(
    people: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")
    seed_ladder()
    case = open_case("probe.pothole", {"town": people.town}, details={"depth_cm": 7}, by=people.finder)
    climb_all(on=date(2023, 7, 12))
    steps = Escalation.objects.filter(case=case).order_by("pk")
    assert list(steps.values_list("rung", "state")) == [("supervise", "done"), ("notice", "drafted")]
