"""``anlu places``: roads and boundaries by command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anlu.__main__ import main
from anlu.kernel.places.models import Road
from tests.web.test_surveying import roads_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _started(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database of the test is there already."""
    monkeypatch.setattr("anlu.commands.places.start", lambda: None)


def test_the_command_brings_roads_and_says_what_came_of_it(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = roads_file(tmp_path)
    assert main(["places", "roads", str(path), "--dry-run", "--json"]) == 0
    looked = json.loads(capsys.readouterr().out)
    assert (looked["added"], looked["unusable"], Road.objects.count()) == (2, 1, 0)
    assert looked["problems"] == [{"feature": 2, "found": "", "reason": "没有道路编号"}]
    assert main(["places", "roads", str(path), "--json"]) == 0
    capsys.readouterr()
    assert main(["places", "roads", str(path), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["roads", "{folder}/missing.gpkg"], "文件不存在"),
        (["roads", "{file}", "--road", "没有这一列"], "没有这一列"),
        (["areas", "{file}"], "没有认出的列"),
        (["areas", "{file}", "--code", "路线编号"], "几何类型不对"),
        (["roads", "{file}", "--layer", "x", "--stake-start", "名称"], "米数或桩号"),
    ],
)
def test_bad_input_of_the_command_is_one_line(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    path = roads_file(tmp_path)
    given = [one.format(folder=tmp_path, file=path) for one in arguments]
    assert main(["places", *given]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert words in shown.err
    assert shown.err.count("\n") == 1
