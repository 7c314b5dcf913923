"""交安委全会: a meeting of the whole committee."""

from anlu.apps.governance.kinds import FACTS, MEETING
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(
    ActivityKind("governance.committee", "交安委全会", family=MEETING, prefix="QH", order=20, facts=FACTS)
)
