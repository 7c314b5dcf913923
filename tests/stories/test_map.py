"""一张图 in a real browser: moved about, narrowed, coloured, drawn upon; never blank; and without WebGL or scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.stories.installations import RunningInstallation
from tests.stories.pictures import picture

CLERK = "crash"
MAP = "[data-island=map][data-idle='1']"
GROUND = ("areas", "main-roads")
MARKS = ("crashes:single", "crashes:count")


def open_map(installation: RunningInstallation, page: Page, query: str = "") -> None:
    """Sign in and open the map of crashes."""
    installation.sign_in(page, CLERK)
    page.goto(f"{installation.address}/map/crashes/{query}")
    wait(page)


def wait(page: Page) -> None:
    """Until all is drawn."""
    page.locator(MAP).wait_for(timeout=60_000)


def drawn(page: Page, *layers: str) -> int:
    """How many things of some layers the canvas shows."""
    number: int = page.evaluate(
        "layers => window.anluMaps[0].map.queryRenderedFeatures({layers}).length", list(layers)
    )
    return number


def until_drawn(page: Page, *layers: str) -> None:
    """Until something of these layers is on the canvas. (The page's own policy forbids the browser to poll for us.)"""
    for _ in range(100):
        if drawn(page, *layers):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"nothing of {layers} is drawn")


def is_not_blank(page: Page) -> None:
    """Ground and marks are both there."""
    wait(page)
    assert drawn(page, *GROUND) > 0
    assert drawn(page, *MARKS) > 0


def listed(page: Page) -> int:
    """What the list beside the map counts."""
    found = re.search(r"共 ([\d,]+)", page.locator("#map-list .card__note").inner_text())
    assert found
    return int(found[1].replace(",", ""))


def on_map(page: Page) -> int:
    """What the legend counts."""
    found = re.search(r"图上 ([\d,]+)", page.locator("#map-legend").inner_text())
    assert found
    return int(found[1].replace(",", ""))


def move(page: Page, script: str) -> None:
    """Do something with the map."""
    page.evaluate(f"(() => {{ const map = window.anluMaps[0].map; {script} }})()")


def test_the_map_is_never_blank_while_it_is_moved_and_narrowed(
    installation: RunningInstallation, page: Page
) -> None:
    open_map(installation, page)
    is_not_blank(page)
    everything = on_map(page)
    for script in ("map.zoomTo(12)", "map.panBy([300, 120])", "map.panBy([-500, 0])", "map.zoomTo(10.4)"):
        move(page, script)
        is_not_blank(page)
    page.get_by_role("link", name="死亡", exact=True).click()
    page.wait_for_url(re.compile("severity=fatal"))
    expect(page.locator(".chip")).to_contain_text("后果 死亡")
    is_not_blank(page)
    fatal = on_map(page)
    assert 0 < fatal < everything
    page.locator(".chip").click()
    page.wait_for_url(lambda address: "severity" not in address)
    is_not_blank(page)
    assert on_map(page) == everything
    page.go_back()
    expect(page.locator(".chip")).to_contain_text("后果 死亡")
    is_not_blank(page)
    assert on_map(page) == fatal


def test_points_are_coloured_by_a_chosen_field_and_heat_takes_their_place(
    installation: RunningInstallation, page: Page
) -> None:
    open_map(installation, page)
    page.get_by_label("着色").select_option(label="星期")
    page.wait_for_url(re.compile("by=weekday"))
    expect(page.locator("#map-legend")).to_contain_text("周一")
    is_not_blank(page)
    page.get_by_role("link", name="热力", exact=True).click()
    page.wait_for_url(re.compile("as=heat"))
    wait(page)
    expect(page.locator("#map-legend")).to_contain_text("事故密度")
    assert (
        page.evaluate("window.anluMaps[0].map.getLayoutProperty('crashes:heat', 'visibility')") == "visible"
    )
    assert drawn(page, *MARKS) == 0
    picture(page, "map-heat")


def test_an_area_drawn_on_the_map_narrows_list_and_ledger(
    installation: RunningInstallation, page: Page
) -> None:
    open_map(installation, page)
    everything = on_map(page)
    page.get_by_role("button", name="框选").click()
    box = page.locator(".map__canvas").bounding_box()
    assert box
    middle = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.45
    page.mouse.move(middle[0] - 90, middle[1] - 70)
    page.mouse.down()
    page.mouse.move(middle[0] + 90, middle[1] + 70, steps=5)
    page.mouse.up()
    page.wait_for_url(re.compile("within="))
    expect(page.locator(".chip")).to_contain_text("框选范围")
    is_not_blank(page)
    inside = on_map(page)
    assert 0 < inside < everything
    expect(page.locator("#map-list .card__note")).to_contain_text(f"{inside:,}")
    page.get_by_role("link", name="看台账").click()
    expect(page.locator("main")).to_contain_text(f"共 {inside:,}")


