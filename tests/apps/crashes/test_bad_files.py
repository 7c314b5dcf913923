"""Files as people really send them: each gets a clear message, and what cannot be taken leaves nothing behind."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from anlu.apps.crashes.models import Crash, CrashParty
from anlu.engine.errors import BadInput
from anlu.engine.geo import convert
from anlu.kernel.core.importing import passes, tables
from anlu.kernel.core.importing.lifecycle import Result
from anlu.kernel.core.importing.previews import preview
from anlu.kernel.core.models import Batch, BatchState, SearchEntry
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.places.surveys.roads import SurveyedLine, import_roads
from tests.apps.crashes.files import as_text, crash_rows, csv_file, import_file, numbers, party_rows, plan_for

pytestmark = pytest.mark.django_db
AT = {"occurred_at": "2023-01-02 08:00"}


def left() -> tuple[int, int, int]:
    """Rows of any kind that lie in the tables, seen or not."""
    return (
        Crash.objects.count(),
        CrashParty.objects.count(),
        SearchEntry.objects.filter(kind="crashes.crash").count(),
    )


def _half_packed(path: Path) -> None:
    whole = gzip.compress(as_text(crash_rows(500)).encode())
    path.write_bytes(whole[: len(whole) // 2])


def _half_a_workbook(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in crash_rows(50):
        sheet.append(list(row.values()))
    book.save(path)
    path.write_bytes(path.read_bytes()[:-400])


def _zeros(path: Path) -> None:
    with path.open("wb") as opened:
        opened.truncate(100 << 20)


def _open_quote(path: Path) -> None:
    path.write_text(
        as_text(crash_rows(300)) + 'Z9,"2023-01-02\n' + "Z10,2023-01-02\n" * 400, encoding="utf-8"
    )


def _late_bad_byte(path: Path) -> None:
    path.write_bytes(as_text(crash_rows(300)).encode() + b"Z9,2023-01-02,\xff\xff\xff\n")


def _doubled_column(path: Path) -> None:
    path.write_text("number,occurred_at,number\nA,2023-01-02,B\n", encoding="utf-8")


def _no_column(path: Path) -> None:
    path.write_text("number,weather\nA,晴\n", encoding="utf-8")


def _no_rows(path: Path) -> None:
    path.write_text("number,occurred_at\n\n\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("half.csv.gz", _half_packed, "不完整"),
        ("half.xlsx", _half_a_workbook, "损坏"),
        ("zeros.csv", _zeros, "空字节"),
        ("quote.csv", _open_quote, "引号没有配对"),
        ("byte.csv", _late_bad_byte, "第 302 行"),
        ("doubled.csv", _doubled_column, "不止一次"),
        ("missing.csv", _no_column, "发生时间"),
        ("none.csv", _no_rows, "没有数据"),
    ],
)
def test_a_file_that_is_no_table_says_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, make: Callable[[Path], None], says: str
) -> None:
    monkeypatch.setattr(passes, "CHUNK", 50)
    monkeypatch.setattr(tables, "LONGEST_RECORD", 4_000)
    before = csv.field_size_limit(4_000)
    path = tmp_path / name
    make(path)
    try:
        with pytest.raises(BadInput) as caught:
            import_file(path, profile="template")  # type: ignore[arg-type]
    finally:
        csv.field_size_limit(before)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)
    assert left() == (0, 0, 0)
    assert not Batch.objects.filter(state=BatchState.LIVE).exists()


NATIONAL = "事故编号,事故发生时间,事故形态,事故地点,天气"


def test_a_known_header_that_lacks_a_column_names_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(NATIONAL.replace("事故发生时间,", "") + "\n1,11,甲,晴\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        import_file(path)
    assert "综合应用平台" in str(caught.value)
    assert "缺少「事故发生时间/事故时间」列" in str(caught.value)
    path.write_text("甲,乙,天气\n1,2,晴\n", encoding="utf-8")
    with pytest.raises(BadInput, match="不属于任何已知格式"):
        import_file(path)


def test_a_file_in_big5_is_read_as_such_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = "".join(f"{n},2023-01-0{n},11,彌敦道與亞皆老街交界以北,晴\n" for n in range(1, 6))
    path.write_bytes(
        (NATIONAL.translate(str.maketrans("编号发时间态点气", "編號發時間態點氣")) + "\n" + rows).encode(
            "big5"
        )
    )
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[columns]\nnumber = "事故編號"\noccurred_at = "事故發生時間"\nplace_text = "事故地點"\n'
    )
    result = import_file(path, map=mapping)
    assert numbers(result) == (5, 5, 0, 0, 0)
    assert "Big5" in result.batch.message
    assert Crash.objects.filter(place_text__startswith="彌敦道").count() == 5


def test_a_file_that_another_program_is_still_writing_is_taken_back_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passes, "CHUNK", 20)
    rows = crash_rows(100)
    path = csv_file(tmp_path / "a.csv", rows)
    parties = csv_file(tmp_path / "p.csv", party_rows(rows))
    commit, written = passes.Pass.sort, []

    def grow_after_two(self: passes.Pass, slice_: passes.Slice) -> passes.Sorted:
        written.append(slice_.rows)
        if len(written) == 3:
            assert Crash.objects.count() == 40
            with path.open("a", encoding="utf-8") as opened:
                opened.write("Z1,2023-")
        return commit(self, slice_)

    monkeypatch.setattr(passes.Pass, "sort", grow_after_two)
    with pytest.raises(BadInput) as caught:
        import_file(path, casualties=parties)
    assert "还在写" in str(caught.value)
    assert left() == (0, 0, 0)


def test_a_last_line_that_is_cut_off_is_handed_back(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(as_text(crash_rows(5))[:-40], encoding="utf-8")
    result = import_file(path)
    assert numbers(result) == (5, 4, 0, 0, 1)
    assert "列" in result.refused.first[0].reason


def reasons(result: Result) -> list[tuple[int, str]]:
    return [(one.row, one.reason) for one in result.refused.first]


def test_days_that_no_calendar_has_and_numbers_of_a_spreadsheet_are_told_apart(tmp_path: Path) -> None:
    rows = [
        {"number": "A", "occurred_at": "2023-02-30"},
        {"number": "B", "occurred_at": "45000.5"},
        {"number": "C", "occurred_at": "2023-02-28"},
        {"number": "C", "occurred_at": "2023-03-01"},
    ]
    result = import_file(csv_file(tmp_path / "a.csv", rows))
    assert numbers(result) == (4, 1, 0, 0, 3)
    (first, why), (second, serial), (third, doubled) = reasons(result)
    assert (first, second, third) == (2, 3, 5)
    assert "2023-02-30" in why
    assert "日期数字" in serial
    assert "「C」重复" in doubled


def test_formulas_and_merged_cells_of_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["number", "occurred_at", "place_text"],
        ["A", "2023-01-02", '=HYPERLINK("http://x","甲")'],
        ["B", "=TODAY()", "乙"],
        ["C", "2023-01-03", "丙"],
        ["D", None, "丁"],
    ):
        sheet.append(row)
    sheet.merge_cells("B4:B5")
    book.save(tmp_path / "a.xlsx")
    result = import_file(tmp_path / "a.xlsx")
    assert numbers(result) == (4, 2, 0, 0, 2)
    (row, no_time), (other, merged) = reasons(result)
    assert (row, other) == (3, 5)
    assert "缺少发生时间" in no_time  # a formula that no program has worked out is an empty cell
    assert "合并单元格" in merged
    assert Crash.objects.get(number="A").place_text == ""


def test_refused_rows_that_were_put_right_can_be_imported_as_they_came_back(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "a.csv", [{"number": "A", "occurred_at": "2023-02-30"}, {"number": "B", **AT}])
    back = import_file(path).refused.save(tmp_path / "back.xlsx")
    assert numbers(import_file(back)) == (1, 0, 0, 0, 1)


# --- positions


def notes_of(path: Path) -> tuple[str, ...]:
    """What the import says about the whole file; the preview says the same."""
    before = preview(plan_for(path), by=SYSTEM).notes
    result = import_file(path)
    assert result.notes == before
    assert all(note in result.batch.message for note in before)
    return result.notes


def positions(*pairs: tuple[float, float]) -> list[dict[str, str]]:
    return [{"number": f"P{n}", **AT, "lon": f"{x:.6f}", "lat": f"{y:.6f}"} for n, (x, y) in enumerate(pairs)]


def test_positions_the_wrong_way_round_and_at_zero_are_counted(tmp_path: Path) -> None:
    rows = positions((115.8, 36.7), (36.7, 115.8), (36.8, 115.9), (0, 0))
    swapped, zero = notes_of(csv_file(tmp_path / "a.csv", rows))
    assert "2 行的经度、纬度像是写反了" in swapped
    assert "1 行的坐标是 0,0" in zero
    assert Crash.objects.filter(lon__isnull=False).count() == 1


def test_a_good_file_gets_no_notes(tmp_path: Path) -> None:
    assert notes_of(csv_file(tmp_path / "a.csv", crash_rows(30))) == ()


@pytest.mark.parametrize(("system", "noted"), [("wgs84", False), ("gcj02", True)])
def test_a_shifted_system_that_is_not_named_shows_by_the_distance_from_the_roads(
    tmp_path: Path, system: str, noted: bool
) -> None:
    lines = [SurveyedLine(f"S{n}", [(x, 36.6), (x, 36.9)]) for n, x in enumerate((115.70, 115.80))]
    import_roads(lines, by=SYSTEM)
    pairs = [(115.70 if n % 2 else 115.80, 36.65 + n / 600) for n in range(120)]
    lon, lat = convert([x for x, _ in pairs], [y for _, y in pairs], source="wgs84", target=system)  # type: ignore[arg-type]
    notes = notes_of(csv_file(tmp_path / "a.csv", positions(*zip(lon.tolist(), lat.tolist(), strict=True))))
    assert [("GCJ-02" in note) for note in notes] == ([True] if noted else [])
