"""What the demonstration county has of hazards and markets; every name, place and picture is invented."""

from __future__ import annotations

from functools import partial
from typing import Final

from anlu.kernel.core import demo

table: Final = partial(demo.table, "anlu.apps.hazards")
