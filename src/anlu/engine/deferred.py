"""Large libraries that few commands use: executed when something of them is first asked for."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any


class Deferred(ModuleType):
    """Stands for a module until an attribute of it is asked for; ``import`` itself sees that it runs only once."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(importlib.import_module(self.__name__), name)
        setattr(self, name, found)
        return found


def deferred(name: str) -> ModuleType:
    """
    A module that is not imported yet.

        if TYPE_CHECKING:
            import polars as pl
        else:
            pl = deferred("polars")

    Where one function needs a library, an import inside the function is plainer.
    """
    return Deferred(name)
