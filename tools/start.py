"""
From a fresh clone to a running demonstration county: `make run`.

Each step is done only when it is due, so that the second start takes seconds.
"""

from __future__ import annotations

import os
import subprocess
import sys

from environment import ROOT, ensure, give_up, say, tool
from frontend import build_assets


def main(arguments: list[str]) -> int:
    """Prepare everything, then become the server; arguments go to `anlu serve`."""
    ensure("run")
    build_assets()
    say("Preparing the demonstration county (first time: about a minute)")
    if subprocess.run([tool("anlu"), "init", "--demo"], cwd=ROOT).returncode:
        give_up("`anlu init --demo` failed: see above; the data are in ./var (or where ANLU_DATA points)")
    say("Starting the server; Ctrl-C ends it")
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(tool("anlu"), [tool("anlu"), "serve", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
