"""
The guard of closed periods: no write changes what counts in one, unless a second person has granted it.

It stands where every write passes, the audit (``core.audit.guard``). Which records count, by which day and by which of
their facts, follows from the registered indicators themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import models
from django.db.models.expressions import Col
from django.utils import timezone

from anlu.kernel.core.audit import guard
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.history import kind_of
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.indicators.closing import closes_over, granted_to
from anlu.kernel.indicators.define import Latest, Leaf, Ordinal, Stock, indicators
from anlu.kernel.indicators.models import PeriodClose

WHOLE: Final = ("add", "restore", "void")  # the record begins or ends to count
WRITES: Final = (*WHOLE, "change", "merge")
# What goes on after a close (a matter is closed, opened again), and what the owner of the data sends: never refused.
FOLLOWED: Final = (*WRITES, "move", "import", "withdraw")
Facts = Mapping[str, Any]


class PeriodClosed(AnluError):
    """The record counts in a closed period, and no correction was granted."""

    def __init__(self, message: str, *, kind: str = "", uid: Any = None, day: date | None = None) -> None:
        super().__init__(message)
        self.kind, self.uid, self.day = kind, uid, day


@dataclass(frozen=True)
class Counting:
    """
    By which day a kind of record counts, and which of its facts make a difference.

    ``lasting`` records count in every period after their day (stocks, ordinals), until the day of ``until``, or with
    that day where it is ``until_included``.
    """

    on: str
    until: str
    lasting: bool
    facts: frozenset[str]
    until_included: bool = False


@dataclass
class Countable:
    """What the registered indicators count, by kind of record."""

    size: int = -1
    kinds: dict[type[models.Model], frozenset[Counting]] = field(default_factory=dict)


_countable = Countable()


def counting_of(model: type[models.Model]) -> frozenset[Counting]:
    """How records of a table count; empty when no indicator counts them."""
    if _countable.size != len(indicators):
        _countable.kinds = _read()
        _countable.size = len(indicators)
    return _countable.kinds.get(model, frozenset())


def _read() -> dict[type[models.Model], frozenset[Counting]]:
    found: dict[type[models.Model], set[Counting]] = {}
    for one in indicators:
        for leaf in one.leaves:
            if "__" not in leaf.on:
                found.setdefault(leaf.rows.model, set()).add(_counting(leaf))
    return {model: frozenset(ways) for model, ways in found.items()}


def _counting(leaf: Leaf) -> Counting:
    until = leaf.until if isinstance(leaf, Stock | Latest) else ""
    others = (getattr(leaf, name, "") for name in ("column", "due", "since"))
    stated = (leaf.on, until, leaf.unit, leaf.area, *others)
    facts = {path.split("__")[0].removesuffix("_id") for path in stated if path}
    lasting = isinstance(leaf, Stock | Latest | Ordinal)
    included = isinstance(leaf, Stock) and leaf.until_included
    return Counting(leaf.on, until, lasting, frozenset(facts | _conditions(leaf)), included)


def _conditions(leaf: Leaf) -> set[str]:
    """Columns of the table that the condition of a leaf reads."""
    found: set[str] = set()
    waiting: list[Any] = [leaf.rows.query.where]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Col):
            found.add(node.target.name)
        waiting += getattr(node, "children", [])
        waiting += [
            part
            for name in ("lhs", "rhs")
            if hasattr(part := getattr(node, name, None), "resolve_expression")
        ]
    return found


# ------------------------------------------------------------------------------------------------ guarding


@guard
def guard_closed(action: str, thing: models.Model, changes: Facts, by: Viewer) -> str:
    """
    Refuse a write that changes a closed figure; name the correction under which it is allowed.

    The platform itself (imports of the systems that own the data, jobs) is not refused: what it changes is shown beside
    the closed value.

    Raises
    ------
    PeriodClosed
        No correction was granted for it.
    """
    touched = closed_over(action, thing, changes, by)
    if not touched:
        return ""
    kind, uid = kind_of(thing), getattr(thing, "uid", None)
    granted = granted_to(by, kind, uid)
    if granted is None:
        raise PeriodClosed(
            f"「{thing}」计入{closes_over(touched)}，已经关账：更正须写明理由并由第二人批准，"
            "请到「统计报告 › 关账与更正」申请",
            kind=kind,
            uid=uid if action != "add" else None,
            day=_day_of(thing, counting_of(type(thing))),
        )
    if granted.thing_uid is None:
        granted.thing_uid, granted.thing_label = uid, str(thing)[:120]
        granted.save(update_fields=["thing_uid", "thing_label", "changed_at"])
    return f"更正 {granted.number}，{granted.decided_by_name}批准：{granted.why}"


def closed_over(action: str, thing: models.Model, changes: Facts, by: Viewer) -> list[PeriodClose]:
    """The closed periods whose figures a write would change, the earliest first; none for what the platform does."""
    asked = action in WRITES and by.uid != SYSTEM.uid
    ways = counting_of(type(thing)) if asked else frozenset()
    closes = list(PeriodClose.objects.order_by("starts_on")) if ways else []
    return [one for one in closes if any(_touches(way, action, thing, changes, one) for way in ways)]


def touches(leaf: Leaf, action: str, thing: models.Model, changes: Facts, close: PeriodClose) -> bool:
    """Whether an act on a record made a difference to what a leaf counts in a closed period."""
    return "__" not in leaf.on and _touches(_counting(leaf), action, thing, changes, close)


def _day_of(thing: models.Model, ways: frozenset[Counting]) -> date | None:
    """A day by which the record counts."""
    return next((day for way in ways if (day := as_day(getattr(thing, way.on, None)))), None)


def _touches(way: Counting, action: str, thing: models.Model, changes: Facts, close: PeriodClose) -> bool:
    """Whether a write changes what a closed period counts."""
    names = [name for name in (way.on, way.until) if name]
    after = _counts(way, {name: _stated(thing, name, changes, 1) for name in names}, close)
    if action in WHOLE:
        return after
    before = _counts(way, {name: _stated(thing, name, changes, 0) for name in names}, close)
    return before != after or (after and bool(way.facts & set(changes)))


def _counts(way: Counting, facts: Facts, close: PeriodClose) -> bool:
    on = as_day(facts.get(way.on))
    if on is None or on > close.ends_on:
        return False
    if not way.lasting:
        return on >= close.starts_on
    until = as_day(facts.get(way.until)) if way.until else None
    return until is None or until > close.ends_on or (way.until_included and until == close.ends_on)


def _stated(thing: models.Model, name: str, changes: Facts, place: int) -> Any:
    """A fact as it was before (0) or after (1) the change."""
    if name not in changes:
        return getattr(thing, name, None)
    found: models.Field[Any, Any] = thing._meta.get_field(name)  # type: ignore[assignment]
    return found.to_python(changes[name][place])


def as_day(value: Any) -> date | None:
    """The local day of a date or a moment."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value if isinstance(value, date) else None
