"""
The smallest record of each ledger in a given unit and town, so that the repository-wide tests can open its pages.

A new ledger adds a line here; `test_ledgers.py` says so when it is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from anlu.kernel.core.audit import record
from anlu.kernel.core.dictionaries import add_term
from anlu.kernel.core.models import Job
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.people.models import SignIn, Unit
from anlu.kernel.places.models import Area
from tests.factories import make_area, make_officer, make_unit

Maker = Callable[[Unit, Area], Model]
_serial = iter(range(1, 10**9))


def _audit(unit: Unit, town: Area) -> Any:
    return record("change", unit, by=SYSTEM, note=f"第 {next(_serial)} 次")


def _export(unit: Unit, town: Area) -> Any:
    return record("export", None, by=SYSTEM, label="事故台账", changes={"rows": [None, 3]})


def _job(unit: Unit, town: Area) -> Any:
    return Job.objects.create(kind="test.job", actor_name="测试员")


def _sign_in(unit: Unit, town: Area) -> Any:
    return SignIn.objects.create(login="somebody", outcome="in", address="10.0.0.1")


def _term(unit: Unit, town: Area) -> Any:
    return add_term("test.list", f"T{next(_serial)}", "测试项", by=SYSTEM)


MAKERS: dict[str, Maker] = {
    "people.officer": lambda unit, town: make_officer(unit),
    "people.unit": lambda unit, town: make_unit(),
    "places.area": lambda unit, town: make_area(),
    "core.term": _term,
    "core.audit": _audit,
    "core.export": _export,
    "core.job": _job,
    "people.signin": _sign_in,
}
