"""中队会: a meeting of a squadron."""

from anlu.apps.governance.kinds import FACTS, MEETING
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(ActivityKind("governance.squadron", "中队会", family=MEETING, prefix="ZH", order=60, facts=FACTS))
