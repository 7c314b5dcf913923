"""支委会: meeting of a branch's committee (三会一课)."""

from anlu.apps.team.terms import ACTIONS, TOPICS
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(
    ActivityKind(
        "team.branch_committee",
        "支委会",
        family="study",
        prefix="XX",
        order=40,
        topics=TOPICS,
        programmes=ACTIONS,
    )
)
