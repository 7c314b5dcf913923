"""What the forms about people and units offer, and where their pages stand in the menu."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from anlu.kernel.people.models import Unit
from anlu.kernel.places.models import Area

CHAPTER, ITEM = "系统", "人员单位"
IN_FORCE = Q(valid_to__isnull=True)


def live_units() -> Any:
    """Units that a form may offer."""
    return Unit.objects.live().filter(IN_FORCE).order_by("sort_key", "code")


def live_areas() -> Any:
    """Areas that a form may offer."""
    return Area.objects.live().filter(IN_FORCE).order_by("sort_key", "code")
