"""来文交办: a superior wants something by a day; it is split among units, and answered when all parts are done."""

from dataclasses import dataclass

from anlu.apps.governance.kinds import TASKS
from anlu.engine.lifecycle import Lifecycle, Move
from anlu.kernel.cases.kinds import Kind, add_kind, fact
from anlu.kernel.cases.models import Case
from anlu.kernel.core.scope import Viewer

PART = "governance.part"


@dataclass(frozen=True)
class Details:
    """The paper by which it came."""

    issuer: str = fact("来文单位", filter=True)
    document_number: str = fact("来文文号", default="", filter=True)
    demand: str = fact("交办要求", default="", long=True)
    reply_number: str = fact("回复件文号", default="", help="回复后填写")


def open_parts(case: Case) -> int:
    """How many of its parts are not closed yet."""
    parts = Case.objects.live().filter(kind=PART, about_uid=case.uid)
    return parts.filter(closed_on__isnull=True).count()


def why_not(case: Case, move: Move, by: Viewer) -> str:
    """No reply before the parts are done."""
    if move.code == "reply" and (left := open_parts(case)):
        return f"还有 {left} 项分解任务没有办结"
    return ""


LIFECYCLE = Lifecycle(
    start="found",
    done=("closed", "rejected"),
    labels={"found": "待批办", "answered": "已回复", "returned": "退回补报", "reopened": "再次交办"},
    working_days=1,
    moves=(
        Move("take", "批办", ("found",), "handling", role="squadron", asks=("lead", "handler", "due_on")),
        Move("reply", "回复来文单位", ("handling", "returned", "reopened"), "answered", role="squadron",
             needs=("document",)),
        Move("return", "上级退回", ("answered",), "returned", role="squadron", needs=("note",), returns=True,
             working_days=3),
        Move("close", "办结", ("answered",), "closed", role="squadron"),
        Move("reject", "不予办理", ("found",), "rejected", role="brigade", needs=("note",)),
        Move("again", "再次交办", ("closed",), "reopened", role="squadron", needs=("note",), reopens=True,
             working_days=5),
    ),
)  # fmt: skip

SUPERIOR = add_kind(
    Kind(
        code="governance.superior",
        label="来文交办",
        prefix="JB",
        family=TASKS.code,
        details=Details,
        lifecycle=LIFECYCLE,
        why_not=why_not,
        near_m=0,
        asks=("due_on",),
        help="上级来文交办、需要回复的事项；可以分解给几个单位。",
    )
)
