"""The risk commands stay light: no web framework, no data-frame library."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.no_database
HEAVY = ("django", "polars", "pyarrow", "pandas", "ninja", "huey", "openpyxl", "matplotlib")


@pytest.mark.parametrize("module", ["density", "backtest", "rank", "blackspots", "rules"])
def test_a_risk_command_imports_nothing_heavy(module: str) -> None:
    code = (
        f"import sys, anlu.__main__, anlu.commands.risk, anlu.commands.risk.{module}\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
