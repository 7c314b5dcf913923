"""中心组学习: the theory study group of the leaders."""

from anlu.apps.team.terms import ACTIONS, TOPICS
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(
    ActivityKind(
        "team.centre_group",
        "中心组学习",
        family="study",
        prefix="XX",
        order=20,
        topics=TOPICS,
        programmes=ACTIONS,
    )
)
