"""What is reminded of by itself: interim measures whose time is over."""

from __future__ import annotations

from typing import Any, Final

from anlu.apps.hazards.queries import interim_due
from anlu.apps.hazards.terms import INTERIM
from anlu.kernel.cases.history import followers_of, people_of_parts, tell
from anlu.kernel.cases.models import Part
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.tasks import RunningJob, every

EVERY_S: Final = 3_600


def remind_of_interim() -> int:
    """Tell reporter, handler, lead and squadron, once for each measure and day of end; gives how many were told."""
    on, told = today(), 0
    for one in interim_due(on):
        state = "已到期" if one.until <= on else "明天到期"
        ask = "请延长或撤除" if one.case.closed_on is None else "隐患已办结，请撤除或移交"
        words = f"临时措施{state}：{one.case.number} {label_of(INTERIM, one.measure)}，{ask}"
        people = followers_of(one.case) | people_of_parts(one.case, Part.LEAD, Part.FOUND)
        told += tell(one.case, people, words, key=f"interim.{one.uid}.{state}", colour="amber", by=SYSTEM)
    return told


@every(EVERY_S, "hazards.interim")
def remind_by_itself(running: RunningJob) -> dict[str, Any]:
    """Every hour."""
    return {"told": remind_of_interim()}
