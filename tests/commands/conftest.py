"""An installation made once for all tests of the platform's commands, and a copy for each."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.installations import Place, empty_place
from tests.commands.sharing import SharedPlace, shared_place, workers_of_this_run

SHARED = pytest.StashKey[SharedPlace]()
# The process that makes it, held until the run ends: Python warns of a process that runs and that nobody holds.
MAKING = pytest.StashKey[subprocess.Popen[bytes] | None]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin with the demonstration installation as soon as it is known that a test needs it."""
    if session.config.option.collectonly or not any(
        "made" in getattr(one, "fixturenames", ()) for one in session.items
    ):
        return
    base: Path = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    shared = shared_place(base, "shared-demonstration")
    session.config.stash[SHARED] = shared
    session.config.stash[MAKING] = shared.begin()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave the shared installation."""
    shared = session.config.stash.get(SHARED, None)
    if shared is not None:
        shared.leave(workers_of_this_run())


@pytest.fixture(scope="session")
def made(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A demonstration installation that nobody changes."""
    place = pytestconfig.stash[SHARED].made().copy_to(tmp_path_factory.mktemp("made") / "data")
    yield place
    place.drop()


@pytest.fixture
def installation(made: Place, tmp_path: Path) -> Iterator[Place]:
    """A demonstration installation of this test's own."""
    place = made.copy_to(tmp_path / "data")
    yield place
    place.drop()


@pytest.fixture
def nowhere(tmp_path: Path) -> Iterator[Place]:
    """Room for an installation."""
    place = empty_place(tmp_path / "nowhere")
    yield place
    place.drop()
