"""Evidence from the ledgers that the platform itself keeps."""

from __future__ import annotations

from itertools import pairwise

from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.evidence import Found, evidence_for
from anlu.kernel.indicators.external import RANK
from anlu.kernel.indicators.models import ExternalFigure
from anlu.kernel.indicators.window import Window

POLL = "poll"
SHARE_OF_FIRST = 3  # 居前列: within the first third
YEARS = 3  # 逐年: so many years at least


@evidence_for("Q22")
def ranks(window: Window, viewer: Viewer) -> Found:
    """Ranks stated by a superior, each with its document, all within the first third."""
    period = window.period
    rows = ExternalFigure.objects.visible_to(viewer).filter(kind=RANK, day__gte=period.start)
    listed = list(rows.filter(day__lte=period.end).exclude(document_number="").order_by("subject", "day"))
    latest = {one.subject: one for one in listed}
    words = "；".join(
        f"{one.subject} 第 {one.value.normalize():f} 名（共 {one.among}，{one.document_number}）"
        for one in latest.values()
    )
    if not latest:
        return Found(False, "排名记录 0 条", ("上级通报的排名，写明来源文号",))
    behind = [one.subject for one in latest.values() if one.value * SHARE_OF_FIRST > (one.among or 0)]
    missing = tuple(f"{one}不在前三分之一" for one in behind)
    return Found(not missing, words, missing)


@evidence_for("Q28")
def satisfaction(window: Window, viewer: Viewer) -> Found:
    """External polls year by year; what the counters' own ratings say cannot be told before they are registered."""
    rows = ExternalFigure.objects.visible_to(viewer).filter(kind=POLL, day__lte=window.period.end)
    latest = {one.day.year: one for one in rows.exclude(document_number="").order_by("day")}
    series = [latest[year] for year in sorted(latest)][-YEARS:]
    stated = "，".join(
        f"{one.day.year}年 {one.value.normalize():f}（{one.document_number}）" for one in series
    )
    missing = ["窗口自评（好差评）：还没有这项台账"]
    if len(series) < YEARS:
        missing.append(f"连续 {YEARS} 年的第三方测评，写明来源文号")
    elif any(later.value <= earlier.value for earlier, later in pairwise(series)):
        missing.append("第三方测评没有逐年提升")
    return Found(False, f"第三方测评 {stated}" if series else "第三方测评 0 年", tuple(missing))
