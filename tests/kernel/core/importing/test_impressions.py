"""Text in a wrong encoding is known by its characters."""

from __future__ import annotations

from pathlib import Path

import pytest

from anlu.engine.errors import BadInput
from anlu.kernel.core.importing.sources import look_at

SIMPLE = "事故编号,发生时间,地点\nA1,2023-01-02,人民路与建设街交叉口北侧五十米\n"
TRADITIONAL = "事故編號,發生時間,地點\nA1,2023-01-02,彌敦道與亞皆老街交界以北五十米\n"
JAPANESE = "事故番号,発生時間,場所\nA1,2023-01-02,駅前の交差点から北へ五十メートル\n"
KOREAN = "번호,발생 시각,장소\nA1,2023-01-02,연길시 인민로 교차로 북쪽\n"
RARE = "地点\n堽城镇、垞村、埝头、塅上、洸河\n"


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (SIMPLE, "utf-8", "utf-8-sig"),
        (SIMPLE, "gb18030", "gb18030"),
        (SIMPLE, "utf-16", "utf-16"),
        (SIMPLE, "utf-16-le", "utf-16-le"),
        (SIMPLE, "utf-16-be", "utf-16-be"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (KOREAN, "utf-8", "utf-8-sig"),
        (RARE, "gb18030", "gb18030"),
        ("place,note\nCafé,£3\n", "utf-8", "utf-8-sig"),
        ("a,b\n1,2\n", "ascii", "utf-8-sig"),
    ],
)
def test_a_text_is_read_in_the_encoding_in_which_it_makes_sense(
    tmp_path: Path, text: str, encoding: str, found: str
) -> None:
    source = look_at(written(tmp_path, text.encode(encoding)))
    assert source.encoding == found
    assert "".join(source.text()) == text


def test_text_read_as_big5_says_so(tmp_path: Path) -> None:
    (note,) = look_at(written(tmp_path, TRADITIONAL.encode("big5"))).notes
    assert "Big5" in note


@pytest.mark.parametrize(
    "content",
    [
        JAPANESE.encode("shift_jis"),
        SIMPLE.encode().decode("latin-1").encode(),
        (SIMPLE * 9).encode("gb18030").decode("utf-8", "replace").encode(),
        ("\ufffd" * 200).encode().decode("gb18030").encode("gb18030"),
    ],
    ids=["shift_jis", "twice", "lost", "lost and twice"],
)  # fmt: skip
def test_gibberish_is_shown_and_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadInput, match=r"乱码「.+」"):
        look_at(written(tmp_path, content))


def test_what_the_user_states_is_believed(tmp_path: Path) -> None:
    source = look_at(written(tmp_path, JAPANESE.encode("shift_jis")), encoding="shift_jis")
    assert "".join(source.text()) == JAPANESE


def test_a_few_lost_characters_are_counted(tmp_path: Path) -> None:
    (note,) = look_at(written(tmp_path, (SIMPLE + "A2,2023-01-03,人\ufffd路\n").encode())).notes
    assert "1 个「\ufffd」" in note


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"\n <html xmlns:x='urn'><table><tr><td>", "网页"),
        (b'<?xml version="1.0"?><Workbook>', "XML"),
        (b"Rar!\x1a\x07", "压缩包"),
    ],
)
def test_other_kinds_of_file_are_named(tmp_path: Path, content: bytes, kind: str) -> None:
    with pytest.raises(BadInput, match=kind):
        look_at(written(tmp_path, content))
