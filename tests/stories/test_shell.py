"""The shell in a real browser: import, list, record, map; with JavaScript, without it, and on a telephone."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from anlu.apps.crashes.models import Crash
from anlu.kernel.core.dictionaries import seed_all
from anlu.kernel.core.permissions import permissions
from anlu.kernel.people.models import Officer
from tests.factories import PASSWORD, make_officer, make_unit
from tests.stories.conftest import too_wide

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = ("事故编号", "发生时间", "后果", "死亡", "受伤", "道路", "经度", "纬度")

# A key in the same breath as the closing, before the browser has drawn again and taken the focus out of the dialog.
CLOSE_KEYS_AND_PRESS_J = """() => {
  document.getElementById('keys').close()
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }))
}"""


@pytest.fixture
def clerk(transactional_db: None) -> Officer:
    """A crash clerk."""
    seed_all()
    return make_officer(make_unit(), *permissions.codes(), login="clerk")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Thirty crashes, two of them on days that do not exist."""
    path = tmp_path / "事故.csv"
    rows: list[tuple[Any, ...]] = [
        (
            f"W-{n:03}",
            f"2023-{n % 6 + 1:02}-{30 if n in (7, 13) else n % 27 + 1:02} {n % 24:02}:15",
            "死亡" if n % 10 == 0 else "轻伤",
            int(n % 10 == 0),
            int(n % 10 != 0),
            f"国道{105 + n % 3}",
            115.8 + n / 200,
            36.7 + (n % 7) / 100,
        )
        for n in range(1, 31)
    ]
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        csv.writer(opened).writerows([HEADER, *rows])
    return path


@pytest.fixture
def site(live_server: Any, clerk: Officer) -> str:
    """Address of the running platform."""
    return live_server.url


def sign_in(page: Page, site: str, login: str = "clerk") -> None:
    """Type login and password."""
    page.goto(site)
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="我的待办")).to_be_visible()


def import_file(page: Page, site: str, file: Path) -> None:
    """Go through the wizard."""
    page.goto(site + reverse("crashes.crash.import"))
    page.set_input_files("[name=main]", file)
    page.get_by_role("button", name="上传并核对").click()
    expect(page.get_by_role("heading", name="导入预览")).to_be_visible()


def test_a_clerk_imports_a_file_and_takes_it_back(page: Page, site: str, file: Path) -> None:
    sign_in(page, site)
    import_file(page, site, file)
    expect(page.locator(".bad-cell").first).to_have_text("2023-02-30 07:15")
    with page.expect_download() as refused:
        page.get_by_role("link", name="下载退回表").click()
    assert refused.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("button", name="写入").click()
    expect(page.get_by_text("已生效")).to_be_visible()
    assert Crash.objects.count() == 28
    page.get_by_role("link", name="撤回这一批").click()
    page.get_by_role("button", name="撤回 28 行").click()
    expect(page.locator(".status", has_text="已撤回")).to_be_visible()
    page.goto(site + reverse("crashes.crash"))
    expect(page.get_by_role("heading", name="还没有事故")).to_be_visible()


def test_a_list_is_worked_through_by_keys_alone(page: Page, site: str, file: Path) -> None:
    sign_in(page, site)
    import_file(page, site, file)
    page.get_by_role("button", name="写入").click()
    page.goto(site + reverse("crashes.crash"))
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="键盘")
    expect(keys).to_contain_text("下一行")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    number = page.locator("tbody tr").first.get_by_role("link").first
    page.keyboard.press("?")
    page.evaluate(CLOSE_KEYS_AND_PRESS_J)
    expect(number).to_be_focused()
    for key in "jk":
        page.keyboard.press(key)
    expect(number).to_be_focused()
    page.keyboard.press("x")
    box = page.locator("tbody tr").first.get_by_role("checkbox")
    expect(box).to_be_checked()
    box.uncheck()  # by the mouse, which leaves the focus on the box
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    box.focus()
    page.keyboard.press("x")
    expect(box).to_be_checked()
    here = number.inner_text()
    number.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(here)


def test_the_menu_of_the_person_fits_a_telephone(phone: Page, site: str) -> None:
    sign_in(phone, site)
    phone.locator(".person summary").click()
    expect(phone.get_by_role("button", name="深色")).to_be_in_viewport(ratio=1)
    assert too_wide(phone) == []


