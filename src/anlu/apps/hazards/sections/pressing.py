"""隐患督办: what the weekly meeting presses for, as it stands at the end of the period."""

from __future__ import annotations

from anlu.kernel.documents.sections import Figure, Section, Sentence, When, sections

FIGURES = {"未办": Figure("hazards.open"), "逾期": Figure("hazards.overdue")}
EITHER = frozenset({"逾期"})

PRESSING = sections.add(
    Section(
        code="hazards.pressing",
        label="隐患督办",
        chapter="源头管控",
        order=25,
        kinds=frozenset({"dispatch"}),
        parts=(
            Sentence(
                "late",
                "目前未办结道路隐患{未办}处，其中逾期{逾期}处。",
                FIGURES,
                when=(When("逾期", ">", 0),),
            ),
            Sentence(
                "in_time",
                "目前未办结道路隐患{未办}处，没有逾期。",
                FIGURES,
                when=(When("逾期", "=", 0),),
                optional=EITHER,
            ),
            Sentence("rebound", "销号后又反弹{反弹}处。", {"反弹": Figure("hazards.rebound")}),
        ),
    )
)
