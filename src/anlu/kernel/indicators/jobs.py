"""Background work of figures."""

from __future__ import annotations

from typing import Any, Final

from anlu.kernel.core.tasks import RunningJob, every
from anlu.kernel.indicators.closing import lapse_corrections

HOUR_S: Final = 3_600


@every(HOUR_S, "indicators.lapse")
def lapse(running: RunningJob) -> dict[str, Any]:
    """Once an hour: corrections that were granted and not used in time are closed again."""
    return {"lapsed": lapse_corrections()}
