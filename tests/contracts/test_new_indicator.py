"""A new indicator is one file: from a temporary package it comes into the catalogue, the command and the reports."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from anlu.__main__ import main
from anlu.apps.reports.ledgers import FreeForm
from anlu.apps.reports.writing import write
from anlu.engine.periods import Period
from anlu.kernel.core.installation import register_installation
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.documents.sections import Figure, Section, Sentence
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.guarding import counting_of
from anlu.kernel.indicators.window import Window
from tests.apps.crashes.records import add_crash
from tests.factories import make_officer, make_unit

pytestmark = pytest.mark.django_db
CODE = "trial.night_crashes"
FILE = '''
"""One file."""

from anlu.apps.crashes.models import Crash
from anlu.kernel.indicators.define import Count, indicator


@indicator("trial.night_crashes", label="夜间事故起数", measure="起", better="down", ledger="crashes.crash")
def night_crashes() -> Count:
    """20 时至次日 5 时的事故。"""
    return Count(Crash.objects.filter(occurred_hour__in=[20, 21, 22, 23, 0, 1, 2, 3, 4]))
'''


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The file is found like that of any app, and forgotten afterwards."""
    package = tmp_path / "trial_app"
    (package / "indicators").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "indicators" / "__init__.py").write_text("")
    (package / "indicators" / "night.py").write_text(FILE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")
    importlib.import_module("trial_app.indicators.night")
    register_installation(name="测试大队")
    add_crash("A", date(2023, 2, 1), hour=22)
    add_crash("B", date(2023, 2, 2), hour=12)
    yield
    indicators._items.pop(CODE)
    counting_of(type("Nothing", (), {}))  # type: ignore[arg-type]
    for name in [one for one in sys.modules if one.startswith("trial_app")]:
        del sys.modules[name]


def test_it_is_in_the_catalogue_with_its_rows(night: None, client: Client) -> None:
    client.force_login(make_officer(make_unit(), *permissions.codes()))
    page = client.get(reverse("indicators.catalogue"), {"period": "2023H1"}).content.decode()
    assert "夜间事故起数" in page
    rows = client.get(reverse("indicators.rows", args=[CODE]), {"period": "2023H1"})
    assert rows.context["count"] == 1


def test_it_is_in_the_answer_of_the_command(night: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["indicators", "--period", "2023H1", "--json"]) == 0
    found = {one["code"]: one for one in json.loads(capsys.readouterr().out)["indicators"]}
    assert (found[CODE]["value"], found[CODE]["rows"]) == (1, 1)


def test_reports_can_use_it_and_offer_it(night: None) -> None:
    section = Section("trial.section", "试", "源头管控", (Sentence("a", "夜间{n}起。", {"n": Figure(CODE)}),))
    text = write([section], Window(Period.parse("2023H1")), SYSTEM)
    assert text.paragraphs[0].text == "夜间1起。"
    assert CODE in dict(FreeForm().fields["indicators"].choices)
