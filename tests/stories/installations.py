"""A real installation for the stories: a copy of the demonstration county, then `anlu serve`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from anlu.kernel.people.demo import PASSWORD

PATIENCE_S = 120


@dataclass(frozen=True)
class RunningInstallation:
    """Where it answers and where it keeps its data."""

    address: str
    folder: Path
    today: str = ""

    def sign_in(self, page: Page, login: str) -> None:
        """Sign in as one of the demonstration accounts, as a person would."""
        page.goto(f"{self.address}/")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.get_by_role("heading", name="我的待办").wait_for()

    def module(self, name: str, *words: str) -> Any:
        """The JSON that a module prints which works in this installation."""
        done = subprocess.run(
            [sys.executable, "-m", name, *words],
            env=_environment(self.folder, self.today),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def _environment(folder: Path, today: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANLU_", "DJANGO_"))}
    kept.pop("DATABASE_URL", None)
    return kept | {"ANLU_DATA": str(folder)} | ({"ANLU_TODAY": today} if today else {})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_installation(county: Path, folder: Path) -> Iterator[RunningInstallation]:
    """Serve a copy of a demonstration installation, and stop it at the end."""
    shutil.copytree(county, folder)
    with serving(folder) as made:
        yield made


@contextmanager
def serving(folder: Path, *, port: int = 0, today: str = "") -> Iterator[RunningInstallation]:
    """Serve an installation, on a business day of its own where one is stated, and stop it at the end."""
    port = port or _free_port()
    made = RunningInstallation(f"http://127.0.0.1:{port}", folder, today)
    log = folder.parent / "serve.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "anlu", "serve", "--port", str(port)],
            env=_environment(folder, today),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(made.address, server, log)
            yield made
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=PATIENCE_S)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE_S:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)  # a server in another process gives no other sign
    raise AssertionError(f"no answer from {address} within {PATIENCE_S} s\n{log.read_text()}")
