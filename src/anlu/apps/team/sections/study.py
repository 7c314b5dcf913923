"""学习教育 and 作风建设: sessions, writing, the lecture of the superior, warning, organisation life, training."""

from __future__ import annotations

from anlu.kernel.documents.sections import Figure, Phrase, Section, Sentence, Side, When, sections

STUDY = sections.add(
    Section(
        code="team.study",
        label="学习教育",
        chapter="队伍建设",
        order=10,
        parts=(
            Phrase("opening", "开头的表述", topic="队伍建设"),
            Sentence(
                "lecture",
                "{日期}，全警参加了上级组织的专题党课。",
                {"日期": Figure("team.special_lecture", Side.DAY, "day")},
            ),
            Sentence(
                "secretaries",
                "总支和各支部书记{全部}进行了党课宣讲。",
                {"全部": Figure("team.secretary_lectures", rule="all")},
                when=(When("全部", "=", 1),),
            ),
            Sentence(
                "sessions",
                "{期间}，共开展各类学习活动{次数}次，撰写心得体会{篇数}篇。",
                {
                    "次数": Figure("team.study_sessions"),
                    "篇数": Figure("team.reflections", rule="more:100"),
                },
            ),
        ),
    )
)

LIFE = sections.add(
    Section(
        code="team.organisation_life",
        label="组织生活与警示教育",
        chapter="队伍建设",
        order=30,
        parts=(
            Phrase("opening", "开头的表述", topic="队伍建设"),
            Sentence(
                "warning",
                "{每月}开展“以案四说”“以案促改”。",
                {"每月": Figure("team.warning_months", rule="each:月")},
                when=(When("每月", "=", 1),),
            ),
            Sentence(
                "meeting",
                "{月份}，{范围}按时召开了年度组织生活会。",
                {
                    "月份": Figure("team.organisation_meeting", Side.DAY, "month"),
                    "范围": Figure("team.organisation_life", rule="everyone:总支和各支部"),
                },
                when=(When("范围", "=", 1),),
            ),
        ),
    )
)

TRAINING = sections.add(
    Section(
        code="team.training",
        label="实战大练兵",
        chapter="队伍建设",
        order=50,
        parts=(
            Phrase("opening", "开头的表述", topic="队伍建设"),
            Sentence(
                "training",
                "{期间}，组织实战大练兵{次数}次，考核合格率{合格率}。",
                {
                    "次数": Figure("team.trainings"),
                    "合格率": Figure("team.training_passed", rule="percent:1"),
                },
            ),
        ),
    )
)
