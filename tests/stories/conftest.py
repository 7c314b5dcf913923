"""
A real browser for the stories.

A page that writes an error to the console, breaks the content security policy, asks for a file that is not
there or for anything outside the machine fails its story at the end, whatever the story itself looked at.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.commands.installations import sqlite_place
from tests.commands.sharing import SharedPlace, shared_place, workers_of_this_run
from tests.stories.installations import RunningInstallation, running_installation

HERE = Path(__file__).parent
COUNTY = pytest.StashKey[SharedPlace]()
# First those who need no county, while one is made; of the others those that take longest, so that two workers end
# together, and side by side the two walks, which share a county of their own. What is not named here comes after them.
ORDER = ("test_shell", "test_access", "test_languages", "test_crash_clerk", "test_closed_loop", "test_map")
PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# What Playwright turns off (of several lists Chromium takes the last), and what drops down from the address bar: nobody
# sees it here, and Chromium opens two pages of its own for it with each session, which takes more than half a second.
WITHOUT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
)
# WebGL without a graphics card, for the map; pages are painted without it, since in a machine that only imitates one
# (Debian's Chromium asks for it) that takes most of the time. The sandbox cannot be had by root in a container.
ARGUMENTS = [
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-rasterization",
    "--disable-gpu-compositing",
    f"--disable-features={','.join(WITHOUT)}",
    # Nothing leaves the machine. Stopped here and not by a route: with one, a browser keeps no file from page to page.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SESSION = "sessionid"
PATIENCE_MS = 60_000  # nothing is said here about speed: no story fails for a busy machine
LOCAL = re.compile(r"(https?|wss?)://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/|$)|(data|blob|about):")
TOO_WIDE = """async () => {
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame)  // charts fit themselves to the new width
  const wide = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= wide) return []
  const out = [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > wide + 1)
  return [`${document.documentElement.scrollWidth} pixels wide: ` + out.slice(0, 3).map((one) =>
    one.outerHTML.slice(0, 160)).join(' | ')]
}"""

# Playwright runs an event loop in this thread, in which Django would refuse to touch the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# A form with files is sent by its page, so that a click does not wait for the next one: what is expected there does.
expect.set_options(timeout=PATIENCE_MS)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every story, so that `-m "not browser"` leaves them out, and put them in order."""
    stories = [item for item in items if HERE in item.path.parents]
    for item in stories:
        item.add_marker(pytest.mark.browser)
    places = {name: place for place, name in enumerate(ORDER)}
    ordered = iter(sorted(stories, key=lambda item: places.get(item.path.stem, len(places))))
    items[:] = [next(ordered) if HERE in item.path.parents else item for item in items]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say where the county will be as soon as it is known that a story needs one."""
    if session.config.option.collectonly or not any(
        "made_county" in getattr(one, "fixturenames", ()) for one in session.items
    ):
        return
    base: Path = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    session.config.stash[COUNTY] = shared_place(base, "shared-county", sqlite_place)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave the county."""
    county = session.config.stash.get(COUNTY, None)
    if county is not None:
        county.leave(workers_of_this_run())


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for each worker of the run: the one named by ANLU_CHROMIUM, or one found on this machine."""
    program = os.environ.get("ANLU_CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        if program is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip(
                "NOT TESTED: browser stories, no Chromium here; `make test STAGES=browser` installs one"
            )
        chromium = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS, *sandbox])
        yield chromium
        chromium.close()


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A function that opens a separate, watched session of the browser; options go to Playwright."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(**options: object) -> BrowserContext:
        settings = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": DESK, **options}
        context = browser.new_context(**settings)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        watch(context, complaints)
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == [], "the pages of this story complained"


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    """A page on a desk."""
    return open_context().new_page()


@pytest.fixture
def phone(open_context: Callable[..., BrowserContext]) -> Page:
    """A page on a telephone, operated by touch."""
    return open_context(viewport=PHONE, is_mobile=True, has_touch=True, device_scale_factor=2).new_page()


@pytest.fixture
def page_without_javascript(open_context: Callable[..., BrowserContext]) -> Page:
    """A page on a desk whose scripts do not run."""
    return open_context(java_script_enabled=False).new_page()


def watch(context: BrowserContext, complaints: list[str]) -> None:
    """Note every error of a page, and whatever would have left the machine."""

    def note_message(message: ConsoleMessage) -> None:
        # What the server answered is judged by its status below, where a story can expect it.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"console: {message.text}")

    def note_answer(response: Response) -> None:
        # A page may refuse (401, 403, 404), a form may come back (422); files and fragments must be there.
        asked = response.request
        is_answer = asked.is_navigation_request() or "x-kept-form" in asked.headers or response.status == 422
        if response.status >= 500 or (response.status >= 400 and not is_answer):
            complaints.append(f"{response.status}: {response.request.method} {response.url}")

    def note_request(request: Request) -> None:
        if not LOCAL.match(request.url):
            complaints.append(f"left the machine: {request.url}")

    context.on("console", note_message)
    context.on("weberror", lambda error: complaints.append(f"script: {error.error}"))
    context.on("response", note_answer)
    context.on("request", note_request)


@pytest.fixture(scope="session", autouse=True)
def county_in_the_making(browser: Browser, pytestconfig: pytest.Config) -> Iterator[None]:
    """Begin with the county before the first story, in the background, where there is a browser to look at it."""
    county = pytestconfig.stash.get(COUNTY, None)
    making = county.begin() if county is not None else None
    yield
    del making  # held until here: Python warns of a process that runs and that nobody holds


@pytest.fixture(scope="session")
def made_county(county_in_the_making: None, pytestconfig: pytest.Config) -> Path:
    """The data of the demonstration county, which nobody changes: it takes a while to make."""
    return pytestconfig.stash[COUNTY].made().folder


@pytest.fixture(scope="session")
def installation(
    made_county: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningInstallation]:
    """The demonstration county, served for all stories of this run."""
    with running_installation(made_county, tmp_path_factory.mktemp("installation") / "data") as running:
        yield running


def too_wide(page: Page) -> list[str]:
    """What stands out on the right of a page, so that it would have to be moved sideways; empty when nothing does."""
    found: list[str] = page.evaluate(TOO_WIDE)
    return found


@dataclass(frozen=True)
class Everything:
    """Somebody who may do everything, and where their pages are: those of the menu, and one of each other sort."""

    installation: RunningInstallation
    session: str
    menu: dict[str, str]
    sorts: dict[str, str]
    open_context: Callable[..., BrowserContext]

    def at(self, address: str) -> str:
        """The whole address."""
        return self.installation.address + address

    def page(self, **options: object) -> Page:
        """A page on which this person is signed in; nothing moves on it."""
        context = self.open_context(reduced_motion="reduce", **options)
        context.add_cookies([{"name": SESSION, "value": self.session, "url": self.installation.address}])
        return context.new_page()


@pytest.fixture(scope="session")
def walked(made_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningInstallation]:
    """A county of their own for the walks of all pages: samples of what it lacks are made in it."""
    with running_installation(made_county, tmp_path_factory.mktemp("walked") / "data") as running:
        yield running


@pytest.fixture(scope="session")
def addresses(walked: RunningInstallation) -> dict[str, Any]:
    """What ``addresses.py`` finds there."""
    found: dict[str, Any] = walked.module("tests.stories.addresses", "everything")
    return found


@pytest.fixture
def everything(
    walked: RunningInstallation, addresses: dict[str, Any], open_context: Callable[..., BrowserContext]
) -> Everything:
    """The person and the pages."""
    return Everything(walked, open_context=open_context, **addresses)
