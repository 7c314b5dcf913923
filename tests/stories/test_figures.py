"""Figures: a record moves its figure; the half-year report from its numbers to its file; the leader's view."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.stories.installations import RunningInstallation
from tests.stories.pictures import picture

CHIEF = "chief"
CLERK = "office"
PARTY_CLERK = "party"
TITLE = "第一议题：学习安全生产重要论述"
JULY = "2023-07"
TOO_WIDE = """[...document.querySelectorAll(".screen .table")]
  .filter(one => one.offsetWidth > one.parentElement.clientWidth).map(one => one.innerText)"""


def study_sessions(page: Page, site: str) -> int:
    """How many study sessions of July the catalogue counts."""
    page.goto(f"{site}/indicators/team.study_sessions/?period={JULY}")
    return int(page.locator(".figure__value b").first.inner_text().replace(",", ""))


def downloaded(page: Page, name: str) -> bytes:
    """What a link gives as a file."""
    with page.expect_download() as download:
        page.get_by_role("link", name=name).first.click()
    return Path(download.value.path()).read_bytes()


def test_an_activity_that_was_written_down_moves_its_figure(installation: RunningInstallation, page: Page):
    site = installation.address
    installation.sign_in(page, PARTY_CLERK)
    before = study_sessions(page, site)
    page.goto(f"{site}/team/studies/")
    page.get_by_role("link", name="登记学习活动").first.click()
    page.get_by_label("类型").select_option(label="第一议题")
    page.get_by_label("名称").fill(TITLE)
    page.get_by_label("主题", exact=True).select_option(index=1)
    page.get_by_label("开展日期").fill("2023-07-03")
    page.get_by_label("实到人数").fill("38")
    page.get_by_label("小结").fill("传达学习，研究贯彻措施。")
    page.get_by_role("button", name=re.compile("^登记|^保存")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    assert study_sessions(page, site) == before + 1
    page.locator("a.figure__value").first.click()
    expect(page.locator("main")).to_contain_text(f"共 {before + 1} ")
    expect(page.locator("tbody")).to_contain_text(TITLE)


def test_the_half_year_report_from_its_numbers_to_its_file(
    installation: RunningInstallation, page: Page, open_context
):
    address = f"{installation.address}/reports/half-year/?period=2023H1"
    installation.sign_in(page, CLERK)
    page.goto(address)
    picture(page, "half-year-report")
    page.locator(".report__number", has_text="26.42").click()
    source = page.locator("#number")
    expect(source.locator(".figure__value")).to_contain_text("39")
    expect(source).to_contain_text("报告里写作")
    source.get_by_role("link", name=re.compile("^全部打开|^在台账中打开")).click()
    expect(page.locator("main")).to_contain_text("2023-01-01 至 2023-06-30")
    page.goto(address)
    page.get_by_role("button", name="送审").click()
    expect(page.get_by_role("status")).to_contain_text("已送审")
    chief = open_context().new_page()
    installation.sign_in(chief, CHIEF)
    chief.goto(address)
    chief.get_by_role("button", name="审定").click()
    expect(chief.get_by_role("status")).to_contain_text("已审定")
    page.goto(address)
    expect(page.get_by_role("link", name="修改文字")).to_have_count(0)
    text = ZipFile(BytesIO(downloaded(page, "导出 .docx"))).read("word/document.xml").decode()
    plain = re.sub("<[^>]+>", "", text)
    for words in ("下降33.21%", "32.23%", "26.42%", "学习活动20次", "200余篇"):
        assert words in plain, words


def test_the_leader_chooses_figures_looks_at_a_half_year_and_opens_what_is_behind(
    installation: RunningInstallation, page: Page
):
    site = installation.address
    installation.sign_in(page, CHIEF)
    page.goto(f"{site}/leader/")
    page.get_by_role("link", name="选择指标").click()
    page.get_by_label("学习活动次数").check()
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".figure__label", has_text="学习活动次数")).to_be_visible()
    page.goto(f"{site}/leader/?period=2023H1")
    figures = page.locator(".figures")
    for words in ("187", "164", "39", "下降 33.21%", "下降 32.23%", "下降 26.42%"):
        expect(figures).to_contain_text(words)
    picture(page, "leader")
    workbook = load_workbook(BytesIO(downloaded(page, "数据")))
    assert any("国道105" in str(row[0]) for row in workbook.active.iter_rows(values_only=True))
    road = page.locator(".roads__both tbody tr").first
    number = road.locator("td a").first.inner_text()
    road.locator("td a").first.click()
    expect(page.locator("main")).to_contain_text(f"共 {number} 起")
    page.goto(f"{site}/leader/?period=2023H1")
    page.get_by_role("link", name="大屏").click()
    expect(page.locator("[data-screen-clock]")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    for words in ("187", "下降 33.21%"):
        expect(page.locator(".screen__figures")).to_contain_text(words)
    page.set_viewport_size({"width": 1920, "height": 1080})
    assert page.evaluate(TOO_WIDE) == []  # no table is cut off at the edge of its panel
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="2 今天")).to_have_attribute("aria-current", "true")
