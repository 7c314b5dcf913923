"""Hazards through their services: who answers for them and why, how grave they are, and what closing needs."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from anlu.apps.crashes.services import add_crash
from anlu.apps.hazards import services
from anlu.apps.hazards.drafting import DRAFTS, NoIssuer, draft_for
from anlu.apps.hazards.grading import DEFAULT_WHY, Grade, Rule, grade_of
from anlu.apps.hazards.jobs import remind_of_interim
from anlu.apps.hazards.models import Hazard, Responsibility, WorkDone
from anlu.apps.hazards.panels import roadside_markets
from anlu.apps.hazards.queries import checks_of, fairs_today, interim_due
from anlu.apps.hazards.seeding import seed_responsibilities
from anlu.apps.hazards.services import HazardProblem, Work, add_works, report_hazard, set_interim
from anlu.engine.periods import Period
from anlu.kernel.cases.files import attach, keep_files
from anlu.kernel.cases.kinds import Kind, kinds_of
from anlu.kernel.cases.merging import merge_cases
from anlu.kernel.cases.models import Case, CaseFile
from anlu.kernel.cases.services import MoveRefused, change_case, move_case, open_case
from anlu.kernel.core.errors import NotAllowed, NotFound
from anlu.kernel.core.models import AuditEntry, Notice
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.documents.models import Combination, Document, Letterhead, State
from anlu.kernel.documents.seeding import seed_documents
from anlu.kernel.indicators.evidence import evidence
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Unit, UnitKind
from anlu.kernel.places.fairs import is_fair_day
from anlu.kernel.places.services import add_road
from anlu.web.panels import Sight
from tests.apps.hazards.conftest import DAY, Stage, photo
from tests.factories import make_officer, make_unit, seed_dictionaries

SIGHT = "hazards.junction_sight"
TREE = {"blocks": "tree"}


def found(stage: Stage, kind: str = SIGHT, road: Any = None, **facts: Any) -> Case:
    """A hazard on the national road, found by the squadron."""
    values = {
        "title": "路口",
        "town": stage.town,
        "road": road or stage.national,
        "lon": 115.86,
        "lat": 36.72,
    }
    return open_case(kind, values, details=facts or TREE, by=stage.finder)


def show(case: Case, by: Viewer, kind: str) -> None:
    attach(case.uid, keep_files([(photo(), f"{kind}.jpg", kind)], by=by), by=by)


def worked(case: Case, by: Viewer) -> None:
    add_works(case.uid, [Work("remove", "tree", Decimal(14)), Work("trim", "hedge", Decimal(46))], by=by)


def sent(stage: Stage, **facts: Any) -> Case:
    case = found(stage, **facts)
    show(case, stage.finder, "before")
    move_case(case.uid, "verify", by=stage.finder)
    return move_case(case.uid, "send", by=stage.finder)


def fixed(stage: Stage, **facts: Any) -> Case:
    case = sent(stage, **facts)
    worked(case, stage.liaison)
    show(case, stage.liaison, "after")
    return move_case(case.uid, "fix", by=stage.liaison)


# ------------------------------------------------------------------------------------------------ who answers
def test_the_unit_that_answers_is_filled_in_with_its_reason(stage: Stage) -> None:
    sheet = Hazard.objects.get(case=found(stage))
    assert sheet.responsible == stage.highway
    assert sheet.responsible_why == "按「vegetation」自动带出（1）"  # dictionaries are not seeded here


@pytest.mark.parametrize(
    ("kind", "facts", "road", "unit"),
    [
        (SIGHT, {"blocks": "hedge"}, "street", "garden"),
        (SIGHT, {"blocks": "board"}, "national", "office"),
        (SIGHT, {"blocks": ""}, "national", "highway"),
        ("hazards.vegetation", {"plant": "tree"}, "street", "garden"),
        ("hazards.roadside_market", {"occupied_by": "market"}, "national", "office"),
        ("hazards.signals", {}, "street", "squadron"),
    ],
)
def test_the_matrix_goes_by_road_and_aspect(
    stage: Stage, kind: str, facts: dict[str, Any], road: str, unit: str
) -> None:
    case = found(stage, kind, getattr(stage, road), **(facts or {"source": "patrol"}))
    assert Hazard.objects.get(case=case).responsible == getattr(stage, unit)


def test_on_a_motorway_its_operator_answers(stage: Stage) -> None:
    operator = make_unit("测试高速公路运营公司", UnitKind.DEPARTMENT)
    road = add_road("G998", "测试高速", by=SYSTEM, administrative_class="1", technical_class="10")
    sheet = Hazard.objects.get(case=found(stage, road=road, blocks="hedge"))
    assert (sheet.responsible, sheet.road_class) == (operator, "motorway")


def test_a_row_that_ended_no_longer_counts_and_a_picked_unit_comes_first(stage: Stage) -> None:
    row = Responsibility.objects.get(road_class="1", aspect="vegetation")
    values = {"unit": stage.garden, "valid_to": DAY - timedelta(days=1)}
    services.responsibilities.change(row.uid, values, version=row.version, by=SYSTEM)
    services.responsibilities.add(
        {"road_class": "1", "aspect": "vegetation", "words": "园林", "unit": stage.garden, "valid_from": DAY},
        by=SYSTEM,
    )
    assert Hazard.objects.get(case=found(stage)).responsible == stage.garden
    assert seed_responsibilities() == 0
    row.refresh_from_db()
    assert row.unit == stage.garden  # edited rows no longer follow the file


def test_the_move_takes_the_proposed_unit_unless_another_is_stated(stage: Stage) -> None:
    assert sent(stage).lead == stage.highway
    case = found(stage)
    move_case(case.uid, "verify", by=stage.finder)
    assert move_case(case.uid, "send", by=stage.finder, values={"lead": stage.garden}).lead == stage.garden


# ------------------------------------------------------------------------------------------------ grading
RULES = [
    Rule("fatal_crashes", 1, "major", "亡 {n} 起"),
    Rule("injury_crashes", 3, "major", "伤 {n} 起"),
    Rule("deficit", 30, "major", "不足 {n}%"),
]


def test_all_reasons_of_the_grade_are_told() -> None:
    facts = {"fatal_crashes": 0.0, "injury_crashes": 3.0, "deficit": 46.1}
    assert grade_of(facts, RULES) == Grade("major", "伤 3 起；不足 46%")
    assert grade_of({"injury_crashes": 2.0, "deficit": None}, RULES) == Grade("general", DEFAULT_WHY)


@given(
    facts=st.dictionaries(st.sampled_from([rule.fact for rule in RULES]), st.none() | st.floats(0, 100)),
    more=st.floats(0, 100),
)
def test_a_worse_fact_never_makes_a_hazard_less_grave(facts: dict[str, float | None], more: float) -> None:
    worse = {name: None if value is None else value + more for name, value in facts.items()}
    if grade_of(facts, RULES).code == "major":
        assert grade_of(worse, RULES).code == "major"


def test_crashes_with_injury_near_and_in_the_last_year_make_it_grave(stage: Stage) -> None:
    def crash(number: str, severity: str, day: date, lon: float = 115.8605) -> None:
        at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        values = {"number": number, "occurred_at": at, "severity": severity, "lon": lon, "lat": 36.72}
        add_crash(values | {"unit": stage.squadron, "town": stage.town}, by=SYSTEM)

    crash("1", "slight", DAY)
    crash("2", "serious", DAY - timedelta(days=364))
    crash("3", "damage", DAY - timedelta(days=3))
    crash("4", "slight", DAY - timedelta(days=366))
    crash("5", "slight", DAY - timedelta(days=3), lon=115.8630)  # 268 m away
    crash("6", "slight", DAY + timedelta(days=1))
    sheet = Hazard.objects.get(case=found(stage))
    assert (sheet.injury_crashes, sheet.fatal_crashes, sheet.grade) == (2, 0, "general")
    crash("7", "slight", DAY - timedelta(days=10))
    sheet = Hazard.objects.get(case=found(stage))
    assert (sheet.grade, sheet.grade_why) == ("major", "12个月内伤人事故 3 起")


def test_too_little_sight_makes_it_grave_and_is_kept_for_sorting(stage: Stage) -> None:
    sheet = Hazard.objects.get(case=found(stage, blocks="tree", sight_m=62, needed_m=115))
    assert (sheet.deficit_m, sheet.grade, sheet.grade_why) == (53, "major", "视距不足 46%")
    enough = Hazard.objects.get(case=found(stage, blocks="tree", sight_m=115, needed_m=115))
    assert (enough.deficit_m, enough.grade) == (0, "general")


# ------------------------------------------------------------------------------------------------ closing
def test_the_way_to_closure_wants_measures_pictures_and_another_person(stage: Stage) -> None:
    case = sent(stage)
    show(case, stage.liaison, "after")
    with pytest.raises(MoveRefused, match="先登记整改措施和工程量"):
        move_case(case.uid, "fix", by=stage.liaison)
    worked(case, stage.liaison)
    move_case(case.uid, "fix", by=stage.liaison)
    with pytest.raises(MoveRefused, match="还缺说明"):
        move_case(case.uid, "close", by=stage.finder)
    case = move_case(case.uid, "close", by=stage.finder, note="合格")
    assert (case.state, case.on_time) == ("closed", True)


def test_nobody_accepts_their_own_work(stage: Stage) -> None:
    case = found(stage, "hazards.signals", stage.street, lamp="signal")
    show(case, stage.finder, "before")
    move_case(case.uid, "verify", by=stage.finder)
    case = move_case(case.uid, "send", by=stage.finder)
    assert case.lead == stage.squadron
    worked(case, stage.finder)
    show(case, stage.finder, "after")
    move_case(case.uid, "fix", by=stage.finder)
    with pytest.raises(MoveRefused, match="验收人不能是报整改完成的人"):
        move_case(case.uid, "close", by=stage.finder, note="合格")
    assert move_case(case.uid, "close", by=stage.chief, note="合格").state == "closed"


def test_a_junction_is_closed_only_when_the_sight_was_measured_again(stage: Stage) -> None:
    facts = {"blocks": "tree", "sight_m": 62.0, "needed_m": 115.0}
    case = fixed(stage, **facts)
    with pytest.raises(MoveRefused, match="不小于 115 米（还没有复测"):
        move_case(case.uid, "close", by=stage.finder, note="合格")
    for measured, words in ((114.0, "复测 114 米"), (115.0, "")):
        details = case.details | {"sight_after_m": measured}
        case = change_case(case.uid, {}, details=details, version=case.version, by=stage.finder)
        if words:
            with pytest.raises(MoveRefused, match=words):
                move_case(case.uid, "close", by=stage.finder, note="合格")
    assert move_case(case.uid, "close", by=stage.finder, note="合格").state == "closed"


def test_a_rebound_keeps_the_number_and_wants_new_measures(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = fixed(stage)
    closed = move_case(case.uid, "close", by=stage.finder, note="合格")
    monkeypatch.setenv("ANLU_TODAY", "2023-07-11")
    show(closed, stage.chief, "photo")
    case = move_case(case.uid, "rebound", by=stage.inspector, note="又长出来了")
    assert (case.number, case.rebounds, case.state) == (closed.number, 1, "reopened")
    move_case(case.uid, "send", by=stage.finder)
    show(case, stage.liaison, "after")
    with pytest.raises(MoveRefused, match="先登记整改措施"):
        move_case(case.uid, "fix", by=stage.liaison)
    worked(case, stage.liaison)
    assert move_case(case.uid, "fix", by=stage.liaison).state == "fixed"


# ------------------------------------------------------------------------------------------------ measures
@pytest.mark.parametrize(
    ("works", "words"),
    [
        ([], "请登记 1 至 20 项"),
        ([Work("")], "请选择措施"),
        ([Work("trim", "hedge")], "同时填项目和数量"),
        ([Work("trim", "", Decimal(3))], "同时填项目和数量"),
        ([Work("trim", "hedge", Decimal(-1))], "不小于 0"),
    ],
)
def test_measures_that_make_no_sense_are_refused(stage: Stage, works: list[Work], words: str) -> None:
    case = sent(stage)
    with pytest.raises(HazardProblem, match=words):
        add_works(case.uid, works, by=stage.liaison)
    assert not WorkDone.objects.exists()
    add_works(case.uid, [Work("ban")], by=stage.liaison)
    assert WorkDone.objects.get().quantity == 0


def test_whoever_only_looks_writes_nothing(stage: Stage) -> None:
    case = sent(stage)
    with pytest.raises(NotAllowed):
        add_works(case.uid, [Work("ban")], by=stage.inspector)
    assert add_works(case.uid, [Work("ban")], by=stage.liaison)


def test_an_interim_measure_is_reminded_of_once_before_its_end_and_once_on_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = sent(stage)
    made = set_interim(case.uid, "sign", DAY + timedelta(days=3), by=stage.finder)
    Notice.objects.all().delete()
    told = []
    for day in range(5):
        monkeypatch.setenv("ANLU_TODAY", (DAY + timedelta(days=day)).isoformat())
        told.append((remind_of_interim() > 0, remind_of_interim() > 0))
    assert told == [(False, False), (False, False), (True, False), (True, False), (False, False)]
    services.remove_interim(made.uid, by=stage.finder)
    Notice.objects.all().delete()
    assert remind_of_interim() == 0
    with pytest.raises(HazardProblem, match="早于今天"):
        set_interim(case.uid, "sign", DAY, by=stage.finder)


def test_what_still_stands_after_closing_is_reminded_of_and_taken_away_or_handed_over(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = fixed(stage)
    sign, cone = (
        set_interim(case.uid, measure, DAY + timedelta(days=3), by=stage.finder)
        for measure in ("sign", "cone")
    )
    move_case(case.uid, "close", by=stage.finder, note="合格")
    monkeypatch.setenv("ANLU_TODAY", (DAY + timedelta(days=3)).isoformat())
    Notice.objects.all().delete()
    assert remind_of_interim() > 0
    assert "请撤除或移交" in Notice.objects.latest("pk").title
    with pytest.raises(NotAllowed):
        services.hand_over_interim(
            sign.uid, stage.highway, by=make_officer(stage.squadron, "hazards.hazard.view")
        )
    with pytest.raises(MoveRefused):
        set_interim(case.uid, "sign", DAY + timedelta(days=9), by=stage.finder)
    handed = services.hand_over_interim(sign.uid, stage.highway, by=stage.finder)
    assert (handed.handed_to, handed.handed_on) == (stage.highway, DAY + timedelta(days=3))
    services.remove_interim(cone.uid, by=stage.finder)
    for gone in (sign, cone):
        with pytest.raises(NotFound, match="已撤除、移交"):
            services.remove_interim(gone.uid, by=stage.finder)
    assert case.events.filter(code="interim.hand", note__contains="公路").count() == 1
    assert not interim_due(DAY + timedelta(days=30)).exists()


def test_a_measure_written_by_mistake_is_taken_out_with_a_reason_and_counts_no_more(stage: Stage) -> None:
    case = sent(stage)
    (row,) = add_works(case.uid, [Work("trim", "hedge", Decimal(46))], by=stage.liaison)
    show(case, stage.liaison, "after")
    with pytest.raises(HazardProblem, match="原因"):
        services.void_work(row.uid, why=" ", by=stage.liaison)
    with pytest.raises(NotAllowed):
        services.void_work(row.uid, why="登错", by=stage.inspector)
    services.void_work(row.uid, why="登成别处的", by=stage.liaison)
    row.refresh_from_db()
    assert (row.voided_why, row.voided_by) == ("登成别处的", stage.liaison.uid)
    assert row.voided_at is not None
    assert case.events.filter(code="works.void", note__contains="登成别处的").exists()
    assert "登成别处的" in AuditEntry.objects.get(action="works.void").note
    with pytest.raises(MoveRefused, match="先登记整改措施"):
        move_case(case.uid, "fix", by=stage.liaison)
    with pytest.raises(NotFound):
        services.void_work(row.uid, why="再来", by=stage.liaison)


def test_measures_and_quantities_of_a_double_go_on_with_the_original(stage: Stage) -> None:
    double, original = sent(stage), sent(stage)
    worked(double, stage.liaison)
    standing = set_interim(double.uid, "sign", DAY + timedelta(days=3), by=stage.finder)
    merge_cases(double.uid, original.uid, by=stage.finder)
    assert WorkDone.objects.filter(case=original).count() == 2
    standing.refresh_from_db()
    assert standing.case == original
    show(original, stage.liaison, "after")
    assert move_case(original.uid, "fix", by=stage.liaison).state == "fixed"


def test_a_reason_that_did_not_help_is_still_there(stage: Stage, client: Client) -> None:
    seed_dictionaries()
    case = sent(stage)
    row, other = add_works(case.uid, [Work("trim", "hedge", Decimal(46)), Work("ban")], by=stage.liaison)
    client.force_login(stage.inspector)
    address = reverse("hazards.hazard.works", args=[case.uid])
    answer = client.post(address, {"void": str(row.uid), "why": "登成别处的"})
    assert answer.status_code == 422
    typed = {one.pk: why for one, _, why in answer.context["written"]}
    assert typed == {row.pk: "登成别处的", other.pk: ""}
    assert 'value="登成别处的"' in answer.content.decode()


def test_what_cannot_be_taken_back_is_asked_before(stage: Stage, client: Client) -> None:
    seed_dictionaries()
    case = sent(stage)
    set_interim(case.uid, "sign", DAY + timedelta(days=3), by=stage.finder)
    client.force_login(stage.finder)
    page = client.get(reverse("hazards.hazard.interim", args=[case.uid])).content.decode()
    asked = re.findall(r'data-confirm-title="([^"]+)" data-confirm-label="([^"]+)"', page)
    assert asked == [("撤除临时措施", "撤除"), ("移交临时措施", "移交")]


# ------------------------------------------------------------------------------------------------ documents
def test_an_interview_comes_after_a_notice_and_a_deadline_and_from_whoever_may_issue_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed_documents()
    make_unit(
        "别县交安委", UnitKind.COMMITTEE
    )  # the first of its kind, above nobody here and without a letterhead
    office = make_unit("交安委办", UnitKind.COMMITTEE)
    Letterhead.objects.create(unit=office, name="交安委办公室", mark="测交安办")
    Unit.objects.filter(pk=stage.highway.pk).update(parent=office)
    notice, interview = (
        next(one for one in DRAFTS if one.kind == kind) for kind in ("rectification", "interview_notice")
    )
    rights = ("documents.document.draft", "documents.document.view", "hazards.hazard.view")
    clerk = make_officer(office, *rights)
    case = sent(stage)
    assert "还没有逾期" in interview.why_not(case)
    assert case.due_on is not None
    monkeypatch.setenv("ANLU_TODAY", (case.due_on + timedelta(days=1)).isoformat())
    assert "还没有印发整改通知书" in interview.why_not(case)
    with pytest.raises(NoIssuer, match="整改通知书"):
        draft_for(case, interview, by=clerk)
    Combination.objects.filter(kind="referral").delete()
    referral, clearance = (
        next(one for one in DRAFTS if one.kind == kind) for kind in ("referral", "clearance")
    )
    with pytest.raises(NoIssuer, match=f"按发文规则没有单位可以向{case.lead}发隐患抄告单"):
        draft_for(case, referral, by=clerk)
    assert [one.kind for one in DRAFTS if one.issuer is not None] == [clearance.kind]
    document = draft_for(case, notice, by=clerk)
    assert document.unit == office
    assert interview.why_not(case)  # a draft is no notice
    Document.objects.filter(pk=document.pk).update(state=State.ISSUED, issued_on=case.due_on)
    assert interview.why_not(case) == ""
    assert draft_for(case, interview, by=clerk).unit == office


# ------------------------------------------------------------------------------------------------ reporting
def test_the_source_is_what_was_stated_whoever_reports(stage: Stage, client: Client) -> None:
    seed_dictionaries()
    client.force_login(stage.finder)
    sent_in = {"kind": SIGHT, "lon": "115.86", "lat": "36.72", "town": stage.town.pk}
    for source in ("hotline", "superior", ""):
        answer = client.post(reverse("hazards.report"), sent_in | {"source": source})
        assert answer.status_code == 302, answer.context["form"].errors
        assert Case.objects.latest("pk").details["source"] == source
    assert client.post(reverse("hazards.report"), sent_in | {"source": "nobody"}).status_code == 422


def test_a_draft_that_is_sent_twice_is_one_hazard(stage: Stage) -> None:
    number = uuid4()
    values = {"title": "路口", "lon": 115.86, "lat": 36.72, "town": stage.town}
    kept = keep_files([(photo(), "a.jpg", "before")], by=stage.finder)
    first = report_hazard(SIGHT, values, details=TREE, files=kept, client_uid=number, by=stage.finder)
    again = report_hazard(SIGHT, values, details=TREE, files=kept, client_uid=number, by=stage.finder)
    assert (first.new, again.new, again.case) == (True, False, first.case)
    assert Case.objects.count() == CaseFile.objects.count() == 1
    other = report_hazard(SIGHT, values, details=TREE, client_uid=uuid4(), by=stage.finder)
    assert other.new
    assert other.case != first.case


# ------------------------------------------------------------------------------------------------ markets
def test_markets_are_held_on_their_days_until_they_are_gone(stage: Stage) -> None:
    values = {"name": "柳集", "town": stage.town, "fair_days": [1, 6]}
    market = services.markets.add(values, by=SYSTEM)
    fair, none = date(2023, 7, 3), date(2023, 7, 4)  # 五月十六, 五月十七
    assert fairs_today(SYSTEM, fair) == [market]
    assert fairs_today(SYSTEM, none) == []
    services.markets.change(market.uid, {"state": "banned"}, version=market.version, by=SYSTEM)
    assert fairs_today(SYSTEM, fair) == []
    with pytest.raises(HazardProblem, match="请填写逢集日"):
        services.markets.add({"name": "无集", "town": stage.town}, by=SYSTEM)


def test_the_morning_names_the_markets_on_the_road_by_their_own_calendar(stage: Stage) -> None:
    day = date(2023, 7, 6)  # 五月十九
    for name, days, calendar in (("公历集", [6], "solar"), ("农历集", [6], "lunar"), ("早市", [], "daily")):
        values = {"name": name, "town": stage.town, "fair_days": days, "calendar": calendar}
        services.markets.add(values, by=SYSTEM)
    contents = roadside_markets(Sight(SYSTEM, day))
    assert {one.what for one in contents.entries} == {"公历集", "早市"}
    assert contents.tallies[0].number == 2


@pytest.mark.parametrize(
    ("days", "day", "calendar", "held"),
    [
        ([1, 6], date(2023, 7, 3), "lunar", True),
        ([1, 6], date(2023, 7, 6), "lunar", False),  # 五月十九
        ([1, 6], date(2023, 7, 6), "solar", True),
        ([10], date(2023, 7, 30), "solar", True),
        ([10], date(2023, 7, 31), "solar", False),
        ([], date(2023, 7, 31), "daily", True),
    ],
)
def test_fair_days_go_by_the_calendar_that_is_stated(
    days: list[int], day: date, calendar: str, held: bool
) -> None:
    assert is_fair_day(days, day, calendar=calendar) is held


# ------------------------------------------------------------------------------------------------ statements
def test_what_was_cleared_away_counts_once_its_hazard_is_closed(stage: Stage) -> None:
    window = Window(Period.parse("2023H1"))
    case = fixed(stage)  # 14 trees, 46 m of hedge
    add_works(case.uid, [Work("demolish", "obstacle", Decimal(2))], by=stage.liaison)
    assert not evidence.get("Q15").check(window, SYSTEM).holds
    move_case(case.uid, "close", by=stage.finder, note="合格")
    found = evidence.get("Q15").check(window, SYSTEM)
    assert found.holds, found.missing
    assert found.words == "清移树木 14 棵，修剪绿篱 46 米，拆除障碍 2 处，补设标志 0 面"
    WorkDone.objects.filter(item="hedge").update(voided_at=case.recorded_at)
    assert evidence.get("Q15").check(window, SYSTEM).missing == ("已销号隐患的修剪绿篱工程量",)


# ------------------------------------------------------------------------------------------------ checklists
@pytest.mark.parametrize("kind", kinds_of("hazards.hazard"), ids=lambda kind: kind.code)
def test_what_is_looked_at_on_the_spot_stands_on_the_form_and_on_the_page(
    stage: Stage, client: Client, kind: Kind
) -> None:
    seed_dictionaries()
    checks = [one.label for one in checks_of(kind, DAY)]
    assert len(checks) >= 3
    client.force_login(stage.finder)
    page = client.get(f"/hazards/{found(stage, kind.code, source='patrol').uid}/")
    for shown in (page, client.get(reverse("hazards.report"))):
        assert all(words in shown.content.decode() for words in checks)
