"""Where the codes of the external figures are kept, so that a used one is never deleted."""

from __future__ import annotations

from anlu.kernel.core.dictionaries import uses
from anlu.kernel.indicators.external import KINDS

uses(KINDS, "indicators.ExternalFigure", "kind")
