"""以案四说、以案促改: every month, from a case four talks and what is to be changed because of it."""

from anlu.kernel.activities.registry import ActivityKind, Fact, add_kind

add_kind(
    ActivityKind(
        "team.warning",
        "警示教育",
        family="warning",
        prefix="JS",
        order=10,
        facts=(
            Fact("case", "典型案例", required=True, help="案例来源和标题，不写当事人姓名"),
            Fact("discipline", "以案说纪", required=True),
            Fact("law", "以案说法", required=True),
            Fact("morals", "以案说德", required=True),
            Fact("duty", "以案说责", required=True),
            Fact("reform", "以案促改", required=True, help="查出的问题和整改措施"),
        ),
    )
)
