"""文章对照: F01-F41 and Q01-Q30 against the records, by the command and on the page."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlu.__main__ import main
from anlu.apps.crashes.models import Crash, CrashParty, Procedure
from anlu.apps.reports.checking import check_figures, check_statements, expected_figures, statements
from anlu.engine.indicators.rules import worded
from anlu.engine.periods import Period
from anlu.kernel.core.installation import register_installation
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.documents.sections import Side
from anlu.kernel.indicators import facts
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evidence import Found, evidence
from anlu.kernel.indicators.external import add_external
from anlu.kernel.indicators.window import Window
from tests.apps.crashes.records import add_crash
from tests.factories import make_officer, make_unit

H1 = Window(Period.parse("2023H1"))
NAMES = {one.name for one in expected_figures()}


@pytest.fixture
def july(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation in July 2023."""
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")
    register_installation(name="测试大队")


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What the command says when all goes well."""
    assert main(["report", *arguments, "--json"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    found: dict[str, Any] = json.loads(said.out)
    return found


def deaths(year: int, count: int) -> None:
    """Ordinary crashes with one death each."""
    for n in range(count):
        add_crash(f"{year}-{n}", date(year, 1 + n % 6, 3), killed=1, procedure=Procedure.ORDINARY)


def test_all_figures_and_statements_of_the_article_are_there() -> None:
    assert [one.id for one in expected_figures() if one.part in ("", "1")] == [
        f"F{n:02}" for n in range(1, 42)
    ]
    assert [one["id"] for one in statements()] == [f"Q{n:02}" for n in range(1, 31)]


@pytest.mark.parametrize("one", expected_figures(), ids=lambda one: one.name)
def test_the_expected_words_are_what_the_rule_makes_of_the_expected_value(one: Any) -> None:
    if one.side is Side.VALUE:
        value = Decimal(repr(one.expected))
        assert worded(int(value) if value == int(value) else value, one.rule) == one.words
    elif one.side is Side.CHANGE:
        assert one.words == f"下降{-one.expected:.2f}%"


def test_indicators_answer_only_figures_that_the_report_has() -> None:
    assert {name for one in indicators for name in one.figures} <= NAMES
    assert set(evidence.codes()) <= {one["id"] for one in statements()}


def test_what_has_no_records_is_missing_and_never_typed(
    july: None, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer(capsys, "check", "--period", "2023H1")
    assert list(found) == ["figures", "statements"]
    assert all(list(one) == ["id", "expected", "value", "words", "rows", "holds"] for one in found["figures"])
    assert all(list(one) == ["id", "needs", "found", "holds"] for one in found["statements"])
    assert not any(one["holds"] or one["rows"] for one in found["figures"])
    assert not any(one["holds"] for one in found["statements"])


def test_a_figure_holds_when_its_words_are_the_articles_and_one_record_less_breaks_it(
    july: None, capsys: pytest.CaptureFixture[str]
) -> None:
    deaths(2022, 53)
    deaths(2023, 39)
    found = {one["id"]: one for one in answer(capsys, "check", "--period", "2023H1")["figures"]}
    assert found["F15"] == {
        "id": "F15",
        "expected": -26.42,
        "value": pytest.approx(-26.41509433962264),
        "words": "下降26.42%",
        "rows": 39,
        "holds": True,
    }
    assert not found["F14"]["holds"]
    Crash.objects.filter(number="2023-0").delete()
    add_crash("touch", date(2019, 1, 1))
    after = {one["id"]: one for one in answer(capsys, "check", "--period", "2023H1")["figures"]}
    assert (after["F15"]["words"], after["F15"]["holds"]) == ("下降28.30%", False)


def test_a_command_that_ends_at_once_reads_no_whole_table(
    july: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*whatever: Any) -> None:
        raise AssertionError("a snapshot of a million rows takes longer than the answer")

    deaths(2022, 53)
    deaths(2023, 39)
    for name in ("read", "refreshed"):
        monkeypatch.setattr(facts, name, refuse)
    found = {one["id"]: one for one in answer(capsys, "check", "--period", "2023H1")["figures"]}
    assert found["F15"]["holds"]


def test_a_record_moved_out_of_the_period_breaks_it(july: None) -> None:
    deaths(2022, 53)
    deaths(2023, 39)
    Crash.objects.filter(number="2023-1").update(occurred_on=date(2023, 7, 1), version=2)
    add_crash("touch", date(2019, 1, 1))
    found = {one.id: one for one in check_figures(H1, SYSTEM)}
    assert not found["F15"].holds


def test_a_rank_without_a_document_is_no_evidence(july: None) -> None:
    def holds() -> bool:
        return next(one for one in check_statements(H1, SYSTEM) if one.id == "Q22").holds

    def rank(place: int, subject: str) -> None:
        values = {"kind": "rank", "subject": subject, "value": Decimal(place), "among": 9}
        document = {"document_number": "测〔2023〕9号", "issuer": "测试", "document_on": date(2023, 7, 1)}
        add_external({**values, **document, "day": date(2023, 6, 30)}, by=SYSTEM)

    assert not holds()
    rank(2, "检验率")
    assert holds()
    rank(8, "报废率")  # not among the first
    assert not holds()


def test_control_of_major_crashes_is_told_in_numbers(july: None) -> None:
    add_crash("A", date(2022, 6, 30), killed=3)
    add_crash("B", date(2023, 2, 1), killed=2)
    found = next(one for one in check_statements(H1, SYSTEM) if one.id == "Q03")
    assert found.holds
    assert found.found.words == "一次死亡三人以上事故 0 起，距上一起 365 天；一次死亡二人事故 1 起"


def test_the_page_is_looked_at_by_unit_and_offers_only_ones_own(july: None, client: Client) -> None:
    ours, theirs = make_unit("东镇中队"), make_unit("西镇中队")
    for unit, count in ((ours, 2), (theirs, 3)):
        for n in range(count):
            day = date(2023, 2, 1 + n)
            add_crash(f"{unit.code}-{n}", day, procedure=Procedure.ORDINARY, killed=1, unit=unit)
    add_crash("before", date(2022, 2, 1), procedure=Procedure.ORDINARY, killed=1, unit=ours)
    rights = ("reports.report.view", "crashes.crash.view")
    client.force_login(make_officer(ours, *rights))
    address = reverse("reports.coverage")
    asked = {"period": "2023H1", "unit": ours.code}
    answer = client.get(address, asked)
    assert {one.value for one in answer.context["asked"].units} >= {ours.code, theirs.code}
    found = {one.id: parts for one, parts in answer.context["figures"]}
    assert found["F13"][0][0].found.value == 2
    client.force_login(make_officer(ours, *rights, width=Width.OWN))
    answer = client.get(address, {"period": "2023H1", "unit": theirs.code})
    assert "不在您的范围内" in answer.content.decode()
    assert "仅含您管辖范围内的记录" in client.get(address, {"period": "2023H1"}).content.decode()


def test_the_half_year_report_is_written_to_a_file(
    july: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deaths(2022, 53)
    deaths(2023, 39)
    out, page = tmp_path / "总结.docx", tmp_path / "总结.html"
    found = answer(capsys, "half-year", "--period", "2023H1", "--out", str(out), "--html", str(page))
    assert out.read_bytes()[:2] == b"PK"
    written = page.read_text(encoding="utf-8")
    assert re.search(r'死亡(?:</span>)?\s*<a [^>]*data-indicator="crash.killed"[^>]*>39</a>', written)
    assert found["numbers"] == 3
    assert found["left_out"]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("half-year", "--period", "2023Q1", "--out", "x.docx"), "--period"),
        (("half-year", "--period", "2023H1", "--out", "x.pdf"), "--out"),
        (("half-year", "--period", "2023H1", "--out", "/no/such/x.docx"), "--out"),
        (("half-year", "--period", "明年", "--out", "x.docx"), "--period"),
        (("check", "--period", "2023Z"), "--period"),
        (("check", "--period", "2024H1"), "--period"),
    ],
)
def test_bad_input_is_one_line_that_names_the_field(
    arguments: tuple[str, ...], field: str, july: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", *arguments, "--json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert field in said.err
    assert said.err.count("\n") == 1


def statement(id: str) -> Found:
    """What is found for a statement."""
    return next(one for one in check_statements(H1, SYSTEM) if one.id == id).found


def add_rider(number: str, year: int, helmet: str, injury: str = "slight") -> None:
    """A crash with one rider."""
    crash = add_crash(number, date(year, 3, 1))
    CrashParty.objects.create(crash=crash, seq=1, injury=injury, helmet=helmet)


def test_riders_hurt_without_a_helmet_hold_the_statement_only_when_they_became_fewer(
    july: None,
) -> None:
    assert statement("Q20").missing == ("当事人的安全头盔栏",)
    add_rider("now", 2023, "not_used")
    add_rider("worn", 2023, "used", "killed")
    add_rider("doubt", 2023, "unknown")
    add_rider("well", 2023, "not_used", "none")
    assert statement("Q20").words.startswith("骑乘人员伤亡 3 人，其中未戴头盔 1 人、使用不明 1 人")
    assert statement("Q20").missing == ("未戴头盔伤亡人数没有下降",)
    add_rider("then", 2022, "not_used")
    add_rider("before", 2022, "not_used")
    assert statement("Q20").holds


def test_what_records_there_are_is_told_even_where_the_statement_cannot_hold_yet(july: None) -> None:
    for year, value in ((2021, 91), (2022, 93), (2023, 92)):
        stated = {
            "document_number": f"测〔{year}〕1号",
            "issuer": "测评中心",
            "document_on": date(year, 2, 1),
        }
        values = {
            "kind": "poll",
            "subject": "满意度",
            "value": Decimal(value),
            "measure": "分",
            "day": date(year, 1, 1),
        }
        add_external(values | stated, by=SYSTEM)
    found = statement("Q28")
    assert "2021年 91（测〔2021〕1号），2022年 93" in found.words
    assert "第三方测评没有逐年提升" in found.missing
    assert statement("Q14").words == "有值班带班登记的 0 天，共 181 天"
    assert statement("Q10").words == "问责建议函 0 份"
    assert not any(statement(code).holds for code in ("Q10", "Q14", "Q28"))
