"""
A hazard from its finding to the day on which it is found again: squadron, brigade, a department, an inspector.

The department lets the deadline pass: the worker reminds, urges and drafts on the days of the ladder though nobody has
a page open, people sign, and the county is served again on the days on which they do.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.stories.conftest import DESK, PHONE, too_wide
from tests.stories.installations import RunningInstallation, serving
from tests.stories.pictures import picture

KIND = "/hazards/new/?kind=hazards.vegetation"
TITLE = "柳亭大街北口行道树遮挡"
SQUADRON, BRIGADE, DEPARTMENT, INSPECTOR = "liuting", "hazard", "garden", "inspector"
OFFICE, LEGAL, CHIEF = "committee", "legal", "chief"
DEVICES = {"desk": {"viewport": DESK}, "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True}}
# The deadline is Monday 2023-07-10: the working day before it, and the first, second, third and fifth after it.
FOUND, ROUNDS, NOTICE, INTERVIEW = (
    "2023-07-03",
    ("2023-07-07", "2023-07-11", "2023-07-12", "2023-07-13", "2023-07-17"),
    "2023-07-17",
    "2023-07-24",
)


def photo(shade: int) -> dict[str, object]:
    """A picture as a camera would hand it over."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (shade, 120, 90)).save(out, "JPEG")
    return {"name": f"{shade}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


class Actors:
    """People who sign in on a device of one size, each of them once: whoever comes back later is known again."""

    def __init__(self, open_context: Callable[..., BrowserContext], device: str) -> None:
        self.open_context, self.device = open_context, device
        self.known: dict[str, Page] = {}

    def at(self, made: RunningInstallation, login: str, address: str = "/today/") -> Page:
        """Somebody before a page that is not wider than the device."""
        page = self.known.get(login)
        if page is None:
            page = self.known[login] = self.open_context(**DEVICES[self.device]).new_page()
            made.sign_in(page, login)
        page.goto(made.address + address)
        fits(page)
        return page


def fits(page: Page) -> None:
    """Nothing stands out on the right."""
    assert too_wide(page) == []


def states(page: Page, words: str) -> None:
    """What the head of the case says, and that it fits."""
    expect(page.locator(".subject__facts")).to_contain_text(words)
    fits(page)


def step(page: Page, label: str) -> None:
    """Open the form of a move."""
    page.get_by_role("link", name=label, exact=True).click()
    fits(page)


def confirm(page: Page) -> None:
    """Press the button of the form."""
    page.locator("form.form button.button--primary, form.form button.button--danger-fill").first.click()


def do(page: Page, deed: str) -> None:
    """Open a step of a document and confirm it."""
    page.get_by_role("link", name=deed, exact=True).click()
    page.locator("form.form").get_by_role("button", name=deed).click()
    fits(page)


def paper_of(page: Page, label: str) -> str:
    """From the page of the case to a draft of the ladder; its address."""
    draft = page.locator(".card--draft", has=page.get_by_role("heading", name=f"{label} 拟办稿"))
    draft.get_by_role("link", name="核稿、签发").click()
    fits(page)
    return re.sub(r"^https?://[^/]+", "", page.url)


@pytest.fixture
def folder(made_county: Path, tmp_path: Path) -> Iterator[Path]:
    """A county whose days go by."""
    shutil.copytree(made_county, tmp_path / "data")
    yield tmp_path / "data"
    shutil.rmtree(tmp_path / "data")


@pytest.mark.parametrize("device", list(DEVICES))
def test_a_hazard_is_reported_let_lie_noticed_put_right_closed_and_found_again(
    folder: Path, open_context: Callable[..., BrowserContext], device: str
) -> None:
    actors = Actors(open_context, device)
    with serving(folder, today=FOUND) as made:
        address, number = reported_and_sent(actors, made)
        refused_without_evidence(actors, made, address)
    rounds(folder, *ROUNDS)
    with serving(folder, today=NOTICE) as made:
        urged_and_noticed(actors, made, address, number)
    rounds(folder, INTERVIEW)
    with serving(folder, today=INTERVIEW) as made:
        summoned(actors, made, address)
        put_right_and_closed(actors, made, address)
        found_again(actors, made, address, number)


def rounds(folder: Path, *days: str) -> None:
    """Days go by on which the worker makes its round and nobody has a page open."""
    assert all(RunningInstallation("", folder).module("tests.stories.worker", *days).values())


def reported_and_sent(actors: Actors, made: RunningInstallation) -> tuple[str, str]:
    """The squadron reports, the brigade verifies and sends; address and number of the case."""
    squadron = actors.at(made, SQUADRON, KIND)
    squadron.get_by_label("事项", exact=True).fill(TITLE)
    squadron.get_by_label("镇街").select_option(label="柳亭镇")
    squadron.get_by_label("整改要求").fill("修剪北口两侧行道树3棵")
    squadron.get_by_label("整改前照片").set_input_files(photo(60))
    squadron.get_by_role("button", name="登记").click()
    expect(squadron.get_by_role("heading", level=1)).to_contain_text(TITLE)
    states(squadron, "待核实")
    expect(squadron.get_by_role("link", name="验收销号")).to_have_count(0)
    address = re.sub(r"^https?://[^/]+|\?.*$", "", squadron.url)
    number = squadron.locator(".subject__title .note").inner_text()

    brigade = actors.at(made, BRIGADE, address)
    step(brigade, "核实")
    confirm(brigade)
    step(brigade, "交办")
    brigade.get_by_label("牵头单位").select_option(label="青澜县园林服务中心")
    confirm(brigade)
    states(brigade, "整改中")
    states(brigade, "2023-07-10")
    return address, number


def refused_without_evidence(actors: Actors, made: RunningInstallation, address: str) -> None:
    """The department is told in words what is missing, and what is not its to do."""
    department = actors.at(made, DEPARTMENT, address)
    expect(department.locator(".blocked")).to_contain_text("先登记整改措施和工程量")
    department.goto(f"{made.address}{address}move/?move=close")
    expect(department.locator("main")).to_contain_text("现在是「整改中」，不能「验收销号」")
    fits(department)
    department.goto(f"{made.address}{address}move/?move=fix")
    expect(department.locator("main")).to_contain_text("先登记整改措施和工程量")
    department.goto(f"{made.address}{address}works/")
    department.get_by_label("措施").first.select_option(label="修剪")
    department.get_by_label("工程量").first.select_option(label="清移树木(棵)")
    department.get_by_label("数量").first.fill("3")
    department.get_by_role("button", name="保存").click()
    step(department, "整改完成")
    confirm(department)
    expect(department.locator("main")).to_contain_text("还缺整改后照片")
    fits(department)


def urged_and_noticed(actors: Actors, made: RunningInstallation, address: str, number: str) -> None:
    """The department was told three times; the office checks the notice, the chief signs it."""
    department = actors.at(made, DEPARTMENT, "/notices/")
    for told in ("提醒", "催办", "督办"):
        expect(department.locator("main")).to_contain_text(f"{told}：{number}")
    department.goto(made.address + address)
    states(department, "逾期7天")
    expect(department.get_by_role("link", name="核稿、签发")).to_have_count(0)

    legal = actors.at(made, LEGAL, address)
    expect(legal.locator("main")).to_contain_text("抄告 拟办稿")
    paper = paper_of(legal, "整改通知书")
    do(legal, "核稿通过")
    chief = actors.at(made, CHIEF, paper)
    do(chief, "签发")
    do(chief, "编号印发")
    expect(chief.get_by_role("heading", level=1)).to_contain_text(re.compile(r"整〔2023〕\d+号"))
    chief.goto(made.address + address)
    for words in ("提醒", "催办", "督办", "签发整改通知书", "印发整改通知书"):
        expect(chief.locator("main")).to_contain_text(words)
    picture(chief, f"closed-loop-notice-{actors.device}", phone=False)


def summoned(actors: Actors, made: RunningInstallation, address: str) -> None:
    """Five working days after the signature the interview is drafted; the office says when, the chief signs."""
    office = actors.at(made, OFFICE, address)
    draft = office.locator(".card--draft", has=office.get_by_role("heading", name="约谈 拟办稿"))
    draft.get_by_role("link", name="改稿").click()
    fits(office)
    office.get_by_label("约谈日期").fill("2023-07-26")
    office.get_by_label("约谈时间").fill("上午9时")
    office.get_by_label("约谈地点").fill("县交安委办公室会议室")
    office.get_by_label("参加人员").fill("单位主要负责人")
    confirm(office)
    legal = actors.at(made, LEGAL, address)
    paper = paper_of(legal, "约谈")
    do(legal, "核稿通过")
    chief = actors.at(made, CHIEF, paper)
    do(chief, "签发")
    do(chief, "编号印发")
    expect(chief.get_by_role("heading", level=1)).to_contain_text(re.compile(r"约〔2023〕\d+号"))


def put_right_and_closed(actors: Actors, made: RunningInstallation, address: str) -> None:
    """The department hands in its picture, the squadron looks and closes."""
    department = actors.at(made, DEPARTMENT, address)
    step(department, "整改完成")
    department.get_by_label("整改后照片").set_input_files(photo(160))
    confirm(department)
    states(department, "待验收")
    department.goto(f"{made.address}{address}move/?move=close")
    expect(department.locator("main")).to_contain_text("「验收销号」须由民警办理")

    squadron = actors.at(made, SQUADRON, address)
    step(squadron, "验收销号")
    confirm(squadron)
    expect(squadron.locator("main")).to_contain_text("说明")
    squadron.get_by_label("说明").fill("现场查看，遮挡已清除")
    confirm(squadron)
    states(squadron, "已销号")
    expect(squadron.locator("figure.pair img")).to_have_count(2)
    picture(squadron, f"closed-loop-{actors.device}", phone=False)


def found_again(actors: Actors, made: RunningInstallation, address: str, number: str) -> None:
    """The inspector finds it back: the same number, a new deadline, and the department has it again."""
    inspector = actors.at(made, INSPECTOR, address)
    step(inspector, "回头看不合格")
    inspector.get_by_label("现场照片").set_input_files(photo(90))
    inspector.get_by_label("说明").fill("东侧又长出遮挡")
    confirm(inspector)
    states(inspector, "反弹待整改")
    states(inspector, "反弹 1 次")
    states(inspector, "2023-07-27")
    expect(inspector.locator(".subject__title")).to_contain_text(number)

    brigade = actors.at(made, BRIGADE, address)
    step(brigade, "交办")
    confirm(brigade)
    states(brigade, "整改中")
    states(brigade, "2023-07-31")
    department = actors.at(made, DEPARTMENT, address)
    expect(department.locator(".blocked")).to_contain_text("先登记整改措施和工程量")
    expect(department.locator(".subject__title")).to_contain_text(number)
