"""会议: meetings of all levels."""

from __future__ import annotations

from typing import Any

from anlu.apps.governance.dispatch import DISPATCH
from anlu.apps.governance.kinds import MEETING
from anlu.kernel.core.scope import Viewer
from anlu.web.desk.activities.ledger import activity_ledger
from anlu.web.ledgers import Verb


def _only_dispatch(activity: Any, viewer: Viewer) -> str:
    return "" if activity.kind == DISPATCH else "只有安委办周调度有议程"


MEETINGS = activity_ledger(
    "governance.meeting",
    "governance/meetings",
    "会议台账",
    "会议",
    families=(MEETING,),
    chapter="综合治理",
    item="调度会",
    rank=20,
    icon="presentation",
    empty="这里登记各级会议：政府专题会、交安委全会、安委办周调度、成员单位联席、大队会、中队会、现场会。",
    verbs=(Verb("议程与议定事项", "governance.dispatch.meeting", "list-check", possible=_only_dispatch),),
)
