"""
The reference page of the commands, written from their declared arguments.

    python -m anlu.commands.reference docs/reference/commands.md
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from anlu.__main__ import COMMANDS, present_commands
from anlu.commands.arguments import Parser

HEAD: Final = """# 命令

<!-- 由 make docs 从各命令声明的参数生成, 不要手改 -->

退出码: 0 完成(退回的行不算错误); 2 输入有误, 标准错误上一行说明哪个文件、哪一行(要素)、哪一项、发现什么、应为什么。

`--json` 在标准输出上给出一份 JSON, 别无其他; 没有意义的数是 `null`。
`risk`、`stats`、`roads` 等计算命令只读文件, 不需要数据库。

- 矢量文件: GeoPackage、GeoJSON、Shapefile、FlatGeobuf。表格: CSV(UTF-8 或 GB18030, 分隔符自动识别)、`.csv.gz`、Excel。
- 长度一律为米; 经纬度在当地 UTM 带内计算; 事故的坐标系与路网不同时自动转换; 结果沿用路网(或 `--at` 文件)的坐标系。
- `ANLU_DATA`、`DATABASE_URL`、`ANLU_TODAY` 等环境变量见[设置](settings.md)。
"""


def commands_page() -> str:
    """The whole page: a section for each command, one below it for each of its actions."""
    sections = [line for parser in parsers() for line in _section(parser)]
    return HEAD + "\n".join(sections) + "\n"


def parsers() -> Iterator[Parser]:
    """The parser of every command that is present, in the order of ``anlu --help``."""
    for name, text in present_commands().items():
        parser = Parser(prog=f"anlu {name}", description=text)
        importlib.import_module(f"anlu.commands.{COMMANDS[name][0]}").configure(parser)
        yield parser


def actions_of(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The parsers of a command's actions; none for a command without."""
    return [
        one
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for one in action.choices.values()
    ]


def arguments_of(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """What a command or action is called with, without ``--help``."""
    kinds = (argparse._HelpAction, argparse._SubParsersAction)
    return [action for action in parser._actions if not isinstance(action, kinds)]


def _section(parser: argparse.ArgumentParser, depth: int = 2) -> Iterator[str]:
    yield f"\n{'#' * depth} {parser.prog}\n\n{parser.description}。"
    arguments = arguments_of(parser)
    if arguments:
        yield "\n| 参数 | 含义 |\n| --- | --- |"
    for action in arguments:
        needed = ", 必填" if action.option_strings and action.required else ""
        yield f"| `{_written(action)}`{needed} | {_meaning(action)} |"
    for one in actions_of(parser):
        yield from _section(one, depth + 1)


def _written(action: argparse.Action) -> str:
    value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    shown = " ".join(value) if isinstance(value, tuple) else str(value)
    if not action.option_strings:
        return shown
    written = action.option_strings[-1] if action.nargs == 0 else f"{action.option_strings[-1]} {shown}"
    return written.replace("|", "\\|")


def _meaning(action: argparse.Action) -> str:
    return (action.help or "").replace("%%", "%").replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(commands_page(), encoding="utf-8")
