"""An installation made once for all tests of the platform's commands, and a copy for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.installations import Place, empty_place


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A demonstration installation that nobody changes."""
    place = empty_place(tmp_path_factory.mktemp("made") / "data")
    ran = place.anlu("init", "--demo")
    assert ran.code == 0, ran.err
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
