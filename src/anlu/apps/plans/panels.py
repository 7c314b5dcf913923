"""Progress of the annual work plan on the boards."""

from __future__ import annotations

from collections import Counter
from typing import Final

from django.urls import reverse

from anlu.apps.plans.ledgers.plans import MEASURES
from anlu.apps.plans.lights import COLOURS, WORDS, light_of
from anlu.apps.plans.models import Measure
from anlu.apps.plans.pages import usual_plan
from anlu.apps.plans.permissions import MEASURE_VIEW
from anlu.kernel.core.language.formats import day
from anlu.web.panels import Board, Contents, Entry, Sight, Tally, panel

SHOWN: Final = 5
URGENT: Final = ("missed", "at_risk")


@panel(
    "plans.progress",
    "工作计划",
    permission=MEASURE_VIEW,
    boards=(Board.LEADER, Board.SCREEN),
    rank=60,
    screen="闭环与计划",
)
def progress(sight: Sight) -> Contents:
    """How many measures of the plan are done, late and at risk, and which those are."""
    plan = usual_plan(sight.viewer, sight.on)
    if plan is None:
        return Contents(empty="没有执行中的工作计划")
    rows = Measure.objects.visible_to(sight.viewer).filter(group__plan=plan, group__voided_at__isnull=True)
    measures = list(rows.select_related("unit").order_by("due_on", "pk"))
    lights = {one.pk: light_of(one, sight.on) for one in measures}
    counted = Counter(lights.values())
    url = f"{reverse('plans.progress')}?plan={plan.uid}"
    late = [one for one in measures if lights[one.pk] in URGENT]
    tallies = [Tally("措施", len(measures), "项", url if measures else "")]
    tallies += [
        Tally(
            WORDS[code], counted[code], "项", f"{url}&light={code}", COLOURS[code] if code in URGENT else ""
        )
        for code in WORDS
        if counted[code]
    ]
    return Contents(
        note=f"“{plan.code}”{plan.name}",
        tallies=tallies,
        entries=[_entry(one, lights[one.pk]) for one in late[:SHOWN]],
        more=max(0, len(late) - SHOWN),
        url=f"{url}{''.join(f'&light={code}' for code in URGENT)}" if late else url,
    )


def _entry(one: Measure, light: str) -> Entry:
    unit = (one.unit.short_name or one.unit.name) if one.unit else ""
    due = f"时限 {day(one.due_on, 'short')}" if one.due_on else ""
    note = " · ".join(part for part in (unit, due) if part)
    return Entry(one.title, MEASURES.url_of(one), WORDS[light], COLOURS[light], note)
