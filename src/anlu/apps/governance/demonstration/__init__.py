"""Tables of the demonstration county."""

from __future__ import annotations

from functools import partial
from typing import Final

from anlu.kernel.core import demo

table: Final = partial(demo.table, "anlu.apps.governance")
