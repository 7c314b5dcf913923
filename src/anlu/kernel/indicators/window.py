"""Through which window a figure is looked at: period, unit, area, filters, and the day of knowledge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from django.db.models import Q
from django.utils import timezone

from anlu.engine.periods import Period
from anlu.kernel.core.filters import Selection
from anlu.kernel.indicators.define import Leaf
from anlu.kernel.people.models import Unit, UnitPath
from anlu.kernel.places.models import Area, AreaPath


@dataclass(frozen=True)
class Window:
    """
    What part of the records a figure is taken over.

    Parameters
    ----------
    unit, area
        With everything below it as the trees stood at the event (attribution is frozen: ``foundations`` 2.8).
    as_of
        Only what had been recorded, and not voided, by the end of that day.
    """

    period: Period
    unit: Unit | None = None
    area: Area | None = None
    selection: Selection = field(default_factory=Selection)
    as_of: date | None = None

    def condition(self, leaf: Leaf) -> Q:
        """All conditions but who is looking."""
        found = leaf.during(self.period.start, self.period.end) & self.selection.q()
        if self.unit and leaf.unit:
            below = UnitPath.objects.filter(ancestor=self.unit).values("descendant")
            found &= Q(**{f"{leaf.unit}__in": below})
        if self.area and leaf.area:
            inside = AreaPath.objects.filter(ancestor=self.area).values("descendant")
            found &= Q(**{f"{leaf.area}__in": inside})
        return found

    def known(self) -> Q:
        """Rows that counted on the day of knowledge; without one, those that are not voided now."""
        if self.as_of is None:
            return Q(voided_at__isnull=True)
        end = timezone.make_aware(datetime.combine(self.as_of, time.max))
        return Q(recorded_at__lte=end) & (Q(voided_at__isnull=True) | Q(voided_at__gt=end))

    def at(self, period: Period) -> Window:
        """The same window over another period."""
        return replace(self, period=period)

    def parameters(self, names: Mapping[str, str]) -> list[tuple[str, str]]:
        """
        Address parameters that open the same rows in a ledger.

        Parameters
        ----------
        names
            How the ledger calls them: ``{"from": "occurred_from", "to": "occurred_to", "area": "town"}``.
        """
        stated = [(names["from"], self.period.start.isoformat()), (names["to"], self.period.end.isoformat())]
        if self.unit and "unit" in names:
            stated.append((names["unit"], self.unit.code))
        if self.area and "area" in names:
            stated.append((names["area"], self.area.code))
        taken = {name for name, _ in stated}
        return stated + [(name, value) for name, value in self.selection.parameters() if name not in taken]
