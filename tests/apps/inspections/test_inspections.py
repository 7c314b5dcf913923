"""Unannounced rounds, checklists, findings that become cases, bulletins, and the figures of the county."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlu.apps.inspections.models import Check, Round, Verdict
from anlu.apps.inspections.queries import items_of, untold_findings
from anlu.apps.inspections.services import (
    Answer,
    InspectionProblem,
    correct_check,
    draft_bulletin,
    fill_round,
    rounds,
    teams,
)
from anlu.engine.periods import Period
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import MoveRefused, move_case, void_case
from anlu.kernel.core.demo import on_day, step_of
from anlu.kernel.core.dictionaries import REVISION
from anlu.kernel.core.errors import AnluError, NeedsReason, NotAllowed, NotFound
from anlu.kernel.core.models import AuditEntry, Term
from anlu.kernel.core.revisions import touch
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.documents import services as documents
from anlu.kernel.documents.seeding import seed_documents
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import value_of
from anlu.kernel.indicators.window import Window
from anlu.kernel.people.models import Officer, OfficerKind, Unit, UnitKind
from anlu.kernel.people.seeding import seed_roles
from tests.factories import make_officer, make_unit, seed_dictionaries

pytestmark = pytest.mark.django_db
RIGHTS = ("inspections.*",)
FINE, WRONG = Answer(Verdict.FINE), Answer(Verdict.WRONG, "被褥未叠")


@pytest.fixture(autouse=True)
def on_a_fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")
    seed_dictionaries()


@pytest.fixture
def brigade() -> Unit:
    return make_unit("大队", UnitKind.BRIGADE)


def inspector_of(unit: Unit, *more: str, width: Width = Width.ALL) -> Officer:
    verbs = ("view", "add", "change", "handle", "inspect")
    codes = [f"inspections.finding.{verb}" for verb in verbs]
    rest = (
        "inspections.round.view",
        "inspections.round.add",
        "inspections.round.fill",
        "inspections.bulletin.add",
    )
    return make_officer(
        unit, *codes, *rest, "documents.document.draft", "documents.document.view", *more, width=width
    )


def round_of(inspector: Officer, squadron: Unit, on: date, **facts: Any) -> Round:
    values = {"name": "督查组", "leader": inspector, "unit": inspector.unit, "valid_from": date(2023, 1, 1)}
    team = teams.add(values, by=SYSTEM)
    plan = {"team": team, "planned_on": on, "categories": ["interior"], "units": [squadron], **facts}
    return rounds.add(plan, by=inspector)


# ------------------------------------------------------------------------------------------------ rounds
def test_an_unannounced_round_stays_with_its_team_until_the_day(
    brigade: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspector = inspector_of(make_unit("督查室", UnitKind.OFFICE, parent=brigade))
    chief = make_officer(brigade, "inspections.round.view")
    secret = round_of(inspector, make_unit(parent=brigade), date(2023, 7, 6))
    told = round_of(inspector, make_unit(parent=brigade), date(2023, 7, 6), announced=True)
    assert set(Round.objects.visible_to(inspector)) == {secret, told}
    assert set(Round.objects.visible_to(chief)) == {told}
    monkeypatch.setenv("ANLU_TODAY", "2023-07-06")
    assert set(Round.objects.visible_to(chief)) == {secret, told}


def test_a_round_is_filled_in_on_its_day_and_not_before(brigade: Unit) -> None:
    inspector, squadron = inspector_of(brigade), make_unit(parent=brigade)
    early = round_of(inspector, squadron, date(2023, 7, 4))
    with pytest.raises(InspectionProblem, match="还没有到"):
        fill_round(early.uid, squadron, {("interior", "office"): FINE}, by=inspector)
    today = round_of(inspector, squadron, date(2023, 7, 3))
    fill_round(today.uid, squadron, {("interior", "office"): FINE}, by=inspector)
    assert Check.objects.get().verdict == Verdict.FINE


def test_what_is_wrong_becomes_one_case_of_the_inspected_unit(brigade: Unit) -> None:
    inspector, squadron = inspector_of(brigade), make_unit(parent=brigade)
    one = round_of(inspector, squadron, date(2023, 7, 3))
    answers = {("interior", "dormitory"): WRONG, ("interior", "office"): FINE}
    fill_round(one.uid, squadron, answers, by=inspector)
    again = fill_round(one.uid, squadron, answers, by=inspector)
    case = Case.objects.get()
    assert again == []
    assert (case.state, case.lead, case.details["category"]) == ("sent", squadron, "interior")
    with pytest.raises(InspectionProblem, match=case.number):
        fill_round(one.uid, squadron, {("interior", "dormitory"): FINE}, by=inspector)


@pytest.mark.parametrize(
    ("key", "answer", "words"),
    [
        (("interior", "dormitory"), Answer(Verdict.WRONG, " "), "请写明情况"),
        (("counter", "hours"), FINE, "没有"),
    ],
)
def test_a_line_that_is_wrong_is_described_and_is_one_of_the_round(
    brigade: Unit, key: tuple[str, str], answer: Answer, words: str
) -> None:
    inspector, squadron = inspector_of(brigade), make_unit(parent=brigade)
    one = round_of(inspector, squadron, date(2023, 7, 3))
    with pytest.raises(InspectionProblem, match=words):
        fill_round(one.uid, squadron, {key: answer}, by=inspector)
    assert not Check.objects.exists()


def test_the_checklist_is_that_of_the_day_of_the_round(brigade: Unit) -> None:
    Term.objects.filter(list="inspections.check.interior", code="canteen").update(valid_to=date(2023, 6, 30))
    touch(REVISION)
    inspector, squadron = inspector_of(brigade), make_unit(parent=brigade)
    assert ("interior", "canteen") in items_of(round_of(inspector, squadron, date(2023, 6, 30)))
    assert ("interior", "canteen") not in items_of(round_of(inspector, squadron, date(2023, 7, 3)))


def test_what_was_written_wrongly_is_put_right_with_a_reason_by_who_wrote_it_or_leads(brigade: Unit) -> None:
    leader, squadron = inspector_of(brigade), make_unit(parent=brigade)
    recorder, other = inspector_of(brigade), inspector_of(brigade)
    one = round_of(leader, squadron, date(2023, 7, 3))
    answers = {("interior", "dormitory"): WRONG, ("interior", "office"): FINE}
    (case,) = fill_round(one.uid, squadron, answers, by=recorder)
    line = Check.objects.get(item="dormitory")
    with pytest.raises(NotAllowed, match="记录人或督查组组长"):
        correct_check(line.uid, FINE, why="看错房间", by=other)
    with pytest.raises(NeedsReason):
        correct_check(line.uid, FINE, why=" ", by=recorder)
    with pytest.raises(InspectionProblem, match="没有要更正"):
        correct_check(line.uid, WRONG, why="再看", by=recorder)
    made = correct_check(line.uid, FINE, why="看错房间", by=recorder)
    line.refresh_from_db()
    case.refresh_from_db()
    assert (line.verdict, line.voided_why, line.voided_by) == (Verdict.WRONG, "看错房间", recorder.uid)
    assert (made.verdict, made.case, case.state) == (Verdict.FINE, None, "withdrawn")
    assert "看错房间" in AuditEntry.objects.filter(thing_uid=one.uid).latest("pk").note
    with pytest.raises(NotFound, match="已被更正"):
        correct_check(line.uid, FINE, why="再来", by=recorder)
    again = correct_check(made.uid, WRONG, why="又看到未叠", by=leader)
    assert again.case is not None
    assert (again.case.state, Case.objects.count()) == ("sent", 2)
    assert list(untold_findings(SYSTEM, one.planned_on, one.planned_on)) == [again.case]


def test_other_words_keep_the_finding_and_one_being_put_right_stays(brigade: Unit) -> None:
    inspector, squadron = inspector_of(brigade), make_unit(parent=brigade)
    one = round_of(inspector, squadron, date(2023, 7, 3))
    (case,) = fill_round(one.uid, squadron, {("interior", "dormitory"): WRONG}, by=inspector)
    told = Answer(Verdict.WRONG, "三床被褥未叠")
    made = correct_check(Check.objects.get().uid, told, why="漏记几床", by=inspector)
    case.refresh_from_db()
    assert (made.case, made.note) == (case, "三床被褥未叠")
    assert (case.title, case.description) == (
        f"{squadron.short_name or squadron.name}：三床被褥未叠",
        "三床被褥未叠",
    )
    assert (
        "description" in AuditEntry.objects.filter(thing_uid=case.uid, action="change").latest("pk").changes
    )
    move_case(case.uid, "fix", by=SYSTEM, note="已整改")
    with pytest.raises(InspectionProblem, match=f"{case.number}.*不能「撤销」"):
        correct_check(made.uid, FINE, why="看错", by=inspector)
    move_case(case.uid, "close", by=SYSTEM)
    with pytest.raises(InspectionProblem, match="已办结"):
        correct_check(made.uid, WRONG, why="看错", by=inspector)
    assert Check.objects.live().get() == made


def test_an_auxiliary_who_may_not_withdraw_a_finding_is_told_who_does(brigade: Unit) -> None:
    inspector, squadron = inspector_of(brigade), make_unit(parent=brigade)
    Officer.objects.filter(pk=inspector.pk).update(kind=OfficerKind.AUXILIARY)
    inspector.refresh_from_db()
    one = round_of(inspector, squadron, date(2023, 7, 3))
    (case,) = fill_round(one.uid, squadron, {("interior", "dormitory"): WRONG}, by=inspector)
    with pytest.raises(InspectionProblem, match=f"撤销问题 {case.number}.*须由民警办理"):
        correct_check(Check.objects.get().uid, FINE, why="看错", by=inspector)


def test_words_that_stand_in_a_bulletin_stay_until_it_is_withdrawn(brigade: Unit) -> None:
    seed_documents()
    inspector, squadron = inspector_of(brigade), make_unit(parent=brigade)
    one = round_of(inspector, squadron, date(2023, 7, 3))
    fill_round(one.uid, squadron, {("interior", "dormitory"): WRONG}, by=inspector)
    line, other = Check.objects.get(), Answer(Verdict.WRONG, "三床被褥未叠")
    bulletin = draft_bulletin(date(2023, 7, 3), date(2023, 7, 3), demands="照单整改", by=inspector)
    with pytest.raises(InspectionProblem, match="已写入督查通报"):
        correct_check(line.uid, other, why="漏记几床", by=inspector)
    documents.void_draft(bulletin.uid, why="重拟", by=SYSTEM)
    correct_check(line.uid, other, why="漏记几床", by=inspector)
    again = draft_bulletin(date(2023, 7, 3), date(2023, 7, 3), demands="照单整改", by=inspector)
    assert [row["fact"] for row in again.facts["findings"]] == ["三床被褥未叠"]


def test_a_line_is_put_right_on_the_page_of_the_round(brigade: Unit, client: Client) -> None:
    inspector, squadron = inspector_of(brigade), make_unit(parent=brigade)
    one = round_of(inspector, squadron, date(2023, 7, 3))
    fill_round(one.uid, squadron, {("interior", "office"): FINE}, by=inspector)
    line = Check.objects.get()
    client.force_login(inspector)
    address = reverse("inspections.round.fill", args=[one.uid])
    assert str(line.uid) in client.get(address).content.decode()
    stated = {"correct": str(line.uid), "verdict": "wrong", "note": "桌面杂乱", "why": ""}
    refused = client.post(address, stated)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "更正须说明原因" in page[page.index("<details open>") :]
    assert 'value="桌面杂乱"' in page
    assert re.search(r'<option value="wrong" selected>', page)
    client.post(address, stated | {"why": "漏看"})
    assert Check.objects.live().get().note == "桌面杂乱"
    client.force_login(inspector_of(brigade))
    assert "更正记错的" not in client.get(address).content.decode()


def test_what_waits_to_be_looked_at_again_is_listed_just_so(brigade: Unit, client: Client) -> None:
    inspector, squadron = inspector_of(brigade), make_unit(parent=brigade)
    one = round_of(inspector, squadron, date(2023, 7, 3))
    wrong = {("interior", item): WRONG for item in ("dormitory", "office", "canteen")}
    cases = fill_round(one.uid, squadron, wrong, by=inspector)
    for case in cases[:2]:
        move_case(case.uid, "fix", by=SYSTEM, note="已整改")
        move_case(case.uid, "close", by=SYSTEM)
    correct_check(Check.objects.get(case=cases[2]).uid, FINE, why="记错", by=inspector)
    Case.objects.filter(pk=cases[1].pk).update(rechecked_on=date(2023, 7, 3))
    client.force_login(inspector)
    numbers = {
        label: (number, url)
        for label, number, url in client.get(reverse("inspections.desk")).context["numbers"]
    }
    number, url = numbers["待回头看"]
    assert number == client.get(url).context["total"].number == 1


def test_only_the_inspected_unit_puts_it_right_and_a_look_back_opens_it_again(brigade: Unit) -> None:
    inspector, squadron = inspector_of(brigade), make_unit(parent=brigade)
    one = round_of(inspector, squadron, date(2023, 7, 3))
    (case,) = fill_round(one.uid, squadron, {("interior", "dormitory"): WRONG}, by=inspector)
    rights = ("inspections.finding.view", "inspections.finding.reply")
    leader = make_officer(squadron, *rights, width=Width.OWN)
    with pytest.raises(AnluError):
        move_case(case.uid, "fix", by=make_officer(make_unit(), *rights, width=Width.OWN), note="已整改")
    with pytest.raises(MoveRefused):
        move_case(case.uid, "fix", by=inspector, note="已整改")
    move_case(case.uid, "fix", by=leader, note="已整改")
    move_case(case.uid, "close", by=inspector)
    opened = move_case(case.uid, "rebound", by=inspector, note="又未叠")
    assert (opened.number, opened.rebounds, opened.closed_on) == (case.number, 1, None)


# ------------------------------------------------------------------------------------------------ bulletins
def test_a_finding_stands_in_one_bulletin_only(brigade: Unit) -> None:
    seed_documents()
    inspector, squadron = inspector_of(brigade), make_unit(parent=brigade)
    one = round_of(inspector, squadron, date(2023, 7, 3))
    fill_round(
        one.uid, squadron, {("interior", "dormitory"): WRONG, ("interior", "office"): FINE}, by=inspector
    )
    first = draft_bulletin(date(2023, 7, 1), date(2023, 7, 3), demands="照单整改", by=inspector)
    assert [row["fact"] for row in first.facts["findings"]] == ["被褥未叠"]
    assert "检查2项，合格1项" in first.facts["good"]
    assert not untold_findings(inspector, date(2023, 7, 1), date(2023, 7, 3)).exists()
    documents.void_draft(first.uid, why="重拟", by=SYSTEM)
    again = draft_bulletin(date(2023, 7, 3), date(2023, 7, 3), demands="照单整改", by=inspector)
    assert len(again.facts["findings"]) == 1


def test_days_without_anything_give_no_bulletin(brigade: Unit) -> None:
    seed_documents()
    with pytest.raises(InspectionProblem, match="没有督查记录"):
        draft_bulletin(date(2023, 7, 1), date(2023, 7, 3), demands="照单整改", by=inspector_of(brigade))
    with pytest.raises(InspectionProblem, match="止日早于起日"):
        draft_bulletin(date(2023, 7, 3), date(2023, 7, 1), demands="照单整改", by=inspector_of(brigade))


def test_somebody_of_another_unit_does_not_fill_in_the_round(brigade: Unit) -> None:
    inspector, squadron = inspector_of(brigade), make_unit(parent=brigade)
    one = round_of(inspector, squadron, date(2023, 7, 3))
    stranger = inspector_of(make_unit(), width=Width.OWN)
    with pytest.raises(NotFound):
        fill_round(one.uid, squadron, {("interior", "office"): FINE}, by=stranger)


# ------------------------------------------------------------------------------------------------ the county
def figure(code: str) -> Any:
    return value_of(indicators.get(code), Window(Period.parse("2023H1")), SYSTEM).value


def test_the_county_shows_five_bulletins_and_thirteen_findings_all_put_right() -> None:
    seed_roles()
    seed_documents()
    for step in ("places.areas", "people.units", "people.accounts", "inspections.rounds"):
        step_of(step).make()
    assert figure("inspections.bulletins") == 5
    assert figure("inspections.findings") == 13
    assert figure("inspections.findings_closed") == 1
    assert figure("inspections.findings_per_bulletin") == pytest.approx(2.6)
    numbers = documents.Document.objects.filter(kind="inspection_bulletin").order_by("number_serial")
    assert [one.number for one in numbers] == [f"第{n}期" for n in range(1, 6)]
    _mutate()


def _mutate() -> None:
    """What is taken away or moved is missing at once."""
    findings = Case.objects.filter(family="inspections.finding").order_by("pk")
    inspector = Officer.objects.get(login="inspector")
    first, second, third = findings[:3]
    with on_day("2023-06-29"):
        move_case(first.uid, "rebound", by=inspector, note="又未改")
    assert figure("inspections.findings_closed") == pytest.approx(12 / 13)
    Case.objects.filter(pk=second.pk).update(found_on=date(2022, 12, 30))
    assert figure("inspections.findings") == 12
    void_case(third.uid, why="重复登记", by=SYSTEM)
    assert figure("inspections.findings") == 11
    bulletin = documents.Document.objects.filter(kind="inspection_bulletin").first()
    assert bulletin is not None
    documents.withdraw(bulletin, why="有误", by=SYSTEM)
    assert figure("inspections.bulletins") == 4
