"""``anlu bench``: measure, beside other programs where their path is given."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from itertools import chain
from typing import cast

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
    """Measure what was named, one line each as soon as it is known."""
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
    for result in chain.from_iterable(module.measure(options) for module in modules):
        results.append(result)
        if not args.json:
            print(_line(result), flush=True)
        elif sys.stderr.isatty():
            print(_line(result), file=sys.stderr)
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


def _line(result: Result) -> str:
    parts = [f"{result.name}: {result.value:.4g} {result.unit}"]
    if result.floor is not None:
        parts.append(f"标准 {result.floor:g}")
    if result.peer is not None:
        how = "实测" if result.peer.measured else "参考"
        parts.append(f"{result.peer.name} {result.peer.value:.4g} ({how})")
    if result.ratio is not None:
        parts.append(f"比 {result.ratio:.3g}")
    return ", ".join(parts)
