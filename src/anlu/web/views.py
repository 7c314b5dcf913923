"""Saved views of a ledger (视图) and everybody's own choice of columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.core.models.views import SavedView, Sharing
from anlu.kernel.people.models import Officer
from anlu.web.ledgers import Column, Ledger

STANDING: Final = ""  # name of the row that keeps somebody's standing choice of columns
MOST: Final = 50  # views of one person in one ledger


class TooMany(AnluError):
    """A person has saved as many views as one can oversee."""


def columns_of(ledger: Ledger, viewer: Officer | None, stated: str = "") -> list[Column]:
    """
    The columns that a list shows: those that its address names, else the person's own choice, else the ledger's.

    Unknown names are left out; the first column always stays, for it leads to the record.
    """
    names = [name for name in stated.split(",") if name]
    if not names and viewer is not None:
        names = standing_choice(ledger, viewer)
    chosen = known_columns(ledger, names)
    return chosen or [column for column in ledger.columns if column.listed]


def known_columns(ledger: Ledger, names: Iterable[str]) -> list[Column]:
    """Columns by name in the ledger's order, with the first one; [] when no name is known."""
    wanted = set(names)
    chosen = [column for column in ledger.columns if column.name in wanted]
    if chosen and chosen[0] is not ledger.columns[0]:
        chosen.insert(0, ledger.columns[0])
    return chosen


def standing_choice(ledger: Ledger, viewer: Officer) -> list[str]:
    """Names of the columns that this person chose for this ledger; [] = none chosen."""
    mine = SavedView.objects.filter(owner=viewer.uid, ledger=ledger.code, name=STANDING)
    return list(mine.values_list("columns", flat=True).first() or [])


@transaction.atomic
def choose_columns(ledger: Ledger, names: Iterable[str], *, by: Officer) -> None:
    """Keep a choice of columns; the ledger's own columns (or none) are no choice."""
    chosen = known_columns(ledger, names)
    mine = SavedView.objects.filter(owner=by.uid, ledger=ledger.code, name=STANDING)
    if not chosen or chosen == [column for column in ledger.columns if column.listed]:
        mine.delete()
        return
    facts = {"columns": [column.name for column in chosen], "owner_name": by.name[:60], "changed_at": now()}
    SavedView.objects.update_or_create(owner=by.uid, ledger=ledger.code, name=STANDING, defaults=facts)


def views_for(ledger: Ledger, viewer: Officer) -> QuerySet[SavedView]:
    """Named views that this person finds at a ledger: their own, their unit's, everybody's."""
    unit = Q(sharing=Sharing.UNIT, unit_id_of_owner=viewer.unit_id)
    reach = Q(owner=viewer.uid) | Q(sharing=Sharing.ALL) | unit
    return SavedView.objects.filter(reach, ledger=ledger.code).exclude(name=STANDING)


@transaction.atomic
def save_view(
    ledger: Ledger,
    name: str,
    query: str,
    columns: Iterable[Column],
    *,
    sharing: str = Sharing.OWN,
    by: Officer,
) -> SavedView:
    """
    Save a selection under a name; the same name replaces one's own former view.

    Raises
    ------
    TooMany
        The person has fifty views of this ledger already.
    """
    own = SavedView.objects.filter(owner=by.uid, ledger=ledger.code).exclude(name=STANDING)
    if own.count() >= MOST and not own.filter(name=name).exists():
        raise TooMany(f"每人每个台账最多保存 {MOST} 个视图，请先删去不用的")
    facts = {
        "query": query,
        "columns": [column.name for column in columns],
        "owner_name": by.name[:60],
        "unit_id_of_owner": by.unit_id,
        "sharing": sharing,
        "changed_at": now(),
    }
    view, _ = SavedView.objects.update_or_create(owner=by.uid, ledger=ledger.code, name=name, defaults=facts)
    if sharing != Sharing.OWN:
        record("share_view", view, by=by, label=f"{ledger.label} {name}", note=view.get_sharing_display())
    return view


@transaction.atomic
def delete_view(uid: UUID, *, by: Officer) -> str:
    """Delete one's own view and give back its name.

    Raises
    ------
    NotFound
        It is not there, or somebody else's.
    """
    view = SavedView.objects.filter(uid=uid, owner=by.uid).exclude(name=STANDING).first()
    if view is None:
        raise NotFound("没有这个视图，或它是别人的")
    name = view.name
    view.delete()
    return name
