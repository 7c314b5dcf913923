"""专题党课: a lecture on one subject, often held by a superior for everybody."""

from anlu.apps.team.terms import ACTIONS, TOPICS
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(
    ActivityKind(
        "team.special_lecture",
        "专题党课",
        family="study",
        prefix="XX",
        order=70,
        topics=TOPICS,
        programmes=ACTIONS,
        speaker=True,
    )
)
