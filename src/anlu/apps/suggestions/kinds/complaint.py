"""投诉: somebody was wronged by a requirement or a person; decided by the brigade, never by the unit complained of."""

from dataclasses import dataclass

from anlu.apps.suggestions.kinds import FAMILY
from anlu.engine.lifecycle import Lifecycle, Move
from anlu.kernel.cases.kinds import Kind, add_kind, fact


@dataclass(frozen=True)
class Details:
    """What is complained of."""

    about: str = fact("投诉事由", choices="suggestion.complaint", filter=True)
    happened: str = fact("时间地点", default="")


LIFECYCLE = Lifecycle(
    start="found",
    done=("closed", "rejected", "withdrawn"),
    labels={"found": "待受理", "handling": "核查中", "answered": "已答复", "closed": "已办结", "reopened": "复核中"},
    working_days=1,
    moves=(
        Move("take", "受理核查", ("found",), "handling", role="brigade", asks=("handler", "due_on"), working_days=15,
             sworn=True),
        Move("answer", "答复", ("handling", "reopened"), "answered", role="brigade", needs=("note",), sworn=True),
        Move("reject", "不予受理", ("found",), "rejected", role="brigade", needs=("note",), sworn=True),
        Move("withdraw", "撤回", ("found", "handling"), "withdrawn", role="reporter"),
        Move("accept", "确认办结", ("answered",), "closed", role="reporter"),
        Move("finish", "办结", ("answered",), "closed", role="brigade", needs=("note",), sworn=True),
        Move("review", "申请复核", ("answered",), "reopened", role="reporter", needs=("note",), returns=True,
             working_days=10),
        Move("rebound", "问题又出现", ("closed",), "reopened", role="reporter", needs=("note",), reopens=True,
             working_days=10),
    ),
)  # fmt: skip

COMPLAINT = add_kind(
    Kind(
        code="suggestions.complaint",
        label="投诉",
        prefix="TS",
        family=FAMILY.code,
        details=Details,
        lifecycle=LIFECYCLE,
        attributed=False,
        near_m=0,
        help="对人、对要求的投诉，由大队核查，不转被投诉单位。",
    )
)
