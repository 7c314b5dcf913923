"""What has become of the numbers of a report: the same as kept and as closed, or changed, by whom and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from anlu.apps.reports.models import Report
from anlu.apps.reports.services import kept_of
from anlu.apps.reports.writing import Said, Text, permission_of
from anlu.engine.periods import Period
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.closing import differs
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.models import PeriodClose, Snapshot
from anlu.kernel.indicators.restating import Restatement, restatements


@dataclass(frozen=True)
class Changed:
    """
    A number that is not what it was.

    ``kept`` are the words in the report as somebody kept them; ``closed`` the value when the period was closed ("" and
    None where there is none); ``acts`` who changed which record since the close.
    """

    said: Said
    kept: str
    closed: float | None
    acts: tuple[Restatement, ...]


@dataclass(frozen=True)
class Watch:
    """
    The numbers of a report against what was kept and closed.

    What was kept and closed is of the whole brigade: it is told only of figures of which the reader sees everything.
    """

    close: PeriodClose | None
    changed: tuple[Changed, ...]
    gone: tuple[str, ...]  # words that were kept and stand in the text no more
    compared: int  # how many numbers could be compared

    @property
    def keys(self) -> frozenset[str]:
        """Places in the text at which a number has changed."""
        return frozenset(one.said.key for one in self.changed)


def watch(report: Report, text: Text, viewer: Viewer) -> Watch:
    """Compare every number of a report of which ``viewer`` sees all rows."""
    period = Period.parse(report.period)
    close = PeriodClose.objects.filter(period=period.code).first()
    numbers = [one for one in text.numbers if one.indicator.code not in text.narrow]
    snapshots = _snapshots(close, numbers)
    found = []
    for said in numbers:
        kept = report.numbers.get(said.key)
        snapshot = snapshots.get(said.indicator.code)
        moved = kept is not None and kept != kept_of(said)
        unlike = snapshot is not None and differs(snapshot, said.found)
        if moved or unlike:
            acts = tuple(restatements(said.indicator, close, viewer)) if close and unlike else ()
            closed = snapshot.value if snapshot is not None and unlike else None
            found.append(Changed(said, _words(kept) if moved else "", closed, acts))
    now = {one.key for one in text.numbers}
    gone = tuple(
        _words(one) for key, one in report.numbers.items() if key not in now and _may_read(one, viewer)
    )
    return Watch(close, tuple(found), gone, len(numbers))


def _may_read(kept: Mapping[str, Any], viewer: Viewer) -> bool:
    """Whether a number as it was kept may be shown: its figure still exists, and ``viewer`` sees all its rows."""
    code = str(kept.get("indicator", ""))
    if code not in indicators:
        return False
    one = indicators.get(code)
    return viewer.may(permission_of(one)) and one.is_whole_to(viewer)


def _words(kept: Any) -> str:
    return str(kept["words"]) if kept else ""


def _snapshots(close: PeriodClose | None, numbers: Iterable[Said]) -> dict[str, Snapshot]:
    if close is None:
        return {}
    codes = {one.indicator.code for one in numbers}
    return {one.indicator: one for one in close.snapshots.filter(unit=None, area=None, indicator__in=codes)}
