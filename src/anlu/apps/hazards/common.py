"""What all kinds of hazards have in common: the family, the lifecycle, common facts, and how a kind is declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from anlu.apps.hazards import terms
from anlu.apps.hazards.following import follow, suggest, why_not
from anlu.engine.lifecycle import Lifecycle, Move
from anlu.kernel.cases.kinds import Family, Kind, add_family, add_kind, fact

FAMILY: Final = add_family(
    Family(
        code="hazards.hazard",
        path="hazards",
        label="道路隐患",
        noun="隐患",
        unit="处",
        chapter="源头管控",
        item="道路隐患",
        imports=True,
        empty="排查出的隐患都登记在这里：核实、交办、整改、验收销号，直到回头看合格。手机上点“报隐患”最快。",
    )
)
QUICK, WORKS, PLANNED = (
    5,
    15,
    30,
)  # working days to put right: trees and signs, civil works, what needs a budget [I]


@dataclass(frozen=True, kw_only=True)
class Common:
    """Facts of every hazard."""

    source: str = fact("发现来源", default="", choices=terms.SOURCE, filter=True)
    school_route: bool | None = fact("校车路线", default=None, filter=True)
    demand: str = fact("整改要求", default="", long=True, help="修剪几棵、补几面，写清数量")


def lifecycle(days: int) -> Lifecycle:
    """排查 → 核实 → 交办 → 整改 → 验收销号, with return and re-opening after a re-check."""
    return Lifecycle(
        start="found",
        done=("closed", "rejected", "withdrawn"),
        working_days=1,
        moves=(
            Move("verify", "核实", ("found",), "verified", role="handler", asks=("grade", "handler"), working_days=1,
                 sworn=True),
            Move("reject", "不予受理", ("found",), "rejected", role="brigade", needs=("note",), sworn=True),
            Move("withdraw", "撤回", ("found",), "withdrawn", role="reporter", needs=("note",)),
            Move("send", "交办", ("verified", "reopened"), "sent", role="squadron", asks=("lead", "helpers", "due_on"),
                 working_days=days),
            Move("fix", "整改完成", ("sent", "returned"), "fixed", role="owner", needs=("after",)),
            Move("return", "验收不合格退回", ("fixed",), "returned", role="squadron", needs=("note",), returns=True,
                 working_days=3),
            Move("close", "验收销号", ("fixed",), "closed", role="squadron", needs=("before", "after", "note"),
                 sworn=True),
            Move("rebound", "回头看不合格", ("closed",), "reopened", role="inspector", needs=("photo", "note"),
                 reopens=True, working_days=3),
        ),
    )  # fmt: skip


def hazard_kind(
    number: str,
    code: str,
    label: str,
    details: type[Common],
    *,
    aspect: str | Callable[[Mapping[str, Any]], str],
    days: int = QUICK,
    help: str = "",
) -> Kind:
    """
    Declare a kind of hazard.

    Parameters
    ----------
    number
        ``H01``: its number in the list of kinds.
    aspect
        What of the road it is about (dictionary ``hazards.aspect``), or a function of its facts that says so.
    days
        Working days to put it right.
    """
    of = aspect if callable(aspect) else (lambda facts: aspect)
    return add_kind(
        Kind(
            code=f"hazards.{code}",
            label=label,
            prefix="YH",
            family=FAMILY.code,
            ladder="hazards",
            details=details,
            lifecycle=lifecycle(days),
            grades=terms.GRADE,
            suggest=partial(suggest, aspect=of),
            follow=partial(follow, aspect=of),
            why_not=why_not,
            help=f"{number} {help}",
        )
    )
