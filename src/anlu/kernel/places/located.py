"""
Records that have a place, and those whose place has still to be found.

An app declares each of its located tables in its ``located.py``; the work list, the count among the to-dos and the
figures of a road follow from that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

from django.db.models import Model, QuerySet

from anlu.kernel.core.models import Record
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import change_record
from anlu.kernel.places import permissions
from anlu.kernel.places.locating import STATED, Locator
from anlu.kernel.places.models import Junction, Located, LocationState, Road, Site

TO_FIND: Final = (LocationState.UNLOCATED, LocationState.OFF_ROAD, LocationState.OUTSIDE)
PLACE: Final = (*STATED, "coordinate_system")


class Locate(Protocol):
    """Service that gives a record its place; ``how`` says in words where it comes from."""

    def __call__(
        self, uid: UUID, values: Mapping[str, Any], *, version: int, how: str, by: Viewer
    ) -> Model: ...


@dataclass(frozen=True)
class LocatedNoun:
    """
    A table whose records have a place.

    Parameters
    ----------
    code
        That of its ledger.
    change
        Permission to change a record, and so to locate it; its scope is the work list's.
    words
        What a record says of its place itself.
    locate
        Service behind the work list: audited, refused out of scope, undone by an ordinary change.
    route
        Name of the filter of its ledger that takes the number of a road, "" = none.
    stretch, day
        Name of the filter that takes the number of a segment, "" = none, and the column of the record's day.
    """

    code: str
    label: str
    model: type[Record]
    view: str
    change: str
    locate: Locate
    words: Callable[[Any], str] = lambda thing: thing.place_text
    unit: str = "条"
    route: str = ""
    stretch: str = ""
    day: str = ""

    def to_find(self, viewer: Viewer) -> QuerySet[Any]:
        """Records without a full place that ``viewer`` may locate."""
        if not viewer.may(self.change):
            return self.model._default_manager.none()
        return self.model.objects.visible_to(viewer, self.change).filter(location_state__in=TO_FIND)


nouns: Registry[LocatedNoun] = Registry("located noun")


@dataclass(frozen=True)
class Pick:
    """
    How somebody located a record: on the map, by road and stake, or at a known place; the first that is given counts.

    ``lon`` and ``lat`` are WGS-84; ``system`` is what they were given in.
    """

    lon: float | None = None
    lat: float | None = None
    system: str = "wgs84"
    road: Road | None = None
    chainage_m: float | None = None
    at: Site | Junction | None = None

    def values(self, thing: Located) -> dict[str, Any]:
        """
        The facts to set on a record. Its town stays as stated unless the place says otherwise; a chainage is worked
        out again, because it belongs to the old place.
        """
        if self.at is not None:
            found: dict[str, Any] = {
                name: getattr(self.at, name) for name in ("lon", "lat", "coordinate_system")
            }
            road = {"road": self.at.road} if self.at.road_id is not None else {}
            return found | road | {"chainage_m": self.at.chainage_m}
        if self.lon is not None:
            return {"lon": self.lon, "lat": self.lat, "coordinate_system": self.system, "chainage_m": None}
        return {"lon": None, "lat": None, "road": self.road, "chainage_m": self.chainage_m}

    def words(self) -> str:
        """For the history of the record."""
        if self.at is not None:
            return f"补录定位：选定{self.at}"
        return "补录定位：图上位置" if self.lon is not None else "补录定位：道路桩号"


def preview(thing: Located, values: Mapping[str, Any]) -> None:
    """Set the facts of a pick on a record and work out the rest, without saving."""
    before = {name: getattr(thing, name) for name in PLACE}
    for name, value in values.items():
        setattr(thing, name, value)
    Locator.current().move(thing, before)


def locate_record(
    model: type[Record], uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer, permission: str
) -> Any:
    """
    Give a record of any located table its place; ``version`` is the one that was looked at.

    Raises
    ------
    ChangedMeanwhile, NotFound, NotAllowed
        As ``core.services``.
    """
    before = dict(model.objects.filter(uid=uid).values(*PLACE).first() or {})

    def complete(thing: Any) -> None:
        Locator.current().move(thing, before)

    tracked = ("lon", "lat", "coordinate_system", "town", "road", "chainage_m", "location_state")
    return change_record(
        model, uid, values, version=version, by=by, permission=permission, prepare=complete, tracked=tracked
    )


def _locator_of(model: type[Record], permission: str) -> Locate:
    def locate(uid: UUID, values: Mapping[str, Any], *, version: int, how: str, by: Viewer) -> Model:
        found: Model = locate_record(model, uid, values, version=version, by=by, permission=permission)
        return found

    return locate


def _name(thing: Any) -> str:
    return str(thing.name)


nouns.add(
    LocatedNoun(
        code="places.junction",
        label="路口",
        unit="个",
        model=Junction,
        view=permissions.ROAD_VIEW,
        change=permissions.ROAD_CHANGE,
        words=_name,
        locate=_locator_of(Junction, permissions.ROAD_CHANGE),
    )
)
nouns.add(
    LocatedNoun(
        code="places.site",
        label="点位",
        unit="个",
        model=Site,
        view=permissions.SITE_VIEW,
        change=permissions.SITE_CHANGE,
        words=_name,
        locate=_locator_of(Site, permissions.SITE_CHANGE),
    )
)
