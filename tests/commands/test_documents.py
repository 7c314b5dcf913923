"""``anlu documents``."""

import io
import json

import docx
import pytest

from anlu.__main__ import main
from anlu.engine.documents.check import problems
from anlu.engine.documents.samples import KINDS as KINDS_OF_SAMPLES
from anlu.kernel.documents.define import in_order

pytestmark = pytest.mark.no_database
KINDS = """隐患抄告单 交通安全建议函 排除妨碍通知书 责令消除隐患通知书 整改通知书 约谈通知书 约谈记录 督办单
挂牌督办通知 解除督办通知 督查通报 曝光通报 调度会纪要 工作方案 送达回证 问责建议函"""


def documents(*words: str) -> int:
    return main(["documents", *words])


def test_the_kinds_are_those_of_the_trade(capsys):
    assert documents("kinds", "--json") == 0
    out, err = capsys.readouterr()
    kinds = json.loads(out)
    assert set(KINDS.split()) <= {kind["label"] for kind in kinds}
    assert {"code", "label", "form", "form_label"} == set(kinds[0])
    assert len({kind["code"] for kind in kinds}) == len(kinds)
    assert err == ""


def test_every_kind_that_can_be_issued_has_a_sample_laid_out_alike():
    samples = {kind.code: (kind.label, kind.form) for kind in KINDS_OF_SAMPLES}
    issued = {kind.code: (kind.label, kind.layout.value) for kind in in_order()}
    assert issued
    assert {code: samples.get(code) for code in issued} == issued


def test_the_kinds_can_be_read_by_a_person(capsys):
    assert documents("kinds") == 0
    assert "隐患抄告单" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["notice", "通知"])
def test_a_sample_is_a_sound_file_whether_named_by_code_or_label(name, tmp_path, capsys):
    out = tmp_path / "x.docx"
    assert documents("sample", name, "--out", str(out), "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"kind": "notice", "docx": str(out), "pdf": None}
    assert problems(out.read_bytes()) == []


def test_a_sample_is_the_same_file_every_time(tmp_path):
    for name in ("one", "two"):
        assert documents("sample", "plan", "--out", str(tmp_path / f"{name}.docx")) == 0
    assert (tmp_path / "one.docx").read_bytes() == (tmp_path / "two.docx").read_bytes()


def test_the_text_has_as_many_characters_as_asked_for(tmp_path):
    out = tmp_path / "x.docx"
    assert documents("sample", "referral", "--out", str(out), "--body-chars", "1234") == 0
    words = [each.text for each in docx.Document(io.BytesIO(out.read_bytes())).paragraphs]
    longest = max(words, key=len)
    # The last two lines may be a paragraph of their own, so that the signature does not stand alone.
    rest = words[words.index(longest) + 1]
    assert len(longest) == 1234 or len(longest) + len(rest) == 1234


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["sample", "nothing", "--out", "x.docx"], "nothing"),
        (["sample", "notice", "--out", "x.doc"], "x.doc"),
        (["sample", "notice", "--out", "nowhere/x.docx"], "nowhere"),
        (["sample", "notice", "--out", "x.docx", "--pdf", "x.png"], "x.png"),
        (["sample", "notice", "--out", "x.docx", "--body-chars", "0"], "--body-chars"),
        (["sample", "notice", "--out", "x.docx", "--body-chars", "many"], "many"),
        (["sample", "notice"], "--out"),
    ],
)
def test_what_cannot_be_made_is_bad_input(words, found, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert documents(*words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert found in err
    assert list(tmp_path.iterdir()) == []


def test_without_libreoffice_the_message_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ANLU_SOFFICE", str(tmp_path / "gone"))
    out, pdf = tmp_path / "x.docx", tmp_path / "x.pdf"
    assert documents("sample", "notice", "--out", str(out), "--pdf", str(pdf)) == 2
    assert "libreoffice-writer" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
