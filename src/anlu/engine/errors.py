"""What is wrong with an input, in one line that a person can act on."""

from __future__ import annotations

import os

LONGEST_FOUND = 80
_ESCAPES = {
    code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
}


def one_line(text: str) -> str:
    """``text`` on one line: control characters and line separators are written as escapes."""
    return text.translate(_ESCAPES)


def quoted(value: object) -> str:
    """``value`` as it is shown in a message: one line, in quotes, cut after 80 characters."""
    text = str(value)
    if len(text) > LONGEST_FOUND:
        text = text[:LONGEST_FOUND] + "…"
    return f'"{one_line(text)}"'


class BadInput(Exception):
    """
    An input cannot be used; the commands end with code 2 and this one line on standard error.

    Parameters
    ----------
    problem
        What is wrong, where found and expected do not say it by themselves.
    file
        The file as the user named it.
    line, feature
        Where in it: the line of a text file counted from 1, or the feature of a vector file counted from 0.
    field
        The column, key or argument.
    found, expected
        The value as read, and what would have been right. ``found=""`` is shown as an empty value.
    """

    def __init__(
        self,
        problem: str = "",
        *,
        file: str | os.PathLike[str] | None = None,
        line: int | None = None,
        feature: int | str | None = None,
        field: str | None = None,
        found: object = None,
        expected: str | None = None,
    ) -> None:
        self.problem = problem
        self.file = None if file is None else os.fspath(file)
        self.line = line
        self.feature = feature
        self.field = field
        self.found = found
        self.expected = expected
        super().__init__(self.message())

    def message(self) -> str:
        """The line, without a line break: ``输入有误: 文件 a.csv, 第 3 行, 字段 x: 发现 "y", 应为 z``."""
        where = ", ".join(self._where())
        what = ", ".join(self._what())
        return one_line(": ".join(part for part in ("输入有误", where, what) if part))

    def _where(self) -> list[str]:
        parts = {"文件 {}": self.file, "第 {} 行": self.line, "要素 {}": self.feature, "字段 {}": self.field}
        return [words.format(value) for words, value in parts.items() if value is not None]

    def _what(self) -> list[str]:
        parts = [self.problem] if self.problem else []
        if self.found is not None:
            parts.append(f"发现 {quoted(self.found)}")
        if self.expected is not None:
            parts.append(f"应为 {self.expected}")
        return parts
