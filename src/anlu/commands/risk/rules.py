"""``anlu risk rules``."""

from __future__ import annotations

import argparse

from anlu.commands.output import print_json
from anlu.engine.risk.rules import presets


def run(args: argparse.Namespace) -> int:
    """List the black-spot rules that come with the program."""
    rules = presets()
    if args.json:
        print_json({"rules": list(rules.values())})
        return 0
    for rule in rules.values():
        print(f"{rule.code}: {rule.title}" + (f"({rule.as_of})" if rule.as_of else ""))
        for clause in rule.clauses:
            print(f"  {clause.name}: {clause.length_m:g} 米, {clause.years:g} 年; 出处: {clause.source}")
    return 0
