"""Responsibilities and rules of grading on the screen: in words, not in the codes that they are kept in."""

from __future__ import annotations

import re

from django.test import Client

from anlu.apps.hazards.models import GradeRule, Responsibility
from anlu.apps.hazards.seeding import seed_grade_rules, seed_responsibilities
from anlu.kernel.core.dictionaries import seed_all
from tests.factories import make_officer

HEADING = re.compile(r"<h1>(.*?)</h1>", re.S)


def test_responsibilities_and_rules_are_called_by_words(db: None, client: Client) -> None:
    seed_all()
    seed_responsibilities()
    seed_grade_rules()
    permissions = ("hazards.responsibility.view", "hazards.rule.view")
    client.force_login(make_officer(None, *permissions))
    for path, one, title in (
        (
            "responsibilities",
            Responsibility.objects.filter(aspect="facility", road_class="1")[0],
            "国道设施：公路",
        ),
        ("rules", GradeRule.objects.order_by("order")[0], None),
    ):
        page = client.get(f"/hazards/{path}/").content.decode()
        assert "推断" in page or "待核" in page
        heading = HEADING.search(client.get(f"/hazards/{path}/{one.uid}/").content.decode())
        assert heading is not None
        assert not re.search(r"[a-z]", heading[1]), heading[1]
        assert title in (None, heading[1])
