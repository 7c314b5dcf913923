"""Reads of hazards and markets, and the checklist of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from anlu.apps.hazards import terms
from anlu.apps.hazards.common import FAMILY
from anlu.apps.hazards.models import STANDING, InterimMeasure, Market
from anlu.kernel.cases.kinds import Kind
from anlu.kernel.cases.models import Case, CaseFile, FileKind
from anlu.kernel.core.dictionaries import terms as terms_of
from anlu.kernel.core.models import Term
from anlu.kernel.core.scope import Viewer
from anlu.kernel.places.fairs import is_fair_day

HELD = ("occupying", "regulated")  # states in which a market is still held on the road


def checks_of(kind: Kind, on: date) -> tuple[Term, ...]:
    """What is looked at on the spot for a kind of hazard: a list that the brigade edits."""
    return terms_of(f"{terms.CHECKS}.{kind.code.partition('.')[2]}", on=on)


def markets_held(viewer: Viewer, days: Sequence[date]) -> dict[date, list[Market]]:
    """Markets on the road on each of these days that ``viewer`` may see, in order of their names."""
    rows = Market.objects.visible_to(viewer).filter(state__in=HELD).select_related("town", "road")
    known = list(rows.order_by("sort_key", "pk"))
    return {
        day: [one for one in known if is_fair_day(one.fair_days or [], day, calendar=one.calendar)]
        for day in days
    }


def fairs_today(viewer: Viewer, on: date) -> list[Market]:
    """Markets that are held on a day: for the morning and for the dashboard."""
    return markets_held(viewer, [on])[on]


def interim_due(on: date) -> QuerySet[InterimMeasure]:
    """Interim measures that still stand and whose time is over by the day after, whether the hazard is open or not."""
    found: QuerySet[InterimMeasure] = InterimMeasure.objects.live().filter(
        STANDING, until__lte=on + timedelta(days=1), case__voided_at__isnull=True
    )
    return found.select_related("case", "case__handler").order_by("pk")


def compared(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of these hazards those with pictures of before and of after."""
    shown = CaseFile.objects.filter(voided_at__isnull=True, case=OuterRef("pk"))
    return rows.filter(Exists(shown.filter(kind=FileKind.BEFORE)), Exists(shown.filter(kind=FileKind.AFTER)))


def hazards_for(viewer: Viewer) -> QuerySet[Case]:
    """Hazards that ``viewer`` may see."""
    found: QuerySet[Case] = Case.objects.visible_to(viewer, FAMILY.permission_to("view"))
    return found
