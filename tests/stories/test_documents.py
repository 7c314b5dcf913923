"""A paper from the hazard to the archive: drafted, checked, signed, numbered, printed, served, kept."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path

import docx
import pdfplumber
import pytest
from playwright.sync_api import Page, expect

from anlu.engine.files.office import find_office
from tests.stories.installations import RunningInstallation
from tests.stories.pictures import picture

CLERK, LEGAL, DEPUTY = "hazard", "legal", "deputy"
NUMBER = re.compile(r"青公交抄〔2023〕\d+号")
PATIENCE_MS = 60_000


def downloaded(page: Page, name: str) -> tuple[str, bytes]:
    """Name and content of the file behind a link."""
    with page.expect_download() as begun:
        page.get_by_role("link", name=name, exact=True).first.click()
    return begun.value.suggested_filename, Path(begun.value.path()).read_bytes()


def archived(page: Page, content: bytes) -> None:
    """The page of the document names the digest of a file, as soon as the worker has archived it."""
    digest = hashlib.sha256(content).hexdigest()
    for _ in range(PATIENCE_MS // 1_000):
        page.reload()
        try:
            expect(page.locator("main")).to_contain_text(digest, timeout=1_000)
            return
        except AssertionError:
            continue
    raise AssertionError(f"{page.url} never named {digest}")


def do(page: Page, deed: str) -> None:
    """Open a step of a document and confirm it."""
    page.get_by_role("link", name=deed, exact=True).click()
    page.locator("form.form").get_by_role("button", name=deed).click()


def test_a_paper_goes_from_the_hazard_to_the_archive(installation: RunningInstallation, open_context):
    clerk, legal, deputy = (open_context().new_page() for _ in range(3))
    for page, login in ((clerk, CLERK), (legal, LEGAL), (deputy, DEPUTY)):
        installation.sign_in(page, login)

    clerk.goto(f"{installation.address}/hazards/?state=sent")
    clerk.locator("tbody tr a").first.click()
    clerk.get_by_role("link", name="起草文书").click()
    clerk.get_by_role("button", name=re.compile(r"起草\s*隐患抄告单")).click()
    expect(clerk.get_by_role("heading", name="核对")).to_be_visible()
    address = clerk.url
    picture(clerk, "document-draft")

    legal.goto(address)
    do(legal, "核稿通过")
    expect(legal.locator("main")).to_contain_text("待签发")
    deputy.goto(address)
    do(deputy, "签发")
    do(deputy, "编号印发")
    expect(deputy.get_by_role("heading", level=1)).to_contain_text(NUMBER)
    number = NUMBER.search(deputy.get_by_role("heading", level=1).inner_text())
    assert number is not None

    clerk.goto(address)
    name, content = downloaded(clerk, ".docx")
    assert number[0] in name
    words = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)
    assert number[0] in words
    archived(clerk, content)

    clerk.get_by_role("link", name="登记送达").click()
    clerk.get_by_label("收件人").fill("柏联络")
    clerk.get_by_role("button", name="登记送达").click()
    clerk.get_by_role("link", name="打印回证").click()
    expect(clerk.locator("article.paper")).to_contain_text("柏联络")
    expect(clerk.locator("article.paper")).to_contain_text(number[0])
    picture(clerk, "service-record")
    clerk.goto(f"{installation.address}/documents/retention/?q={number[0]}")
    expect(clerk.locator("tbody tr")).to_have_count(1)
    expect(clerk.locator("tbody tr")).to_contain_text("2033-12-31")


def test_the_pdf_of_an_issued_paper_is_printed_by_the_worker_and_archived(
    installation: RunningInstallation, page: Page
):
    if find_office() is None:
        pytest.skip("NOT TESTED: PDF in the browser, no LibreOffice here; install libreoffice-writer-nogui")
    installation.sign_in(page, CLERK)
    page.goto(f"{installation.address}/documents/?kind=advice&state=delivered")
    page.locator("tbody tr a").first.click()
    address = page.url
    number = page.get_by_role("heading", level=1).inner_text().split()[0]
    page.get_by_role("link", name="PDF", exact=True).click()
    page.get_by_role("button", name="生成 PDF").click()
    page.get_by_role("link", name="下载 PDF").wait_for(timeout=PATIENCE_MS)
    _, content = downloaded(page, "下载 PDF")
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        first = pdf.pages[0]
        assert (round(first.width * 25.4 / 72), round(first.height * 25.4 / 72)) == (210, 297)
        assert number in "".join(each["text"] for each in first.chars)
    page.goto(address)
    archived(page, content)
