"""国优车管所: the plaque for which time, and the four and four practices behind it."""

from __future__ import annotations

from anlu.kernel.documents.sections import Figure, Phrase, Section, Sentence, Side, sections

VEHICLE_OFFICE = sections.add(
    Section(
        code="plans.vehicle_office",
        label="国优车管所",
        chapter="服务发展",
        order=80,
        kinds=frozenset({"monthly", "half-year", "annual"}),  # its practices are no news of a week
        parts=(
            Phrase("opening", "开头的表述", topic="服务发展"),
            Sentence(
                "plaque",
                "{日期}，车管所被授予“全国优秀县级车辆管理所”，{次}获此殊荣。",
                {
                    "日期": Figure("plans.vehicle_office_honour", Side.DAY, "day"),
                    "次": Figure("plans.vehicle_office_honour", rule="ordinal:次"),
                },
            ),
            Sentence(
                "practices",
                "以“{优}优”提升服务品质，以“{拓}拓”拓展工作领域。",
                {
                    "优": Figure("plans.excellences", rule="cn"),
                    "拓": Figure("plans.extensions", rule="cn"),
                },
            ),
            Sentence(
                "experience",
                "工作经验被上级推广{项}项。",
                {"项": Figure("plans.spread_experience")},
            ),
        ),
    )
)

HONOURS = sections.add(
    Section(
        code="plans.honours",
        label="表彰",
        chapter="队伍建设",
        order=90,
        parts=(
            Sentence(
                "commendations",
                "{期间}，获得县委、县政府表彰{项}项。",
                {"项": Figure("plans.county_commendations")},
            ),
        ),
    )
)
