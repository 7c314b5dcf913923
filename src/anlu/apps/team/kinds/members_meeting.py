"""党员大会: meeting of all members of a branch (三会一课)."""

from anlu.apps.team.terms import ACTIONS, TOPICS
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(
    ActivityKind(
        "team.members_meeting",
        "党员大会",
        family="study",
        prefix="XX",
        order=30,
        topics=TOPICS,
        programmes=ACTIONS,
    )
)
