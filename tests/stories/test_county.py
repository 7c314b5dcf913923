"""The demonstration county: its planned hot spots can be seen by somebody who looks at the map."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from anlu.engine.county import County, make_county
from tests.stories.installations import RunningInstallation
from tests.stories.pictures import picture

CHIEF = "chief"
COUNTY = (115.86, 36.72, 10.0)  # lon, lat, zoom
COUNTY_TOWN = (115.862, 36.775, 12.3)
HOTTEST = (115.8928, 36.7737, 16.6)  # 东环路口
PATIENCE_MS = 60_000

# How dark each place is on the picture of a page: the mean of 9 by 9 pixels, 0 black to 255 white.
DARKNESS = """async ([picture, places]) => {
  const bytes = Uint8Array.from(atob(picture), (one) => one.charCodeAt(0))
  const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
  const canvas = new OffscreenCanvas(image.width, image.height)
  const drawing = canvas.getContext('2d')
  drawing.drawImage(image, 0, 0)
  return places.map(([x, y]) => {
    const pixels = drawing.getImageData(Math.round(x) - 4, Math.round(y) - 4, 9, 9).data
    let sum = 0
    for (let at = 0; at < pixels.length; at += 4) sum += (pixels[at] + pixels[at + 1] + pixels[at + 2]) / 3
    return sum / (pixels.length / 4)
  })
}"""
# Where places lie on the page; null where something covers the map.
PLACED = """(places) => places.map(([lon, lat]) => {
  const { map } = window.anluMaps[0]
  const box = map.getCanvas().getBoundingClientRect()
  const at = map.project([lon, lat])
  const [x, y] = [box.left + at.x, box.top + at.y]
  const inside = at.x > 8 && at.y > 8 && at.x < box.width - 8 && at.y < box.height - 8
  return inside && document.elementFromPoint(x, y) === map.getCanvas() ? [x, y] : null
})"""


@pytest.fixture(scope="module")
def county() -> County:
    """What the generator knows."""
    return make_county()


def go_to(page: Page, view: tuple[float, float, float]) -> None:
    """Show a part of the county, with everything drawn."""
    lon, lat, zoom = view
    page.evaluate(
        "([lon, lat, zoom]) => new Promise((done) => { const { map } = window.anluMaps[0];"
        " map.once('idle', done); map.jumpTo({ center: [lon, lat], zoom }) })",
        [lon, lat, zoom],
    )
    page.locator("[data-island=map][data-idle='1']").wait_for(timeout=PATIENCE_MS)


def open_map(page: Page, installation: RunningInstallation, query: str) -> None:
    installation.sign_in(page, CHIEF)
    page.goto(f"{installation.address}/map/crashes/{query}")
    page.locator("[data-island=map][data-idle='1']").wait_for(timeout=PATIENCE_MS)


def brightness(page: Page, reader: BrowserContext, places: list[tuple[float, float]]) -> list[float | None]:
    """Of what is drawn at places; None where the map is covered or not shown."""
    placed: list[list[float] | None] = page.evaluate(PLACED, places)
    picture_of_page = base64.b64encode(page.screenshot()).decode()
    shown = [at for at in placed if at is not None]
    blank = reader.new_page()  # the pages themselves allow no pictures from elsewhere
    read: list[float] = iter(blank.evaluate(DARKNESS, [picture_of_page, shown]))  # type: ignore[assignment]
    blank.close()
    return [None if at is None else next(read) for at in placed]  # type: ignore[call-overload]


def test_hot_spots_of_the_county_town_are_the_darkest_junctions_of_the_heat_map(
    installation: RunningInstallation, page: Page, open_context: Any, county: County
) -> None:
    open_map(page, installation, "?as=heat")
    go_to(page, COUNTY)
    picture(page, "hot-spots-county", phone=False)
    go_to(page, COUNTY_TOWN)
    picture(page, "hot-spots-town", phone=False)
    hot = [(spot.lon, spot.lat) for spot in county.hot_spots]
    plain = [(one.lon, one.lat) for one in county.junctions if (one.lon, one.lat) not in set(hot)]
    reader = open_context()
    found = [value for value in brightness(page, reader, hot) if value is not None]
    others = sorted(value for value in brightness(page, reader, plain) if value is not None)
    assert len(found) >= 6
    assert len(others) > 80
    assert max(found) < others[len(others) // 20]  # the brightest of them against the darkest twentieth


def test_the_hottest_junction_shows_its_crashes_one_by_one(
    installation: RunningInstallation, page: Page
) -> None:
    open_map(page, installation, "")
    go_to(page, HOTTEST)
    picture(page, "hot-spot-junction", phone=False)
    assert "起" in page.locator("#map-list").inner_text()
