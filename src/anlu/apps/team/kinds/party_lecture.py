"""党课: a lecture, usually by a secretary; who has lectured is shown branch by branch."""

from anlu.apps.team.terms import ACTIONS, TOPICS
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(
    ActivityKind(
        "team.party_lecture",
        "党课",
        family="study",
        prefix="XX",
        order=60,
        topics=TOPICS,
        programmes=ACTIONS,
        speaker=True,
        needs=("speaker", "speaker_office"),
    )
)
