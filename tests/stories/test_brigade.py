"""Other people of the brigade: what they see, on a desk, on a telephone, and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.stories.installations import RunningInstallation
from tests.stories.pictures import picture

CHIEF = "chief"
TOWN_DIRECTOR = "town"
TOWN = "柳亭镇"
SQUADRON_LEADER = "liuting"


def total(page: Page) -> int:
    """What the ledger says above the list."""
    found = re.search(r"共 ([\d,]+) 起", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()[:300]
    return int(found[1].replace(",", ""))


def menu(page: Page) -> list[str]:
    """Addresses of all entries of the menu."""
    found: list[str] = page.eval_on_selector_all(
        "nav a[href^='/']", "links => links.map(link => link.getAttribute('href'))"
    )
    return list(dict.fromkeys(found))


def test_the_chief_opens_the_rows_behind_this_half_year(installation, page):
    installation.sign_in(page, CHIEF)
    page.goto(f"{installation.address}/statistics/four/?period=2023H1")
    text = page.locator("main").inner_text()
    for words in ("187", "164", "39", "下降 33.21%", "下降 32.23%", "下降 26.42%"):
        assert words in text, words
    picture(page, "four-figures")
    page.get_by_role("link", name="39", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "39" in page.locator("main").inner_text()


@pytest.mark.parametrize("login", [TOWN_DIRECTOR, SQUADRON_LEADER])
def test_people_of_one_town_see_only_theirs(login, installation, page, open_context):
    chief = open_context().new_page()
    installation.sign_in(chief, CHIEF)
    chief.goto(f"{installation.address}/crashes/")
    everything = total(chief)
    installation.sign_in(page, login)
    page.goto(f"{installation.address}/crashes/?size=50")
    assert 0 < total(page) < everything
    heads = [head.strip() for head in page.locator("thead th").all_inner_texts()]
    towns = page.locator(f"tbody tr td:nth-child({heads.index('辖区') + 1})").all_inner_texts()
    assert {town.strip() for town in towns} == {TOWN}


def test_no_page_of_the_menu_overflows_a_telephone(installation, phone):
    installation.sign_in(phone, CHIEF)
    pages = menu(phone)
    assert len(pages) > 5
    too_wide = []
    for address in pages:
        phone.goto(f"{installation.address}{address}")
        width = phone.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            too_wide.append((address, width))
    assert too_wide == []
    phone.goto(f"{installation.address}/today/")
    picture(phone, "today")


def test_lists_filters_and_statistics_work_without_javascript(installation, page_without_javascript):
    page = page_without_javascript
    installation.sign_in(page, CHIEF)
    page.goto(f"{installation.address}/crashes/")
    everything = total(page)
    page.get_by_role("searchbox", name="查找").fill("国道")
    page.get_by_role("button", name="查询").click()
    assert 0 < total(page) < everything
    page.goto(f"{installation.address}/statistics/time/?period=2023H1")
    table = page.locator("table").first
    first_link = table.locator("a").first
    number = int(first_link.inner_text().replace(",", ""))
    first_link.click()
    assert total(page) == number


def test_the_map_shows_roads_and_towns(installation: RunningInstallation, page: Page):
    installation.sign_in(page, CHIEF)
    page.goto(f"{installation.address}/map/crashes/")
    page.locator("[data-island=map][data-idle='1']").wait_for(timeout=60_000)
    picture(page, "map-county")
