"""A hazard from the town to its closing by four people, each on the device they have in hand."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import Page, expect

from tests.stories.pictures import picture

PATH = "/hazards/new/?kind=hazards.vegetation"
TITLE = "柳亭大街北口行道树遮挡"


def photo(shade: int) -> dict[str, object]:
    """A picture as a camera would hand it over."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), (shade, 120, 90)).save(out, "JPEG")
    return {"name": f"{shade}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def fits(page: Page) -> None:
    """Nothing is wider than a telephone."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def step(page: Page, label: str) -> None:
    """Open the form of a move."""
    page.get_by_role("link", name=label, exact=True).click()


def test_four_people_carry_a_hazard_from_the_town_to_its_closing(installation, phone, open_context):
    town = phone
    installation.sign_in(town, "town")
    town.goto(installation.address + PATH)
    town.get_by_label("事项", exact=True).fill(TITLE)
    town.get_by_label("镇街").select_option(label="柳亭镇")
    town.get_by_label("整改前照片").set_input_files(photo(60))
    fits(town)
    town.get_by_role("button", name="登记").click()
    expect(town.get_by_role("heading", level=1)).to_contain_text(TITLE)
    expect(town.get_by_role("link", name="验收销号")).to_have_count(0)
    address = town.url.split("?")[0]
    fits(town)

    brigade = open_context().new_page()
    installation.sign_in(brigade, "hazard")
    brigade.goto(address)
    step(brigade, "核实")
    brigade.locator("form.form button.button--primary").click()
    step(brigade, "交办")
    brigade.get_by_label("牵头单位").select_option(label="青澜县园林服务中心")
    brigade.locator("form.form button.button--primary").click()
    expect(brigade.locator(".subject__facts")).to_contain_text("整改中")

    department = open_context().new_page()
    installation.sign_in(department, "garden")
    department.goto(address)
    expect(department.locator(".blocked")).to_contain_text("先登记整改措施和工程量")  # refused in words
    step(department, "登记整改措施")
    department.get_by_label("措施").first.select_option(label="修剪")
    department.get_by_label("工程量").first.select_option(label="清移树木(棵)")
    department.get_by_label("数量").first.fill("3")
    department.get_by_role("button", name="保存").click()
    step(department, "整改完成")
    department.locator("form.form button.button--primary").click()
    expect(department.locator("main")).to_contain_text(
        "整改后照片"
    )  # refused in words: the picture is missing
    department.get_by_label("整改后照片").set_input_files(photo(160))
    department.locator("form.form button.button--primary").click()
    expect(department.locator(".subject__facts")).to_contain_text("待验收")

    squadron = open_context().new_page()
    installation.sign_in(squadron, "liuting")
    squadron.goto(address)
    step(squadron, "验收销号")
    squadron.get_by_label("说明").fill("现场查看，遮挡已清除")
    squadron.locator("form.form button.button--primary").click()
    expect(squadron.locator(".subject__facts")).to_contain_text("已销号")
    expect(squadron.locator("figure.pair img")).to_have_count(2)
    picture(squadron, "closed-loop")
    town.reload()
    expect(town.locator(".subject__facts")).to_contain_text("已销号")
    fits(town)
