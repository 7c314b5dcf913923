"""全警实战大练兵: a training; its results are kept as how many passed, by unit and subject."""

from anlu.apps.team.terms import SUBJECTS
from anlu.kernel.activities.registry import ActivityKind, add_kind

add_kind(
    ActivityKind(
        "team.training",
        "实战大练兵",
        family="training",
        prefix="LB",
        order=10,
        topics=SUBJECTS,
    )
)
