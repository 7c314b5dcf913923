"""Evidence about governance: Q02 tasks, Q07 in time, Q09 meetings, Q10 accountability, Q11 interviews and notices."""

from __future__ import annotations

from collections import Counter
from datetime import date

from anlu.kernel.activities.models import Activity, ActivityState
from anlu.kernel.activities.registry import kinds_of
from anlu.kernel.cases.models import Case, CaseFile, FileKind, Outcome
from anlu.kernel.cases.queries import figures
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents.define import kinds as document_kinds
from anlu.kernel.documents.models import LIVE_STATES, Document, State
from anlu.kernel.indicators.evidence import Found, evidence_for
from anlu.kernel.indicators.window import Window

SEVERAL = 2  # 多次
ACCOUNTABILITY = "accountability"
ORDERS = ("interview_notice", "rectification")


@evidence_for("Q02")
def superiors_asked(window: Window, viewer: Viewer) -> Found:
    """Tasks of superiors with parts, a day for the reply, and the reply itself."""
    period = window.period
    tasks = Case.objects.visible_to(viewer, "governance.task.view").filter(
        kind="governance.superior", found_on__gte=period.start, found_on__lte=period.end
    )
    rows = list(tasks.exclude(outcome=Outcome.DROPPED))
    if not rows:
        return Found(False, "来文交办 0 件", ("来文交办：分解、期限、回复",))
    parts = (
        Case.objects.live().filter(kind="governance.part", about_uid__in=[one.uid for one in rows]).count()
    )
    replied = {
        one.case_id
        for one in CaseFile.objects.live().filter(case__in=rows, kind=FileKind.DOCUMENT)
        if one.case.state in ("answered", "closed")
    }
    missing = [] if parts else ["分解任务"]
    missing += [f"{one.number} 的回复期限" for one in rows if one.due_on is None]
    over = [one for one in rows if one.due_on and one.due_on <= period.end and one.pk not in replied]
    missing += [f"{one.number} 的回复件" for one in over]
    words = f"来文交办 {len(rows)} 件，分解任务 {parts} 项，已回复 {len(replied)} 件"
    return Found(not missing, words, tuple(missing))


@evidence_for("Q07")
def closed_in_time(window: Window, viewer: Viewer) -> Found:
    """The on-time closing rate over all ledgers of the period, and of the same days of the year before."""
    start, end = window.period.start, window.period.end
    rows = Case.objects.visible_to(viewer)
    now, before = figures(rows, start, end), figures(rows, _year_before(start), _year_before(end))
    if now.on_time_share is None:
        return Found(False, "期间没有应办结的事项", ("办结的事项",))
    words = f"按期办结率 {now.on_time_share:.1%}（{now.on_time}/{now.due}）"
    if before.on_time_share is None:
        return Found(False, words, ("上年同期办结的事项，没有就不能说提升",))
    words += f"，上年同期 {before.on_time_share:.1%}（{before.on_time}/{before.due}）"
    missing = () if now.on_time_share > before.on_time_share else ("按期办结率高于上年同期",)
    return Found(not missing, words, missing)


def _year_before(day: date) -> date:
    """The same day of the year before; of 29 February the day before it."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


@evidence_for("Q09")
def government_met(window: Window, viewer: Viewer) -> Found:
    """Meetings by level; the government's several times."""
    levels = kinds_of("meeting")
    held = _held(viewer, [one.code for one in levels], window.period.start, window.period.end)
    words = "，".join(f"{one.label} {held[one.code]} 次" for one in levels if held[one.code]) or "会议 0 次"
    enough = held["governance.government"] >= SEVERAL
    missing = () if enough else (f"政府专题会至少 {SEVERAL} 次",)
    return Found(enough, words, missing, ("governance.government_meetings",))


def _held(viewer: Viewer, codes: list[str], start: date, end: date) -> Counter[str]:
    rows = Activity.objects.visible_to(viewer).filter(
        kind__in=codes, state=ActivityState.HELD, held_on__gte=start, held_on__lte=end
    )
    return Counter(rows.values_list("kind", flat=True))


@evidence_for("Q11")
def interviews_and_notices(window: Window, viewer: Viewer) -> Found:
    """Interview notices and rectification notices that went out, each with its legal basis; answered and overdue."""
    period = window.period
    rows = list(
        Document.objects.visible_to(viewer).filter(
            kind__in=ORDERS, state__in=LIVE_STATES, issued_on__gte=period.start, issued_on__lte=period.end
        )
    )
    words, missing = [], []
    for kind in ORDERS:
        those = [one for one in rows if one.kind == kind]
        label = document_kinds.get(kind).label
        answered = sum(one.state == State.REPLIED for one in those)
        late = sum(one.state == State.OVERDUE for one in those)
        words.append(f"{label} {len(those)} 份（已回复 {answered}，逾期 {late}）")
        missing += [] if those else [f"已印发的{label}"]
        missing += [f"{one.number or one.title} 的法律依据" for one in those if not one.bases]
    return Found(not missing, "，".join(words), tuple(missing))


@evidence_for("Q10")
def accountability(window: Window, viewer: Viewer) -> Found:
    """Proposals to hold somebody to account that went out; the assessment of the towns is not registered yet."""
    period = window.period
    sent = Document.objects.visible_to(viewer).filter(
        kind=ACCOUNTABILITY, state__in=LIVE_STATES, issued_on__range=(period.start, period.end)
    )
    number = sent.count()
    missing = ("镇街考核表：还没有这项台账", *(() if number else ("已印发的问责建议函",)))
    return Found(False, f"问责建议函 {number} 份", missing)
