"""``anlu import``: bring a file of records in, or list the fields that a mapping may name."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anlu.commands.arguments import json_argument
from anlu.commands.output import Progress, print_json
from anlu.engine.errors import BadInput
from anlu.project.start import start

if TYPE_CHECKING:
    from anlu.kernel.core.importing.nouns import Importer
    from anlu.kernel.core.importing.passes import Counts
    from anlu.kernel.core.importing.refusals import RefusedRows

SUMMARY = "{rows} 行: 新增 {accepted}, 更新 {updated}, 未变 {unchanged}, 退回 {refused}; 其中有标记 {marked}"
SHOWN = 5


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("noun", metavar="NOUN", help="导入什么, 如 crashes; 或 fields")
    parser.add_argument("file", metavar="FILE", help="文件: .csv .csv.gz .xlsx; 用 fields 时为对象名")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--profile", default="", metavar="NAME", help="已知格式; 不给则按表头识别")
    how.add_argument("--map", type=Path, metavar="MAP.toml", help="自定义的列对应")
    parser.add_argument("--casualties", type=Path, metavar="FILE", help="伤亡与当事人明细")
    parser.add_argument("--vehicles", type=Path, metavar="FILE", help="车辆明细")
    parser.add_argument(
        "--existing",
        choices=("update", "skip"),
        default="update",
        help="已有的记录: update 按文件更新(默认), skip 跳过",
    )
    parser.add_argument("--dry-run", action="store_true", help="只检查, 不写入")
    parser.add_argument("--errors", type=Path, metavar="OUT.xlsx", help="把退回的行连同原因写到这里")
    json_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Import, preview, or list fields."""
    start()
    from anlu.kernel.core.importing.nouns import importers  # needs the apps to be set up

    asked_for_fields = args.noun == "fields"
    noun = args.file if asked_for_fields else args.noun
    if noun not in importers:
        raise BadInput(field="NOUN", found=noun, expected="、".join(importers.codes()))
    importer = importers.get(noun)
    if asked_for_fields:
        return _print_fields(importer, as_json=args.json)
    return _import(importer, args)


def _print_fields(importer: Importer, *, as_json: bool) -> int:
    from anlu.kernel.core.dictionaries import choices
    from anlu.kernel.core.importing.nouns import described

    found = described(importer, {name: choices(name)() for name in importer.lists()})
    if as_json:
        print_json(found)
        return 0
    for sheet in importer.sheets:
        print(f"{sheet.label}{f' (--{sheet.code})' if sheet.code else ''}")
        for one in sheet.fields:
            print(f"  {one.name:<22}{one.label}{' *' if one.required else ''}  {one.help}")
    return 0


def _import(importer: Importer, args: argparse.Namespace) -> int:
    from anlu.kernel.core.errors import AnluError
    from anlu.kernel.core.importing.planning import Existing, make_plan

    _check_errors_file(args.errors)
    given = {"": Path(args.file), "casualties": args.casualties, "vehicles": args.vehicles}
    known = {sheet.code for sheet in importer.sheets}
    files = {sheet: path for sheet, path in given.items() if path is not None}
    for sheet in files:
        if sheet not in known:
            raise BadInput(f"{importer.label}没有这种明细", field=f"--{sheet}")
    plan = make_plan(
        importer, files, profile=args.profile, mapping=args.map, existing=Existing(args.existing)
    )
    try:
        outcome = _previewed(plan, args) if args.dry_run else _imported(plan, args)
    except AnluError as problem:
        raise BadInput(str(problem)) from None
    _report(args, *outcome)
    return 0


def _check_errors_file(path: Path | None) -> None:
    if path is None:
        return
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise BadInput(field="--errors", found=path.name, expected=".xlsx 或 .csv")
    if not path.resolve().parent.is_dir():
        raise BadInput("文件夹不存在", field="--errors", found=str(path))


Outcome = tuple["Counts", "RefusedRows", dict[str, int], float, tuple[str, ...]]


def _previewed(plan: Any, args: argparse.Namespace) -> Outcome:
    import time

    from anlu.kernel.core.importing.previews import preview
    from anlu.kernel.core.scope import SYSTEM

    began = time.monotonic()
    found = preview(plan, by=SYSTEM)
    return found.counts, found.refused, found.orphans, time.monotonic() - began, found.notes


def _imported(plan: Any, args: argparse.Namespace) -> Outcome:
    from anlu.kernel.core.importing.lifecycle import run_import
    from anlu.kernel.core.scope import SYSTEM

    with Progress("导入", plan.main.source.lines or None) as bar:
        done = run_import(plan, by=SYSTEM, progress=bar.advance)
    return done.counts, done.refused, done.orphans, done.seconds, done.notes


def _report(
    args: argparse.Namespace,
    counts: Counts,
    refused: RefusedRows,
    orphans: dict[str, int],
    seconds: float,
    notes: tuple[str, ...],
) -> None:
    written = refused.save(args.errors) if args.errors and (refused.count or orphans) else None
    found = {**vars(counts), "orphans": sum(orphans.values()), "seconds": round(seconds, 3), "notes": notes}
    if args.json:
        print_json(found)
        return
    print(SUMMARY.format(**found) + f"; {seconds:.1f} 秒")
    for sheet, count in orphans.items():
        print(f"{sheet}: {count} 行找不到对应的记录, 没有导入")
    for note in notes:
        print(f"注意: {note}")
    for one in refused.first[:SHOWN]:
        print(f"第 {one.row} 行: {one.reason}")
    if written:
        print(f"退回的行写在 {written}")
