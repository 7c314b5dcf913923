"""For whom inspections speak: the brigade above the person who drafts."""

from __future__ import annotations

from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.models import Unit, UnitKind


class NoBrigade(AnluError):
    """Nobody above the person issues bulletins."""


def issuing_unit(by: Viewer) -> Unit:
    """
    The brigade to which the person belongs.

    Raises
    ------
    NoBrigade
        They belong to none.
    """
    unit: Unit | None = getattr(by, "unit", None)
    while unit is not None and unit.kind != UnitKind.BRIGADE:
        unit = unit.parent
    if unit is None:
        raise NoBrigade("督查通报由大队发出，您不属于大队")
    return unit
