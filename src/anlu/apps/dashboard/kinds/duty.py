"""值班带班: who leads and who is on duty on a day, unit by unit."""

from anlu.kernel.activities.registry import ActivityKind, Fact, add_kind

add_kind(
    ActivityKind(
        "dashboard.duty",
        "值班带班",
        family="duty",
        prefix="ZB",
        order=10,
        routine=True,
        facts=(
            Fact("leader", "带班领导", required=True),
            Fact("officers", "值班人员", required=True, help="几个人的，姓名之间用顿号"),
            Fact("phone", "值班电话"),
        ),
    )
)
