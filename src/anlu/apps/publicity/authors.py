"""
Who may sign in a column is not known here: checks register themselves from where offices are known (``flows``).

    @author_check
    def holds_the_office(office, piece) -> str: ...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Check = Callable[[str, Any], str]
_checks: list[Check] = []


def author_check(check: Check) -> Check:
    """Register a check: given the office that a column asks for and the piece, "" or what is wrong."""
    if check not in _checks:
        _checks.append(check)
    return check


def problems_with(office: str, piece: Any) -> list[str]:
    """What all checks object to; nothing where the column asks for no office."""
    return [problem for check in _checks if office and (problem := check(office, piece))]
