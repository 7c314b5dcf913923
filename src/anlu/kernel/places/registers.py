"""Writes of roads, segments, junctions and sites one at a time; many at once come by ``surveys`` and imports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.naming import sort_key_of
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.services import add_record, change_record, restore_record, void_record
from anlu.kernel.places import permissions
from anlu.kernel.places.located import PLACE
from anlu.kernel.places.locating import Locator
from anlu.kernel.places.models import Junction, Road, Segment, Site
from anlu.kernel.places.segments import SEGMENTS_REVISION, misfit, town_of
from anlu.kernel.places.services import ROADS_REVISION

P = TypeVar("P", Junction, Site)
FOLLOWS = ("lon", "lat", "coordinate_system", "town", "road", "chainage_m", "location_state")


@transaction.atomic
def change_road(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Road:
    """Change what is said of a road; its lines come by survey."""

    def prepare(road: Road) -> None:
        road.sort_key = sort_key_of(road.name)

    permission = permissions.ROAD_CHANGE
    road = change_record(Road, uid, values, version=version, by=by, permission=permission, prepare=prepare)
    touch(ROADS_REVISION)
    return road


class SegmentMisfit(AnluError):
    """A segment whose stakes cannot be: off its road, or over another segment."""


def _fit(segment: Segment) -> None:
    """What follows from the values of a segment (unsaved); its town only where none is stated."""
    segment.sort_key = sort_key_of(segment.name)
    problem = misfit(segment)
    if problem:
        raise SegmentMisfit(problem)
    if segment.town_id is None:
        segment.town_id = town_of([segment])[0]


def add_segment(values: Mapping[str, Any], *, by: Viewer) -> Segment:
    """
    Add a segment.

    Raises
    ------
    SegmentMisfit
        Its stakes lie off its road, or over another segment of the same days.
    """
    segment = Segment(**values)
    _fit(segment)
    with transaction.atomic():
        add_record(segment, by=by, permission=permissions.ROAD_CHANGE)
        touch(SEGMENTS_REVISION)
    return segment


def change_segment(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Segment:
    """Change a segment; refused as by ``add_segment``."""
    Locator.current()  # the roads are read before the transaction: nobody waits for that
    permission, tracked = permissions.ROAD_CHANGE, ("town",)
    with transaction.atomic():
        segment = change_record(
            Segment, uid, values, version=version, by=by, permission=permission, prepare=_fit, tracked=tracked
        )
        touch(SEGMENTS_REVISION)
    return segment


@transaction.atomic
def void_segment(uid: UUID, *, why: str, by: Viewer) -> Segment:
    """Take a segment out of the register; records are then on no segment there."""
    segment = void_record(Segment, uid, why=why, by=by, permission=permissions.ROAD_CHANGE)
    touch(SEGMENTS_REVISION)
    return segment


@transaction.atomic
def restore_segment(uid: UUID, *, by: Viewer) -> Segment:
    """
    Bring a voided segment back.

    Raises
    ------
    SegmentMisfit
        Meanwhile another one was registered over its stakes.
    """
    segment = restore_record(Segment, uid, by=by, permission=permissions.ROAD_CHANGE)
    problem = misfit(segment)
    if problem:
        raise SegmentMisfit(problem)
    touch(SEGMENTS_REVISION)
    return segment


def _add(model: type[P], values: Mapping[str, Any], *, by: Viewer, permission: str) -> P:
    thing = model(**values)
    thing.sort_key = sort_key_of(thing.name)
    Locator.current().complete(thing)
    return add_record(thing, by=by, permission=permission)


def _change(
    model: type[P], uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer, permission: str
) -> P:
    locator = Locator.current()  # the roads are read before the transaction: nobody waits for that
    before = dict(model.objects.filter(uid=uid).values(*PLACE).first() or {})

    def prepare(thing: P) -> None:
        thing.sort_key = sort_key_of(thing.name)
        locator.move(thing, before)

    return change_record(
        model, uid, values, version=version, by=by, permission=permission, prepare=prepare, tracked=FOLLOWS
    )


def add_junction(values: Mapping[str, Any], *, by: Viewer) -> Junction:
    """Add a junction; where it lies is filled in."""
    return _add(Junction, values, by=by, permission=permissions.ROAD_CHANGE)


def change_junction(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Junction:
    """Change a junction; what followed from its place follows again."""
    return _change(Junction, uid, values, version=version, by=by, permission=permissions.ROAD_CHANGE)


def void_junction(uid: UUID, *, why: str, by: Viewer) -> Junction:
    """Take a junction out of the register."""
    return void_record(Junction, uid, why=why, by=by, permission=permissions.ROAD_CHANGE)


def restore_junction(uid: UUID, *, by: Viewer) -> Junction:
    """Bring a voided junction back."""
    return restore_record(Junction, uid, by=by, permission=permissions.ROAD_CHANGE)


def add_site(values: Mapping[str, Any], *, by: Viewer) -> Site:
    """Add a site; where it lies is filled in."""
    return _add(Site, values, by=by, permission=permissions.SITE_CHANGE)


def change_site(uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Site:
    """Change a site; what followed from its place follows again."""
    return _change(Site, uid, values, version=version, by=by, permission=permissions.SITE_CHANGE)


def void_site(uid: UUID, *, why: str, by: Viewer) -> Site:
    """Take a site out of the register."""
    return void_record(Site, uid, why=why, by=by, permission=permissions.SITE_CHANGE)


def restore_site(uid: UUID, *, by: Viewer) -> Site:
    """Bring a voided site back."""
    return restore_record(Site, uid, by=by, permission=permissions.SITE_CHANGE)
