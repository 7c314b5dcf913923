"""Bulletins and findings (F06, F07)."""

from __future__ import annotations

from anlu.apps.inspections.ledgers.bulletins import KIND
from anlu.kernel.cases.models import Case, Outcome
from anlu.kernel.documents.models import LIVE_STATES, Document
from anlu.kernel.indicators.define import Count, Ratio, Share, indicator

METHOD = "methods/closed-loops.md"
BULLETINS = Document.objects.filter(kind=KIND, state__in=LIVE_STATES)
FINDINGS = Case.objects.filter(family="inspections.finding").exclude(
    outcome__in=(Outcome.DROPPED, Outcome.MERGED)
)
VIEW = "inspections.finding.view"
RIGHT = Count(
    FINDINGS.filter(outcome=Outcome.RESOLVED),
    on="found_on",
    permission=VIEW,
    parameters=(("stage", "resolved"),),
)
FOUND = Count(FINDINGS, on="found_on", permission=VIEW, parameters=(("stage", "open"), ("stage", "resolved")))


@indicator(
    "inspections.bulletins",
    label="督查通报",
    measure="期",
    nature="process",
    method=METHOD,
    figures=("F06",),
    ledger="inspections.bulletin",
    order=390,
)
def bulletins() -> Count:
    """已印发的督查通报期数，按印发日期统计；撤回的不计。"""
    return Count(BULLETINS, on="issued_on", area="", permission="inspections.bulletin.view")


@indicator(
    "inspections.findings",
    label="督查发现问题",
    measure="处",
    nature="process",
    method=METHOD,
    figures=("F07.1",),
    ledger="inspections.finding",
    order=391,
)
def findings() -> Count:
    """督查发现的问题，按发现日期统计；撤销、并入的不计。"""
    return FOUND


@indicator(
    "inspections.findings_closed",
    label="督查问题整改率",
    nature="result",
    better="up",
    method=METHOD,
    figures=("F07.2",),
    ledger="inspections.finding",
    order=392,
)
def findings_closed() -> Share:
    """期间发现的督查问题中已验收销号的比例。"""
    return Share(RIGHT, FOUND)


@indicator(
    "inspections.findings_per_bulletin",
    label="每期通报问题数",
    measure="处/期",
    nature="process",
    method=METHOD,
    ledger="inspections.finding",
    order=393,
)
def findings_per_bulletin() -> Ratio:
    """期间发现的督查问题数与期间印发的督查通报期数之比。"""
    return Ratio(FOUND, Count(BULLETINS, on="issued_on", area="", permission="inspections.bulletin.view"))
