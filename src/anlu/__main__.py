"""
``anlu …``: the command line.

Only the module of the command that is called gets imported: a cold start of the computing commands stays
short and never touches Django.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final, Protocol, TextIO, cast

from anlu import __version__
from anlu.commands.arguments import Parser, TextFormatter
from anlu.engine.errors import BadInput

DONE: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130

# name → (module in anlu.commands, help). A command whose module is not there yet does not appear.
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "init": ("init", "建立或升级数据库(可重复执行)"),
    "serve": ("serve", "启动网页服务和后台任务"),
    "import": ("importing", "导入事故等数据文件"),
    "places": ("places", "导入道路和辖区边界文件"),
    "indicators": ("indicators", "按期间和单位计算指标"),
    "report": ("report", "生成与核对半年总结等报告"),
    "documents": ("documents", "公文种类与样张"),
    "exchange": ("exchange", "内外区数据包的导出与导入"),
    "backup": ("backup", "备份数据"),
    "restore": ("restore", "从备份恢复"),
    "doctor": ("doctor", "体检: 检查安装、配置和数据"),
    "bench": ("bench", "性能测量"),
    "stats": ("stats", "统计: 两期数量比较"),
    "roads": ("roads", "道路定位与坐标转换"),
    "risk": ("risk", "风险: 密度、排序、多发点段、回测"),
    "sight": ("sight", "视距核查"),
    "deploy": ("deploy", "岗位布设优化"),
    "exam": ("exam", "考试评判复核"),
    "survey": ("survey", "佩戴率等抽样调查"),
}


class Command(Protocol):
    """What a module in ``anlu.commands`` offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""

    def run(self, args: argparse.Namespace) -> int:
        """Do the work and return the exit code."""


def present_commands() -> dict[str, str]:
    """The commands whose module is installed: name → help."""
    return {
        name: text
        for name, (module, text) in COMMANDS.items()
        if find_spec(f"anlu.commands.{module}") is not None
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 bad input with one line on standard error."""
    words = list(sys.argv[1:] if argv is None else argv)
    _speak_utf8(sys.stdout, sys.stderr)
    try:
        code = _run(words)
        sys.stdout.flush()
        return code
    except BadInput as error:
        return _refuse(str(error))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        if error.filename is None:
            raise
        return _refuse(str(BadInput(_reason(error), file=os.fsdecode(error.filename))))
    except BrokenPipeError:
        return _leave_closed_pipe()
    except KeyboardInterrupt:
        print("已中断", file=sys.stderr)
        return INTERRUPTED


def _run(words: list[str]) -> int:
    try:
        if words and not words[0].startswith("-"):
            return _run_command(words[0], words[1:])
        return _run_bare(words)
    except SystemExit as request:  # only --help and --version ask for it
        return request.code if isinstance(request.code, int) else DONE


def _run_command(name: str, words: list[str]) -> int:
    present = present_commands()
    if name not in present:
        raise BadInput(found=name, field="命令", expected="、".join(present))
    module = cast(Command, importlib.import_module(f"anlu.commands.{COMMANDS[name][0]}"))
    parser = Parser(prog=f"anlu {name}", description=present[name])
    module.configure(parser)
    return module.run(parser.parse_args(words))


def _run_bare(words: list[str]) -> int:
    """``anlu`` without a command: --help, --version, or nothing at all."""
    lines = "\n".join(f"  {name:<12}{text}" for name, text in present_commands().items())
    parser = Parser(
        prog="anlu",
        usage="anlu 命令 …",
        description="安路: 县级交警大队预防型道路交通安全工作平台",
        epilog=f"命令:\n{lines}\n\n每个命令的参数见 anlu 命令 --help",
        formatter_class=TextFormatter,
    )
    parser.add_argument("--version", action="version", version=f"anlu {__version__}", help="显示版本")
    parser.parse_args(words)
    if words:
        return DONE
    raise BadInput("缺少命令 (anlu --help 列出全部命令)")


def _refuse(line: str) -> int:
    print(line, file=sys.stderr)
    return BAD_INPUT


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "文件不存在"
    if isinstance(error, IsADirectoryError):
        return "这是文件夹, 应为文件"
    if isinstance(error, NotADirectoryError):
        return "路径中有一段不是文件夹"
    return "没有读写权限"


def _speak_utf8(*streams: TextIO) -> None:
    """Chinese text and JSON leave as UTF-8 whatever the locale says."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _leave_closed_pipe() -> int:
    """The reader (``head``, say) has gone: stop quietly, and keep Python from complaining at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
