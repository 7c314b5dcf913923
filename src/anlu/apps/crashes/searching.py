"""How the search box finds crashes: by number, road, plate, and exactly by a party's identity number or
telephone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from anlu.apps.crashes import permissions
from anlu.apps.crashes.models import Crash, CrashParty
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.core.history import kind_of
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.search import Hit, index, searchable
from anlu.kernel.core.search import forget as forget_thing

KIND = kind_of(Crash)
MOST_EXACT = 50


def texts_of(crash: Crash) -> list[str]:
    """What a crash is found by: its numbers, its road, the plates of its vehicles."""
    plates = crash.vehicles.filter(voided_at__isnull=True).exclude(plate="").values_list("plate", flat=True)
    return [crash.number, crash.case_number, crash.road_name, *plates]


def find_again(crash: Crash) -> None:
    """Make a crash findable as it is now."""
    index(
        KIND,
        crash.uid,
        texts_of(crash),
        unit_id=crash.unit_id,
        area_id=crash.town_id,
        owner=crash.created_by,
        batch_id=crash.batch_id,
    )


def forget(crash: Crash) -> None:
    """Make a crash unfindable."""
    forget_thing(KIND, crash.uid)


def hits(viewer: Viewer, uids: Sequence[UUID]) -> Iterable[Hit]:
    """Found crashes as the search box shows them, once more through the scope of the viewer."""
    rows = Crash.objects.visible_to(viewer).filter(uid__in=uids).select_related("town")
    for crash in rows:
        town = crash.town.name if crash.town else ""
        note = " · ".join(
            part
            for part in (
                f"{crash.occurred_on:%Y-%m-%d}",
                label_of("crash.severity", crash.severity),
                town,
                crash.road_name,
            )
            if part
        )
        yield Hit(
            KIND, "事故", crash.uid, crash.number, note, reverse("crashes.crash.detail", args=[crash.uid])
        )


def by_personal_number(viewer: Viewer, query: str) -> Iterable[UUID]:
    """Crashes with a party of exactly this identity number or telephone; only for those who may see such
    numbers.
    """
    if not viewer.may(permissions.REVEAL):
        return []
    parties = CrashParty.objects.visible_to(viewer, permissions.REVEAL)
    found = parties.filter(Q(id_number_index=query) | Q(phone_index=query))
    uids: list[UUID] = list(found.values_list("crash__uid", flat=True)[:MOST_EXACT])
    return uids


searchable(KIND, permissions.VIEW, "事故", hits, order=10, exact=by_personal_number)