def test_the_list_is_filtered_opened_and_left_where_it_was(page: Page, site: str, file: Path) -> None:
    sign_in(page, site)
    import_file(page, site, file)
    page.get_by_role("button", name="写入").click()
    page.goto(site + reverse("crashes.crash"))
    page.keyboard.press("/")
    expect(page.locator(".bar__search input")).to_be_focused()
    page.goto(site + reverse("crashes.crash"))
    expect(page.locator(".pager")).to_be_in_viewport()  # the table scrolls inside its card
    page.get_by_role("link", name="亡人").click()
    expect(page.get_by_text("已筛选")).to_be_visible()
    page.locator("tbody tr").first.click(position={"x": 300, "y": 15})
    expect(page.get_by_role("heading", name="经过")).to_be_visible()
    page.get_by_role("link", name="事故台账").first.click()
    page.locator(".subject__top").wait_for(state="detached")
    assert page.url.startswith(site + reverse("crashes.crash"))


def test_everything_works_without_javascript(page_without_javascript: Page, site: str, file: Path) -> None:
    page = page_without_javascript
    sign_in(page, site)
    import_file(page, site, file)
    page.get_by_role("button", name="写入").click()
    expect(page.get_by_text("已生效")).to_be_visible()
    page.goto(site + reverse("crashes.crash"))
    page.get_by_label("查找").fill("W-010")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="作废").click()
    page.get_by_label("作废原因").fill("重复登记")
    page.get_by_role("button", name="作废 1 起").click()
    expect(page.get_by_text("已作废「W-010」")).to_be_visible()
    page.goto(site + reverse("map.crashes"))
    expect(
        page.locator(".map-box-card .empty")
    ).to_be_visible()  # inside <noscript>, where texts are not looked for
    expect(page.locator(".map-rows li").first).to_be_visible()


def test_the_map_shows_the_crashes_and_the_list_follows_it(page: Page, site: str, file: Path) -> None:
    sign_in(page, site)
    import_file(page, site, file)
    page.get_by_role("button", name="写入").click()
    page.goto(site + reverse("map.crashes"))
    page.wait_for_selector('[data-island="map"][data-idle="1"]')
    shown = page.locator("#map-list .card__note")
    expect(shown).to_contain_text("起")
    before = shown.inner_text()
    page.evaluate("window.anluMaps[0].map.jumpTo({center: [115.82, 36.72], zoom: 14})")
    expect(shown).not_to_have_text(before)
    page.evaluate("window.anluMaps[0].map.jumpTo({center: [115.805, 36.71], zoom: 16})")
    page.wait_for_selector('[data-island="map"][data-idle="1"]')
    page.locator('[data-island="map"] canvas').click()
    expect(page.locator(".map-card h3")).to_have_text("W-001")


def test_the_ledger_fits_a_telephone(phone: Page, site: str, file: Path) -> None:
    sign_in(phone, site)
    import_file(phone, site, file)
    phone.get_by_role("button", name="写入").click()
    for name in ("crashes.crash", "map.crashes", "web.today", "people.officer"):
        phone.goto(site + reverse(name))
        wide = phone.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, name


def test_what_can_be_done_stands_first_on_a_telephone(phone: Page, site: str, file: Path) -> None:
    sign_in(phone, site)
    import_file(phone, site, file)
    phone.get_by_role("button", name="写入").click()
    phone.goto(site + reverse("crashes.crash"))
    phone.locator(".table tbody a").first.click()
    done, known = (phone.get_by_role("heading", name=name, exact=True) for name in ("可以办的", "基本情况"))
    assert done.bounding_box()["y"] < known.bounding_box()["y"]  # type: ignore[index]


def test_a_draft_is_seen_only_by_whoever_wrote_it(page: Page, site: str, clerk: Officer) -> None:
    make_officer(clerk.unit, *permissions.codes(), login="next")
    drafts = page.get_by_role("heading", name="存在本机的草稿")
    sign_in(page, site)
    page.goto(site + reverse("hazards.report"))
    page.get_by_role("button", name="存草稿").click()
    expect(drafts).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, site, "next")
    page.goto(site + reverse("hazards.report"))
    expect(page.get_by_role("button", name="存草稿")).to_be_visible()
    page.get_by_role("button", name="存草稿").click()
    expect(drafts.locator("xpath=ancestor::section").get_by_role("listitem")).to_have_count(1)


def test_the_buttons_above_a_list_leave_the_tabs_below_them_alone(page: Page, site: str) -> None:
    sign_in(page, site)
    page.set_viewport_size({"width": 1000, "height": 700})
    page.goto(f"{site}/hazards/")
    buttons, tabs = page.locator(".page__actions").bounding_box(), page.locator("nav.tabs").bounding_box()
    assert buttons is not None
    assert tabs is not None
    assert buttons["height"] > 40  # more than a line of them
    assert buttons["y"] + buttons["height"] <= tabs["y"]
