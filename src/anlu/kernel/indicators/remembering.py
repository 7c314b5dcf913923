"""
Values remembered until the data behind them move (``foundations`` 2.13).

The key holds everything that a value depends on: indicator and definition, period, place, filters, day of knowledge,
what the viewer may see of the rows of each leaf, and the revisions of the tables. The revisions are read at every
question, so that nothing stale is ever given; there is no expiry by time. A table without a revision of its own goes by
the last entry of the audit, which every write makes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, Final

from anlu.engine.periods import Period
from anlu.kernel.core.models import AuditEntry, Batch
from anlu.kernel.core.revisions import tokens
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import Indicator, Rhythm
from anlu.kernel.indicators.evaluate import Value, values_of
from anlu.kernel.indicators.facts import table_of
from anlu.kernel.indicators.window import Window

KEPT_AT_MOST: Final = 2_000  # values of a process
_kept: OrderedDict[Any, Value] = OrderedDict()
_lock = threading.Lock()


def remembered_values_of(
    indicators: Iterable[Indicator], window: Window, viewer: Viewer, *, previous: Period | None = None
) -> list[Value]:
    """As ``values_of``; what was worked out before and still holds is not worked out again."""
    wanted = list(indicators)
    state = _state(wanted)
    if not all(token for code, token in state.items() if code != "batches"):
        return values_of(
            wanted, window, viewer, previous=previous
        )  # nobody has ever said that anything changed
    keys = {one: _key(one, window, viewer, previous, state) for one in wanted}
    with _lock:
        found = {one: _kept[key] for one, key in keys.items() if key in _kept}
    missing = [one for one in wanted if one not in found]
    if missing:
        for one, value in zip(missing, values_of(missing, window, viewer, previous=previous), strict=True):
            found[one] = value
        with _lock:
            _kept.update({keys[one]: found[one] for one in missing})
            while len(_kept) > KEPT_AT_MOST:
                _kept.popitem(last=False)
    return [found[one] for one in wanted]


def forget_values() -> None:
    """Let go of everything that is kept."""
    with _lock:
        _kept.clear()


def _state(wanted: Iterable[Indicator]) -> dict[str, Any]:
    """What says whether data have moved: revisions of tables, batches that are hidden, the last act."""
    wanted = list(wanted)
    codes = sorted({code for one in wanted for code in _codes(one)})
    state: dict[str, Any] = dict(zip(codes, tokens(*codes), strict=True))
    state["batches"] = tuple(
        Batch.objects.filter(state__in=Batch.HIDDEN).order_by("pk").values_list("pk", "state")
    )
    if any(_goes_by_audit(one) for one in wanted):
        state["audit"] = AuditEntry.objects.order_by("-pk").values_list("uid", flat=True).first()
    return state


def _codes(one: Indicator) -> list[str]:
    """Tables with a revision that it reads."""
    tables = (table_of(leaf.rows.model) for leaf in one.leaves)
    return [table.code for table in tables if table is not None]


def _goes_by_audit(one: Indicator) -> bool:
    """Whether it reads anything else: rows of another table, or the rule that says since when something is due."""
    ruled = isinstance(one.expression, Rhythm) and one.expression.since is not None
    return ruled or len(_codes(one)) < len(one.leaves)


def _key(
    one: Indicator, window: Window, viewer: Viewer, previous: Period | None, state: dict[str, Any]
) -> tuple[Any, ...]:
    scopes = tuple(leaf.scope_of(viewer).digest() for leaf in one.leaves)
    data = (*(state[code] for code in _codes(one)), state["audit"] if _goes_by_audit(one) else None)
    return (
        one.code,
        id(one.expression),
        one.definition,
        window.period.code,
        window.unit and window.unit.pk,
        window.area and window.area.pk,
        window.alone,
        window.selection.digest(),
        window.as_of,
        previous and previous.code,
        scopes,
        data,
        state["batches"],
    )
