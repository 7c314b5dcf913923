"""``anlu risk before-after``."""

from __future__ import annotations

import argparse

from anlu.commands.output import print_json
from anlu.commands.risk.inputs import number_of
from anlu.engine.errors import BadInput
from anlu.engine.files.records import numbers
from anlu.engine.files.tables import is_table, read_table
from anlu.engine.risk.before_after import Effect, comparison_effect, empirical_bayes_effect, naive_effect

COLUMNS = ("predicted_before", "observed_before", "predicted_after", "observed_after")
LARGEST_COUNT = 1_000_000_000


def run(args: argparse.Namespace) -> int:
    """Evaluate by the strongest method that the input allows."""
    if args.sites is not None:
        method, effect = "empirical_bayes", _by_sites(args)
    elif args.comparison_before is not None or args.comparison_after is not None:
        method, effect = "comparison", _by_comparison(args)
    else:
        method, effect = "naive", _by_itself(args)
    _tell(args, method, effect)
    return 0


def _by_sites(args: argparse.Namespace) -> Effect:
    for option in ("before", "after", "comparison_before", "comparison_after", "duration_ratio"):
        if getattr(args, option) is not None:
            raise BadInput("不能与 --sites 同用", field=f"--{option.replace('_', '-')}")
    k = number_of("--overdispersion", args.overdispersion)
    if k is None:
        raise BadInput("要给出函数的过离散", field="--overdispersion", expected="不小于 0 的数")
    if not is_table(args.sites):
        raise BadInput(field="--sites", found=args.sites, expected="表格文件: .csv .csv.gz .xlsx")
    table = read_table(args.sites, columns=COLUMNS)
    columns = [numbers(table, name, least=0.0) for name in COLUMNS]
    if not len(table):
        raise BadInput("没有数据行", file=args.sites)
    for row, predicted in enumerate(columns[0].tolist()):
        if predicted == 0:
            raise BadInput(
                file=args.sites, field=COLUMNS[0], found="0", expected="大于 0 的数", **table.place(row)
            )
    if not columns[2].sum() > 0:
        raise BadInput("治理后期望为 0, 无从比较", file=args.sites, field=COLUMNS[2])
    return empirical_bayes_effect(*columns, k)


def _by_comparison(args: argparse.Namespace) -> Effect:
    if args.duration_ratio is not None:
        raise BadInput("对照组已含时长, 不能同用", field="--duration-ratio", found=args.duration_ratio)
    _refuse_overdispersion(args)
    return comparison_effect(
        _count(args, "before", least=1),
        _count(args, "after"),
        _count(args, "comparison_before", least=1),
        _count(args, "comparison_after", least=1),
    )


def _by_itself(args: argparse.Namespace) -> Effect:
    _refuse_overdispersion(args)
    ratio = number_of("--duration-ratio", args.duration_ratio, positive=True)
    before, after = _count(args, "before", least=1), _count(args, "after")
    return naive_effect(before, after, duration_ratio=1.0 if ratio is None else ratio)


def _refuse_overdispersion(args: argparse.Namespace) -> None:
    if args.overdispersion is not None:
        raise BadInput("只与 --sites 同用", field="--overdispersion", found=args.overdispersion)


def _count(args: argparse.Namespace, name: str, *, least: int = 0) -> int:
    text, field = getattr(args, name), f"--{name.replace('_', '-')}"
    expected = f"{least} 至 {LARGEST_COUNT} 的整数"
    if text is None:
        raise BadInput("缺少参数", field=field, expected=expected)
    digits = text.strip()
    right = digits.isascii() and digits.isdigit() and len(digits) <= len(str(LARGEST_COUNT))
    if not right or not least <= int(digits) <= LARGEST_COUNT:
        raise BadInput(field=field, found=text, expected=expected)
    return int(digits)


def _tell(args: argparse.Namespace, method: str, effect: Effect) -> None:
    if args.json:
        print_json(
            {
                "method": method,
                "expected": effect.expected,
                "expected_variance": effect.expected_variance,
                "observed": effect.observed,
                "cmf": effect.cmf,
                "change_pct": effect.change_pct,
                "standard_error": effect.standard_error,
                "ci95": [effect.low, effect.high],
                "significant": effect.is_significant,
                "warning": effect.warning,
            }
        )
        return
    print(f"无措施时期望 {effect.expected:.2f} 起, 实际 {effect.observed:g} 起")
    limits = f"{effect.low:.3f} 至 {effect.high:.3f}"
    print(f"事故修正系数 {effect.cmf:.4f}(95 % 区间 {limits}), 变化 {effect.change_pct:+.1f} %")
    print("差别显著" if effect.is_significant else "差别不显著: 不能说有效, 也不能说无效")
    if effect.warning:
        print(f"注意: {effect.warning}")
