"""
Evidence: what must exist before a report may say a sentence that has no figure (Q01-Q30 of the half-year report).

Apps declare a check each; it answers with what it found and what is missing, never with an adjective. A statement
for which no app declares evidence is listed as missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.window import Window


@dataclass(frozen=True)
class Found:
    """
    What a check found.

    Parameters
    ----------
    holds
        Whether the records carry the statement.
    words
        What there is, in exact numbers: 一次死亡3人以上事故 0 起；距上一起 412 天.
    missing
        What is not there yet, one short phrase each; not empty where it does not hold.
    indicators
        Codes of the indicators whose rows are the evidence; their numbers open on the page.
    """

    holds: bool
    words: str
    missing: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.holds == bool(self.missing):
            raise ValueError("what does not hold says what is missing, and what holds misses nothing")


Check = Callable[[Window, Viewer], Found]


@dataclass(frozen=True)
class Evidence:
    """A declared check; ``code`` is the number of the statement (Q03)."""

    code: str
    check: Check


evidence: Registry[Evidence] = Registry("evidence")


def evidence_for(code: str) -> Callable[[Check], Check]:
    """Declare the function below as the check of a statement."""

    def declare(check: Check) -> Check:
        evidence.add(Evidence(code, check))
        return check

    return declare
