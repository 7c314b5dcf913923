"""成员单位联席: a meeting of member units about one matter."""

from anlu.apps.governance.kinds import FACTS, MEETING
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(ActivityKind("governance.joint", "成员单位联席", family=MEETING, prefix="LX", order=40, facts=FACTS))
