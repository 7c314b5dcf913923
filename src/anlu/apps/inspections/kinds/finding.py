"""督查问题: found on a round, put right by the inspected unit, accepted by the inspectors, looked at again later."""

from dataclasses import dataclass

from anlu.apps.inspections.kinds import FAMILY
from anlu.apps.inspections.terms import CATEGORIES
from anlu.engine.lifecycle import Lifecycle, Move
from anlu.kernel.cases.kinds import Kind, add_kind, fact


@dataclass(frozen=True)
class Details:
    """What is wrong."""

    category: str = fact("督查类别", choices=CATEGORIES, filter=True)
    item: str = fact("检查内容", default="")
    demand: str = fact("整改要求", default="", long=True)


LIFECYCLE = Lifecycle(
    start="found",
    done=("closed", "withdrawn"),
    labels={"found": "待交办", "reopened": "回头看未改"},
    working_days=1,
    moves=(
        Move("send", "交办整改", ("found",), "sent", role="squadron", asks=("lead", "due_on"), working_days=5),
        Move("fix", "整改完成", ("sent", "returned", "reopened"), "fixed", role="owner", needs=("note",)),
        Move("return", "退回", ("fixed",), "returned", role="squadron", needs=("note",), returns=True,
             working_days=3),
        Move("close", "验收销号", ("fixed",), "closed", role="squadron"),
        Move("withdraw", "撤销", ("found", "sent"), "withdrawn", role="squadron", needs=("note",), sworn=True),
        Move("rebound", "回头看未改", ("closed",), "reopened", role="inspector", needs=("note",), reopens=True,
             working_days=3),
    ),
)  # fmt: skip

FINDING = add_kind(
    Kind(
        code="inspections.finding",
        label="督查问题",
        prefix="DC",
        family=FAMILY.code,
        details=Details,
        lifecycle=LIFECYCLE,
        near_m=0,
        asks=("lead", "due_on"),
        help="督查发现的问题。现场核实、随后补记的也可以直接登记。",
    )
)
