"""
Write the lock files: every package with its version and the SHA-256 of each of its published files.

    python tools/lock.py              keep the versions that still fit, add what is new
    python tools/lock.py --upgrade    take the newest versions

The files name no package index, so that an office can install from its own mirror.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from environment import LOCKS, ROOT, dependency_digest, ensure, tool

HEADER = """\
# Written by `make lock` from pyproject.toml; do not edit.
# dependencies: {digest}
"""
SOURCES = {
    "run": ["pyproject.toml", "--extra", "build"],
    "dev": ["pyproject.toml", "--extra", "dev"],
    "node": ["--group", "node"],
}


def main(arguments: list[str]) -> int:
    """Compile the three lock files."""
    parser = argparse.ArgumentParser(description="Write the lock files of pyproject.toml.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = parser.parse_args(arguments)
    ensure("dev")
    for name, lock in LOCKS.items():
        # The development lock must agree with what users run, package by package.
        constraint = None if name != "dev" else LOCKS["run"]
        compile_lock(lock, SOURCES[name], constraint=constraint, upgrade=options.upgrade)
        print(f"{lock.name}: {len(re.findall(r'^[a-z]', lock.read_text(), re.M))} packages")
    return 0


def compile_lock(lock: Path, source: list[str], *, constraint: Path | None, upgrade: bool) -> None:
    """Write one lock file for every supported Python and platform."""
    command = [tool("uv"), "pip", "compile", *source, "--no-config", "--quiet", "--universal"]
    command += ["--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--output-file", str(lock)]
    if constraint:
        command += ["--constraint", str(constraint)]
    if upgrade:
        command.append("--upgrade")
    subprocess.run(command, cwd=ROOT, check=True, env=clean_environment())
    text = re.sub(r"\A(#.*\n)+", "", lock.read_text())
    if "://" in text:
        sys.exit(f"{lock.name} names an address; remove the local index from the environment and try again")
    lock.write_text(HEADER.format(digest=dependency_digest()) + text)


def clean_environment() -> dict[str, str]:
    """Return the environment without what would let a local index of this machine into the lock."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_"))}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
