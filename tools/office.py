"""LibreOffice for the tests of printed documents: the machine's own, else installed where this can be done."""

from __future__ import annotations

import os
import shutil
import subprocess

from browser import can_use_apt, has_chinese_font
from environment import say

PROGRAMS = ("soffice", "libreoffice")
PACKAGES = ("libreoffice-writer-nogui", "fonts-noto-cjk")


def find_or_install_office() -> str | None:
    """Return the path of LibreOffice, or None when there is none to be had or no Chinese font to print with."""
    if not (find_office() and has_chinese_font()) and can_use_apt():
        install_packages()
    found = find_office()
    if found and not has_chinese_font():
        say("No Chinese font here: documents cannot be measured; install fonts-noto-cjk")
        return None
    return found


def find_office() -> str | None:
    """Return the path of LibreOffice."""
    named = os.environ.get("ANLU_SOFFICE")
    return named or next((path for path in map(shutil.which, PROGRAMS) if path), None)


def install_packages() -> None:
    """Install LibreOffice Writer and a Chinese font; whether it worked is seen by the search that follows."""
    say(f"Installing {' and '.join(PACKAGES)} with apt-get")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *PACKAGES]
    for command in (["apt-get", "update", "-qq"], install):
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL)
