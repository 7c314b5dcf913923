"""What people try to hand in as a photograph: refused in words, and what was taken is shown to nobody else."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.stories.conftest import SESSION, too_wide
from tests.stories.installations import RunningInstallation

FORM = "/hazards/new/?kind=hazards.signs"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="x"</script></svg>'


def picture_of(width: int, height: int) -> bytes:
    sink = io.BytesIO()
    Image.new("1", (width, height)).save(sink, "PNG")
    return sink.getvalue()


def filled(page: Page, installation: RunningInstallation, title: str) -> None:
    """The form of a hazard, all but its picture."""
    page.goto(installation.address + FORM)
    page.get_by_label("事项", exact=True).fill(title)
    page.get_by_label("镇街").select_option(label="柳亭镇")


def test_what_is_no_photograph_is_refused_in_words_whatever_its_name_and_size(
    installation: RunningInstallation, page: Page, tmp_path: Path
) -> None:
    large = tmp_path / "录像.jpg"
    with large.open("wb") as sparse:
        sparse.write(b"\xff\xd8\xff")
        sparse.truncate(200_000_000)
    refused: list[tuple[object, str]] = [
        ({"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": b"#!/bin/sh\nrm -rf /\n"}, "不是照片"),
        ({"name": "图.svg", "mimeType": "image/svg+xml", "buffer": SVG}, "不是照片"),
        (
            {"name": "大图.png", "mimeType": "image/png", "buffer": picture_of(10_000, 10_000)},
            "10000×10000 像素",
        ),
        (str(large), "超过 30 MB"),
    ]
    installation.sign_in(page, "hazard")
    for given, words in refused:
        filled(page, installation, "标志牌缺失")
        page.get_by_label("整改前照片").set_input_files(given)  # type: ignore[arg-type]
        page.get_by_role("button", name="登记").click()
        expect(page.locator(".errors")).to_contain_text(words)
        assert too_wide(page) == []
    page.goto(f"{installation.address}/hazards/?q=标志牌缺失")
    expect(page.locator("tbody tr a", has_text="标志牌缺失")).to_have_count(0)


def test_a_file_keeps_no_path_of_its_name_and_is_shown_to_those_who_see_its_case(
    installation: RunningInstallation, page: Page, open_context: Callable[..., BrowserContext]
) -> None:
    installation.sign_in(page, "hazard")
    filled(page, installation, "路口标志倾斜")
    tricky = {"name": "../../etc/passwd.png", "mimeType": "image/png", "buffer": picture_of(80, 60)}
    page.get_by_label("整改前照片").set_input_files(tricky)  # type: ignore[arg-type]
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("路口标志倾斜")
    shown = page.locator(".gallery__one a")
    expect(shown.locator("img")).to_have_attribute("alt", "整改前 passwd.png")
    address = shown.get_attribute("href")
    assert address is not None
    mine = page.request.get(installation.address + address)
    assert mine.status == 200
    assert mine.headers["content-type"].startswith("image/")
    assert mine.headers["x-content-type-options"] == "nosniff"
    stranger = open_context().new_page()
    installation.sign_in(stranger, "garden")
    assert stranger.request.get(installation.address + address).status == 404
    nobody = open_context()
    assert "image" not in nobody.request.get(installation.address + address).headers["content-type"]


def test_a_refused_form_keeps_its_words_and_files_and_so_does_one_whose_session_is_over(
    installation: RunningInstallation, page: Page
) -> None:
    good = {"name": "现场.png", "mimeType": "image/png", "buffer": picture_of(80, 60)}
    script = {"name": "假.jpg", "mimeType": "image/jpeg", "buffer": b"#!/bin/sh\n"}
    context = page.context
    button, pictures = page.get_by_role("button", name="登记"), page.get_by_label("整改前照片")

    def kept() -> list[str]:
        names: list[str] = pictures.evaluate("(one) => [...one.files].map((file) => file.name)")
        return names

    installation.sign_in(page, "hazard")
    filled(page, installation, "标志牌歪斜")
    pictures.set_input_files([good, script])  # type: ignore[arg-type]
    button.click()
    expect(page.locator(".errors")).to_contain_text("「假.jpg」不是照片")
    assert kept() == ["现场.png", "假.jpg"]
    pictures.set_input_files([good])  # type: ignore[arg-type]
    context.clear_cookies(name=SESSION)
    button.click()
    expect(page.get_by_role("dialog")).to_contain_text("登录已过期")
    with context.expect_page() as opened:
        page.get_by_role("button", name="去登录").click()
    installation.sign_in(opened.value, "hazard")  # which gives the session another token
    opened.value.close()
    assert kept() == ["现场.png"]
    button.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("标志牌歪斜")
    expect(page.locator(".messages")).to_contain_text("已登记隐患")
    expect(page.locator(".gallery__one")).to_have_count(1)
