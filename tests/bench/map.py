"""
What the map costs a browser: bytes of the first view, time of each tile under twenty choices of filters.

    python -m tests.bench.map http://127.0.0.1:8000 LOGIN PASSWORD
    ANLU_DATA=… python -m tests.bench.map inside LOGIN

against a running server (``anlu serve``) whose crashes are the real ones of ../shared/data or the demonstration's. The
first view is opened in Chromium and every byte that comes over the wire is counted. Then, for each choice, the map page
is fetched as a browser fetches it when a filter changes, and all tiles of a 1,440 × 900 view at three zooms, six at a
time; a tile's time is from asking to its last byte. ``inside`` asks the application in this process, one thing after
the other, and counts the time of the processor: on a machine that others use, that is what can be compared. Prints one
JSON document.
"""

from __future__ import annotations

import gzip
import http.cookiejar
import json
import math
import statistics
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from anlu.commands.benches.web_requests import FILTERS, options_of, tiles_of

AT_ONCE = 6


class Client:
    """A person with a session."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> tuple[bytes, float]:
        """The answer as it came over the wire, and how many seconds it took."""
        request = urllib.request.Request(self.address + path, headers={"Accept-Encoding": "gzip"})
        begun = time.perf_counter()
        with self.opener.open(request, timeout=60) as answer:
            body = answer.read()
            packed = answer.headers.get("Content-Encoding") == "gzip"
        seconds = time.perf_counter() - begun
        return (gzip.decompress(body) if packed else body), seconds

    def sign_in(self, login: str, password: str) -> None:
        """Through the sign-in page."""
        page = self.get("/sign-in/")[0].decode()
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        fields = {"username": login, "password": password, "csrfmiddlewaretoken": token}
        request = urllib.request.Request(
            f"{self.address}/sign-in/", urlencode(fields).encode(), {"Referer": self.address}
        )
        self.opener.open(request, timeout=60).close()


class Inside:
    """The application in this process; a second is one of the processor."""

    def __init__(self, login: str) -> None:
        from anlu.project.start import start

        start()
        from django.test import Client as DjangoClient

        from anlu.kernel.people.models import Officer

        self.client = DjangoClient(headers={"Accept-Encoding": "gzip", "Host": "127.0.0.1"})
        self.client.force_login(
            Officer.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend"
        )

    def get(self, path: str) -> tuple[bytes, float]:
        """The answer and the processor's seconds for it."""
        begun = time.process_time()
        answer = self.client.get(path)
        seconds = time.process_time() - begun
        packed = answer.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(answer.content) if packed else answer.content), seconds


def measure(client: Client | Inside) -> dict[str, Any]:
    """Times of pages and tiles under every choice of filters."""
    pages: list[float] = []
    times: list[float] = []
    heat: list[float] = []
    sizes: list[int] = []
    slowest: tuple[float, str] = (0.0, "")
    bounds = options_of(client.get("/map/crashes/")[0])["bounds"]
    for values in FILTERS:
        page, seconds = client.get(f"/map/crashes/?{urlencode(values, doseq=True)}")
        pages.append(seconds)
        layer = options_of(page)["layers"][0]
        for further in (0, 1, 3):
            for kind, into in (("tiles", times), ("heat", heat)):
                places = list(tiles_of(bounds, further))
                addresses = [layer[kind].format(z=z, x=x, y=y) for z, x, y in places]
                answers = fetched(client, addresses)
                into += [each for _, each in answers]
                sizes += [len(body) for body, _ in answers]
                slowest = max(
                    [slowest, *((each, where) for (_, each), where in zip(answers, addresses, strict=True))]
                )
    return {
        "filters": len(FILTERS),
        "page": _spread(pages),
        "tiles": _spread(times),
        "heat_tiles": _spread(heat),
        "slowest": {"ms": round(slowest[0] * 1000), "address": slowest[1]},
        "largest_tile_bytes": max(sizes),
    }


def fetched(client: Client | Inside, addresses: list[str]) -> list[tuple[bytes, float]]:
    """All of them, as a browser asks: several at once."""
    if isinstance(client, Inside):
        return [client.get(address) for address in addresses]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(client.get, addresses))


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, math.ceil(0.95 * len(ordered)) - 1)]
    return {
        "n": len(ordered),
        "median_ms": round(statistics.median(ordered) * 1000, 1),
        "p95_ms": round(p95 * 1000, 1),
        "max_ms": round(ordered[-1] * 1000, 1),
    }


def first_view(client: Client) -> dict[str, Any]:
    """Bytes over the wire when Chromium opens the map with an empty cache."""
    import shutil

    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    arguments = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        cookies = [{"name": one.name, "value": one.value or "", "url": client.address} for one in client.jar]
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        received: list[int] = []
        wire.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
        page.goto(f"{client.address}/map/crashes/")
        page.wait_for_selector('[data-island="map"][data-idle="1"]', timeout=60_000)
        page.wait_for_timeout(1_000)
        workers = page.evaluate(
            "performance.getEntriesByType('resource').reduce((sum, one) => sum + one.transferSize, 0)"
        )
        browser.close()
    return {"requests": len(received), "bytes": sum(received), "resource_timing_bytes": workers}


def main() -> int:
    """Measure and print."""
    if sys.argv[1] == "inside":
        print(json.dumps(measure(Inside(sys.argv[2])), indent=2, ensure_ascii=False))
        return 0
    address, login, password = sys.argv[1:4]
    client = Client(address)
    client.sign_in(login, password)
    print(json.dumps({"first_view": first_view(client), **measure(client)}, indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
