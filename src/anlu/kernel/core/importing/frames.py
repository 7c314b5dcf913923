"""polars, which reads the files: loaded with the first file, since most pages and commands read none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anlu.engine.deferred import deferred

if TYPE_CHECKING:
    import polars as pl
else:
    pl = deferred("polars")

__all__ = ["pl"]
