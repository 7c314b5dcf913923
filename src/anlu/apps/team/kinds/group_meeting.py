"""党小组会: meeting of a party group (三会一课)."""

from anlu.apps.team.terms import ACTIONS, TOPICS
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(
    ActivityKind(
        "team.group_meeting",
        "党小组会",
        family="study",
        prefix="XX",
        order=50,
        topics=TOPICS,
        programmes=ACTIONS,
    )
)
