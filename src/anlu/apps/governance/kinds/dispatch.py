"""安委办周调度: a meeting every week at the office of the committee: what is new, overdue, returned."""

from anlu.apps.governance.kinds import FACTS, MEETING
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(
    ActivityKind("governance.dispatch", "安委办周调度", family=MEETING, prefix="DD", order=30, facts=FACTS)
)
