"""Evidence from the ledgers that the platform itself keeps."""

from __future__ import annotations

from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.evidence import Found, evidence_for
from anlu.kernel.indicators.external import RANK
from anlu.kernel.indicators.models import ExternalFigure
from anlu.kernel.indicators.window import Window

SHARE_OF_FIRST = 3  # 居前列: within the first third


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
