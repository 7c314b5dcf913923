"""Study: sessions, lectures, writing (F01, F02, F04, F41)."""

from __future__ import annotations

from anlu.apps.team.models import BodyKind, PartyBody, Writing, WritingKind
from anlu.kernel.activities.models import Activity, ActivityBearer, ActivityState
from anlu.kernel.activities.registry import kinds_of
from anlu.kernel.indicators.define import (
    Count,
    Coverage,
    Distinct,
    Parameters,
    Present,
    Share,
    Stock,
    Sum,
    indicator,
)

METHOD = "methods/team.md"
LEDGER = "team.study"
LECTURES = ("team.party_lecture", "team.special_lecture")
SPECIAL = "team.special_lecture"
SECRETARY = "secretary"
HELD = Activity.objects.filter(state=ActivityState.HELD, kind__in=[one.code for one in kinds_of("study")])
HELD_ONES: Parameters = (("state", ActivityState.HELD.value),)
OUTSIDE = HELD.filter(kind=SPECIAL, audience="all").exclude(host="")
COUNTED = HELD.filter(kind=SPECIAL, audience="all", due_count__gt=0, head_count__isnull=False)
BODIES = PartyBody.objects.filter(kind__in=(BodyKind.COMMITTEE, BodyKind.BRANCH))
LECTURED = ActivityBearer.objects.filter(
    activity__state=ActivityState.HELD,
    activity__kind__in=LECTURES,
    activity__speaker_office=SECRETARY,
    group__in=("party.committee", "party.branch"),
)


@indicator(
    "team.study_sessions",
    label="学习活动次数",
    measure="次",
    nature="process",
    method=METHOD,
    figures=("F01",),
    ledger=LEDGER,
    order=310,
)
def study_sessions() -> Count:
    """已开展的第一议题、中心组学习、三会一课、党课、主题党日和大讨论次数，按开展日期统计；几个组织合办的算一次。"""
    return Count(HELD, on="held_on", parameters=HELD_ONES)


@indicator(
    "team.reflections",
    label="心得体会篇数",
    measure="篇",
    nature="process",
    method=METHOD,
    figures=("F02",),
    ledger="team.writing",
    order=320,
)
def reflections() -> Count:
    """民辅警上交的心得体会篇数，按上交日期统计；只作统计，不排名。"""
    rows = Writing.objects.filter(kind=WritingKind.REFLECTION)
    return Count(rows, on="handed_in_on", area="", parameters=(("kind", WritingKind.REFLECTION.value),))


@indicator(
    "team.notes",
    label="学习笔记篇数",
    measure="篇",
    nature="process",
    method=METHOD,
    ledger="team.writing",
    order=321,
)
def notes() -> Count:
    """民辅警上交的学习笔记篇数，按上交日期统计；只作统计，不排名。"""
    rows = Writing.objects.filter(kind=WritingKind.NOTE)
    return Count(rows, on="handed_in_on", area="", parameters=(("kind", WritingKind.NOTE.value),))


@indicator(
    "team.special_lecture",
    label="全警专题党课",
    measure="次",
    nature="process",
    method=METHOD,
    figures=("F04",),
    ledger=LEDGER,
    order=330,
)
def special_lecture() -> Present:
    """期间是否参加了上级主办、面向全体民辅警的专题党课：参加过为 1。"""
    return Present(OUTSIDE, on="held_on")


@indicator(
    "team.special_lecture_attendance",
    label="专题党课到场率",
    nature="process",
    method=METHOD,
    ledger=LEDGER,
    order=331,
)
def special_lecture_attendance() -> Share:
    """面向全体民辅警的专题党课实到人数占应到人数的比例；没有登记人数的不计。"""
    return Share(
        Sum(COUNTED, on="held_on", column="head_count"), Sum(COUNTED, on="held_on", column="due_count")
    )


@indicator(
    "team.secretary_lectures",
    label="书记讲党课覆盖率",
    nature="process",
    method=METHOD,
    ledger="activities.bearer",
    order=340,
)
def secretary_lectures() -> Coverage:
    """期间由书记讲过党课的党总支、党支部占期末党总支、党支部数的比例。"""
    part = Distinct(
        LECTURED, on="activity__held_on", unit="activity__unit", area="activity__town", column="bearer"
    )
    return Coverage(part, Stock(BODIES, on="valid_from", until="valid_to", area=""))


@indicator(
    "team.actions",
    label="已开展的行动",
    measure="项",
    nature="process",
    method=METHOD,
    figures=("F41.2",),
    ledger=LEDGER,
    order=350,
)
def actions() -> Distinct:
    """期间开展过学习活动的“行动”数（大学习、大宣传、大讨论、大实践、大提升等，由字典维护）。"""
    return Distinct(HELD.exclude(programme=""), on="held_on", column="programme")
