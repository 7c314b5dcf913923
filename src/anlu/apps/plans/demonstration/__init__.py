"""Plans and honours of 青澜县; the meaning of groups is invented and marked as to be confirmed."""

from __future__ import annotations

from functools import partial
from typing import Final

from anlu.kernel.core import demo

table: Final = partial(demo.table, "anlu.apps.plans")
