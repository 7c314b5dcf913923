"""What the brigade of 青澜县 studied, wrote and trained in the first half of 2023; every name is invented."""

from __future__ import annotations

from functools import partial
from typing import Final

from anlu.kernel.core import demo

table: Final = partial(demo.table, "anlu.apps.team")
