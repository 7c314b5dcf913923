"""Pictures for the documents: `ANLU_PICTURES=docs/pictures pytest tests/stories` takes them anew."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

FOLDER = "ANLU_PICTURES"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def picture(page: Page, name: str, *, phone: bool = True) -> None:
    """Save what the page shows at desk width and at phone width; nothing unless pictures are wanted."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    for suffix, size in (("desk", DESK), ("phone", PHONE)):
        if suffix == "phone" and not phone:
            continue
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(600)  # charts and maps fit themselves to the new size
        page.screenshot(path=f"{folder}/{name}-{suffix}.png")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
