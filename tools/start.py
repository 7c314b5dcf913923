"""
From a fresh clone to a running demonstration county: `make run`.

Each step is done only when it is due, so that the second start takes seconds.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from environment import ROOT, VENV, ensure, give_up, say, tool
from frontend import build_assets, digest_of

DEMO_STAMP = VENV / "anlu-demo"
# What `anlu init --demo` puts into the database comes from here.
MAKERS = ("src/anlu/engine", "src/anlu/kernel", "src/anlu/apps", "src/anlu/project", "src/anlu/commands")


def main(arguments: list[str]) -> int:
    """Prepare everything, then become the server; arguments go to `anlu serve`."""
    ensure("run")
    build_assets()
    make_county()
    say("Starting the server; Ctrl-C ends it")
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(tool("anlu"), [tool("anlu"), "serve", *arguments])


def make_county() -> None:
    """Make or upgrade the demonstration county, unless this code has done so in this place already."""
    folder = ROOT / (os.environ.get("ANLU_DATA") or "var")
    place = f"{folder} {os.environ.get('DATABASE_URL', '')}"  # hashed: an address may hold a password
    due = hashlib.sha256(f"{place} {digest_of(MAKERS)}".encode()).hexdigest()
    if has_data(folder) and DEMO_STAMP.exists() and DEMO_STAMP.read_text() == due:
        return
    say("Preparing the demonstration county")
    if subprocess.run([tool("anlu"), "init", "--demo"], cwd=ROOT).returncode:
        give_up(f"`anlu init --demo` failed: see above; the data are in {folder}")
    DEMO_STAMP.write_text(due)


def has_data(folder: Path) -> bool:
    """Say whether an installation was made in this data folder and is still there."""
    own_database = folder / "anlu.sqlite3"
    return (folder / "keys").is_dir() and (bool(os.environ.get("DATABASE_URL")) or own_database.exists())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
