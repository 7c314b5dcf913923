"""隐患治理: found, put right, work done, roadside markets."""

from __future__ import annotations

from anlu.kernel.documents.sections import Figure, Section, Sentence, When, sections

HAZARDS = sections.add(
    Section(
        code="hazards.hazards",
        label="隐患治理",
        chapter="源头管控",
        order=20,
        parts=(
            Sentence(
                "counts",
                "{期间}，排查道路隐患{排查}处，销号{销号}处。",
                {"排查": Figure("hazards.found"), "销号": Figure("hazards.closed")},
                optional=frozenset({"销号"}),
            ),
            Sentence("trees", "清移树木{树木}棵。", {"树木": Figure("hazards.trees")}),
            Sentence("hedge", "修剪绿篱{绿篱}米。", {"绿篱": Figure("hazards.hedge")}),
            Sentence("obstacles", "拆除障碍{障碍}处。", {"障碍": Figure("hazards.obstacles")}),
            Sentence("signs", "补设标志{标志}面。", {"标志": Figure("hazards.signs")}),
            Sentence(
                "markets",
                "排查出的马路市场、占道经营点位{点位}处，全部取缔、规范。",
                {"点位": Figure("hazards.market_found"), "整改率": Figure("hazards.market_closed_share")},
                when=(When("整改率", "=", 1),),
            ),
        ),
    )
)
