"""A report that was made before parts of sections were renamed keeps its words and numbers."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from anlu.apps.reports.models import Report
from anlu.apps.reports.services import text_of
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.documents.sections import sections

pytestmark = pytest.mark.django_db
migration = import_module("anlu.apps.reports.migrations.0002_renamed_parts")
OWN_WORDS = {"template": "开设专栏，分{板块}个板块，发稿{稿件}篇。"}


def test_words_and_numbers_go_with_their_parts() -> None:
    before = Report.objects.create(
        kind="free",
        period="2023-01-01..2023-06-30",
        title="旧报告",
        chosen={"sections": ["team.study", "hazards.hazards"], "indicators": []},
        edits={
            "team.study.columns": OWN_WORDS,
            "hazards.hazards.works": {"template": "清树{树木}棵、修篱{绿篱}米。"},
            "team.study.opening": {"text": "扎实推进"},
        },
        numbers={
            "team.study.columns.板块": {"words": "五"},
            "hazards.hazards.works.树木": {"words": "12"},
            "hazards.hazards.markets.点位": {"words": "3"},
        },
    )
    untouched = Report.objects.create(kind="free", period="2023-01-01..2023-06-30", title="别的报告")
    migration.rename(apps, None)
    before.refresh_from_db()
    assert before.edits == {
        "publicity.columns.columns": OWN_WORDS,
        "team.study.opening": {"text": "扎实推进"},
    }
    assert before.numbers == {
        "publicity.columns.columns.板块": {"words": "五"},
        "hazards.hazards.trees.树木": {"words": "12"},
        "hazards.hazards.markets.点位": {"words": "3"},
    }
    assert before.chosen["sections"] == ["team.study", "hazards.hazards", "publicity.columns"]
    changed_at = untouched.changed_at
    untouched.refresh_from_db()
    assert untouched.changed_at == changed_at
    for key in before.edits:
        section, _, part = key.rpartition(".")
        assert part in {one.code for one in sections.get(section).parts}, key
    assert text_of(before, SYSTEM).paragraphs is not None  # it opens
