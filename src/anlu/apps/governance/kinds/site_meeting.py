"""现场会: a meeting on the spot."""

from anlu.apps.governance.kinds import FACTS, MEETING
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(ActivityKind("governance.site", "现场会", family=MEETING, prefix="XC", order=70, facts=FACTS))
