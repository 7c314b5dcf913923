"""Who is on duty, on the morning page and the big screen."""

from __future__ import annotations

from typing import Final

from anlu.apps.dashboard.ledgers import DUTY
from anlu.kernel.activities.models import Activity, ActivityState
from anlu.kernel.activities.permissions import VIEW
from anlu.kernel.activities.registry import kinds_of
from anlu.web.panels import Board, Contents, Entry, Sight, panel

SHOWN: Final = 8


@panel(
    "dashboard.duty", "今天值班", permission=VIEW, boards=(Board.MORNING, Board.SCREEN), rank=5, screen="今天"
)
def on_duty(sight: Sight) -> Contents:
    """Who leads and who is on duty today, in the units that a person sees."""
    rows = Activity.objects.visible_to(sight.viewer).filter(
        kind__in=[one.code for one in kinds_of("duty")], day=sight.on
    )
    rows = rows.exclude(state=ActivityState.CANCELLED).select_related("unit")
    found = list(rows.order_by("unit__sort_key", "begins", "pk")[: SHOWN + 1])
    number = rows.count() if len(found) > SHOWN else len(found)
    day = sight.on.isoformat()
    return Contents(
        entries=[_entry(one) for one in found[:SHOWN]],
        more=max(0, number - SHOWN),
        url=DUTY.url({"day_from": day, "day_to": day, "state": ["planned", "held"]}) if number else "",
        empty="今天没有登记值班带班",
    )


def _entry(one: Activity) -> Entry:
    unit = (one.unit.short_name or one.unit.name) if one.unit else one.organisers
    leader, officers, phone = (str(one.details.get(name) or "") for name in ("leader", "officers", "phone"))
    if leader and officers:
        words = f"带班 {leader}，值班 {officers}"
    elif leader or officers:
        words = f"带班 {leader}" if leader else f"值班 {officers}"
    else:
        words = one.title
    return Entry(
        words,
        DUTY.url_of(one),
        note=" · ".join(part for part in (unit, phone) if part),
    )
