"""Writes of inspections: teams, rounds, what was checked (what is wrong becomes a case), bulletins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from anlu.apps.inspections import permissions
from anlu.apps.inspections.bearing import issuing_unit
from anlu.apps.inspections.models import Check, Round, Team, Told, Verdict
from anlu.apps.inspections.queries import items_of, summary_of, told, untold_findings
from anlu.apps.inspections.terms import CATEGORIES
from anlu.kernel.cases.history import add_event
from anlu.kernel.cases.models import Case, Outcome
from anlu.kernel.cases.services import About, MoveRefused, change_case, move_case, open_case
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.core.errors import AnluError, NeedsReason, NotAllowed, NotFound
from anlu.kernel.core.numbers import next_number
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import RecordServices, record_for, strike_out
from anlu.kernel.documents.define import Addressee
from anlu.kernel.documents.models import Document
from anlu.kernel.documents.services import draft_document
from anlu.kernel.people.models import Unit

FINDING = "inspections.finding"
SUBJECT = "inspections.round"
ADDRESSEES = "各中队、各股室"


class InspectionProblem(AnluError):
    """What was stated contradicts itself, or cannot be done now."""


class WithMany(RecordServices[Any]):
    """Services of records that name several units or people beside their own columns."""

    def __init__(self, model: type[Any], code: str, many: tuple[str, ...], **more: Any) -> None:
        super().__init__(model, code, **more)
        self.many = many

    @transaction.atomic
    def add(self, values: Mapping[str, Any], *, by: Viewer) -> Any:
        """A new record with its lists."""
        plain = {name: value for name, value in values.items() if name not in self.many}
        thing = super().add(plain, by=by)
        self._set(thing, values)
        return thing

    @transaction.atomic
    def change(self, uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Any:
        """Values and lists of the record that was opened at ``version``."""
        plain = {name: value for name, value in values.items() if name not in self.many}
        thing = super().change(uid, plain, version=version, by=by)
        if changed := self._set(thing, values):
            record("change", thing, by=by, note=f"改动：{'、'.join(changed)}")
        return thing

    def _set(self, thing: Any, values: Mapping[str, Any]) -> list[str]:
        changed = []
        for name in (one for one in self.many if one in values):
            held = getattr(thing, name)
            before, wanted = set(held.values_list("pk", flat=True)), {one.pk for one in values[name]}
            if before != wanted:
                held.set(values[name])
                changed.append(str(self.model._meta.get_field(name).verbose_name))
        return changed


def _prepare_team(team: Team) -> None:
    if team.valid_to and team.valid_to < team.valid_from:
        raise InspectionProblem("止日早于起日")


def _prepare_round(one: Round) -> None:
    if not one.categories:
        raise InspectionProblem("请选择督查类别")
    team = one.team
    if one.planned_on < team.valid_from or (team.valid_to and one.planned_on > team.valid_to):
        raise InspectionProblem(f"「{team}」在 {one.planned_on} 不在有效期内")
    one.unit_id = one.unit_id or team.unit_id
    if not one.number:
        year = one.planned_on.year
        one.number = f"DCAP-{year}-{next_number(f'inspections.round.{year}'):04d}"


teams = WithMany(Team, "inspections.team", ("members",), prepare=_prepare_team)
rounds = WithMany(Round, SUBJECT, ("units",), prepare=_prepare_round, tracked=("number", "unit"))


# ------------------------------------------------------------------------------------------------ filling in


@dataclass(frozen=True)
class Answer:
    """How one line of the checklist came out."""

    verdict: Verdict
    note: str = ""


@transaction.atomic
def fill_round(
    uid: UUID,
    unit: Unit,
    answers: Mapping[tuple[str, str], Answer],
    *,
    by: Viewer,
    due_on: date | None = None,
) -> list[Case]:
    """
    Write down what was seen in one unit; each line that is wrong opens a case, once.

    Parameters
    ----------
    answers
        (category, item) to what was seen; what was not looked at is left out.
    due_on
        By when the unit has to put it right; None: the working days of the kind.

    Raises
    ------
    InspectionProblem
        The day has not come, the unit or the line is not part of the round, something wrong is not described, or a
        line was written down otherwise before: ``correct_check`` puts that right.
    """
    if not by.may(permissions.ROUND_FILL):
        raise NotAllowed("您没有填写督查记录的权限")
    one = record_for(Round, uid, by=by, permission=permissions.ROUND_FILL)
    if one.planned_on > today():
        raise InspectionProblem(f"督查日期 {one.planned_on} 还没有到")
    if not one.units.filter(pk=unit.pk).exists():
        raise InspectionProblem(f"{unit}不在这次督查范围内")
    asked = items_of(one)
    opened = []
    for (category, item), answer in answers.items():
        if (category, item) not in asked:
            raise InspectionProblem(f"这次督查没有「{category} {item}」这一项")
        words = asked[category, item]
        if answer.verdict == Verdict.WRONG and not answer.note.strip():
            raise InspectionProblem(f"「{words}」不合格，请写明情况")
        case = _write(one, unit, category, item, words, answer, by=by, due_on=due_on)
        if case is not None:
            opened.append(case)
    record("fill", one, by=by, note=f"{unit} {len(answers)} 项，问题 {len(opened)} 处")
    return opened


def _write(
    one: Round,
    unit: Unit,
    category: str,
    item: str,
    words: str,
    answer: Answer,
    *,
    by: Viewer,
    due_on: date | None,
) -> Case | None:
    """One line; the case that it opened, None when it opened none."""
    key = {"round": one, "unit": unit, "category": category, "item": item}
    held: Check | None = Check.objects.live().select_for_update().filter(**key).first()
    note = answer.note.strip()[:300]
    if held is not None:
        if (held.verdict, held.note) != (answer.verdict, note):
            number = f"（问题 {held.case.number}）" if held.case is not None else ""
            verdict = Verdict(held.verdict).label
            raise InspectionProblem(f"「{words}」已记为{verdict}{number}，记错的请更正并说明原因")
        return None
    check = Check(**key, created_by=by.uid, words=words[:120], verdict=answer.verdict, note=note)
    if answer.verdict == Verdict.WRONG:
        check.case = _open(one, unit, category, words, note, by=by, due_on=due_on)
    check.save()
    return check.case


def may_correct(check: Check, by: Viewer) -> bool:
    """Whoever wrote a line down and the leader of the team put it right."""
    return by.uid in (check.created_by, check.round.team.leader.uid)


@transaction.atomic
def correct_check(uid: UUID, answer: Answer, *, why: str, by: Viewer) -> Check:
    """
    Put right a line that was written down wrongly: what stood there stays as it was, voided, with the reason.

    A finding that was none is withdrawn with it, other words are its words too; something wrong that was taken for
    fine opens one.

    Raises
    ------
    NotFound
        There is no such line, or it was corrected meanwhile.
    NotAllowed
        ``by`` neither wrote it down nor leads the team.
    NeedsReason
        ``why`` is empty.
    InspectionProblem
        Nothing differs, something wrong is not described, the finding cannot be withdrawn now or by ``by``, or its
        words cannot change any more: it is closed or stands in a bulletin.
    """
    known = Check.objects.live().filter(uid=uid).values_list("round__uid", flat=True).first()
    if known is None:
        raise NotFound("没有这条检查记录，或已被更正")
    one = record_for(Round, known, by=by, permission=permissions.ROUND_FILL)
    held = Check.objects.live().select_related("unit", "case", "round__team__leader").filter(uid=uid).first()
    if held is None:
        raise NotFound("没有这条检查记录，或已被更正")
    if not may_correct(held, by):
        raise NotAllowed("检查记录由记录人或督查组组长更正")
    if not why.strip():
        raise NeedsReason("更正须说明原因")
    note = answer.note.strip()[:300]
    if answer.verdict == Verdict.WRONG and not note:
        raise InspectionProblem(f"「{held.words}」不合格，请写明情况")
    if (held.verdict, held.note) == (answer.verdict, note):
        raise InspectionProblem("没有要更正的内容")
    strike_out(held, why=why, by=by)
    made = Check(round=one, unit=held.unit, category=held.category, item=held.item, words=held.words,
                 verdict=answer.verdict, note=note, created_by=by.uid)  # fmt: skip
    if answer.verdict == Verdict.WRONG:
        made.case = _reword(held, note, by) or _open(
            one, held.unit, held.category, held.words, note, by=by, due_on=None
        )
    else:
        _take_back(held.case, why, by)
    made.save()
    before, after = (f"{Verdict(each.verdict).label} {each.note}".strip() for each in (held, made))
    words = f"{held.unit}「{held.words}」{before}，更正为{after}：{why.strip()}"
    record("change", one, by=by, note=words[:300])
    return made


def _reword(held: Check, note: str, by: Viewer) -> Case | None:
    """The finding of a line that stays wrong, in the other words; None where it had none or it was withdrawn."""
    case = held.case
    if case is None or case.outcome == Outcome.DROPPED:
        return None
    if case.closed_on is not None:
        raise InspectionProblem(f"问题 {case.number} 已办结，不能再更正情况")
    if told().filter(case=case).exists():
        raise InspectionProblem(f"问题 {case.number} 已写入督查通报，撤回通报后才能更正情况")
    add_event(case, "check.correct", "更正督查记录", by=by, note=note, colour="grey")
    return change_case(case.uid, _described(held.unit, note), version=case.version, by=by)


def _take_back(case: Case | None, why: str, by: Viewer) -> None:
    """Withdraw the finding of a line that was fine after all."""
    if case is None or case.outcome == Outcome.DROPPED:
        return
    try:
        move_case(case.uid, "withdraw", by=by, note=f"记错：{why.strip()}")
    except MoveRefused as refused:
        raise InspectionProblem(f"改为合格要撤销问题 {case.number}，现在不能：{refused}") from None


def _described(unit: Unit, note: str) -> dict[str, str]:
    """Title and description of a finding."""
    return {"title": f"{unit.short_name or unit.name}：{note}"[:120], "description": note}


def _open(
    one: Round, unit: Unit, category: str, words: str, note: str, *, by: Viewer, due_on: date | None
) -> Case:
    """The case of a finding, handed to the unit at once."""
    values = _described(unit, note) | {"found_on": one.planned_on, "unit": one.unit, "lead": unit}
    details = {"category": category, "item": words, "demand": ""}
    case = open_case(FINDING, values, details=details, by=by, source=SUBJECT, about=About(SUBJECT, one.uid))
    return move_case(case.uid, "send", by=by, values={"due_on": due_on} if due_on else {})


# ------------------------------------------------------------------------------------------------ bulletins


@transaction.atomic
def draft_bulletin(start: date, end: date, *, demands: str, by: Viewer) -> Document:
    """
    Draft the bulletin of the findings of some days that stand in no bulletin yet.

    Its number is given when it is issued, by the series of the brigade, without gaps (``documents.numbering``).

    Raises
    ------
    InspectionProblem
        The days are the wrong way round, or neither a finding nor a round lies between them.
    """
    if end < start:
        raise InspectionProblem("止日早于起日")
    found = list(untold_findings(by, start, end))
    summary = summary_of(start, end, by)
    if not found and not summary.units:
        raise InspectionProblem(f"{start} 至 {end} 没有督查记录，也没有未通报的问题")
    facts = {
        "span": _span(start, end),
        "scope": "、".join(label_of(CATEGORIES, code) for code in summary.categories) or "队伍管理",
        "good": summary.words,
        "findings": [_row(case) for case in found],
        "demands": demands,
    }
    document = draft_document(
        "inspection_bulletin",
        facts,
        unit=issuing_unit(by),
        by=by,
        addressee=ADDRESSEES,
        addressee_kind=Addressee.OWN,
    )
    Told.objects.filter(case__in=found).delete()  # of bulletins that were withdrawn or thrown away
    Told.objects.bulk_create(Told(document=document, case=case) for case in found)
    return document


def _span(start: date, end: date) -> str:
    """6月26日至30日; with the month again where it is another one."""
    if start == end:
        return f"{start.month}月{start.day}日"
    last = f"{end.day}日" if end.month == start.month else f"{end.month}月{end.day}日"
    return f"{start.month}月{start.day}日至{last}"


def _row(case: Case) -> dict[str, Any]:
    return {
        "unit": (case.lead.short_name or case.lead.name) if case.lead else "",
        "category": label_of(CATEGORIES, str(case.details.get("category", ""))),
        "fact": case.description or case.title,
        "measure": case.details.get("demand") or "立即整改",
        "due": case.due_on,
    }
