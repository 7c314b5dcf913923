"""大队会: a meeting of the brigade."""

from anlu.apps.governance.kinds import FACTS, MEETING
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(ActivityKind("governance.brigade", "大队会", family=MEETING, prefix="DH", order=50, facts=FACTS))
