"""The layers of the code stay layers."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_database
ROOT = Path(__file__).resolve().parents[2]

PLAIN_IMPORT = """
import importlib, pkgutil, sys
import anlu.engine
for module in pkgutil.walk_packages(anlu.engine.__path__, "anlu.engine."):
    importlib.import_module(module.name)
forbidden = {"django", "ninja", "huey", "polars", "pyarrow"}
print(*sorted({name.split(".")[0] for name in sys.modules} & forbidden))
"""


def test_no_layer_imports_one_above_it() -> None:
    check = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert check.returncode == 0, check.stdout + check.stderr


def test_the_whole_engine_imports_without_django_or_a_table_library() -> None:
    check = subprocess.run([sys.executable, "-c", PLAIN_IMPORT], cwd=ROOT, capture_output=True, text=True)
    assert check.returncode == 0, check.stderr
    assert check.stdout.split() == []
