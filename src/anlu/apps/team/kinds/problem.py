"""问题清单: a problem that a unit found in its own work, with its cause, what will be done, by whom and by when."""

from dataclasses import dataclass

from anlu.apps.team.terms import SOURCES
from anlu.engine.lifecycle import Lifecycle, Move
from anlu.kernel.cases.kinds import Family, Kind, add_family, add_kind, fact

FAMILY = add_family(
    Family(
        code="team.problem",
        path="team/problems",
        label="问题清单",
        noun="问题",
        unit="个",
        chapter="队伍建设",
        item="大讨论与问题清单",
        located=False,
        imports=True,
        empty="这里登记大讨论、组织生活会、警示教育中自己找、相互提、上级点的问题：成因、措施、责任单位、期限。只到单位，不给个人排名。",
    )
)


@dataclass(frozen=True)
class Details:
    """Where it came from, why it is so, what will be done."""

    source: str = fact("问题来源", choices=SOURCES, filter=True)
    cause: str = fact("成因", default="", long=True)
    measure: str = fact("整改措施", default="", long=True)
    at_once: bool = fact("立行立改", default=False, filter=True)


LIFECYCLE = Lifecycle(
    start="found",
    done=("closed", "withdrawn"),
    labels={"found": "待整改", "reopened": "又出现待整改"},
    working_days=20,
    moves=(
        Move("take", "认领", ("found",), "handling", role="handler", asks=("lead", "handler", "due_on")),
        Move("fix", "整改完成", ("found", "handling", "returned", "reopened"), "fixed", role="handler",
             needs=("note",)),
        Move("return", "退回", ("fixed",), "returned", role="brigade", needs=("note",), returns=True,
             working_days=5),
        Move("close", "销号", ("fixed",), "closed", role="brigade"),
        Move("withdraw", "撤销", ("found",), "withdrawn", role="brigade", needs=("note",)),
        Move("rebound", "问题又出现", ("closed",), "reopened", role="inspector", needs=("note",), reopens=True,
             working_days=10),
    ),
)  # fmt: skip

PROBLEM = add_kind(
    Kind(
        code="team.problem",
        label="查摆问题",
        prefix="WT",
        family=FAMILY.code,
        details=Details,
        lifecycle=LIFECYCLE,
        near_m=0,
        asks=("lead", "due_on"),
        within="team.discussion",
        alone=True,
        help="自己找、相互提、上级点，以及组织生活会等查摆的问题；立行立改的登记后直接整改。",
    )
)
