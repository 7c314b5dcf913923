"""Dated rules of issuing: which one holds where several do."""

from __future__ import annotations

from datetime import date

import pytest

from anlu.kernel.documents.define import kinds
from anlu.kernel.documents.models import KindRule, Letterhead
from anlu.kernel.documents.rules import asked_of, letterhead_of
from tests.factories import make_unit

pytestmark = pytest.mark.django_db
ON = date(2023, 7, 3)


def test_a_rule_with_a_first_day_goes_before_one_that_always_held() -> None:
    KindRule.objects.create(kind="referral", valid_from=date(2023, 1, 1), retention_years=30)
    KindRule.objects.create(kind="referral", retention_years=10)  # came with the software, entered later
    assert asked_of(kinds.get("referral"), on=ON).retention_years == 30
    assert asked_of(kinds.get("referral"), on=date(2022, 12, 31)).retention_years == 10


def test_a_letterhead_with_a_first_day_goes_before_one_that_always_held() -> None:
    unit = make_unit("青澜县公安局交通管理大队")
    Letterhead.objects.create(unit=unit, name="新", mark="新", valid_from=date(2023, 1, 1))
    Letterhead.objects.create(unit=unit, name="旧", mark="旧")
    found = letterhead_of(unit, on=ON)
    assert found is not None
    assert found.mark == "新"
