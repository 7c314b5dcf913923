"""组织生活会: once a year per party body, in March; what was found becomes problem cases."""

from anlu.kernel.activities.registry import ActivityKind, Fact, add_kind

add_kind(
    ActivityKind(
        "team.organisation_life",
        "组织生活会",
        family="organisation",
        prefix="ZZ",
        order=10,
        facts=(
            Fact("year", "所属年度", help="如 2022 年度"),
            Fact("problems", "查摆问题", help="只写问题类别和条数，不写个人"),
            Fact("plan", "整改计划"),
        ),
    )
)
