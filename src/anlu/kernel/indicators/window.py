"""Through which window a figure is looked at: period, unit, area, filters, and the day of knowledge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q
from django.utils import timezone

from anlu.engine.periods import Period
from anlu.kernel.core.filters import Selection
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import Leaf
from anlu.kernel.people.models import Unit, UnitPath
from anlu.kernel.places.filters import ITSELF
from anlu.kernel.places.models import Area, AreaPath


@dataclass(frozen=True)
class Window:
    """
    What part of the records a figure is taken over.

    Parameters
    ----------
    unit, area
        With everything below it; attribution is frozen (``foundations`` 2.8), so that a unit merged into
        another keeps its own figures.
    alone
        Only the unit and the area themselves, without what lies below.
    as_of
        Only what had been recorded, and not voided, by the end of that day.
    """

    period: Period
    unit: Unit | None = None
    area: Area | None = None
    selection: Selection = field(default_factory=Selection)
    as_of: date | None = None
    alone: bool = False

    def condition(self, leaf: Leaf) -> Q:
        """All conditions but who is looking."""
        found = leaf.during(self.period.start, self.period.end) & self.selection.q()
        if leaf.exact_place:
            return found & self._exactly(leaf)
        if self.unit and leaf.unit:
            below = UnitPath.objects.filter(ancestor=self.unit).values("descendant")
            found &= Q(**{leaf.unit: self.unit.pk}) if self.alone else Q(**{f"{leaf.unit}__in": below})
        if self.area and leaf.area:
            inside = AreaPath.objects.filter(ancestor=self.area).values("descendant")
            found &= Q(**{leaf.area: self.area.pk}) if self.alone else Q(**{f"{leaf.area}__in": inside})
        return found

    def _exactly(self, leaf: Leaf) -> Q:
        """Rows of just this place; of the whole installation those that name none."""
        if self.unit and not leaf.unit:
            return Q(pk__in=[])
        found = Q(**{f"{leaf.unit}__isnull": True}) if leaf.unit and not self.unit else Q()
        if self.unit:
            found &= Q(**{leaf.unit: self.unit.pk})
        if leaf.area:
            found &= Q(**{leaf.area: self.area.pk}) if self.area else Q(**{f"{leaf.area}__isnull": True})
        return found

    def known(self, prefix: str = "") -> Q:
        """
        Rows that counted on the day of knowledge; without one, those that are not voided now.

        Parameters
        ----------
        prefix
            ``"crash__"``: asked of the record that the row belongs to.
        """
        voided_at = f"{prefix}voided_at"
        not_voided = Q(**{f"{voided_at}__isnull": True})
        if self.as_of is None:
            return not_voided
        end = timezone.make_aware(datetime.combine(self.as_of, time.max))
        return Q(**{f"{prefix}recorded_at__lte": end}) & (not_voided | Q(**{f"{voided_at}__gt": end}))

    def is_whole_to(self, leaf: Leaf, viewer: Viewer) -> bool:
        """True when ``viewer`` may see all rows of a leaf that lie in the unit or area of the window."""
        if leaf.is_whole_to(viewer):
            return True
        model: Any = leaf.rows.model
        decider, prefix, scope = model._scope_model(), model.scope_prefix(), leaf.scope_of(viewer)
        if self.unit and leaf.unit and leaf.unit == f"{prefix}{decider.scope_unit}":
            below = UnitPath.objects.filter(ancestor=self.unit).values_list("descendant", flat=True)
            return scope.units.issuperset(below)
        if self.area and leaf.area and leaf.area == f"{prefix}{decider.scope_area}":
            inside = AreaPath.objects.filter(ancestor=self.area).values_list("descendant", flat=True)
            return scope.areas.issuperset(inside)
        return False

    def at(self, period: Period) -> Window:
        """The same window over another period."""
        return replace(self, period=period)

    def parameters(self, names: Mapping[str, str]) -> list[tuple[str, str]]:
        """
        Address parameters that open the same rows in a ledger.

        Parameters
        ----------
        names
            How the ledger calls them: ``{"from": "occurred_from", "to": "occurred_to", "area": "town"}``; ``at``
            instead of the first two where it goes by the end of the period alone.
        """
        ends = {"from": self.period.start, "to": self.period.end, "at": self.period.end}
        stated = [(names[end], day.isoformat()) for end, day in ends.items() if end in names]
        alone = ITSELF if self.alone else ""
        if self.unit and "unit" in names:
            stated.append((names["unit"], alone + self.unit.code))
        if self.area and "area" in names:
            stated.append((names["area"], alone + self.area.code))
        taken = {name for name, _ in stated}
        return stated + [(name, value) for name, value in self.selection.parameters() if name not in taken]
