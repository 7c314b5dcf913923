"""Evidence behind statements about honours and plans: Q01, Q25, Q27."""

from __future__ import annotations

from anlu.apps.plans.indicators.plans import EXCELLENCES, EXTENSIONS
from anlu.apps.plans.models import Honour, Measure, PlanGroup
from anlu.kernel.core.attachments import with_pictures
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.evidence import Found, evidence_for
from anlu.kernel.indicators.window import Window

COMMENDATIONS = 2  # that the statement speaks of


@evidence_for("Q01")
def county_commended(window: Window, viewer: Viewer) -> Found:
    """Two commendations by the county, each with who granted it, its number or day, and a picture of the plaque."""
    period = window.period
    rows = Honour.objects.visible_to(viewer).filter(
        kind="commendation", level="county", granted_on__gte=period.start, granted_on__lte=period.end
    )
    found = list(rows.order_by("granted_on", "pk"))
    pictured = with_pictures(found)
    missing = [f"「{one.title}」的奖牌照片" for one in found if one.uid not in pictured]
    missing += [f"「{one.title}」的授予机关" for one in found if not one.granted_by.strip()]
    if len(found) < COMMENDATIONS:
        missing.append(f"县级表彰{COMMENDATIONS}项")
    words = f"县级表彰 {len(found)} 项" + "".join(f"；{one.title}（{one.granted_by}）" for one in found)
    return Found(not missing, words, tuple(missing), ("plans.county_commendations",))


@evidence_for("Q25")
def experience_was_spread(window: Window, viewer: Viewer) -> Found:
    """Experience that the province spread, each with its source."""
    period = window.period
    rows = Honour.objects.visible_to(viewer).filter(
        kind="experience", level="province", granted_on__gte=period.start, granted_on__lte=period.end
    )
    found = list(rows.order_by("granted_on"))
    missing = [f"「{one.title}」的来源" for one in found if not one.source.strip()]
    if not found:
        missing.append("省级经验推广（含来源）")
    words = f"省级经验推广 {len(found)} 项" + "".join(f"；{one.title}（{one.source}）" for one in found)
    return Found(not missing, words, tuple(missing), ("plans.spread_experience",))


@evidence_for("Q27")
def every_group_is_carried(window: Window, viewer: Viewer) -> Found:
    """Each 优 and each 拓 has measures, or indicators by which it is judged."""
    words, missing = [], []
    for code in (EXCELLENCES, EXTENSIONS):
        groups = PlanGroup.objects.visible_to(viewer).filter(plan__code=code, plan__voided_at__isnull=True)
        there = list(groups.filter(valid_from__lte=window.period.end).order_by("place"))
        measures = Measure.objects.visible_to(viewer).filter(group__in=there)
        carried = set(measures.values_list("group", flat=True))
        lacking = [one.label for one in there if one.pk not in carried]
        words.append(f"“{code}”{len(there)} 项，挂措施 {measures.count()} 项")
        missing += [f"“{label}”的举措或指标" for label in lacking] or ([] if there else [f"“{code}”的分组"])
    indicators = ("plans.excellences", "plans.extensions", "plans.measures_done")
    return Found(not missing, "；".join(words), tuple(missing), indicators)
