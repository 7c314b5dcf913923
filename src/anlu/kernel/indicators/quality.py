"""How far the records behind a figure can be relied on: do they carry evidence, and how late were they entered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any, Final

import numpy as np
from django.db.models import QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from anlu.kernel.core.clock import now
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.columns import EPOCH, NULL, Coded, Column, Unanswerable, microseconds
from anlu.kernel.indicators.define import Indicator
from anlu.kernel.indicators.evaluate import rows_behind
from anlu.kernel.indicators.facts import Snapshot, snapshot_of
from anlu.kernel.indicators.guarding import as_day
from anlu.kernel.indicators.window import Window

LATE_DAYS: Final = 30
DAY_US: Final = 86_400_000_000
AT_MOST: Final = 200_000  # rows that are looked at one by one


@dataclass(frozen=True)
class Quality:
    """
    Of the rows behind a figure: how many, with evidence, entered more than 30 days late, and the median delay.

    ``proven`` is None where no evidence is asked; ``delay_days`` None without rows.
    """

    rows: int
    proven: int | None
    late: int
    delay_days: float | None

    @property
    def proven_share(self) -> float | None:
        """佐证完整率; None when there is nothing or nothing is asked."""
        return None if self.proven is None or not self.rows else self.proven / self.rows


def quality_of(indicator: Indicator, window: Window, viewer: Viewer) -> Quality:
    """佐证完整率 and 录入滞后中位数 of the rows behind a figure (above the line)."""
    rows = rows_behind(indicator, window, viewer).order_by()
    proven = None if indicator.proof is None else rows.filter(indicator.proof).distinct().count()
    delays = _delays(rows, indicator.main.on)
    return Quality(
        rows=rows.count(),
        proven=proven,
        late=sum(one > LATE_DAYS for one in delays),
        delay_days=median(delays) if delays else None,
    )


def _delays(rows: QuerySet[Any], on: str) -> list[float]:
    """Whole days from the day that the figure goes by to the entry, never below 0."""
    kept = snapshot_of(rows.model)
    if kept is not None:
        try:
            return _kept_delays(kept, rows, on)
        except Unanswerable:
            pass
    pairs = rows.values_list(on, "recorded_at")[:AT_MOST]
    return [
        float(max(0, (_local(recorded) - day).days))
        for stated, recorded in pairs
        if (day := as_day(stated)) is not None
    ]


def _local(moment: Any) -> date:
    found = as_day(moment)
    assert found is not None
    return found


def _kept_delays(kept: Snapshot, rows: QuerySet[Any], on: str) -> list[float]:
    """From the arrays, by local days as well: what happened at 23:50 and was entered at 0:10 is a day late."""
    began, entered, chosen = _days(kept.column(on)), _days(kept.column("recorded_at")), kept.mask(rows)
    known = chosen & (began != NULL) & (entered != NULL)
    found: list[float] = (entered[known] - began[known]).clip(min=0).astype(float).tolist()
    return found


def _days(column: Column) -> NDArray[np.int64]:
    """Local days since 1970 of a column of days or moments, ``NULL`` where there is none."""
    if isinstance(column, Coded):
        days = [NULL if key is None else (key - EPOCH.date()).days for key in column.keys]
        coded: NDArray[np.int64] = np.array(days or [NULL], dtype=np.int64)[column.codes]
        return coded
    moments = column.numbers()
    ahead = timezone.localtime(now()).utcoffset()  # the same all year: China has no summer time
    local = (moments + microseconds(ahead)) // DAY_US
    return np.where(moments == NULL, NULL, local)
