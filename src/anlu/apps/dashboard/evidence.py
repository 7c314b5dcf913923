"""Evidence for control around the clock: the duty roster, as long as there are no posts to count hours by."""

from __future__ import annotations

from anlu.kernel.activities.models import Activity, ActivityState
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.evidence import Found, evidence_for
from anlu.kernel.indicators.window import Window

DUTY = "dashboard.duty"


@evidence_for("Q14")
def around_the_clock(window: Window, viewer: Viewer) -> Found:
    """Days with somebody on duty; hours with a manned post cannot be told before posts are registered."""
    period = window.period
    turns = Activity.objects.visible_to(viewer).filter(kind=DUTY, day__range=(period.start, period.end))
    days = turns.exclude(state=ActivityState.CANCELLED).values("day").distinct().count()
    words = f"有值班带班登记的 {days} 天，共 {period.day_count} 天"
    missing = ("24小时有岗覆盖率：岗位与勤务还没有登记",)
    return Found(False, words, missing if days == period.day_count else ("每天的值班带班登记", *missing))
