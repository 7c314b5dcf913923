"""Doubts about crash records: each rule marks what breaks it and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from anlu.engine.crashes.deaths import WITHIN_30_DAYS
from anlu.engine.crashes.quality import ALL_FIELDS, FieldRule, Mark, quality_marks
from anlu.engine.crashes.records import CrashFacts, PartyFacts

AT = datetime(2023, 6, 1, 14, 30, tzinfo=UTC)
NOW = datetime(2023, 7, 3, 8, 0, tzinfo=UTC)
GOOD = CrashFacts(
    occurred_at=AT,
    severity="slight",
    form="11",
    vehicle_form="1",
    cause="32",
    close_method="1",
    mediation="3",
    filed_at=AT + timedelta(days=1),
    lon=115.7,
    lat=36.8,
    road="G105",
    killed=0,
    injured=1,
    vehicles_count=2,
    vehicles=2,
    parties=(PartyFacts("slight", role="driver", age=40), PartyFacts("none", role="driver")),
)
PEDESTRIAN = PartyFacts("slight", role="pedestrian")


def codes(**changes: object) -> list[str]:
    return [mark.code for mark in quality_marks(replace(GOOD, **changes), now=NOW)]


def test_a_good_record_has_no_marks():
    assert codes() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"vehicle_form": ""}, "form_incomplete"),
        ({"form": "12", "vehicle_form": ""}, "form_incomplete"),
        ({"form": "35", "object_hit": ""}, "form_incomplete"),
        ({"form": "36", "object_hit": ""}, "form_incomplete"),
        ({"mediation": ""}, "mediation_missing"),
        ({"close_method": "2"}, "mediation_missing"),
        ({"close_method": ""}, "mediation_missing"),
        ({"cause": ""}, "cause_missing"),
        ({"occurred_at": NOW + timedelta(minutes=1), "filed_at": None}, "time_in_future"),
        ({"filed_at": AT + timedelta(days=30, seconds=1)}, "late_filing"),
        ({"lon": None}, "no_position"),
        ({"lon": 0.0, "lat": 0.0}, "position_impossible"),
        ({"lat": 115.7}, "position_impossible"),
        ({"lon": float("nan")}, "position_impossible"),
        ({"severity": "fatal"}, "severity_disagrees"),
        ({"severity": "damage"}, "severity_disagrees"),
        ({"vehicles_count": 3}, "counts_disagree"),
        ({"vehicles": 1, "vehicles_count": 1}, "form_disagrees"),
        ({"form": "21", "vehicle_form": ""}, "form_disagrees"),
        ({"parties": (PartyFacts("slight", age=140),)}, "age_impossible"),
        ({"parties": (PartyFacts("slight", age=-1),)}, "age_impossible"),
    ],
)
def test_each_doubt_has_its_mark_and_only_that(changes, code):
    assert codes(**changes) == [code]


@pytest.mark.parametrize(
    "changes",
    [
        {"form": "19", "vehicle_form": ""},
        {"form": "35", "vehicle_form": "", "object_hit": "17"},
        {"close_method": "2", "mediation": ""},
        {"close_method": "", "mediation": ""},
        {"occurred_at": NOW, "filed_at": None},
        {"filed_at": AT + timedelta(days=30)},
        {"form": "21", "vehicle_form": "", "parties": (PEDESTRIAN, PartyFacts("none", role="driver"))},
        {"form": "21", "vehicle_form": "", "parties": (PartyFacts("slight"),)},  # roles not known
        {"form": "21", "vehicle_form": "", "parties": None},
        {"vehicles": None, "vehicles_count": 1},
        {"severity": ""},
        {"severity": "serious"},  # injured stated without degree
        {"killed": None, "injured": None, "severity": "fatal"},
        {"parties": (PartyFacts("slight", age=0), PartyFacts("none", age=120))},
    ],
)
def test_what_is_in_order_is_left_alone(changes):
    assert codes(**changes) == []


def test_casualties_are_compared_with_the_parties_under_the_rule_of_deaths():
    late = replace(GOOD, severity="serious", parties=(PartyFacts("killed", AT + timedelta(days=10)),))
    assert quality_marks(late, now=NOW) == ()
    marks = quality_marks(late, now=NOW, deaths=WITHIN_30_DAYS)
    assert [(mark.code, mark.field, mark.text) for mark in marks] == [
        ("counts_disagree", "killed", "死亡人数填报 0, 明细 1"),
        ("counts_disagree", "injured", "受伤人数填报 1, 明细 0"),
    ]


def test_parties_that_are_not_listed_differ_from_a_list_of_none():
    assert codes(parties=None) == []
    assert codes(parties=()) == ["counts_disagree"]


def test_a_death_before_the_crash_is_marked():
    dead = PartyFacts("killed", AT - timedelta(hours=1))
    assert codes(severity="fatal", killed=1, injured=0, parties=(dead,)) == ["death_before_crash"]


def test_a_place_without_anything_is_said_to_be_missing():
    nowhere = replace(GOOD, lon=None, lat=None, road="", place="")
    assert [mark.text for mark in quality_marks(nowhere, now=NOW)] == ["缺地点: 无坐标、无道路、无地名"]
    assert [mark.text for mark in quality_marks(replace(nowhere, place="烟店市场"), now=NOW)] == ["缺坐标"]


def test_a_source_cannot_break_a_rule_about_fields_it_does_not_know():
    bare = CrashFacts(occurred_at=AT, severity="slight", form="11")
    stated = frozenset({"occurred_at", "severity", "form"})
    assert quality_marks(bare, now=NOW, stated=stated) == ()
    assert {mark.code for mark in quality_marks(bare, now=NOW)} == {
        "form_incomplete",
        "cause_missing",
        "no_position",
    }


def test_an_office_can_bring_its_own_rules():
    rule = FieldRule("road_missing", "死亡事故应填道路", "road", "severity", frozenset({"fatal"}))
    fatal = CrashFacts(occurred_at=AT, severity="fatal", place="某处", lon=115.7, lat=36.8)
    assert quality_marks(fatal, now=NOW, rules=(rule,)) == (Mark("road_missing", "死亡事故应填道路", "road"),)
    assert quality_marks(replace(fatal, severity="slight"), now=NOW, rules=(rule,)) == ()


def test_every_mark_names_a_field_of_the_record():
    worst = CrashFacts(
        occurred_at=NOW + timedelta(days=1),
        severity="fatal",
        form="21",
        mediation="3",
        filed_at=NOW + timedelta(days=99),
        killed=0,
        injured=0,
        vehicles_count=1,
        vehicles=2,
        parties=(PartyFacts("killed", NOW, "driver", 200),),
    )
    marks = quality_marks(worst, now=NOW)
    assert len(marks) >= 9
    assert {mark.field for mark in marks} <= ALL_FIELDS
