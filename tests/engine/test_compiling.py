"""Compiled loops work where nothing can be kept."""

import os
import subprocess
import sys

from anlu.engine.compiling import COMPILED, INLINED

ADD_UP = """
from numba import njit
from anlu.engine.compiling import COMPILED
add = njit(**COMPILED)(lambda a, b: a + b)
print(COMPILED["cache"], add(2, 3))
"""


def test_compiled_loops_are_kept_where_a_folder_can_be_written() -> None:
    assert COMPILED["cache"] is True
    assert INLINED["cache"] is True


def test_loops_are_compiled_anew_where_no_folder_can_be_written() -> None:
    nowhere = {**os.environ, "NUMBA_CACHE_LOCATOR_CLASSES": "IPythonCacheLocator"}
    done = subprocess.run(
        [sys.executable, "-c", ADD_UP], capture_output=True, text=True, check=True, env=nowhere
    )
    assert done.stdout.split() == ["False", "5"]
