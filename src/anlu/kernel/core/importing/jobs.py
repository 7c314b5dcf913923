"""What the worker does for imports by itself."""

from __future__ import annotations

from typing import Any, Final

from anlu.kernel.core.importing.lifecycle import tend
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.tasks import RunningJob, every

TEND_EVERY_S: Final = 60


@every(TEND_EVERY_S, "core.import.tend")
def tend_imports(running: RunningJob) -> dict[str, Any]:
    """Clear away or finish what dead processes left."""
    return {"tended": tend(by=SYSTEM)}
