"""A person chooses English and dark, and finds it so everywhere; on a desk, on a telephone and on paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.stories.installations import RunningInstallation
from tests.stories.pictures import picture

CHINESE = re.compile(r"[\u3400-\u9fff]")
# Visible text and what is read aloud, outside of what is marked as data.
SAID = r"""() => {
  const found = []
  const take = (words, element) => {
    if (/[\u3400-\u9fff]/.test(words) && !element.closest('[translate=no], script, noscript')) found.push(words.trim())
  }
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walk.nextNode()) take(walk.currentNode.textContent, walk.currentNode.parentElement)
  for (const name of ['title', 'aria-label', 'placeholder'])
    for (const element of document.querySelectorAll(`[${name}]`)) take(element.getAttribute(name), element)
  return [...new Set(found)]
}"""
DARKNESS = "() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)"
# A page or two of each app whose texts are kept complete in English.
APPS = (
    "team/tree/",
    "team/lectures/",
    "plans/",
    "reports/half-year/",
    "reports/coverage/",
    "documents/new/",
    "documents/new/order/",
    "activities/calendar/",
    "hazards/",
    "hazards/report/",
    "markets/calendar/",
)
STATISTICS = (
    "four",
    "time",
    "hours",
    "areas",
    "roads",
    "causes",
    "forms",
    "surroundings",
    "involved",
    "quality",
)


def choose(page: Page, label: str) -> None:
    """Choose a language or a theme in the menu of the person."""
    page.locator(".person > summary").click()
    page.locator(".person").get_by_role("button", name=label, exact=True).click()
    page.wait_for_load_state()


class Written:
    """What people wrote into the installation, and the names in it: it stays as it is in every language."""

    def __init__(self, texts: list[str]) -> None:
        self.begun: dict[str, list[str]] = {}
        for one in sorted((one for one in texts if len(one) > 1), key=len, reverse=True):
            self.begun.setdefault(one[:2], []).append(one)

    def taken_out(self, text: str) -> str:
        """``text`` without what was written, the longest first; a text cut short with … counts as well."""
        rest, place = [], 0
        while place < len(text):
            known = self.begun.get(text[place : place + 2], ())
            cut = text[place:].removesuffix("…") if text.endswith("…") else None
            found = next((len(one) for one in known if text.startswith(one, place)), 0)
            if not found and cut and any(one.startswith(cut) for one in known):
                found = len(cut)
            rest.append("" if found else text[place])
            place += found or 1
        return "".join(rest)


@pytest.fixture(scope="module")
def written(installation: RunningInstallation) -> Written:
    """The data of the demonstration county."""
    return Written(installation.module("tests.stories.names"))


def left_in_chinese(page: Page, written: Written) -> list[str]:
    """Texts of the page that are neither English nor data."""
    said = (" ".join(one.split()) for one in page.evaluate(SAID))
    return [one for one in said if CHINESE.search(written.taken_out(one))]


def test_a_deputy_reads_everything_in_english_and_dark(
    page: Page, installation: RunningInstallation, written: Written
) -> None:
    installation.sign_in(page, "deputy")
    choose(page, "English")
    choose(page, "Dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert max(page.evaluate(DARKNESS)) < 60

    left: dict[str, list[str]] = {}
    walked = ["crashes/", "crashes/?severity=fatal&from=2023-01-01", "map/crashes/"]
    walked += ["exports/", "notices/", "search/?q=K12", "crashes/columns/", "password/", "help/", "today/"]
    for address in (*walked, *APPS, *(f"statistics/{one}/" for one in STATISTICS)):
        page.goto(f"{installation.address}/{address}")
        left[address] = left_in_chinese(page, written)
    assert {address: texts for address, texts in left.items() if texts} == {}

    page.goto(f"{installation.address}/crashes/")
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="Basics")).to_be_visible()
    assert left_in_chinese(page, written) == []
    picture(page, "english-crash")

    page.emulate_media(media="print")
    assert min(page.evaluate(DARKNESS)) > 240, "paper is white"
    page.emulate_media(media="screen")

    choose(page, "中文")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    choose(page, "跟随系统")
    assert page.locator("html").get_attribute("data-theme") is None


def test_a_clerk_imports_in_english_on_a_telephone(
    phone: Page, installation: RunningInstallation, written: Written, tmp_path: Path
) -> None:
    page = phone
    page.goto(f"{installation.address}/sign-in/")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.get_by_label("Login name").fill("crash")
    page.get_by_label("Password", exact=True).fill("Qinglan-2023")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="My tasks").wait_for()

    file = tmp_path / "crashes.csv"
    file.write_text(
        "事故编号,发生时间,后果,死亡,受伤\nEN-1,2023-05-01 08:00,轻伤,0,1\nEN-2,2023-02-30 08:00,轻伤,0,1\n",
        encoding="utf-8",
    )
    page.goto(f"{installation.address}/crashes/import/")
    assert left_in_chinese(page, written) == []
    page.locator("input[type=file]").first.set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name="Refused rows")).to_be_visible(timeout=60_000)
    headers = ["事故编号", "发生时间", "后果", "死亡", "受伤", "轻伤", "crashes.csv"]
    assert [one for one in left_in_chinese(page, written) if one not in headers] == []
    for address in (
        "crashes/",
        "crashes/new/",
        "statistics/four/",
        "today/",
        "map/crashes/",
        "crashes/import/",
    ):
        page.goto(f"{installation.address}/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        assert left_in_chinese(page, written) == [], address
