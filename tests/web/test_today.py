"""The start page: what came in since yesterday."""

from __future__ import annotations

import pytest

from anlu.kernel.core.clock import today
from anlu.web.desk.today import news_for
from tests.apps.crashes.records import add_crash
from tests.factories import make_officer

pytestmark = pytest.mark.django_db


def test_only_a_ledger_with_something_new_says_how_many_there_are() -> None:
    viewer = make_officer(None, "crashes.crash.view", "hazards.hazard.view")
    add_crash("1", today())
    news = {one.label: one for one in news_for(viewer)}
    assert str(news["事故台账"].all) == "1"
    assert {one.label for one in news.values() if one.all is None} == {
        one.label for one in news.values() if not one.new.number
    }
    assert len(news) > 1
