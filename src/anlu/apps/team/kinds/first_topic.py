"""第一议题: first item of a meeting: the latest speeches and documents are studied."""

from anlu.apps.team.terms import ACTIONS, TOPICS
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(
    ActivityKind(
        "team.first_topic",
        "第一议题",
        family="study",
        prefix="XX",
        order=10,
        topics=TOPICS,
        programmes=ACTIONS,
        needs=("topic",),
    )
)
