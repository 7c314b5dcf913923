"""``anlu doctor``: is the installation sound? Exit code 1 when something is wrong."""

from __future__ import annotations

import argparse
from typing import Final

from anlu.commands.arguments import json_argument
from anlu.commands.output import print_json
from anlu.project.start import set_up

SIGNS: Final = {"ok": "✓", "warn": "!", "bad": "✗"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    json_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Look at everything and say what was found."""
    set_up()
    from anlu.project.doctor import State, examine  # Django is set up by now, not at import

    checks = examine()
    sound = all(check.state is not State.BAD for check in checks)
    if args.json:
        print_json({"sound": sound, "checks": checks})
    else:
        for check in checks:
            print(f"{SIGNS[check.state]} {check.label}: {check.message}")
            if check.hint:
                print(f"    {check.hint}")
    return 0 if sound else 1
