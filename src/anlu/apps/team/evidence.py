"""Evidence behind statements about the team: Q04 secretaries lectured, Q05 everyone wrote, Q06 the discussion."""

from __future__ import annotations

from collections import Counter

from anlu.apps.team.models import (
    BodyKind,
    Discussion,
    PartyBody,
    Writing,
    WritingDue,
    WritingKind,
    WritingTask,
)
from anlu.apps.team.pages import LECTURES, SECRETARY
from anlu.kernel.activities.models import ActivityBearer, ActivityState
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import value_of
from anlu.kernel.indicators.evidence import Found, evidence_for
from anlu.kernel.indicators.window import Window

PROBLEMS = "F05.1"


@evidence_for("Q04")
def secretaries_lectured(window: Window, viewer: Viewer) -> Found:
    """The secretaries of the committee and of every branch lectured."""
    end = window.period.end
    bodies = PartyBody.objects.visible_to(viewer).filter(kind__in=(BodyKind.COMMITTEE, BodyKind.BRANCH))
    there = list(bodies.filter(valid_from__lte=end).exclude(valid_to__lte=end).order_by("sort_key"))
    held = ActivityBearer.objects.visible_to(viewer).filter(
        activity__voided_at__isnull=True,
        activity__state=ActivityState.HELD,
        activity__kind__in=LECTURES,
        activity__speaker_office=SECRETARY,
        activity__held_on__gte=window.period.start,
        activity__held_on__lte=end,
    )
    lectured = set(held.values_list("bearer", flat=True))
    lacking = [one.name for one in there if one.uid not in lectured]
    words = f"党总支、党支部 {len(there)} 个，书记已讲党课 {len(there) - len(lacking)} 个"
    missing = tuple(f"{name}书记讲党课" for name in lacking) if there else ("党组织树",)
    return Found(not missing, words, missing, ("team.secretary_lectures",))


@evidence_for("Q05")
def everyone_wrote(window: Window, viewer: Viewer) -> Found:
    """Notes and reflections that were due came, branch by branch."""
    tasks = WritingTask.objects.visible_to(viewer).filter(
        due_on__gte=window.period.start, due_on__lte=window.period.end
    )
    due = WritingDue.objects.filter(task__in=tasks)
    done = Counter(Writing.objects.visible_to(viewer).filter(task__in=tasks).values_list("task", "body"))
    words, missing = [], []
    for kind in (WritingKind.NOTE, WritingKind.REFLECTION):
        rows = list(due.filter(task__kind=kind).select_related("body", "task"))
        wanted = sum(one.due_count for one in rows)
        came = sum(min(done[one.task_id, one.body_id], one.due_count) for one in rows)
        words.append(f"{kind.label}应交 {wanted}、已交 {came}")
        if not rows:
            missing.append(f"{kind.label}的任务和应交人数")
        missing += [
            f"{one.body.name}「{one.task.title}」差 {one.due_count - done[one.task_id, one.body_id]} 篇"
            for one in rows
            if done[one.task_id, one.body_id] < one.due_count
        ]
    return Found(not missing, "；".join(words), tuple(missing), ("team.notes", "team.reflections"))


@evidence_for("Q06")
def discussion_was_held(window: Window, viewer: Viewer) -> Found:
    """A discussion with its plan, its themes, its days and activities below it."""
    period = window.period
    found = Discussion.objects.visible_to(viewer).filter(started_on__lte=period.end)
    one = found.exclude(ended_on__lt=period.start).order_by("-started_on").first()
    if one is None:
        return Found(False, "期间没有大讨论", ("大讨论：方案、主题词、起止",))
    held = one.links.filter(activity__state=ActivityState.HELD, activity__voided_at__isnull=True).count()
    facts = {
        "方案文号": one.plan_number,
        "主题词": one.themes,
        "止日": one.ended_on,
        "下挂的已开展活动": held,
    }
    problems = _problems_found(window, viewer)
    missing = tuple(label for label, value in (facts | {"问题清单": problems}).items() if not value)
    words = f"「{one.title}」{one.plan_number}，主题 {len(one.themes)} 个，活动 {held} 次，问题 {problems} 个"
    return Found(not missing, words, missing)


def _problems_found(window: Window, viewer: Viewer) -> int:
    """Problems of the list, by whichever indicator answers that figure of the report; 0 while none does."""
    found = next((one for one in indicators if PROBLEMS in one.figures), None)
    return 0 if found is None else int(value_of(found, window, viewer).value or 0)
