"""A wheel holds everything that the code reads beside it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_database
ROOT = Path(__file__).resolve().parents[2]
SOURCES_OF_ASSETS = "src/anlu/web/assets/"


def build_wheel(project: Path, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Build a wheel of a project folder with the locked build back end."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    environment = {key: value for key, value in os.environ.items() if key != "ANLU_RELEASE"}
    return subprocess.run(
        command, cwd=project, env={**environment, **variables}, capture_output=True, text=True
    )


def tracked(folder: str) -> list[str]:
    """Return the tracked files below a folder that are there."""
    listing = subprocess.run(["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("NOT TESTED: not a git checkout, so the files of the project cannot be told from others")
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture
def project_without_assets(tmp_path: Path) -> Path:
    """A copy of the project as it was committed: nothing built."""
    copy = tmp_path / "project"
    beside = ["pyproject.toml", "README.md", "LICENSE", "THIRD_PARTY.md", ".gitignore"]
    for name in [*tracked("src"), *tracked("tools"), *beside]:
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    return copy


def test_a_wheel_holds_every_tracked_file_of_the_package(
    project_without_assets: Path, tmp_path: Path
) -> None:
    build = build_wheel(project_without_assets, tmp_path)
    assert build.returncode == 0, build.stderr
    held = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    wanted = {name.removeprefix("src/") for name in tracked("src") if not name.startswith(SOURCES_OF_ASSETS)}
    assert sorted(wanted - held) == []
    assert any(name.endswith("licenses/THIRD_PARTY.md") for name in held)


def test_a_release_without_built_assets_is_refused(project_without_assets: Path, tmp_path: Path) -> None:
    build = build_wheel(project_without_assets, tmp_path, ANLU_RELEASE="1")
    assert build.returncode != 0
    assert "make assets" in build.stderr + build.stdout
    assert list(tmp_path.glob("*.whl")) == []


def test_a_release_with_built_assets_holds_them(project_without_assets: Path, tmp_path: Path) -> None:
    manifest = project_without_assets / "src/anlu/web/static/dist/manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("{}\n")
    build = build_wheel(project_without_assets, tmp_path, ANLU_RELEASE="1")
    assert build.returncode == 0, build.stderr
    assert "anlu/web/static/dist/manifest.json" in zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
