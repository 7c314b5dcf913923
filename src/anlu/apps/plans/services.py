"""Writes of plans and honours, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from anlu.apps.plans.models import (
    AnnualTheme,
    Honour,
    Measure,
    MeasureEvidence,
    MeasureIndicator,
    MeasureState,
    PlanGroup,
    WorkPlan,
)
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.history import kind_of
from anlu.kernel.core.models import Record
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import RecordServices, record_for
from anlu.kernel.indicators.define import indicators


class PlanProblem(AnluError):
    """What was stated contradicts itself."""


def _prepare_plan(plan: WorkPlan) -> None:
    if plan.ends_on and plan.ends_on < plan.starts_on:
        raise PlanProblem("止日早于起日")


def _prepare_measure(measure: Measure) -> None:
    if measure.starts_on and measure.due_on and measure.due_on < measure.starts_on:
        raise PlanProblem("完成时限早于开始日期")
    if measure.state == MeasureState.DONE and measure.done_on is None:
        raise PlanProblem("已完成的措施须填写完成日期")
    if measure.done_on and measure.done_on > today():
        raise PlanProblem(f"完成日期 {measure.done_on} 晚于今天")
    if measure.done_on and measure.state != MeasureState.DONE:
        raise PlanProblem("填写了完成日期的措施，进展应为“已完成”")
    if measure.handled_count is not None and measure.handled_as_of is None:
        raise PlanProblem("累计办件量须写明截至日期")
    if measure.parent is not None:
        above: Measure | None = measure.parent
        while above is not None:
            if above.pk == measure.pk:
                raise PlanProblem("措施不能放在自己的下级之下")
            above = above.parent
        if measure.parent.group_id != measure.group_id:
            raise PlanProblem("上级措施应在同一分组")


def _prepare_honour(honour: Honour) -> None:
    honour.title = honour.title.strip()
    if honour.granted_on > today():
        raise PlanProblem(f"授予日期 {honour.granted_on} 晚于今天")
    if honour.kind == "experience" and not honour.source.strip():
        raise PlanProblem("经验推广须写明来源（推广的文件或会议）")


themes = RecordServices(AnnualTheme, "plans.theme")
plans = RecordServices(WorkPlan, "plans.plan", prepare=_prepare_plan)
groups = RecordServices(PlanGroup, "plans.group")
measures = RecordServices(Measure, "plans.measure", prepare=_prepare_measure)
honours = RecordServices(Honour, "plans.honour", prepare=_prepare_honour)


@transaction.atomic
def attach_indicators(uid: UUID, codes: Iterable[str], *, by: Viewer) -> Measure:
    """
    Say by which indicators a measure is judged, and no others.

    Raises
    ------
    PlanProblem
        Nobody declares one of them.
    """
    measure = record_for(Measure, uid, by=by, permission="plans.measure.change")
    wanted = list(dict.fromkeys(codes))
    unknown = [code for code in wanted if code not in indicators]
    if unknown:
        raise PlanProblem(f"没有代码为「{unknown[0][:40]}」的指标")
    before = set(measure.indicators.values_list("indicator", flat=True))
    measure.indicators.exclude(indicator__in=wanted).delete()
    MeasureIndicator.objects.bulk_create(
        [MeasureIndicator(measure=measure, indicator=code) for code in wanted if code not in before]
    )
    if before != set(wanted):
        record("change", measure, by=by, note=f"关联指标 {len(wanted)} 项")
    return measure


@transaction.atomic
def add_evidence(uid: UUID, things: Iterable[tuple[Record, date | None]], *, by: Viewer) -> int:
    """Attach records that show a measure was carried out; give back how many were new."""
    measure = record_for(Measure, uid, by=by, permission="plans.measure.change")
    new = 0
    for thing, day in things:
        facts: dict[str, Any] = {"label": str(thing)[:160], "day": day}
        _, made = MeasureEvidence.objects.get_or_create(
            measure=measure, kind=kind_of(thing), thing=thing.uid, defaults=facts
        )
        new += made
    if new:
        record("change", measure, by=by, note=f"佐证 {new} 条")
    return new


@transaction.atomic
def remove_evidence(uid: UUID, keep: Iterable[int], *, by: Viewer) -> int:
    """Take away all evidence that is not kept (primary keys); give back how many went."""
    measure = record_for(Measure, uid, by=by, permission="plans.measure.change")
    gone: int = measure.evidence.exclude(pk__in=list(keep)).delete()[0]
    if gone:
        record("change", measure, by=by, note=f"移除佐证 {gone} 条")
    return gone


def ordinal_of(honour: Honour) -> int:
    """For which time: live honours of the same title and the same unit up to its day, itself included."""
    same = Honour.objects.live().filter(title=honour.title, unit=honour.unit)
    earlier = same.filter(granted_on__lt=honour.granted_on).count()
    same_day = same.filter(granted_on=honour.granted_on, pk__lte=honour.pk).count()
    return earlier + same_day
