"""主题党日: themed party day."""

from anlu.apps.team.terms import ACTIONS, TOPICS
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(
    ActivityKind(
        "team.theme_day",
        "主题党日",
        family="study",
        prefix="XX",
        order=80,
        topics=TOPICS,
        programmes=ACTIONS,
    )
)
