"""``anlu roads``: points to road and stake and back; coordinates between systems. No database."""

from __future__ import annotations

import argparse
import importlib
from typing import Final

from anlu.commands.arguments import json_argument

SYSTEMS: Final = ("wgs84", "cgcs2000", "gcj02", "bd09")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare ``locate`` and ``convert``."""
    actions = parser.add_subparsers(title="动作", metavar="动作", required=True, dest="action")
    locate = "经纬度与路线桩号互查"
    _locate_arguments(actions.add_parser("locate", help=locate, description=locate))
    convert = "坐标系之间转换经纬度"
    _convert_arguments(actions.add_parser("convert", help=convert, description=convert))


def run(args: argparse.Namespace) -> int:
    """Run the action that was named; only its own module is imported."""
    return int(importlib.import_module(f"anlu.commands.roads.{args.action}").run(args))


def _locate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--network", required=True, metavar="N", help="路网文件(线)")
    parser.add_argument("--layer", metavar="名称", help="文件有多个图层时取哪一个")
    parser.add_argument("--road", required=True, metavar="列", help="路线编号或名称列: 值相同的线是一条路")
    parser.add_argument("--stake-start", metavar="列", help="每条线第一个点的桩号(米); 没有的空着")
    parser.add_argument("--carriageway", metavar="列", help="分幅: 左 右 上行 下行, 不分幅的空着")
    parser.add_argument("--max-offset", metavar="M", help="离路多远就不算在路上(默认不限)")
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--points", metavar="P", help="点文件, 或带坐标列的表格: 求路线和桩号")
    given.add_argument("--stakes", metavar="TABLE", help="有 road 和 chainage_m 或 stake 列的表格: 求经纬度")
    parser.add_argument("--x", metavar="列", help="点表格中的横坐标(经度)列")
    parser.add_argument("--y", metavar="列", help="点表格中的纵坐标(纬度)列")
    parser.add_argument("--crs", metavar="EPSG:n", help="点表格坐标的坐标系(默认与路网相同)")
    parser.add_argument(
        "--out", required=True, metavar="OUT", help="结果文件: .gpkg .geojson .shp .csv .csv.gz"
    )
    json_argument(parser)


def _convert_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="source", required=True, choices=SYSTEMS, help="原来的坐标系")
    parser.add_argument("--to", dest="target", required=True, choices=SYSTEMS, help="要转成的坐标系")
    parser.add_argument("place", nargs="*", metavar="经度 纬度", help="一个点")
    parser.add_argument("--table", metavar="T", help="有经纬度列的表格, 代替一个点")
    parser.add_argument("--lon", metavar="列", help="表格中的经度列")
    parser.add_argument("--lat", metavar="列", help="表格中的纬度列")
    parser.add_argument(
        "--out", metavar="OUT", help="结果文件: .csv .csv.gz(国家坐标也可 .gpkg .geojson .shp)"
    )
    json_argument(parser)
