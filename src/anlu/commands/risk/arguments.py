"""What the actions of ``anlu risk`` are called with. Imports nothing that computes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final

from anlu.commands.arguments import json_argument

KERNELS: Final = ("quartic", "gaussian", "epanechnikov", "triangle", "uniform")
SCREENINGS: Final = ("eb", "count", "epdo", "density", "default")
DENSITIES: Final = ("simple", "discontinuous", "continuous")
RANKINGS: Final = ("count", "kde", "nkde", "eb", "default")


def network_arguments(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Declare ``--network`` and ``--layer``."""
    parser.add_argument("--network", required=required, metavar="N", help="路网文件(线)")
    parser.add_argument("--layer", metavar="名称", help="文件有多个图层时取哪一个")


def event_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``--events`` and how its columns give the place."""
    parser.add_argument("--events", required=True, metavar="E", help="事故文件(点), 或带坐标列的表格")
    parser.add_argument("--x", metavar="列", help="表格中的横坐标(经度)列")
    parser.add_argument("--y", metavar="列", help="表格中的纵坐标(纬度)列")
    parser.add_argument("--crs", metavar="EPSG:n", help="表格坐标的坐标系(默认与路网相同)")


def density_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``density``."""
    network_arguments(parser)
    event_arguments(parser)
    parser.add_argument("--bandwidth", required=True, metavar="M", help="带宽(米), 或 auto: 由事故本身选定")
    parser.add_argument("--kernel", choices=KERNELS, default="quartic", help="核函数(默认 quartic)")
    parser.add_argument("--method", choices=DENSITIES, default="simple", help="估计方法(默认 simple)")
    parser.add_argument("--weights", metavar="列", help="权重列(不小于 0 的数)")
    parser.add_argument(
        "--junction-tolerance", default="1", metavar="M", help="离路口多近算在路口上(默认 1 米)"
    )
    parser.add_argument("--max-snap", metavar="M", help="离路多远的事故不用(默认不限)")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--lixel", metavar="M", help="把路网切成不超过这么长的小段, 求其中点的密度")
    where.add_argument("--at", metavar="LIXELS", help="求这些线的中点或这些点的密度")
    parser.add_argument(
        "--out", required=True, metavar="OUT", help="结果文件: .gpkg .geojson .shp .csv .csv.gz"
    )
    json_argument(parser)


def backtest_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``backtest``."""
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--network", metavar="N", help="路网文件(线): 按路段评价")
    where.add_argument("--cells", metavar="M", help="边长 M 米的方格: 按方格评价")
    parser.add_argument("--layer", metavar="名称", help="文件有多个图层时取哪一个")
    parser.add_argument("--road-class", metavar="列", help="路网中道路等级的列, 供 default 使用")
    event_arguments(parser)
    parser.add_argument("--date", required=True, metavar="列", help="事故日期列")
    parser.add_argument("--severity", metavar="列", help="后果列: fatal、serious、slight、damage 或 1–4")
    parser.add_argument("--only", metavar="后果", help="只用这些后果的事故, 如 fatal,serious")
    parser.add_argument("--train-end", required=True, metavar="日期", help="已知事故的最后一天")
    parser.add_argument("--test-end", required=True, metavar="日期", help="要预测的最后一天")
    parser.add_argument(
        "--methods", metavar="名称", help=f"比较哪些方法(默认 {','.join(RANKINGS)}; 方格没有 nkde)"
    )
    parser.add_argument("--seed", default="0", metavar="N", help="自助抽样的种子(默认 0)")
    json_argument(parser)


def _severity_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the columns that say how bad and when, and where the result goes."""
    parser.add_argument(
        "--severity", required=True, metavar="列", help="后果列: fatal、serious、slight、damage 或 1–4"
    )
    parser.add_argument("--date", required=True, metavar="列", help="事故日期列")
    parser.add_argument(
        "--out", required=True, metavar="OUT", help="结果文件: .gpkg .geojson .shp .csv .csv.gz"
    )
    json_argument(parser)


def rank_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``rank``."""
    network_arguments(parser)
    event_arguments(parser)
    parser.add_argument("--years", metavar="Y", help="事故资料的年数(默认由最早和最晚的日期算出)")
    parser.add_argument("--method", choices=SCREENINGS, default="default", help="排序方法(默认 default)")
    parser.add_argument("--spf", metavar="文件", help="安全绩效函数(TOML); 默认用本县资料拟合")
    _severity_arguments(parser)


def blackspots_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``blackspots``."""
    network_arguments(parser)
    event_arguments(parser)
    parser.add_argument("--killed", metavar="列", help="死亡人数列")
    parser.add_argument(
        "--rule", metavar="规则", help="规则文件(TOML), 或 anlu risk rules 所列的代码(默认 county)"
    )
    _severity_arguments(parser)


def before_after_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``before-after``."""
    parser.add_argument("--before", metavar="N", help="治理前的事故数")
    parser.add_argument("--after", metavar="N", help="治理后的事故数")
    parser.add_argument("--duration-ratio", metavar="R", help="治理后时长 ÷ 治理前时长(默认 1)")
    parser.add_argument("--comparison-before", metavar="N", help="对照组治理前的事故数")
    parser.add_argument("--comparison-after", metavar="N", help="对照组治理后的事故数")
    parser.add_argument(
        "--sites",
        metavar="表",
        help="每处一行: predicted_before, observed_before, predicted_after, observed_after",
    )
    parser.add_argument("--overdispersion", metavar="k", help="安全绩效函数的过离散, 与 --sites 同用")
    json_argument(parser)


# action → (help, its arguments); the work is done by the module of the same name in this package.
ACTIONS: Final[dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]]] = {
    "density": ("沿路网的事故密度", density_arguments),
    "rank": ("路段排序: 哪些路段的事故比同类路段多", rank_arguments),
    "blackspots": ("按规则认定事故多发点段", blackspots_arguments),
    "before-after": ("治理前后评价: 简单、对照组或经验贝叶斯", before_after_arguments),
    "rules": ("随程序提供的多发点段规则", json_argument),
    "backtest": ("用过去的事故排序, 看能找到多少后来的事故", backtest_arguments),
}
