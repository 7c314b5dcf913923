"""Dictionaries: seeded again and again, edited by people, never pulled from under records."""

from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import translation

from anlu.engine.errors import BadInput
from anlu.kernel.core import dictionaries
from anlu.kernel.core.dictionaries import TermInUse, add_term, change_term, delete_term, end_term, seed
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.core.models import AuditEntry, Batch, Term
from anlu.kernel.core.scope import SYSTEM
from tests.factories import make_area

pytestmark = pytest.mark.django_db

CSV = """list,code,label,label_en,colour,order,source,confidence
test.weather,1,晴,clear,#FFAA00,10,表一,S
test.weather,2,阴,overcast,,20,表一,S
test.light,1,白天,daylight,,10,表二,M
"""


@pytest.fixture(autouse=True)
def _own_uses(monkeypatch):
    """Declarations made here end here."""
    monkeypatch.setattr(dictionaries, "_uses", {})


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "weather.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


def rewrite(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_seeding_twice_changes_nothing(file):
    first, second = seed(file), seed(file)
    assert (first.added, first.updated, first.unchanged) == (3, 0, 0)
    assert (second.added, second.updated, second.unchanged) == (0, 0, 3)
    assert [term.code for term in dictionaries.terms("test.weather")] == ["1", "2"]


def test_a_new_version_of_the_file_is_taken_over(file):
    seed(file)
    rewrite(file, "晴,clear", "晴天,fine")
    assert seed(file).updated == 1
    assert dictionaries.label_of("test.weather", "1") == "晴天"


def test_what_an_administrator_has_renamed_stays_renamed(file):
    seed(file)
    change_term("test.weather", "1", by=SYSTEM, label="晴好")
    rewrite(file, "晴,clear", "晴天,fine")
    assert seed(file).updated == 0
    assert dictionaries.label_of("test.weather", "1") == "晴好"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("list,code,label,", "list,code,name,", "第 1 行: 缺少列 label"),
        ("2,阴,", "1,阴,", "第 3 行, 字段 code: test.weather 的代码重复"),
        ("2,阴,", "2,,", "第 3 行, 字段 label"),
        (",20,", ",zwei,", "第 3 行, 字段 order"),
    ],
)
def test_a_bad_file_is_refused_whole_and_says_where(file, old, new, words):
    rewrite(file, old, new)
    with pytest.raises(BadInput) as refused:
        seed(file)
    assert words in str(refused.value)
    assert not Term.objects.filter(list__startswith="test.").exists()


def test_a_label_follows_the_language_and_an_unknown_code_stands_for_itself(file):
    seed(file)
    assert dictionaries.label_of("test.weather", "2") == "阴"
    with translation.override("en"):
        assert dictionaries.label_of("test.weather", "2") == "Overcast"
    assert dictionaries.label_of("test.weather", "99") == "99"
    assert dictionaries.label_of("test.weather", "") == ""


def test_a_change_is_seen_at_the_next_reading(file):
    seed(file)
    assert dictionaries.choices("test.weather")() == [("1", "晴"), ("2", "阴")]
    add_term("test.weather", "3", "雨", by=SYSTEM, order=30)
    assert dictionaries.choices("test.weather")() == [("1", "晴"), ("2", "阴"), ("3", "雨")]


def test_a_rolled_back_change_is_forgotten(file):
    seed(file)
    with transaction.atomic():
        change_term("test.weather", "1", by=SYSTEM, label="别名")
        assert dictionaries.label_of("test.weather", "1") == "别名"
        transaction.set_rollback(True)
    assert dictionaries.label_of("test.weather", "1") == "晴"


def test_an_ended_entry_is_no_longer_offered_but_still_known(file):
    seed(file)
    end_term("test.weather", "2", on=date(2023, 6, 30), by=SYSTEM)
    offered = dictionaries.choices("test.weather", on=lambda: date(2023, 7, 1))
    assert offered() == [("1", "晴")]
    assert dictionaries.choices("test.weather", on=lambda: date(2023, 6, 30))() == [("1", "晴"), ("2", "阴")]
    assert dictionaries.label_of("test.weather", "2") == "阴"
    assert ("2", "阴") in dictionaries.choices("test.weather")()


def test_a_change_is_recorded_with_old_and_new(file):
    seed(file)
    change_term("test.weather", "1", by=SYSTEM, label="晴好")
    entry = AuditEntry.objects.filter(thing_kind="core.term", action="change").first()
    assert entry is not None
    assert entry.changes == {"label": ["晴", "晴好"]}


def test_a_builtin_entry_cannot_be_deleted(file):
    seed(file)
    dictionaries.uses("test.weather", "places.Area", "source")
    with pytest.raises(TermInUse, match="内置"):
        delete_term("test.weather", "1", by=SYSTEM)


def test_a_used_code_cannot_be_deleted_and_an_unused_one_can():
    dictionaries.uses("test.source", "places.Area", "source")
    add_term("test.source", "gis", "地理信息", by=SYSTEM)
    area = make_area()
    area.source = "gis"
    area.save()
    with pytest.raises(TermInUse, match="1 条记录"):
        delete_term("test.source", "gis", by=SYSTEM)
    area.source = ""
    area.save()
    delete_term("test.source", "gis", by=SYSTEM)
    assert dictionaries.terms("test.source") == ()


def test_a_code_inside_a_list_of_codes_counts_as_used():
    dictionaries.uses("test.control", "places.Area", "source", many=True)
    add_term("test.control", "2", "信号灯", by=SYSTEM)
    area = make_area()
    for text, used in (
        ("1,2", True),
        ("2,1", True),
        ("1,2,3", True),
        ("2", True),
        ("12,22", False),
        ("", False),
    ):
        area.source = text
        area.save()
        assert bool(dictionaries.times_used(Term.objects.get(list="test.control", code="2"))) is used, text


def test_a_code_inside_a_json_list_counts_as_used():
    dictionaries.uses("test.mark", "core.Batch", "options", many=True)
    add_term("test.mark", "late", "迟录", by=SYSTEM)
    batch = Batch.objects.create(noun="x", options=["late", "far"])
    with pytest.raises(TermInUse):
        delete_term("test.mark", "late", by=SYSTEM)
    batch.options = ["later"]
    batch.save()
    delete_term("test.mark", "late", by=SYSTEM)


def test_a_list_whose_use_nobody_declared_loses_no_entry():
    add_term("test.unknown", "a", "甲", by=SYSTEM)
    with pytest.raises(TermInUse, match="不清楚"):
        delete_term("test.unknown", "a", by=SYSTEM)


@pytest.mark.parametrize(("code", "label"), [("", "名"), ("x", "  "), ("1", "重复")])
def test_an_entry_needs_a_new_code_and_a_label(file, code, label):
    seed(file)
    with pytest.raises(AnluError):
        add_term("test.weather", code, label, by=SYSTEM)


def test_an_entry_that_does_not_exist_cannot_be_changed():
    with pytest.raises(NotFound):
        change_term("test.weather", "1", by=SYSTEM, label="x")


def test_every_shipped_dictionary_can_be_seeded_twice():
    first = dictionaries.seed_all()
    assert first.added == Term.objects.count()
    assert dictionaries.seed_all().unchanged == first.added
