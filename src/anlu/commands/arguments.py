"""The argument parser of every command: Chinese help, and one clear line on a mistake."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from anlu.engine.errors import BadInput

# argparse's own English sentences and what we say instead.
_SENTENCES = (
    (r"the following arguments are required: (.*)", r"缺少参数 \1"),
    (r"unrecognized arguments: (.*)", r"不认识的参数 \1"),
    (r"one of the arguments (.*) is required", r"以下参数要给一个: \1"),
    (r"argument (.*?): expected one argument", r"参数 \1 后面要跟一个值"),
    (r"argument (.*?): expected at least one argument", r"参数 \1 后面至少要跟一个值"),
    (r"argument (.*?): expected (\d+) arguments", r"参数 \1 后面要跟 \2 个值"),
    (r"argument (.*?): not allowed with argument (.*)", r"参数 \1 不能与 \2 同用"),
    (r"argument (.*?): ignored explicit argument (.*)", r"参数 \1 不带值, 发现 \2"),
    (r"argument (.*?): invalid choice: (.*) \(choose from (.*)\)", r"参数 \1: 发现 \2, 应为 \3 之一"),
    (r"argument (.*?): invalid (\w+) value: (.*)", r"参数 \1: 发现 \3, 应为 \2"),
)


def in_chinese(message: str) -> str:
    """An argparse error sentence in Chinese; an unknown one is passed on as it is."""
    for pattern, words in _SENTENCES:
        match = re.fullmatch(pattern, message, flags=re.DOTALL)
        if match:
            return match.expand(words)
    return message


class Formatter(argparse.HelpFormatter):
    """Help with a Chinese usage line."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法: " if prefix is None else prefix)


class TextFormatter(Formatter, argparse.RawDescriptionHelpFormatter):
    """The same, with description and epilogue laid out as written."""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises :class:`BadInput` where argparse would print its usage and exit."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("formatter_class", Formatter)
        options.setdefault("allow_abbrev", False)
        super().__init__(*args, **{**options, "add_help": False})
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这段帮助")

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{in_chinese(message)} (用法见 {self.prog} --help)")


def json_argument(parser: argparse.ArgumentParser) -> None:
    """Declare ``--json``, which every computing command has."""
    parser.add_argument("--json", action="store_true", help="只在标准输出上给出一份 JSON")
