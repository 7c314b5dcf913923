"""Task forces and secondments (Q12, Q13): how many, with how many people, from which units."""

from __future__ import annotations

from anlu.apps.governance.models import ForceMember, Secondment, TaskForce
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import Stock, Sum, indicator
from anlu.kernel.indicators.evidence import Found, evidence_for
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import POLICE, UnitKind

METHOD = "methods/closed-loops.md"
OURS = (*POLICE, UnitKind.VEHICLE_OFFICE)
LEDGER = "governance.secondment"


@indicator("governance.task_forces", label="在办专班", measure="个", nature="process", method=METHOD,
           ledger="governance.task_force", order=440)  # fmt: skip
def task_forces() -> Stock:
    """期末正在工作的专班：组建日期不晚于期末，结束日期不早于期末，结束当天仍算，按牵头单位统计。"""
    return Stock(TaskForce.objects.all(), on="valid_from", until="valid_to", until_included=True, area="")


def _people(ours: bool) -> Sum:
    rows = Secondment.objects.all()
    kept = rows.filter(unit__kind__in=OURS) if ours else rows.exclude(unit__kind__in=OURS)
    return Sum(kept, on="valid_from", area="", column="head_count")


@indicator("governance.seconded", label="抽调警力", measure="人次", nature="process", method=METHOD,
           ledger=LEDGER, order=441)  # fmt: skip
def seconded() -> Sum:
    """从大队各单位抽调的人数，按抽调起始日期统计；一批算一次。"""
    return _people(ours=True)


@indicator("governance.seconded_outside", label="部门镇街参加人数", measure="人次", nature="process", method=METHOD,
           ledger=LEDGER, order=442)  # fmt: skip
def seconded_outside() -> Sum:
    """部门、镇街参加专班和联合执法的人数，按起始日期统计；一批算一次。"""
    return _people(ours=False)


@evidence_for("Q12")
def a_task_force_was_formed(window: Window, viewer: Viewer) -> Found:
    """Task forces that worked in the period, with members of several units; rights of members end with it."""
    start, end = window.period.start, window.period.end
    rows = list(TaskForce.objects.visible_to(viewer).filter(valid_from__lte=end, valid_to__gte=start))
    if not rows:
        return Found(False, "期间没有工作过的专班", ("专班：任务、组长、成员、起止",))
    members = list(ForceMember.objects.live().filter(force__in=rows).select_related("force", "grant", "unit"))
    lasting = [one for one in members if one.grant and one.grant.valid_to != one.ends_on]
    missing = [
        f"「{force}」两个以上单位的成员"
        for force in rows
        if len({one.unit_id for one in members if one.force_id == force.pk}) < 2
    ]
    missing += [f"「{one.force}」{one.unit} 到期收回的权限" for one in lasting]
    units, accounts = len({one.unit_id for one in members}), sum(one.grant is not None for one in members)
    words = (
        f"期间工作过的专班 {len(rows)} 个，成员 {len(members)} 人，来自 {units} 个单位，"
        f"有账号的 {accounts} 人权限到期自动收回"
    )
    return Found(not missing, words, tuple(missing), ("governance.task_forces",))


@evidence_for("Q13")
def officers_were_drawn(window: Window, viewer: Viewer) -> Found:
    """Secondments that began in the period and joint enforcement, with how many people of the police and of others."""
    rows = list(
        Secondment.objects.visible_to(viewer)
        .filter(valid_from__gte=window.period.start, valid_from__lte=window.period.end)
        .select_related("unit")
    )
    ours = [one for one in rows if one.unit.kind in OURS]
    others = [one for one in rows if one.unit.kind not in OURS]
    joint = {(one.work, one.valid_from) for one in rows if one.purpose == "joint"}
    words = (
        f"抽调警力 {len(ours)} 批 {sum(one.head_count for one in ours)} 人次，"
        f"部门镇街参加 {sum(one.head_count for one in others)} 人次，联合执法 {len(joint)} 次"
    )
    missing = [
        phrase
        for there, phrase in (
            (ours, "从大队各单位抽调的记录"),
            (others, "部门执法人员参加的记录"),
            (joint, "联合执法的记录"),
        )
        if not there
    ]
    codes = ("governance.seconded", "governance.seconded_outside")
    return Found(not missing, words, tuple(missing), codes)
