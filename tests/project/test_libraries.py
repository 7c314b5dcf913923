"""A command starts without the large libraries; a server has them at hand before anybody waits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from anlu.project.libraries import COMPILED, LIBRARIES

pytestmark = pytest.mark.no_database
STARTED = """
import json, sys
from anlu.project.start import set_up
set_up()
print(json.dumps(sorted(sys.modules)))
"""
SERVED = """
import json, sys
from anlu.project.start import set_up
set_up()
import anlu.project.{part}
print(json.dumps(sorted(sys.modules)))
"""


def modules_after(code: str, folder: Path) -> set[str]:
    environment = {**os.environ, "ANLU_DATA": str(folder)}
    for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_a_command_starts_without_large_libraries_and_without_the_demonstration(tmp_path: Path) -> None:
    found = modules_after(STARTED, tmp_path)
    assert "anlu.apps.crashes.models" in found  # it did start
    assert found & {*LIBRARIES, *COMPILED, "anlu.engine.county", "anlu.apps.crashes.demo"} == set()


@pytest.mark.parametrize("part", ["served", "consumer"])
def test_a_server_has_them_at_hand(part: str, tmp_path: Path) -> None:
    assert modules_after(SERVED.format(part=part), tmp_path) >= {*LIBRARIES, *COMPILED}
