"""The party tree as bearers of activities: committee, branches, groups; and where codes of dictionaries are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from anlu.apps.team.models import BodyKind, PartyBody
from anlu.apps.team.terms import ACTIONS, SUBJECTS, THEMES, TOPICS
from anlu.kernel.activities.bearers import existing
from anlu.kernel.activities.registry import Bearer, BearerGroup, bearer_groups
from anlu.kernel.activities.terms import OFFICE
from anlu.kernel.core.dictionaries import uses


def _finder(kind: BodyKind) -> Callable[[date, date], Iterable[Bearer]]:
    def find(first: date, last: date) -> Iterator[Bearer]:
        bodies = (
            PartyBody.objects.live().filter(existing(first, last), kind=kind).order_by("sort_key", "code")
        )
        for one in bodies:
            yield Bearer(f"party.{kind}", one.uid, one.name, one.unit_id, one.valid_from, one.valid_to)

    return find


for _place, _kind in enumerate(BodyKind):
    bearer_groups.add(BearerGroup(f"party.{_kind}", str(_kind.label), _finder(_kind), order=1 + _place))

uses(TOPICS, "activities.Activity", "topic")
uses(ACTIONS, "activities.Activity", "programme")
uses(SUBJECTS, "activities.Activity", "topic")
uses(SUBJECTS, "team.TrainingResult", "subject")
uses(THEMES, "team.Discussion", "themes", many=True)
uses(TOPICS, "team.WritingTask", "topic")
uses(OFFICE, "team.PartyOffice", "office")
