"""``anlu stats``: statistics that need no database."""

from __future__ import annotations

import argparse
import re

from anlu.commands.arguments import json_argument
from anlu.commands.output import print_json
from anlu.engine.errors import BadInput
from anlu.engine.indicators.compare import LARGEST_COUNT, Comparison, compare_counts

EXPECTED = f"0 至 {LARGEST_COUNT} 的整数"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare ``compare``."""
    actions = parser.add_subparsers(title="动作", metavar="动作", required=True)
    words = "比较两期的数量: 变化、比值、区间、显著性"
    compare = actions.add_parser("compare", help=words, description=words)
    compare.add_argument("--current", required=True, metavar="A", help="本期数量(非负整数)")
    compare.add_argument("--previous", required=True, metavar="B", help="上期(上年同期)数量(非负整数)")
    json_argument(compare)


def run(args: argparse.Namespace) -> int:
    """Compare the two counts and print the result."""
    compared = compare_counts(_count("--current", args.current), _count("--previous", args.previous))
    if args.json:
        print_json(_result(compared))
    else:
        print("\n".join(_lines(compared)))
    return 0


def _count(field: str, text: str) -> int:
    digits = text.strip()
    # The length is looked at first: turning a very long text into a number is slow and may be refused.
    if not re.fullmatch(r"[0-9]+", digits) or len(digits.lstrip("0")) > len(str(LARGEST_COUNT)):
        raise BadInput(field=field, found=text, expected=EXPECTED)
    if int(digits) > LARGEST_COUNT:
        raise BadInput(field=field, found=text, expected=EXPECTED)
    return int(digits)


def _result(compared: Comparison) -> dict[str, object]:
    return {
        "change_pct": compared.change_pct,
        "rate_ratio": compared.rate_ratio,
        "ci95": compared.ci95,
        "p_two_sided": compared.p_two_sided,
        "words": compared.words,
    }


def _lines(compared: Comparison) -> list[str]:
    lines = [f"本期 {compared.current}, 上期 {compared.previous}: {compared.words}"]
    if compared.ci95 is not None:
        low, high = compared.ci95
        lines += [
            f"比值 {compared.rate_ratio:.4f} (95% 区间 {low:.4f} 至 {high:.4f})",
            f"{compared.range_words}",
        ]
    return [*lines, f"双侧检验 p = {compared.p_two_sided:.4f}"]
