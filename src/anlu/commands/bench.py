"""``anlu bench``: measure, beside other programs where their path is given."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import unicodedata
from collections.abc import Sequence
from itertools import chain
from typing import Final, cast

from anlu.commands import benches
from anlu.commands.arguments import json_argument
from anlu.commands.benches import Bench, Options, Result
from anlu.commands.output import print_json
from anlu.engine.errors import BadInput

MODULES = {"import": "imports"}  # a keyword is no name for a module
NAMES = {module: name for name, module in MODULES.items()}


def bench_names() -> list[str]:
    """The benches there are: modules of the package that are no part of another one."""
    modules = [each.name for each in pkgutil.iter_modules(benches.__path__) if "_" not in each.name]
    return [NAMES.get(name, name) for name in modules]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the names and options."""
    parser.add_argument(
        "names", nargs="*", metavar="名称", help=f"测什么: {' '.join(bench_names())} (默认全部)"
    )
    parser.add_argument("--rows", metavar="N", help="数据行数(默认由各项自定)")
    parser.add_argument(
        "--peer", action="append", default=[], metavar="NAME=PATH", help="同时测已安装的同类程序"
    )
    parser.add_argument("--repeats", default="5", metavar="N", help="每项跑几遍取最小(默认 5)")
    json_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Measure what was named: a table, each line as soon as it is known."""
    present = bench_names()
    for name in args.names:
        if name not in present:
            raise BadInput(field="名称", found=name, expected="、".join(present))
    options = Options(
        None if args.rows is None else _count("--rows", args.rows),
        _peers(args.peer),
        _count("--repeats", args.repeats),
    )
    modules = [_bench(name) for name in args.names or present]
    _check_peers(options.peers, modules)
    results = []
    table = sys.stderr if args.json else sys.stdout
    shown = not args.json or sys.stderr.isatty()
    if shown:
        print(line_of(HEADS), file=table, flush=True)
    for result in chain.from_iterable(module.measure(options) for module in modules):
        results.append(result)
        if shown:
            print(line_of(cells_of(result)), file=table, flush=True)
    if args.json:
        print_json(results)
    return 0


def _bench(name: str) -> Bench:
    return cast(Bench, importlib.import_module(f"anlu.commands.benches.{MODULES.get(name, name)}"))


def _check_peers(peers: dict[str, str], modules: list[Bench]) -> None:
    known = {name for module in modules for name in getattr(module, "PEERS", ())}
    for name in peers:
        if name not in known:
            raise BadInput(field="--peer", found=name, expected="、".join(sorted(known)) or "不给")


def _count(field: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise BadInput(field=field, found=text, expected="不小于 1 的整数")
    return int(text)


def _peers(given: list[str]) -> dict[str, str]:
    peers = {}
    for text in given:
        name, equals, path = text.partition("=")
        if not (name and equals and path):
            raise BadInput(field="--peer", found=text, expected="NAME=PATH")
        peers[name] = path
    return peers


HEADS: Final = ("项目", "测得", "单位", "标准", "比", "对照")
WIDTHS: Final = (46, 10, 9, 10, 8)  # of all columns but the last, in half-width characters


def cells_of(result: Result) -> tuple[str, ...]:
    """A result as the cells of a line, in the order of ``HEADS``."""
    peer = result.peer
    how = "" if peer is None else "实测" if peer.measured else "参考"
    return (
        result.name,
        number_text(result.value),
        result.unit,
        "" if result.floor is None else number_text(result.floor),
        "" if result.ratio is None else f"{result.ratio:.3g}",
        "" if peer is None else f"{peer.name} {number_text(peer.value)} ({how})",
    )


def number_text(value: float) -> str:
    """Four digits, whole ones grouped by thousands; never as a power of ten."""
    return f"{value:,.0f}" if abs(value) >= 1_000 or value == int(value) else f"{value:.4g}"


def line_of(cells: Sequence[str]) -> str:
    """One line of the table: names to the left, figures to the right; a long name takes a line of its own."""
    name, value, unit, *rest = cells
    long = columns(name) > WIDTHS[0]
    padded = [
        "" if long else padded_to(name, WIDTHS[0]),
        padded_to(value, -WIDTHS[1]),
        padded_to(unit, WIDTHS[2]),
        *(padded_to(text, -width) for text, width in zip(rest, WIDTHS[3:], strict=False)),
        rest[-1],
    ]
    if long:
        padded[0] = f"{name}\n{' ' * WIDTHS[0]}"
    return "  ".join(padded).rstrip()


def padded_to(text: str, width: int) -> str:
    """Filled up with spaces on the right, or on the left where ``width`` is negative."""
    space = " " * max(0, abs(width) - columns(text))
    return space + text if width < 0 else text + space


def columns(text: str) -> int:
    """Columns of a terminal that a text takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
