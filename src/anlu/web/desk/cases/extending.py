"""
What an app adds to the pages of its family of cases: columns, filters, cards, tables, buttons.

The pages stay those of all cases; an app registers an ``Extension`` in its ``ledgers.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from anlu.kernel.cases.kinds import Family
from anlu.kernel.cases.models import Case
from anlu.kernel.core.filters import Filter
from anlu.kernel.core.registry import Registry
from anlu.web.ledgers import Column, Preset, RelatedRows, Verb


def _no_sections(case: Case) -> Sequence[Any]:
    return ()


@dataclass(frozen=True)
class Extension:
    """
    Additions to the pages of a family.

    Parameters
    ----------
    code
        Code of the family.
    sections
        Further cards of facts on the page of a case (``web.pages.detail.Section``).
    pages
        (code, icon) of further pages that the list leads to, as it does to board and calendar.
    """

    code: str
    columns: tuple[Column, ...] = ()
    filters: tuple[Filter, ...] = ()
    presets: tuple[Preset, ...] = ()
    related: tuple[RelatedRows, ...] = ()
    verbs: tuple[Verb, ...] = ()
    sections: Callable[[Case], Sequence[Any]] = _no_sections
    pages: tuple[tuple[str, str], ...] = ()


extensions: Registry[Extension] = Registry("extension of a family of cases")


def extension_of(family: Family) -> Extension:
    """What was added to a family; nothing when nobody did."""
    return extensions.get(family.code) if family.code in extensions else Extension(family.code)
