"""政府专题会: a meeting called by the county government on road safety."""

from anlu.apps.governance.kinds import FACTS, MEETING
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(
    ActivityKind("governance.government", "政府专题会", family=MEETING, prefix="ZF", order=10, facts=FACTS)
)
