"""意见建议: read within two working days, answered within ten, and asked whether the answer helps."""

from dataclasses import dataclass

from anlu.apps.suggestions.kinds import FAMILY
from anlu.engine.lifecycle import Lifecycle, Move
from anlu.kernel.cases.kinds import Kind, add_kind, fact


@dataclass(frozen=True)
class Details:
    """What it is about."""

    subject: str = fact("关于", choices="suggestion.subject", filter=True)
    replaces: str = fact("涉及的表或页面", default="", help="哪张表、哪个页面；可不填")
    minutes: int | None = fact("每周多花的时间", default=None, unit="分钟", filter=True)


LIFECYCLE = Lifecycle(
    start="found",
    done=("closed", "rejected", "withdrawn"),
    labels={"found": "待受理", "answered": "已答复", "closed": "已办结", "reopened": "不满意再办"},
    working_days=2,
    moves=(
        Move("take", "受理", ("found",), "handling", role="handler", asks=("handler", "due_on"), working_days=10),
        Move("answer", "答复", ("handling", "reopened"), "answered", role="handler", needs=("note",)),
        Move("reject", "不予受理", ("found",), "rejected", role="brigade", needs=("note",)),
        Move("withdraw", "撤回", ("found", "handling"), "withdrawn", role="reporter"),
        Move("accept", "确认办结", ("answered",), "closed", role="reporter"),
        Move("finish", "办结", ("answered",), "closed", role="brigade", needs=("note",)),
        Move("again", "不满意，再办", ("answered",), "reopened", role="reporter", needs=("note",), returns=True,
             working_days=5),
        Move("rebound", "问题又出现", ("closed",), "reopened", role="reporter", needs=("note",), reopens=True,
             working_days=5),
    ),
)  # fmt: skip

SUGGESTION = add_kind(
    Kind(
        code="suggestions.suggestion",
        label="意见建议",
        prefix="YJ",
        family=FAMILY.code,
        details=Details,
        lifecycle=LIFECYCLE,
        attributed=False,
        near_m=0,
        help="对平台、表格、工作安排的意见和建议。",
    )
)
