"""Crashes as points of the map."""

from __future__ import annotations

from anlu.apps.crashes import permissions
from anlu.apps.crashes.filters import FILTERS
from anlu.apps.crashes.imports import REVISION
from anlu.apps.crashes.models import Crash
from anlu.web.tiles import PointLayer, layers

layers.add(
    PointLayer(
        code="crashes",
        label="事故",
        model=Crash,
        permission=permissions.VIEW,
        ledger="crashes.crash",
        item="事故",
        filters=FILTERS,
        severity="severity",
        revision=REVISION,
    )
)
