"""Packages beside the platform add apps and declarations by entry points, without a line changed here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = """
from django.http import HttpResponse
from anlu.web.nav import page

@page("bells.list", "bells/", "钟", chapter="系统", item="字典", permission="bells.bell.view", entry=False)
def bells(request):
    return HttpResponse("钟")
"""
PERMISSIONS = """
from anlu.kernel.core.permissions import Permission, permissions

permissions.add(Permission("{code}", "查看钟", "系统"))
"""
ASKED = """
import django
django.setup()
from django.apps import apps
from django.urls import reverse
from anlu.kernel.core.permissions import permissions
codes = ("bells.bell.view", "clock.hand.view")
print(apps.is_installed("bells"), reverse("bells.list"), *(code in permissions for code in codes))
"""


def install(folder: Path, *, code: str = "bells.bell.view") -> None:
    """A distribution with one app and one single module, as pip would have installed it."""
    app = folder / "bells"
    app.mkdir()
    (app / "__init__.py").touch()
    (app / "permissions.py").write_text(PERMISSIONS.format(code=code))
    (app / "pages.py").write_text(PAGES)
    (folder / "clock_hands.py").write_text(PERMISSIONS.format(code="clock.hand.view"))
    about = folder / "bells-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: bells\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[anlu.apps]\nbells = bells\n\n[anlu.plugins]\nhands = clock_hands\n"
    )


def ask(folder: Path) -> subprocess.CompletedProcess[str]:
    """Start the platform in a process of its own, with the distribution on its path."""
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    known = {"PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "anlu.project.settings.test"}
    command = [sys.executable, "-c", ASKED]
    return subprocess.run(command, env=os.environ | known, capture_output=True, text=True, check=False)


@pytest.mark.sqlite
def test_an_app_and_a_module_of_another_distribution_are_found(tmp_path: Path) -> None:
    install(tmp_path)
    ran = ask(tmp_path)
    assert ran.stdout.split() == ["True", "/bells/", "True", "True"], ran.stderr


@pytest.mark.sqlite
def test_a_code_that_there_is_already_stops_the_start(tmp_path: Path) -> None:
    install(tmp_path, code="core.term.view")
    ran = ask(tmp_path)
    assert ran.returncode != 0
    assert "DuplicateCode" in ran.stderr
    assert "core.term.view" in ran.stderr
