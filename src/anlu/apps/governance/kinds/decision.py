"""议定事项: a meeting decided that a unit does something by a day; the office of the committee closes it."""

from dataclasses import dataclass

from anlu.apps.governance.kinds import DECISIONS
from anlu.engine.lifecycle import Lifecycle, Move
from anlu.kernel.cases.kinds import Kind, add_kind, fact


@dataclass(frozen=True)
class Details:
    """What is wanted."""

    demand: str = fact("办理要求", default="", long=True)


LIFECYCLE = Lifecycle(
    start="sent",
    done=("closed", "withdrawn"),
    labels={"sent": "办理中", "answered": "待销号", "reopened": "重新办理"},
    working_days=7,
    moves=(
        Move("reply", "报办理结果", ("sent", "returned", "reopened"), "answered", role="owner", needs=("note",)),
        Move("return", "退回再办", ("answered",), "returned", role="squadron", needs=("note",), returns=True,
             working_days=3),
        Move("close", "销号", ("answered",), "closed", role="squadron"),
        Move("withdraw", "撤销", ("sent",), "withdrawn", role="brigade", needs=("note",)),
        Move("rebound", "重新办理", ("closed",), "reopened", role="squadron", needs=("note",), reopens=True,
             working_days=5),
    ),
)  # fmt: skip

DECISION = add_kind(
    Kind(
        code="governance.decision",
        label="议定事项",
        prefix="YD",
        family=DECISIONS.code,
        details=Details,
        lifecycle=LIFECYCLE,
        near_m=0,
        asks=("lead", "helpers", "due_on"),
        within="governance.meeting",
        help="会议议定、有责任单位和期限的事项。",
    )
)
