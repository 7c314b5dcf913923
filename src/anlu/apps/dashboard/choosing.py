"""Which indicators somebody wants to see at the top of the leader's view and the big screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import transaction

from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.models.views import SavedView
from anlu.kernel.indicators.define import Indicator
from anlu.kernel.people.models import Officer
from anlu.web.desk.indicators import known_to
from anlu.web.views import STANDING

BOARD: Final = "dashboard.leader"  # kept like a choice of columns, with the codes of indicators as columns
USUAL: Final = 4  # the first of the catalogue: the four figures
MOST: Final = 12


class TooManyChosen(AnluError):
    """More than a view can hold."""


def usual_for(viewer: Officer) -> list[Indicator]:
    """The first four of the catalogue that a person may see."""
    return known_to(viewer)[:USUAL]


def chosen_by(viewer: Officer) -> list[Indicator]:
    """What a person chose, in the chosen order, as far as they may still see it; without a choice the usual ones."""
    kept = SavedView.objects.filter(owner=viewer.uid, ledger=BOARD, name=STANDING)
    codes: list[str] = kept.values_list("columns", flat=True).first() or []
    known = {one.code: one for one in known_to(viewer)}
    return [known[code] for code in codes if code in known] or usual_for(viewer)


@transaction.atomic
def choose(codes: Iterable[str], *, by: Officer) -> None:
    """
    Keep a choice; none, or the usual ones, is no choice. Codes that the person may not see are left out.

    Raises
    ------
    TooManyChosen
        More than twelve.
    """
    known = {one.code for one in known_to(by)}
    wanted = [code for code in dict.fromkeys(codes) if code in known]
    if len(wanted) > MOST:
        raise TooManyChosen(f"最多选 {MOST} 项，现在选了 {len(wanted)} 项")
    mine = SavedView.objects.filter(owner=by.uid, ledger=BOARD, name=STANDING)
    if not wanted or wanted == [one.code for one in usual_for(by)]:
        mine.delete()
        return
    facts = {"columns": wanted, "owner_name": by.name[:60], "changed_at": now()}
    SavedView.objects.update_or_create(owner=by.uid, ledger=BOARD, name=STANDING, defaults=facts)
