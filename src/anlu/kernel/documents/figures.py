"""
Numbers in documents, each with its origin.

The kernel's documents know no indicators: whoever has them registers a ``FigureSource`` (the web shell does, for
``kernel.indicators``). Other numbers come from the record that a document is about, or are counted from its tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.models import Unit


class FigureUnknown(AnluError):
    """A number that nothing gives."""


@dataclass(frozen=True)
class Figure:
    """
    A number as a document writes it.

    ``text`` is the number without its unit, ``change`` the comparison in words (下降26.42%; "" when there is none),
    ``origin`` says where it comes from: ``{"kind": "indicator" | "record" | "rows", ...}``.
    """

    label: str
    text: str
    unit: str = ""
    value: float | int | None = None
    change: str = ""
    origin: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Number and unit."""
        return f"{self.text}{self.unit}"

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self) | {"origin": dict(self.origin)}


def figure_from(kept: Mapping[str, Any]) -> Figure:
    """What ``Figure.plain`` gave."""
    return Figure(**kept)


class FigureSource(Protocol):
    """Gives the values of indicators."""

    def codes(self) -> Iterable[str]:
        """Codes of all indicators."""
        ...

    def figure(self, code: str, *, unit: Unit, period: str, viewer: Viewer) -> Figure:
        """
        The value for a unit and a period (``2023H1``).

        Raises
        ------
        FigureUnknown
            There is no such indicator, or it has no value.
        NotAllowed
            ``viewer`` may not see the figure of the whole unit.
        """
        ...


class _NoSource:
    def codes(self) -> Iterable[str]:
        return ()

    def figure(self, code: str, *, unit: Unit, period: str, viewer: Viewer) -> Figure:
        raise FigureUnknown(f"没有指标「{code}」")


_sources: list[FigureSource] = []


def register_source(source: FigureSource) -> FigureSource:
    """Say who gives the values of indicators; the last one counts."""
    _sources.append(source)
    return source


def figure_source() -> FigureSource:
    """Who gives the values of indicators."""
    return _sources[-1] if _sources else _NoSource()


def written(value: object) -> str:
    """A number as documents write it: no thousands marks, no zeros behind the point."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise FigureUnknown(f"「{value}」不是数")
    if isinstance(value, int):
        return str(value)
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def compared(figures: Iterable[Figure | None]) -> str:
    """``，同比分别下降26.42%、10%``: the changes of several figures in one clause; "" when one has none."""
    changes = [one.change if one is not None else "" for one in figures]
    if not changes or not all(change.startswith(("下降", "上升", "持平")) for change in changes):
        return ""  # nothing to compare with: the base is 0
    if len(changes) == 1:
        return f"，同比{changes[0]}"
    verbs = {_verb(change) for change in changes}
    if len(verbs) == 1 and (verb := verbs.pop()):
        return f"，同比分别{verb}" + "、".join(change.removeprefix(verb) for change in changes)
    return "，同比分别" + "、".join(changes)


def _verb(change: str) -> str:
    return next((verb for verb in ("下降", "上升") if change.startswith(verb) and change != verb), "")
