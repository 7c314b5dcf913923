"""
How inner loops are compiled: once per machine, then read from the cache.

The cache lies beside the modules, in the user's cache folder where that cannot be written, or where ``NUMBA_CACHE_DIR``
says. Where none of them can be written every process compiles for itself, which takes some 20 seconds.
"""

from typing import Any

from numba import njit


def _keeps_code() -> bool:
    """Whether there is a folder for the cache; numba says so only when a function is declared."""
    try:
        njit(cache=True)(_nothing)
    except RuntimeError:
        return False
    return True


def _nothing() -> None: ...


COMPILED: dict[str, Any] = {"cache": _keeps_code(), "nogil": True}
INLINED: dict[str, Any] = {**COMPILED, "forceinline": True}  # calls with many arrays are dear
