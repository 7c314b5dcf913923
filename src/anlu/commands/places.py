"""``anlu places``: bring the roads or the boundaries of a file into the database."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any, Final

from anlu.commands.arguments import json_argument
from anlu.commands.output import print_json
from anlu.engine.errors import BadInput
from anlu.project.start import start

if TYPE_CHECKING:
    from anlu.kernel.places.surveys.survey import Survey

ROADS: Final = {
    "road": "路线编号",
    "name": "名称",
    "technical_class": "技术等级(代码或名称)",
    "administrative_class": "行政等级(代码或名称)",
    "owner": "管养单位",
    "stake_start": "第一个点的桩号(米, 或 K12+345)",
    "stake_end": "最后一个点的桩号",
    "side": "幅别: 左 右 上行 下行",
}
AREAS: Final = {"code": "代码", "name": "名称", "kind": "级别(代码或名称)", "parent": "上级代码"}
SHOWN: Final = 5
SUMMARY: Final = "新增 {added}, 更新 {changed}, 未变 {unchanged}, 不能用 {unusable} 行; {seconds:.1f} 秒"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare ``roads`` and ``areas``."""
    nouns = parser.add_subparsers(title="导入什么", metavar="对象", required=True, dest="noun")
    roads = "道路: 线文件, 同编号的线是一条路"
    _arguments(nouns.add_parser("roads", help=roads, description=roads), ROADS)
    areas = "辖区边界: 面文件, 已有的代码更新边界, 新的须有名称和级别"
    _arguments(nouns.add_parser("areas", help=areas, description=areas), AREAS)


def _arguments(parser: argparse.ArgumentParser, columns: dict[str, str]) -> None:
    parser.add_argument("file", metavar="FILE", help="文件: .gpkg .geojson .shp .fgb")
    parser.add_argument("--layer", metavar="名称", help="文件有多个图层时取哪一个")
    for name, words in columns.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}", dest=name, metavar="列", help=f"{words}; 不给则按列名识别"
        )
    parser.add_argument("--source", default="", metavar="名称", help="来源, 如 市公路局2023")
    parser.add_argument("--dry-run", action="store_true", help="只检查, 不写入")
    json_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Read, write (or only look), and say what came of it."""
    start()
    from anlu.kernel.places.surveys.survey import look

    began = time.monotonic()
    bring = _bringing(args)
    found = look(bring) if args.dry_run else bring()
    _report(args, found, time.monotonic() - began)
    return 0


def _bringing(args: argparse.Namespace) -> Any:
    """What does the import; the file is read now, so that it is refused before anything is written."""
    from anlu.kernel.core.scope import SYSTEM
    from anlu.kernel.places.surveys import boundaries, files, roads

    if args.noun == "roads":
        lines = files.read_roads(args.file, _columns(args, files.RoadColumns, "road"), layer=args.layer)
        return lambda: roads.import_roads(lines, by=SYSTEM, source=args.source[:40])
    areas = files.read_boundaries(args.file, _columns(args, files.AreaColumns, "code"), layer=args.layer)
    return lambda: boundaries.import_boundaries(areas, by=SYSTEM, source=args.source[:40])


def _columns(args: argparse.Namespace, columns: Any, needed: str) -> Any:
    """Columns as stated, and by their headings where not."""
    from anlu.engine.files.vector import read_features
    from anlu.kernel.places.surveys.files import guessed

    names = list(read_features(args.file, layer=args.layer).fields)
    found = guessed(names, columns)
    found |= {name: value for name in found if (value := getattr(args, name)) is not None}
    if not found[needed]:
        raise BadInput(file=args.file, field=f"--{needed}", found="没有认出的列", expected="、".join(names))
    return columns(**found)


def _report(args: argparse.Namespace, found: Survey, seconds: float) -> None:
    counts = {
        "added": found.added,
        "changed": found.changed,
        "unchanged": found.unchanged,
        "unusable": len(found.unusable),
        "lines": found.lines,
        "km": round(found.km, 3),
        "seconds": round(seconds, 3),
    }
    if args.json:
        problems = [{"feature": one.row, "found": one.found, "reason": one.reason} for one in found.unusable]
        print_json(counts | {"problems": problems})
        return
    print(SUMMARY.format(**counts))
    for one in found.unusable[:SHOWN]:
        print(f"要素 {one.row} 「{one.found}」: {one.reason}")
