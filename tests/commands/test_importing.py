"""`anlu import`: the contract of its arguments, its answer, its refusals and its messages."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from anlu.__main__ import main
from anlu.apps.crashes.models import Crash, CrashParty, CrashVehicle
from anlu.kernel.core.installation import register_installation
from tests.apps.crashes.files import crash_rows, csv_file, party_rows, vehicle_rows
from tests.commands.installations import Place
from tests.factories import seed_dictionaries

COUNTED = ["rows", "accepted", "updated", "unchanged", "refused", "marked"]


@pytest.fixture
def _installed(db: None) -> None:
    register_installation(name="测试大队")
    seed_dictionaries()


def answer(capsys: pytest.CaptureFixture[str], *words: str | Path) -> dict[str, Any]:
    """What the command says when all goes well."""
    code = main(["import", *map(str, words), "--json"])
    said = capsys.readouterr()
    assert code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def refusal(capsys: pytest.CaptureFixture[str], *words: str | Path) -> str:
    """The one line that it says on bad input."""
    code = main(["import", *map(str, words), "--json"])
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    return said.err


@pytest.mark.usefixtures("_installed")
def test_an_import_says_what_became_of_every_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = crash_rows(12)
    rows[4]["number"] = rows[1]["number"]
    files = (
        csv_file(tmp_path / "a.csv", rows),
        "--casualties",
        csv_file(tmp_path / "p.csv", party_rows(rows)),
        "--vehicles",
        csv_file(tmp_path / "v.csv", vehicle_rows(rows)),
    )
    first = answer(capsys, "crashes", *files)
    assert [first[name] for name in COUNTED[:5]] == [12, 11, 0, 0, 1]
    assert first["seconds"] > 0
    assert (CrashParty.objects.count() > 0, CrashVehicle.objects.count() > 0) == (True, True)
    second = answer(capsys, "crashes", *files)
    assert [second[name] for name in COUNTED[:5]] == [12, 0, 0, 11, 1]
    assert second["marked"] == first["marked"]


@pytest.mark.usefixtures("_installed")
def test_records_that_are_there_may_be_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head, path = "number,occurred_at,place_text", tmp_path / "a.csv"
    path.write_text(f"{head}\nA,2023-01-02,桥头\n", encoding="utf-8")
    answer(capsys, "crashes", path)
    path.write_text(f"{head}\nA,2023-01-02,桥尾\nB,2023-01-03,桥尾\n", encoding="utf-8")
    found = answer(capsys, "crashes", path, "--existing", "skip")
    assert [found[name] for name in COUNTED[:5]] == [2, 1, 0, 1, 0]
    assert list(Crash.objects.order_by("number").values_list("place_text", flat=True)) == ["桥头", "桥尾"]
    assert answer(capsys, "crashes", path)["updated"] == 1


@pytest.mark.usefixtures("_installed")
def test_a_dry_run_says_the_same_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = crash_rows(5)
    rows[2]["occurred_at"] = "昨天"
    path = csv_file(tmp_path / "a.csv", rows)
    tried = answer(capsys, "crashes", path, "--dry-run", "--errors", tmp_path / "out.xlsx")
    assert (Crash.objects.count(), (tmp_path / "out.xlsx").exists()) == (0, True)
    done = answer(capsys, "crashes", path)
    assert [tried[name] for name in COUNTED] == [done[name] for name in COUNTED]


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize("name", ["out.xlsx", "out.csv"])
def test_refused_rows_are_handed_back_with_the_reason_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    rows = crash_rows(4)
    rows[1]["occurred_at"] = "2023-02-30"
    answer(capsys, "crashes", csv_file(tmp_path / "a.csv", rows), "--errors", tmp_path / name)
    if name.endswith(".csv"):
        text = (tmp_path / name).read_text(encoding="utf-8-sig").splitlines()
        assert text[0].endswith("退回原因")
        assert "不是日期" in text[1]
        return
    sheet = load_workbook(tmp_path / name).worksheets[0]
    assert [cell.value for cell in sheet[1]][-1] == "退回原因"
    assert sheet.cell(2, 1).value == 3
    assert "2023-02-30" in str(sheet.cell(2, sheet.max_column).value)


@pytest.mark.usefixtures("_installed")
def test_the_fields_that_a_mapping_may_name_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "fields", "crashes")
    fields = {one["name"]: one for one in found["fields"]}
    assert (fields["number"]["label"], fields["number"]["required"]) == ("事故编号", True)
    assert fields["weather"]["codes"]["1"] == "晴"
    assert {one["name"] for one in found["casualties"]} >= {"injury", "died_at", "helmet"}
    assert {one["name"] for one in found["profiles"]} == {"hk_td", "ga_excel", "stats19", "template"}
    assert set(found["options"]) >= {"zone", "crs", "date_format", "decimal", "delimiter", "encoding", "key"}


@pytest.mark.usefixtures("_installed")
def test_a_table_may_be_mapped_or_its_profile_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text('[columns]\nnumber = "No"\noccurred_at = "When"\n', encoding="utf-8")
    path = csv_file(tmp_path / "a.csv", [{"No": "1", "When": "2023-01-02"}])
    assert answer(capsys, "crashes", path, "--map", mapping)["accepted"] == 1
    named = csv_file(tmp_path / "b.csv", [{"事故编号": "2", "发生时间": "2023-01-02"}])
    assert answer(capsys, "crashes", named, "--profile", "template")["accepted"] == 1
    assert answer(capsys, "crashes", named)["unchanged"] == 1


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["cars", "a.csv"], 'NOUN: 发现 "cars"'),
        (["fields", "cars"], 'NOUN: 发现 "cars"'),
        (["crashes", "none.csv"], "文件不存在"),
        (["crashes", "."], "应为文件"),
        (["crashes", "a.csv", "--profile", "x"], '--profile: 没有这种格式, 发现 "x"'),
        (["crashes", "a.csv", "--map", "none.toml"], "文件不存在"),
        (["crashes", "a.csv", "--map", "m.toml", "--profile", "x"], "不能与"),
        (["crashes", "a.csv", "--map", "m.toml"], "columns.nummer"),
        (["crashes", "a.csv", "--errors", "out.doc"], "--errors"),
        (["crashes", "a.csv", "--errors", "no/folder/out.xlsx"], "--errors"),
        (["crashes", "a.csv", "--profile", "stats19"], "表头里没有这一列"),
        (["crashes", "a.csv", "--casualties", "none.csv"], "文件不存在"),
        (["crashes", "a.csv", "--vehicles", "bare.csv"], "事故编号"),
        (["crashes", "empty.csv"], "文件是空的"),
        (["crashes", "header.csv"], "没有数据"),
        (["crashes", "binary.csv"], "空字节"),
        (["crashes", "cut.csv.gz"], "不完整"),
        (["crashes", "unknown.csv"], "--map"),
        (["crashes"], "缺少参数"),
    ],
)
def test_bad_input_gets_one_clear_line_and_code_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    csv_file(Path("a.csv"), crash_rows(2))
    csv_file(Path("bare.csv"), [{"x": "1"}])
    csv_file(Path("unknown.csv"), [{"foo": "1", "bar": "2"}])
    Path("header.csv").write_text("number,occurred_at\n", encoding="utf-8")
    Path("empty.csv").write_bytes(b"")
    Path("binary.csv").write_bytes(b"\0\1\2" * 100)
    Path("cut.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n" * 1000)[:40])
    Path("m.toml").write_text('[columns]\nnummer = "number"\n', encoding="utf-8")
    assert says in refusal(capsys, *words)
    assert Crash.objects.count() == 0


def test_a_real_installation_imports_and_one_without_a_database_says_what_to_do(
    installation: Place, nowhere: Place, tmp_path: Path
) -> None:
    path = csv_file(tmp_path / "a.csv", crash_rows(20), encoding="gb18030", delimiter=";")
    ran = installation.anlu("import", "crashes", path, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["accepted"] == 20
    told = installation.anlu("import", "crashes", path)
    assert "未变 20" in told.out
    unmade = nowhere.anlu("import", "crashes", path, "--json")
    assert (unmade.code, unmade.out) == (2, "")
    assert "anlu init" in unmade.err
