"""What every test can rely on: a chosen database, reference data, repeatable properties, no network."""

import gc
import os
import socket
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests import databases

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = "anlu.project.settings.test"
STOP_DATABASE: list[Callable[[], None]] = []

# Properties try the same examples on every run; `HYPOTHESIS_PROFILE=deep pytest …` looks further. None fails because
# the machine is busy: the first one of a process reads the source of all modules, which has taken half a minute there.
BUSY = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile(
    "suite", deadline=None, derandomize=True, max_examples=60, suppress_health_check=BUSY
)
hypothesis.settings.register_profile("deep", deadline=None, max_examples=2_000, suppress_health_check=BUSY)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """
    Add `--database` and set Django up.

    This early, because the conftest.py of a sub-folder may import models and is read right after this one.
    """
    parser.addoption("--database", choices=databases.CHOICES, help="database of this run (default: sqlite)")
    if pluginmanager.is_blocked("django"):  # `-p no:django`: the engine alone
        return
    STOP_DATABASE.append(databases.use_database(databases.chosen_database()))
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django  # the engine's tests run without it

    django.setup()


def pytest_unconfigure() -> None:
    """Stop what was started for this run."""
    while STOP_DATABASE:
        STOP_DATABASE.pop()()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, by name, the tests that only the other database can run, or that it runs for both."""
    postgres = os.environ.get(databases.CHOICE_VARIABLE) == "postgres"
    for item in items:
        if is_without_database(item) and postgres:
            item.add_marker(pytest.mark.skip(reason="needs no database: runs on SQLite"))
        if item.get_closest_marker("postgres") and not postgres:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: pytest --database=postgres"))
        if item.get_closest_marker("sqlite") and postgres:
            item.add_marker(pytest.mark.skip(reason="is about SQLite"))


def is_without_database(item: pytest.Item) -> bool:
    """Whether a test is marked so; one that asks for a database all the same ends the run."""
    try:
        return databases.is_without(item.keywords, getattr(item, "fixturenames", ()))
    except ValueError as problem:
        raise pytest.UsageError(f"{item.nodeid}: {problem}") from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Keep all databases from a test that is marked so: pytest-django those of this process, we those of others."""
    if item.get_closest_marker("no_database") is None:
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", databases.NO_DATABASE)
        return (yield)


@pytest.fixture(scope="session")
def shared_data(pytestconfig: pytest.Config) -> Path:
    """Folder of the reference data (real crashes, published results), which is not part of the project."""
    folder = Path(os.environ.get("ANLU_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("NOT TESTED: no reference data in ../shared/data (or where ANLU_SHARED_DATA points)")
    return folder


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0]) if isinstance(address, tuple) else str(address)
            if host not in ("localhost", "::1") and not host.startswith("127."):
                raise AssertionError(f"a test tried to reach {host}: the suite runs without a network")
        connect(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


@pytest.fixture(autouse=True, scope="session")
def static_files_found_once(pytestconfig: pytest.Config) -> Iterator[None]:
    """List the static files once: each test's client sets up the middleware anew, which goes through all of them."""
    if pytestconfig.pluginmanager.is_blocked("django"):
        yield
        return
    from whitenoise.middleware import WhiteNoiseMiddleware  # the engine's tests run without it

    files: dict[str, Any] = {}
    find = WhiteNoiseMiddleware.add_files_from_finders

    def add_files(self: WhiteNoiseMiddleware) -> None:
        if not files:
            find(self)
            files.update(self.files)
        self.files.update(files)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files)
        yield


@pytest.fixture(autouse=True, scope="session")
def pages_noted_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Note what a page was drawn from once, and not for each of the hundreds of parts that it includes."""
    if request.config.pluginmanager.is_blocked("django"):
        yield
        return
    request.getfixturevalue("django_test_environment")
    from django.template import Context, Template  # the engine's tests run without it

    noted = Template._render

    def render(self: Template, context: Context) -> str:
        return noted(self, context) if context.template is self else self.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """
    Take what was loaded until here out of the search for garbage: it stays, and there is much of it.

    Then search rarely: a page makes some ten thousand objects and hardly one of them needs the search to go.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
