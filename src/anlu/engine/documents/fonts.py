"""Names of the faces in a document, and the free ones that stand in for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Fonts:
    """
    Font family names written into the file. Nothing is embedded: most of the official faces may not be.

    ``title_bold``: print titles bold, where a plain 宋体 stands in for 小标宋.
    """

    title: str = "方正小标宋简体"
    body: str = "仿宋_GB2312"
    kai: str = "楷体_GB2312"
    hei: str = "黑体"
    song: str = "宋体"
    title_bold: bool = False


OFFICIAL: Final = Fonts()

FREE: Final = Fonts(
    title="Noto Serif CJK SC",
    body="Noto Serif CJK SC",
    kai="Noto Serif CJK SC",
    hei="Noto Sans CJK SC",
    song="Noto Serif CJK SC",
    title_bold=True,
)
