"""Evidence about crashes for statements without a figure."""

from __future__ import annotations

from collections import Counter

from anlu.apps.crashes.models import Crash, CrashParty
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import Count, indicators
from anlu.kernel.indicators.evaluate import rows_of, values_of
from anlu.kernel.indicators.evidence import Found, evidence_for
from anlu.kernel.indicators.window import Window

WORN, NOT_WORN, NOT_KNOWN = "used", "not_used", "unknown"  # a helmet, as the party's record states it
RIDERS = Count(
    CrashParty.objects.filter(
        injury__in=("killed", "serious", "slight", "minor"), helmet__in=(WORN, NOT_WORN, NOT_KNOWN)
    ),
    on="crash__occurred_on",
    unit="crash__unit",
    area="crash__town",
)
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


@evidence_for("Q20")
def helmets(window: Window, viewer: Viewer) -> Found:
    """Riders killed or hurt with, without and not known whether with a helmet, against last year."""
    worn = Counter(rows_of(RIDERS, window, viewer).values_list("helmet", flat=True))
    if not worn:
        return Found(False, "本期没有登记头盔使用情况的伤亡人员", ("当事人的安全头盔栏",))
    last_year = rows_of(RIDERS, window.at(window.period.previous_year()), viewer)
    before = last_year.filter(helmet=NOT_WORN).count()
    words = (
        f"骑乘人员伤亡 {worn.total()} 人，其中未戴头盔 {worn[NOT_WORN]} 人、"
        f"使用不明 {worn[NOT_KNOWN]} 人；上年同期未戴头盔 {before} 人"
    )
    missing = () if worn[NOT_WORN] < before else ("未戴头盔伤亡人数没有下降",)
    return Found(not missing, words, missing)
