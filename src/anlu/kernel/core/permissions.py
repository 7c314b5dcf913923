"""Permissions are declared in code and found at start-up; roles tick them."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.kernel.core.registry import Registry


@dataclass(frozen=True)
class Permission:
    """Something a role may carry. ``code`` is ``<app>.<noun>.<verb>``; ``group`` is the menu chapter it belongs to.

    ``sworn`` marks what auxiliaries (辅警) may never do, whatever role they hold (``practice`` 1).
    """

    code: str
    label: str
    group: str = ""
    sworn: bool = False


permissions: Registry[Permission] = Registry("permission")


def declare(code: str, label: str, *, group: str = "", sworn: bool = False) -> str:
    """Declare a permission and give back its code."""
    return permissions.add(Permission(code, label, group, sworn)).code
