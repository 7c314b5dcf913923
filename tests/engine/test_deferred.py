"""A deferred module is imported with the first thing that is asked of it."""

import subprocess
import sys

import pytest

from anlu.engine.deferred import deferred

pytestmark = pytest.mark.no_database


def test_a_deferred_module_is_imported_when_something_of_it_is_asked_for() -> None:
    code = """
import sys
from anlu.engine.deferred import deferred
late = deferred("wave")
before = "wave" in sys.modules
print(before, late.open.__name__, "wave" in sys.modules, late.open is sys.modules["wave"].open)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "open", "True", "True"]


def test_what_a_deferred_module_lacks_is_said_as_by_the_module_itself() -> None:
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        deferred("wave").nothing_of_the_kind  # noqa: B018
