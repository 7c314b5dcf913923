"""The crash clerk: sign in, import a real file, search, look at the map, read the year, open its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.stories.installations import RunningInstallation, running_installation
from tests.stories.pictures import picture

CLERK = "crash"
CRASHES_2014_2019 = 95_821
PATIENCE_MS = 600_000  # two hundred thousand rows, on a machine that does other things as well


def total(page: Page) -> int:
    """What the ledger says above the list."""
    found = re.search(r"共 ([\d,]+) 起", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()[:300]
    return int(found[1].replace(",", ""))


@pytest.fixture(scope="module")
def office(made_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningInstallation]:
    """An installation for this file alone: what is imported here lies in another part of the world."""
    with running_installation(made_county, tmp_path_factory.mktemp("office") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def with_the_real_file(office: RunningInstallation, shared_data: Path, browser) -> RunningInstallation:
    """The office after the clerk has imported the three files through the browser."""
    installation = office
    page = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    installation.sign_in(page, CLERK)
    page.goto(f"{installation.address}/crashes/")
    page.get_by_role("link", name="导入", exact=True).click()
    for field, name in (("main", "crashes"), ("vehicles", "vehicles"), ("casualties", "casualties")):
        page.locator(f"input[name={field}]").set_input_files(shared_data / f"hk_{name}_2014_2019.csv.gz")
    page.get_by_role("button", name="上传并核对").click()
    heading = page.get_by_role("heading", name="导入预览")
    heading.wait_for(timeout=PATIENCE_MS)
    expect(page.locator(".counts__item").first).to_contain_text("95,821")
    picture(page, "import-preview")
    page.get_by_role("button", name=re.compile("^写入")).click()
    page.get_by_role("link", name="看事故台账").wait_for(timeout=PATIENCE_MS)
    expect(page.locator(".counts")).to_contain_text("95,821")
    picture(page, "import-done")
    page.context.close()
    return installation


def test_every_crash_of_the_real_file_is_in_the_ledger(with_the_real_file, page):
    installation = with_the_real_file
    installation.sign_in(page, CLERK)
    page.goto(f"{installation.address}/crashes/?source=hk_td")
    assert total(page) == CRASHES_2014_2019


def test_the_ledger_is_searched_and_filtered_down_to_one_crash(with_the_real_file, page):
    installation = with_the_real_file
    installation.sign_in(page, CLERK)
    page.goto(
        f"{installation.address}/crashes/?severity=fatal&occurred_from=2014-01-01&occurred_to=2014-12-31"
    )
    assert total(page) == 99
    page.get_by_role("searchbox", name="查找").fill("YUEN LONG HIGHWAY")
    page.get_by_role("searchbox", name="查找").press("Enter")
    page.wait_for_url(re.compile("q=YUEN"))
    assert total(page) == 3  # of the fatal crashes of 2014 in the file, those with all three words
    picture(page, "ledger")
    first = page.locator("tbody tr a").first
    number = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    expect(page.get_by_text("当事人").first).to_be_visible()
    picture(page, "crash")


def test_the_map_shows_the_crashes_and_the_list_beside_it(with_the_real_file, page):
    installation = with_the_real_file
    installation.sign_in(page, CLERK)
    page.goto(f"{installation.address}/map/crashes/?source=hk_td")
    page.locator("[data-island=map][data-idle='1']").wait_for(timeout=60_000)
    expect(page.locator("#map-legend")).to_contain_text("图上 89,828")  # the rest has no position
    expect(page.locator("#map-list .card__note")).to_contain_text(
        "89,8"
    )  # a handful lies outside of the view
    picture(page, "map")


def test_the_yearly_table_has_the_published_numbers_and_each_opens_its_rows(with_the_real_file, page):
    installation = with_the_real_file
    installation.sign_in(page, CLERK)
    page.goto(
        f"{installation.address}/crashes/?source=hk_td&severity=serious&occurred_from=2018-01-01&occurred_to=2018-12-31"
    )
    assert total(page) == 1_682  # published: data README