def test_an_area_is_drawn_corner_by_corner(installation: RunningInstallation, page: Page) -> None:
    open_map(installation, page)
    page.get_by_role("button", name="圈选").click()
    box = page.locator(".map__canvas").bounding_box()
    assert box
    middle = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.45
    for across, down in ((-120, -60), (110, -80), (60, 110)):
        page.mouse.click(middle[0] + across, middle[1] + down)
    page.mouse.click(middle[0] - 120, middle[1] - 60)
    page.wait_for_url(re.compile("within="))
    expect(page.locator(".chip")).to_contain_text("圈选范围(3 个点)")
    is_not_blank(page)


def test_a_row_and_its_mark_point_at_each_other_and_a_road_narrows_to_itself(
    installation: RunningInstallation, page: Page
) -> None:
    open_map(installation, page, "?severity=fatal")
    page.locator(".map-rows__row").first.hover()
    until_drawn(page, "here")
    number = page.locator(".map-rows__row a").first.inner_text()
    page.locator(".map-rows__row").first.click(position={"x": 300, "y": 40})
    expect(page.locator(".map-card h3")).to_have_text(number)
    wait(page)
    place = page.evaluate("""() => {
      const map = window.anluMaps[0].map
      const roads = map.queryRenderedFeatures({layers: ['main-roads', 'county-roads', 'roads']})
      for (const {geometry} of roads) {
        for (const line of geometry.type === 'LineString' ? [geometry.coordinates] : geometry.coordinates) {
          for (const corner of line) {
            const {x, y} = map.project(corner)
            const near = [[x - 14, y - 14], [x + 14, y + 14]]
            const free = !map.queryRenderedFeatures(near, {layers: ['crashes:single', 'crashes:count']}).length
            if (free && x > 330 && y > 330 && x < 680 && y < 560) return [x, y]
          }
        }
      }
      return null
    }""")
    assert place, "no free road in view"
    page.locator(".maplibregl-canvas").click(position={"x": place[0], "y": place[1]})
    page.get_by_role("link", name="只看这条路上的").click()
    page.wait_for_url(re.compile("route="))
    expect(page.locator(".chips")).to_contain_text("所在线路")


def test_further_layers_are_laid_over_and_remembered(installation: RunningInstallation, page: Page) -> None:
    open_map(installation, page)
    page.locator("[data-map-layer=sites]").check()
    until_drawn(page, "sites:single", "sites:count")
    page.reload()
    wait(page)
    expect(page.locator("[data-map-layer=sites]")).to_be_checked()
    until_drawn(page, "sites:single", "sites:count")


def test_the_sheet_to_print_shows_the_view_with_scale_north_and_name(
    installation: RunningInstallation, page: Page
) -> None:
    open_map(installation, page, "?severity=fatal")
    move(page, "map.zoomTo(11.5, {duration: 0})")
    page.get_by_role("link", name="打印").click()
    page.wait_for_url(re.compile("view="))
    sheet = page.locator(".map-paper")
    for words in ("北", "公里", "后果 死亡", "数据截至", "制图", "演示数据"):
        expect(sheet).to_contain_text(words)
    assert page.locator(".drawn__map use").count() > 0


def test_on_a_telephone_the_list_is_a_sheet(installation: RunningInstallation, phone: Page) -> None:
    open_map(installation, phone)
    is_not_blank(phone)
    sheet = phone.locator(".map-sheet")
    low = sheet.bounding_box()
    phone.locator(".map-sheet__grip").tap()
    expect(sheet).to_have_attribute("data-height", "half")
    expect(sheet).to_have_css("max-height", re.compile(r"^38\d"))  # pixels: 46 % of the screen
    assert low
    assert low["height"] < 130
    wide = phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_without_webgl_the_server_draws_the_map(
    installation: RunningInstallation, open_context: Callable[..., BrowserContext]
) -> None:
    context = open_context()
    context.add_init_script(
        "const real = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...more) {"
        " return kind.startsWith('webgl') ? null : real.call(this, kind, ...more) }"
    )
    page = context.new_page()
    open_map(installation, page)
    drawing = page.locator(".island__drawn .drawn__map")
    expect(drawing).to_be_visible()
    before = drawing.get_attribute("aria-label")
    page.locator(".drawn__moves").get_by_role("link", name="放大").click()
    expect(drawing).not_to_have_attribute("aria-label", str(before))
    picture(page, "map-drawn", phone=False)


def test_without_scripts_the_picture_is_moved_by_links(
    installation: RunningInstallation, page_without_javascript: Page
) -> None:
    page = page_without_javascript
    installation.sign_in(page, CLERK)
    page.goto(f"{installation.address}/map/crashes/")
    page.get_by_role("link", name="看服务器绘制的简图").click()
    expect(page.locator(".drawn__map")).to_be_visible()
    page.get_by_role("link", name="放大").first.click()
    assert "view=" in page.url
    page.locator(".drawn__moves").get_by_role("link", name="向东").click()
    expect(page.locator(".drawn__map")).to_be_visible()
