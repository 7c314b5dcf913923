"""``anlu risk``: density on the network, screening, black spots, back-testing. No database."""

from __future__ import annotations

import argparse
import importlib

from anlu.commands.risk.arguments import ACTIONS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare every action."""
    actions = parser.add_subparsers(title="动作", metavar="动作", required=True, dest="action")
    for name, (text, declare) in ACTIONS.items():
        declare(actions.add_parser(name, help=text, description=text))


def run(args: argparse.Namespace) -> int:
    """Run the action that was named; only its own module is imported."""
    module = args.action.replace("-", "_")
    return int(importlib.import_module(f"anlu.commands.risk.{module}").run(args))
