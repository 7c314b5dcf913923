"""Declarations of report sections: no number without an indicator."""

from __future__ import annotations

import pytest

from anlu.kernel.documents.sections import Changes, Figure, Section, SectionProblem, Sentence, When

FIGURES = {"found": Figure("inspections.findings"), "closed": Figure("inspections.closed_share", rule="all")}


def test_a_sentence_names_each_number_that_it_says() -> None:
    one = Sentence("a", "发现问题{found}处，{closed}整改", FIGURES, when=(When("closed", "=", 1),))
    assert one.indicators == ("inspections.findings", "inspections.closed_share")


@pytest.mark.parametrize("template", ["发现问题{found}处", "发现问题{found}处，{closed}{more}", "没有数字"])
def test_a_template_and_its_figures_must_agree(template: str) -> None:
    with pytest.raises(SectionProblem):
        Sentence("a", template, FIGURES)


@pytest.mark.parametrize("digit", ["13", "3"])
def test_no_number_can_be_typed_into_a_sentence(digit: str) -> None:
    with pytest.raises(SectionProblem, match="指标"):
        Sentence("a", f"发现问题{digit}处，{{found}}，{{closed}}", FIGURES)


def test_changes_are_told_of_two_or_more() -> None:
    with pytest.raises(SectionProblem):
        Changes(("crash.count",))


def test_an_unknown_chapter_is_refused() -> None:
    with pytest.raises(SectionProblem, match="章"):
        Section("a.b", "测试", "第九章", ())
