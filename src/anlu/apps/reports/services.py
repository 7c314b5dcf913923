"""Writes of reports: words that people change, numbers that are kept, and the state of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from anlu.apps.reports.arrangement import FREE, ReportKind, report_kinds, sections_of
from anlu.apps.reports.models import Report, State
from anlu.apps.reports.permissions import CHANGE, FINISH, VIEW
from anlu.apps.reports.writing import Said, Text, write
from anlu.engine.periods import Period, PeriodError
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now, today
from anlu.kernel.core.errors import AnluError, ChangedMeanwhile, NotAllowed
from anlu.kernel.core.history import plain
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import add_record, record_for, restore_record, void_record
from anlu.kernel.documents.sections import Phrase, Section, Sentence, require_no_digits, sections
from anlu.kernel.indicators.window import Window


class NoSuchReport(AnluError):
    """The kind or the period of a report cannot be read, or the part is not in it."""


class Finished(AnluError):
    """A report that has been approved is not changed any more."""


# ------------------------------------------------------------------------------------------------ reading


def period_of(kind: ReportKind, code: str) -> Period:
    """
    The period of a report, as far as it has come.

    Raises
    ------
    NoSuchReport
        Nobody can read it, it has not begun, or it is not of the kind's length.
    """
    try:
        period = Period.parse(code)
        if kind.code != FREE and period.kind != kind.over:
            raise NoSuchReport(f"{kind.label}的期间不能是「{period.label}」")
        return period.to_date(today())
    except PeriodError as problem:
        raise NoSuchReport(str(problem)) from None


def report_for(kind: ReportKind, period: Period) -> Report:
    """The report of a period; one that nobody has worked on yet is not saved."""
    code = Period(period.kind, period.start, period.natural_end).code
    found: Report | None = Report.objects.live().filter(kind=kind.code, period=code).first()
    return found or Report(kind=kind.code, period=code, title=kind.title_of(Period.parse(code)))


def text_of(report: Report, viewer: Viewer) -> Text:
    """The report as its records give it now."""
    return text_over(report, period_of(report_kinds.get(report.kind), report.period), viewer)


def text_over(report: Report, period: Period, viewer: Viewer) -> Text:
    """The sections of a report over any period, in its own words."""
    return write(sections_in(report), Window(period), viewer, edits=report.edits)


def sections_in(report: Report) -> list[Section]:
    """The sections of a report in their order."""
    return sections_of(report_kinds.get(report.kind), report.chosen.get("sections", ()))


# ------------------------------------------------------------------------------------------------ writing


@transaction.atomic
def start_report(kind: ReportKind, period: str, *, by: Viewer) -> Report:
    """The saved report of a kind and period; made when nobody has worked on it yet."""
    if not by.may(CHANGE):
        raise NotAllowed("您没有编写报告的权限")
    found = report_for(kind, period_of(kind, period))
    return found if found.pk else add_record(found, by=by, permission=CHANGE)


def add_free_report(values: Mapping[str, Any], *, by: Viewer) -> Report:
    """A report put together from chosen sections and indicators."""
    period = period_of(report_kinds.get(FREE), values["period"])
    chosen = {"sections": list(values.get("sections", ())), "indicators": list(values.get("indicators", ()))}
    if not any(chosen.values()):
        raise NoSuchReport("请至少选一个章节或一个指标")
    report = Report(kind=FREE, period=values["period"], title=values["title"], chosen=chosen)
    report.period = period.code if not period.is_cut else values["period"]
    return add_record(report, by=by, permission=CHANGE)


@transaction.atomic
def reword(report: Report, key: str, text: str, *, by: Viewer) -> Report:
    """
    Put other words in the place of a part's own; "" gives back its own.

    Raises
    ------
    SectionProblem
        A number was typed in, left out or added.
    NoSuchReport
        There is no such part.
    Finished
        The report has been approved.
    """
    thing = open_for_change(report.uid, by)
    part = _part(key)
    stated = text.strip()
    if stated and isinstance(part, Sentence):
        part.reworded(stated)
    elif stated:
        require_no_digits(stated)
    before = thing.edits.get(key)
    edits = {name: value for name, value in thing.edits.items() if name != key}
    if stated and not (isinstance(part, Sentence) and stated == part.template):
        edits[key] = {"template" if isinstance(part, Sentence) else "text": stated}
    return saved(thing, {"edits": edits}, {key: [before, edits.get(key)]}, by=by)


def _part(key: str) -> Sentence | Phrase:
    section, _, name = key.rpartition(".")
    found = sections.get(section) if section in sections else None
    part = next((one for one in found.parts if one.code == name), None) if found else None
    if part is None:
        raise NoSuchReport(f"报告里没有这一段：{key[:60]}")
    return part


@transaction.atomic
def keep_numbers(report: Report, *, by: Viewer) -> Report:
    """
    Keep every number as it is now, so that later changes are seen.

    Raises
    ------
    Finished
        The report has been approved.
    NotAllowed
        ``by`` does not see all records behind the figures of its sections; what is kept is of the whole brigade.
    """
    thing = open_for_change(report.uid, by)
    text = text_of(thing, by)
    if not text.is_whole:
        raise NotAllowed("您只能看到部分记录，不能保存全大队的数字，请由能看到全部记录的人保存")
    numbers = {one.key: kept_of(one) for one in text.numbers}
    values = {"numbers": numbers, "kept_at": now(), "kept_by_name": by.name[:60]}
    return saved(thing, values, {"numbers": [len(thing.numbers), len(numbers)]}, by=by)


def kept_of(said: Said) -> dict[str, Any]:
    """A number as it is kept."""
    return {
        "indicator": said.indicator.code,
        "side": said.side.value,
        "words": said.words,
        "value": plain(said.value),
        "rows": said.rows,
    }


NEXT: Final = {
    State.DRAFT: (State.REVIEW, State.FINAL),
    State.REVIEW: (State.FINAL, State.DRAFT),
    State.FINAL: (State.DRAFT,),
}


@transaction.atomic
def advance(report: Report, state: State, *, by: Viewer, version: int | None = None) -> Report:
    """
    Send a draft to be approved, approve it, or take it back to be worked on.

    Parameters
    ----------
    version
        Of the report as the person read it; None: as ``report`` holds it.

    Raises
    ------
    ChangedMeanwhile
        Somebody has written in it, sent, approved or taken it back since.
    NotAllowed
        Approving, and opening again what was approved, needs the permission for it; or it is in that state already.
    """
    thing = record_for(Report, report.uid, by=by, permission=VIEW)
    if thing.version != (report.version if version is None else version):
        raise ChangedMeanwhile(f"「{thing}」刚被他人改动，现为{State(thing.state).label}，请看过再办")
    final = State.FINAL in (state, thing.state)
    if not by.may(FINISH if final else CHANGE):
        raise NotAllowed("审定和重新起草须有审定权限" if final else "您没有编写报告的权限")
    if state not in NEXT[State(thing.state)]:
        raise NotAllowed(f"报告{State(thing.state).label}，不能改为{state.label}")
    if state is State.FINAL and not thing.numbers:
        thing = keep_numbers(thing, by=by)
    return saved(thing, {"state": state.value}, {"state": [thing.state, state.value]}, by=by)


def open_for_change(uid: UUID, by: Viewer) -> Report:
    """
    A report to be worked on, locked.

    Raises
    ------
    NotFound, Finished
        There is none for this person; it has been approved.
    """
    thing = record_for(Report, uid, by=by, permission=CHANGE)
    if thing.state == State.FINAL:
        raise Finished("报告已审定，不能再改；需要时请有权限的人退回起草")
    return thing


def saved(thing: Report, values: Mapping[str, Any], changes: Mapping[str, Any], *, by: Viewer) -> Report:
    """The report with these values, one version on, and the change written down."""
    for name, value in values.items():
        setattr(thing, name, value)
    thing.version += 1
    thing.save()
    record("change", thing, by=by, changes=changes)
    return thing


def void_report(uid: UUID, *, why: str, by: Viewer) -> Report:
    """Put a report away."""
    return void_record(Report, uid, why=why, by=by, permission=CHANGE)


def restore_report(uid: UUID, *, by: Viewer) -> Report:
    """Bring it back."""
    return restore_record(Report, uid, by=by, permission=CHANGE)
