"""分解任务: one unit's part of a task of a superior."""

from dataclasses import dataclass

from anlu.apps.governance.kinds import TASKS
from anlu.engine.lifecycle import Lifecycle, Move
from anlu.kernel.cases.kinds import Kind, add_kind, fact


@dataclass(frozen=True)
class Details:
    """What this unit does of it."""

    demand: str = fact("办理要求", default="", long=True)


LIFECYCLE = Lifecycle(
    start="sent",
    done=("closed", "withdrawn"),
    labels={"sent": "办理中", "answered": "待审核", "reopened": "重新办理"},
    working_days=5,
    moves=(
        Move("reply", "报办理结果", ("sent", "returned", "reopened"), "answered", role="owner", needs=("note",)),
        Move("return", "退回再办", ("answered",), "returned", role="squadron", needs=("note",), returns=True,
             working_days=2),
        Move("close", "审核办结", ("answered",), "closed", role="squadron"),
        Move("withdraw", "撤销", ("sent",), "withdrawn", role="squadron", needs=("note",)),
        Move("rebound", "重新办理", ("closed",), "reopened", role="squadron", needs=("note",), reopens=True,
             working_days=3),
    ),
)  # fmt: skip

PART = add_kind(
    Kind(
        code="governance.part",
        label="分解任务",
        prefix="FJ",
        family=TASKS.code,
        details=Details,
        lifecycle=LIFECYCLE,
        near_m=0,
        asks=("lead", "due_on"),
        within=TASKS.code,
        help="来文交办中由一个单位承办的部分，从交办事项的页面分解。",
    )
)
