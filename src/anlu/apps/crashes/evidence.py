"""Evidence about crashes for statements without a figure."""

from __future__ import annotations

from anlu.apps.crashes.models import Crash
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import values_of
from anlu.kernel.indicators.evidence import Found, evidence_for
from anlu.kernel.indicators.window import Window

MAJOR, TWO_DEAD, ALL = "crash.major", "crash.two_dead", "crash.all"


@evidence_for("Q03")
def control_of_major_crashes(window: Window, viewer: Viewer) -> Found:
    """控大: crashes with three dead or more, days since the last one, crashes with two dead."""
    codes = (MAJOR, TWO_DEAD, ALL)
    major, two, crashes = values_of(map(indicators.get, codes), window, viewer)
    if not crashes.rows:
        return Found(False, "本期没有事故记录", ("事故台账",))
    last = (
        Crash.objects.visible_to(viewer)
        .filter(killed__gte=3, occurred_on__lte=window.period.end)
        .order_by("-occurred_on")
        .values_list("occurred_on", flat=True)
        .first()
    )
    since = f"距上一起 {(window.period.end - last).days} 天" if last else "台账内没有这样的事故"
    words = f"一次死亡三人以上事故 {major.numerator} 起，{since}；一次死亡二人事故 {two.numerator} 起"
    return Found(True, words, indicators=codes)
