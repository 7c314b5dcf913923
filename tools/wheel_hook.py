"""Refuse to release a wheel without the built assets; any other build goes through without them."""

from __future__ import annotations

import os
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MANIFEST = "src/anlu/web/static/dist/manifest.json"


class AssetsPresent(BuildHookInterface):  # type: ignore[type-arg]
    """Commands work without assets, pages do not: a wheel that people are given must have them."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Stop a release (`ANLU_RELEASE=1`, set by `make wheel`) whose assets were not built."""
        if os.environ.get("ANLU_RELEASE") and not Path(self.root, MANIFEST).exists():
            raise SystemExit("no built assets in src/anlu/web/static/dist: run `make assets` first")
