"""大讨论: the problems that were found, and that they were put right."""

from __future__ import annotations

from anlu.kernel.documents.sections import Figure, Phrase, Section, Sentence, When, sections

PROBLEMS = sections.add(
    Section(
        code="team.problem_lists",
        label="大讨论与问题清单",
        chapter="队伍建设",
        order=30,
        parts=(
            Phrase("opening", "开头的表述", topic="队伍建设"),
            Sentence(
                "all_right",
                "{期间}，针对查找出的{问题}个问题，{整改}进行了整改。",
                {
                    "问题": Figure("team.problems"),
                    "整改": Figure("team.problems_closed", rule="every"),
                },
                when=(When("整改", "=", 1),),
            ),
            Sentence(
                "some_right",
                "{期间}，针对查找出的{问题}个问题逐项整改，整改率{整改}。",
                {
                    "问题": Figure("team.problems"),
                    "整改": Figure("team.problems_closed", rule="percent:1"),
                },
                when=(When("整改", "<", 1),),
            ),
        ),
    )
)
