"""大讨论: a session of the great discussion."""

from anlu.apps.team.terms import ACTIONS, TOPICS
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(
    ActivityKind(
        "team.discussion_meeting",
        "大讨论",
        family="study",
        prefix="XX",
        order=90,
        topics=TOPICS,
        programmes=ACTIONS,
    )
)
