"""A person chooses English and dark, and finds it so on every page of the menu, at a desk and on a telephone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.stories.conftest import DESK, PHONE, Everything, too_wide

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


@pytest.fixture
def written(everything: Everything) -> Written:
    """The data of the demonstration county."""
    return Written(everything.installation.module("tests.stories.names"))


def choose(page: Page, label: str) -> None:
    """Choose a language or a theme in the menu of the person."""
    page.locator(".person > summary").click()
    page.locator(".person").get_by_role("button", name=label, exact=True).click()
    page.wait_for_load_state()


def look(page: Page, written: Written, address: str) -> list[str]:
    """What is wrong with a page in English, at either width."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        return [f"answered {answer and answer.status}"]
    wrong = too_wide(page)
    said = (" ".join(one.split()) for one in page.evaluate(SAID))
    wrong += [f"Chinese: {one}" for one in said if CHINESE.search(written.taken_out(one))]
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return wrong + [f"at a desk: {one}" for one in too_wide(page)]


def test_the_menu_leads_through_english_and_dark_pages_and_back(
    everything: Everything, written: Written
) -> None:
    page = everything.page(viewport=DESK)
    page.goto(everything.at("/today/"))
    choose(page, "English")
    choose(page, "Dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert max(page.evaluate(DARKNESS)) < 60
    page.emulate_media(media="print")
    assert min(page.evaluate(DARKNESS)) > 240, "paper is white"
    page.emulate_media(media="screen")

    wrong = {
        code: found
        for code, address in everything.menu.items()
        if (found := look(page, written, everything.at(address)))
    }
    assert wrong == {}, "\n".join(f"{code}: {one}" for code, found in wrong.items() for one in found)

    page.goto(everything.at("/today/"))
    choose(page, "中文")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    choose(page, "跟随系统")
    assert page.locator("html").get_attribute("data-theme") is None
