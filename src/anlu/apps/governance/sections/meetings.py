"""综合治理: the government called meetings, the office of the committee met every week."""

from __future__ import annotations

from anlu.kernel.documents.sections import Figure, Phrase, Section, Sentence, When, sections

MEETINGS = sections.add(
    Section(
        code="governance.meetings",
        label="高位推动",
        chapter="综合治理",
        order=10,
        parts=(
            Phrase("opening", "开头的表述", topic="综合治理"),
            Sentence(
                "government",
                "{期间}，政府召开道路交通安全专题会议{次数}次。",
                {"次数": Figure("governance.government_meetings")},
            ),
            Sentence(
                "weekly",
                "{期间}，安委办{每周}召开一次调度会，通报整治进度，共召开{次数}次。",
                {
                    "每周": Figure("governance.dispatch_weeks", rule="each:周"),
                    "次数": Figure("governance.dispatches"),
                },
                when=(When("每周", "=", 1),),
            ),
            Sentence(
                "with_gaps",
                "{期间}，安委办召开调度会{次数}次。",
                {
                    "每周": Figure("governance.dispatch_weeks"),
                    "次数": Figure("governance.dispatches"),
                },
                when=(When("每周", "<", 1),),
            ),
        ),
    )
)
