"""
The virtual environment in `.venv`: made, filled from a lock file, and left alone while nothing changed.

Standard library only: this runs with whatever Python the machine has.

    python tools/environment.py [run|dev|node]
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "anlu-installed.json"
LOCKS = {
    "run": ROOT / "requirements.lock",
    "dev": ROOT / "requirements-dev.lock",
    "node": ROOT / "requirements-node.lock",
}
OLDEST_PYTHON = (3, 11)


def main(arguments: list[str]) -> int:
    """Bring the environment up to date for one purpose."""
    ensure(arguments[0] if arguments else "run")
    return 0


def ensure(purpose: str) -> None:
    """
    Make `.venv` if need be and install what the lock of `purpose` (run, dev or node) lists, once.

    Exits with one line saying what to do when something cannot be done.
    """
    if sys.version_info < OLDEST_PYTHON:
        give_up(
            f"Python {sys.version.split()[0]} is too old: install 3.11 or newer, or set PYTHON=/path/of/it"
        )
    installed = read_stamp()
    if not interpreter_works() or installed.get("root", str(ROOT)) != str(ROOT):
        create()
        installed = {}
    wanted = {purpose: digest(LOCKS[purpose])}
    if purpose == "dev":
        wanted["run"] = digest(LOCKS["run"])  # the development lock holds everything the other does
    if not wanted.items() <= installed.items():
        install_lock(LOCKS[purpose])
    package = dependency_digest(whole=True)
    if purpose != "node" and installed.get("package") != package:
        install_package()
        wanted["package"] = package
    if not wanted.items() <= installed.items():
        STAMP.write_text(json.dumps({**installed, **wanted, "root": str(ROOT)}, indent=1))


def tool(name: str) -> str:
    """Return the path of a program installed in `.venv`."""
    return str(VENV / "bin" / name)


def create() -> None:
    """Make an empty `.venv`; an unusable one is replaced."""
    say("Making the environment .venv")
    if VENV.exists():
        shutil.rmtree(VENV)
    try:
        venv.create(VENV, with_pip=True)
    except subprocess.CalledProcessError:
        shutil.rmtree(VENV, ignore_errors=True)
        give_up("This Python cannot make environments: install python3-venv (Debian, Ubuntu) and try again")


def install_lock(lock: Path) -> None:
    """Install every package of a lock file, each checked against its hash, and count them on the way."""
    total = len(re.findall(r"^[a-zA-Z0-9]", lock.read_text(), re.M))
    say(f"Installing {lock.name}: {total} packages")
    command = [tool("python"), "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:"]
    command += [
        "--progress-bar",
        "off",
        "--disable-pip-version-check",
        "--no-input",
        "--requirement",
        str(lock),
    ]
    done, tail = 0, []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            tail = [*tail[-12:], line.rstrip()]
            if line.startswith(("Collecting ", "Requirement already satisfied: ")):
                done += 1
                show_progress(
                    done,
                    total,
                    re.split(r"[=<>!~;@\[ ]", line.split(": ")[-1].removeprefix("Collecting "))[0],
                )
            elif line.startswith("Installing collected"):
                end_progress()
                say("Unpacking them")
    end_progress()
    if pip.returncode:
        print("\n".join(tail), file=sys.stderr)
        give_up("Installing failed: check the network (or set PIP_INDEX_URL to your mirror), then try again")


def install_package() -> None:
    """Install Anlu itself so that edits to `src/` take effect at once."""
    command = [tool("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    if subprocess.run(command).returncode:
        give_up("Installing Anlu itself failed: see the message above; `rm -rf .venv` starts afresh")


def interpreter_works() -> bool:
    """Say whether `.venv` has a Python that starts and is new enough."""
    check = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        return subprocess.run([tool("python"), "-c", check], capture_output=True).returncode == 0
    except OSError:
        return False


def read_stamp() -> dict[str, str]:
    """Return what was installed last, by lock file; empty when unknown."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def dependency_digest(*, whole: bool = False) -> str:
    """
    Return a digest of what pyproject.toml asks to be installed, blind to comments and tool settings.

    With `whole`, the entry points and the packaging count too.
    """
    import tomllib  # absent before 3.11, where the message above is to be shown instead of an ImportError

    table = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = table["project"]
    facts: list[object] = [
        sorted(project["dependencies"]),
        project["optional-dependencies"],
        project["requires-python"],
        table.get("dependency-groups"),
    ]
    if whole:
        facts += [
            project["name"],
            project["version"],
            project["scripts"],
            project.get("entry-points"),
            table["build-system"],
        ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def say(line: str) -> None:
    """Tell the person at the terminal what is being done."""
    print(f"» {line}", flush=True)


def show_progress(done: int, total: int, name: str) -> None:
    """Show the package being fetched: over the same line on a terminal, every tenth in a log."""
    if sys.stdout.isatty():
        print(f"\r  {done:3}/{total} {name:<40.40}", end="", flush=True)
    elif done % 10 == 0:
        print(f"  {done:3}/{total} {name}", flush=True)


def end_progress() -> None:
    """Leave the line that show_progress was writing over."""
    if sys.stdout.isatty():
        print("\r" + " " * 50 + "\r", end="")


def give_up(line: str) -> NoReturn:
    """Stop with one line that says what to do."""
    sys.exit(f"✗ {line}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
