"""
Pages for people who cannot see well, have no mouse, or hold a telephone.

axe looks at one page of each sort (list, record, form, print ...) and at every page of the menu that is no list, as
narrow as a telephone; what it calls critical or serious fails, and so does a page that is wider than the telephone. A
page of a new sort is looked at by being registered.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from anlu.web.ledgers import ledgers
from tests.stories.conftest import PHONE, Everything, too_wide

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
LIST = "crashes.crash"  # stands for all lists, which are drawn by one template
SORTS = {
    "detail",
    "new",
    "edit",
    "print",
    "void",
    "import",
    "views",
    "lifecycle",
    "restated",
    "help",
}  # those that must be among the pages looked at, by the last word of their code
# The rules whose findings would be left out are not run: what a rule finds weighs as much as the rule itself says.
RUN = """async () => {
  const slight = axe._audit.rules.filter(({impact}) => ['minor', 'moderate'].includes(impact))
  const rules = Object.fromEntries(slight.map(({id}) => [id, {enabled: false}]))
  const found = await axe.run(document, {resultTypes: ['violations'], rules})
  return found.violations.filter(({impact}) => ['critical', 'serious'].includes(impact)).map(({id, nodes}) =>
    `${id} ×${nodes.length}: ${nodes.slice(0, 3).map(({html}) => html.slice(0, 160)).join(' | ')}`)
}"""
# Rows after the fifth are like those before it; looking at all of them would take minutes.
SHORTEN = """() => document.querySelectorAll('main tbody > tr, main li, .menu li').forEach((one) => {
  if ([...one.parentElement.children].indexOf(one) > 4) one.remove()
})"""


@pytest.fixture
def axe() -> str:
    """The program that looks; a front-end build has it."""
    if not AXE.exists():
        pytest.skip("NOT TESTED: access, no axe-core here; the front-end build installs it")
    return AXE.read_text(encoding="utf-8")


def look(page: Page, axe: str, address: str) -> list[str]:
    """What is wrong with a page."""
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        return [f"answered {answer and answer.status}"]
    wrong = too_wide(page)
    page.evaluate(SHORTEN)
    page.evaluate(axe)
    found: list[str] = page.evaluate(RUN)
    return wrong + found


def test_no_sort_of_page_keeps_anybody_out(everything: Everything, axe: str) -> None:
    page = everything.page(viewport=PHONE)
    assert LIST in everything.menu
    assert {code.rpartition(".")[2] for code in everything.sorts} >= SORTS
    lists = {one.code for one in ledgers} - {LIST}
    chosen = {code: at for code, at in everything.menu.items() if code not in lists} | everything.sorts
    wrong = {
        code: found for code, address in chosen.items() if (found := look(page, axe, everything.at(address)))
    }
    assert wrong == {}, "\n".join(f"{code}: {one}" for code, found in wrong.items() for one in found)
