"""A Chromium for the browser stories: the machine's own, else installed where this can be done."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from environment import say, tool

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as p:
    print(p.chromium.executable_path)
"""


def find_or_install_chromium() -> str | None:
    """Return the path of a Chromium that starts, or None when there is none to be had."""
    if not (find_chromium() and has_chinese_font()) and can_use_apt():
        install_packages()
    found = find_chromium()
    if found is None:
        say("Asking Playwright for a Chromium")
        subprocess.run(
            [tool("playwright"), "install", "chromium-headless-shell", "chromium"], capture_output=True
        )
        found = find_chromium()
    if found and not has_chinese_font():
        say("No Chinese font here: characters will be boxes in screenshots; install fonts-noto-cjk")
    return found


def find_chromium() -> str | None:
    """Return the path of the first Chromium that starts."""
    candidates = [
        os.environ.get("ANLU_CHROMIUM"),
        *(shutil.which(name) for name in PROGRAMS),
        playwright_chromium(),
    ]
    return next((path for path in candidates if path and starts(path)), None)


def playwright_chromium() -> str | None:
    """Return where Playwright keeps its own Chromium; there may be nothing in that place."""
    answer = subprocess.run([tool("python"), "-c", ASK_PLAYWRIGHT], capture_output=True, text=True)
    return answer.stdout.strip() or None


def starts(program: str) -> bool:
    """Say whether a browser answers with its version."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def can_use_apt() -> bool:
    """Say whether packages of this Debian can be installed by this user."""
    return os.geteuid() == 0 and Path("/etc/debian_version").exists() and shutil.which("apt-get") is not None


def install_packages() -> None:
    """Install Chromium and a Chinese font; whether it worked is seen by the search that follows."""
    say(f"Installing {' and '.join(PACKAGES)} with apt-get")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *PACKAGES]
    for command in (["apt-get", "update", "-qq"], install):
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)


def has_chinese_font() -> bool:
    """Say whether some font of this machine has Chinese characters."""
    if shutil.which("fc-list"):
        return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True).stdout.strip())
    return any(Path("/usr/share/fonts").rglob("*CJK*"))
