"""督查: bulletins, findings, and that they were put right."""

from __future__ import annotations

from anlu.kernel.documents.sections import Figure, Phrase, Section, Sentence, When, sections

INSPECTIONS = sections.add(
    Section(
        code="inspections.rounds",
        label="督查问效",
        chapter="队伍建设",
        order=60,
        parts=(
            Phrase("opening", "开头的表述", topic="队伍建设"),
            Sentence(
                "all_right",
                "{期间}，共下发督查通报{期数}次，发现问题{问题}处，{整改}进行了督促整改。",
                {
                    "期数": Figure("inspections.bulletins"),
                    "问题": Figure("inspections.findings"),
                    "整改": Figure("inspections.findings_closed", rule="all"),
                },
                when=(When("整改", "=", 1),),
            ),
            Sentence(
                "some_right",
                "{期间}，共下发督查通报{期数}次，发现问题{问题}处，整改率{整改}。",
                {
                    "期数": Figure("inspections.bulletins"),
                    "问题": Figure("inspections.findings"),
                    "整改": Figure("inspections.findings_closed", rule="percent:1"),
                },
                when=(When("整改", "<", 1),),
            ),
        ),
    )
)
