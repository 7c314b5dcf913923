"""Problems that were found, and whether they were put right (F05); evidence that organisation life found some (Q08)."""

from __future__ import annotations

from anlu.kernel.cases.models import Case, Outcome
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import Count, Share, indicator
from anlu.kernel.indicators.evidence import Found, evidence_for
from anlu.kernel.indicators.window import Window

METHOD = "methods/closed-loops.md"
FAMILY = "team.problem"
PROBLEMS = Case.objects.filter(family=FAMILY).exclude(outcome__in=(Outcome.DROPPED, Outcome.MERGED))
DISCUSSED = PROBLEMS.filter(about_kind="team.discussion")


@indicator(
    "team.problems",
    label="大讨论查找出的问题",
    measure="个",
    nature="process",
    method=METHOD,
    figures=("F05.1",),
    ledger=FAMILY,
    order=382,
)
def problems() -> Count:
    """大讨论中查找出的问题，按发现日期统计；撤销、并入的不计。"""
    return Count(DISCUSSED, on="found_on", permission=f"{FAMILY}.view")


@indicator(
    "team.problems_closed",
    label="大讨论问题整改率",
    nature="result",
    better="up",
    method=METHOD,
    figures=("F05.2",),
    ledger=FAMILY,
    order=383,
)
def problems_closed() -> Share:
    """期间大讨论查找出的问题中已销号的比例。"""
    right = DISCUSSED.filter(outcome=Outcome.RESOLVED)
    view = f"{FAMILY}.view"
    return Share(
        Count(right, on="found_on", permission=view), Count(DISCUSSED, on="found_on", permission=view)
    )


@evidence_for("Q08")
def organisation_life_found_problems(window: Window, viewer: Viewer) -> Found:
    """Problems that come from organisation life, each with a cause and what is done about it."""
    period = window.period
    seen = Case.objects.visible_to(viewer, f"{FAMILY}.view").filter(
        found_on__gte=period.start, found_on__lte=period.end
    )
    rows = [
        one
        for one in seen.exclude(outcome=Outcome.DROPPED)
        if one.details.get("source") == "organisation_life"
    ]
    if not rows:
        return Found(False, "来源为组织生活会的问题 0 个", ("组织生活会查摆的问题：成因、措施、期限",))
    closed = sum(one.outcome == Outcome.RESOLVED for one in rows)
    bare = [one for one in rows if not (one.details.get("measure") and one.due_on)]
    missing = tuple(f"{one.number} 的整改措施和期限" for one in bare)
    words = (
        f"来源为组织生活会的问题 {len(rows)} 个，有措施和期限 {len(rows) - len(bare)} 个，已销号 {closed} 个"
    )
    return Found(not missing, words, missing)
