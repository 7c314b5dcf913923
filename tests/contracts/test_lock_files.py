"""What users install is what pyproject.toml asks for, to the byte."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_database
ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-node.lock"]


def locked(name: str) -> dict[str, str]:
    """Return {package and marker: version} of a lock file."""
    text = (ROOT / name).read_text()
    return {
        package + (marker or ""): version
        for package, version, marker in re.findall(r"^([\w.-]+)==([^ ]+)( ; [^\\]+)?", text, re.M)
    }


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_belongs_to_the_dependencies_of_today(name: str) -> None:
    digest = subprocess.run(
        [sys.executable, "-c", "import environment; print(environment.dependency_digest())"],
        cwd=ROOT / "tools", capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    assert f"# dependencies: {digest}\n" in (ROOT / name).read_text(), (
        "pyproject.toml has changed: run `make lock`"
    )


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_carries_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    packages = re.split(r"^(?=\w)", text, flags=re.M)[1:]
    assert packages
    assert [entry.splitlines()[0] for entry in packages if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_developers_run_the_versions_that_users_run() -> None:
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()
