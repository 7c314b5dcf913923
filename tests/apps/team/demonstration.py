"""The team, plans and columns of the demonstration county without its roads and crashes."""

from __future__ import annotations

from anlu.kernel.activities.seeding import seed_rhythms
from anlu.kernel.core.demo import step_of
from anlu.kernel.people.seeding import seed_roles
from tests.factories import seed_dictionaries

STEPS = (
    "places.areas",
    "people.units",
    "people.accounts",
    "team.party",
    "team.activities",
    "team.writing",
    "team.discussion",
    "team.problems",
    "publicity.columns",
    "plans.plans",
    "plans.honours",
)


def make_demonstration() -> None:
    """Everything from which F01-F05, F08, F09, F22, F23 and F37 follow."""
    seed_dictionaries()
    seed_roles()
    seed_rhythms()
    for code in STEPS:
        step_of(code).make()
