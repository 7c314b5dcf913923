"""
Finds what the apps declare: modules of known names are imported on start-up, and they register themselves.

A new kind, indicator or page is a new file; nothing here has to be told about it. Plug-ins name a module
under the entry points ``anlu.plugins``.
"""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Final

from django.apps import apps

MODULES: Final = (
    "permissions",
    "dictionaries",
    "kinds",
    "bearers",
    "indicators",
    "guarding",
    "evidence",
    "sections",
    "imports",
    "located",
    "jobs",
    "layers",
    "ledgers",
    "pages",
    "panels",
    "desk",
    "searching",
    "seeding",
)
DEMONSTRATION: Final = "demo"  # only `anlu init --demo` asks for these
PLUGIN_GROUP: Final = "anlu.plugins"
_found: list[str] = []


def discover() -> list[str]:
    """
    Import every declaring module of every installed app and plug-in, once; give back their names.

    Raises
    ------
    DuplicateCode
        Two of them declare the same code.
    """
    if not _found:
        _found.extend(_named(*MODULES))
        for plugin in sorted(entry_points(group=PLUGIN_GROUP), key=lambda found: found.value):
            _found.extend(_import_whole(plugin.value))
    return list(_found)


def discover_demonstration() -> None:
    """Import what makes the demonstration county: a good part of the platform's code, which nothing else needs."""
    _named(DEMONSTRATION)


def _named(*names: str) -> list[str]:
    return [one for app in _anlu_apps() for name in names for one in _import_whole(f"{app}.{name}")]


def _anlu_apps() -> list[str]:
    """Packages of the platform's own apps and of plug-in apps, in order of installation."""
    plugins = {found.value for found in entry_points(group="anlu.apps")}
    return [
        config.name
        for config in apps.get_app_configs()
        if config.name.startswith("anlu.") or config.name in plugins
    ]


def _import_whole(name: str) -> list[str]:
    """Import a module, and everything inside when it is a package; nothing when it does not exist."""
    spec = find_spec(name)
    if spec is None:
        return []
    module = importlib.import_module(name)
    inside = pkgutil.walk_packages(getattr(module, "__path__", []), f"{name}.")
    return [name, *(importlib.import_module(found.name).__name__ for found in inside)]
