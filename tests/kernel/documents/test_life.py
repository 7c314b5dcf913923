"""The life of a document: who may do which step, what each step writes down, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from anlu.kernel.core.errors import ChangedMeanwhile, NeedsReason, NotAllowed, NotFound
from anlu.kernel.core.models import AuditEntry, Notice
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.documents import services
from anlu.kernel.documents.define import FieldType, kinds
from anlu.kernel.documents.facts import BadFact
from anlu.kernel.documents.jobs import mark_late
from anlu.kernel.documents.models import Combination, Document, Letterhead, SigningRule, State
from anlu.kernel.documents.rules import NoLetterhead, WrongCombination
from anlu.kernel.documents.services import Incomplete, NotNow
from anlu.kernel.documents.subjects import Subject, subjects
from anlu.kernel.people.models import OfficerKind, Unit
from tests.kernel.documents.conftest import Office, employ
from tests.kernel.documents.writing import FACTS, delivered, drafted, issued, signed


def test_a_document_goes_from_draft_to_answer_and_each_step_is_written_down(office: Office) -> None:
    document = delivered(office)
    services.reply(document, "已修剪。", by=office.liaison)
    document.refresh_from_db()
    assert document.state == State.REPLIED
    assert document.number == "青公交抄〔2023〕1号"
    assert document.title == "关于国道105 K18+620道路交通安全隐患的抄告单"
    steps = [event.action for event in document.events.order_by("pk")]
    assert steps == ["draft", "check", "sign", "issue", "deliver", "reply"]
    entries = (
        AuditEntry.objects.filter(thing_uid=document.uid).order_by("pk").values_list("action", flat=True)
    )
    assert list(entries) == steps


def test_the_time_to_answer_is_counted_in_working_days_from_delivery(office: Office) -> None:
    """Fifteen working days after Monday 3 July 2023 end on Monday 24 July (three weekends left out)."""
    document = issued(office)
    assert document.due_on is None
    services.deliver(document, by=office.clerk, receiver="柏某")
    document.refresh_from_db()
    assert document.due_on == date(2023, 7, 24)


class Running:
    """A job that nobody stops."""

    def check(self) -> None: ...


def test_an_answer_that_does_not_come_makes_the_document_overdue_and_tells_people_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = delivered(office)
    monkeypatch.setenv("ANLU_TODAY", "2023-07-24")
    with pytest.raises(NotNow, match="期限未到"):
        services.mark_overdue(document)
    monkeypatch.setenv("ANLU_TODAY", "2023-07-25")
    assert mark_late(Running()) == {"marked": 1}  # type: ignore[arg-type]
    assert mark_late(Running()) == {"marked": 0}  # type: ignore[arg-type]
    document.refresh_from_db()
    assert document.state == State.OVERDUE
    assert Notice.objects.filter(to=office.clerk.uid, key__endswith="overdue").count() == 1
    services.reply(document, "已修剪。", by=office.clerk)
    document.refresh_from_db()
    assert (document.state, document.replied_on) == (State.REPLIED, date(2023, 7, 25))


def test_the_machine_drafts_and_does_not_check_or_sign(office: Office) -> None:
    document = drafted(office, by=SYSTEM)
    assert document.drafted_by_name == "系统"
    with pytest.raises(NotAllowed, match="系统只能拟稿"):
        services.check(document, by=SYSTEM)
    services.check(document, by=office.legal)
    with pytest.raises(NotAllowed, match="有权人签发"):
        services.sign(document, by=SYSTEM)


def test_auxiliaries_draft_and_never_sign_whatever_role_they_hold(office: Office) -> None:
    document = drafted(office, by=office.auxiliary)
    assert document.drafted_unit == office.squadron
    services.check(document, by=office.legal)
    promoted = employ(office.brigade, "chief", OfficerKind.AUXILIARY)
    with pytest.raises(NotAllowed, match="辅警可以拟稿，不能签发"):
        services.sign(document, by=promoted)
    services.sign(document, by=office.chief)


def test_who_signs_is_data(office: Office) -> None:
    document = services.check(drafted(office), by=office.legal)
    SigningRule.objects.filter(role="deputy").update(valid_to=date(2023, 6, 30))
    with pytest.raises(NotAllowed, match="没有授权您签发"):
        services.sign(document, by=office.deputy)
    services.sign(document, by=office.chief)


def test_nobody_checks_or_signs_their_own_draft(office: Office) -> None:
    own = drafted(office, by=office.deputy)
    with pytest.raises(NotAllowed, match="核稿人不能是拟稿人"):
        services.check(own, by=office.deputy)
    services.check(own, by=office.legal)
    with pytest.raises(NotAllowed, match="拟稿人不能签发"):
        services.sign(own, by=office.deputy)


def test_an_incomplete_draft_is_kept_and_not_checked(office: Office) -> None:
    document = drafted(office, facts={"位置": "国道105"}, addressee=None)
    with pytest.raises(Incomplete, match="主送、隐患类型、隐患情况、整改建议"):
        services.check(document, by=office.legal)
    services.change_document(
        document, FACTS, version=document.version, by=office.clerk, addressee=office.department
    )
    assert services.check(document, by=office.legal).state == State.CHECKED


def test_a_draft_that_somebody_else_changed_is_not_overwritten(office: Office) -> None:
    document = drafted(office)
    given = {"by": office.clerk, "addressee": office.department, "version": document.version}
    services.change_document(document, FACTS, **given)  # type: ignore[arg-type]
    with pytest.raises(ChangedMeanwhile):
        services.change_document(document, FACTS, **given)  # type: ignore[arg-type]


def test_a_document_that_is_sent_back_is_a_draft_again(office: Office) -> None:
    document = services.check(drafted(office), by=office.legal)
    with pytest.raises(NeedsReason):
        services.send_back(document, why=" ", by=office.deputy)
    returned = services.send_back(document, why="位置不准", by=office.deputy)
    assert (returned.state, returned.checked_by) == (State.DRAFT, None)


@pytest.mark.parametrize(
    ("kind", "addressee", "words"),
    [
        ("rectification", "department", "大队不能发「整改通知书」，只能由.*交安委"),
        ("referral", "enterprise", "不能发给企业，可以发给：部门；对其可用：.*责令消除隐患通知书"),
        ("order", "department", "不能发给部门，可以发给：企业；对其可用：.*隐患抄告单"),
        ("listing", "town", "大队不能发「挂牌督办通知」"),
    ],
)
def test_a_wrong_combination_is_refused_with_the_reason_and_what_would_do(
    kind: str, addressee: str, words: str, office: Office
) -> None:
    sample = {FieldType.DATE: "2023-08-01", FieldType.CHOICE: "county"}
    facts = {one.name: sample.get(one.type, "测试") for one in kinds.get(kind).fields if one.required}
    document = services.draft_document(
        kind, facts, unit=office.brigade, by=office.clerk, addressee=getattr(office, addressee)
    )
    with pytest.raises(WrongCombination, match=words):
        services.check(document, by=office.legal)


def test_a_basis_that_does_not_fit_is_refused(office: Office) -> None:
    document = drafted(office, bases=["dj-106"])
    with pytest.raises(WrongCombination, match="不能以《中华人民共和国道路交通安全法》第一百零六条为依据"):
        services.check(document, by=office.legal)


def test_rules_that_changed_since_the_signature_give_no_number(office: Office) -> None:
    document = signed(office)
    Combination.objects.filter(kind="referral").update(valid_to=date(2023, 7, 2))
    with pytest.raises(WrongCombination):
        services.issue(document, by=office.deputy)
    document.refresh_from_db()
    assert (document.state, document.number) == (State.SIGNED, "")
    Combination.objects.filter(kind="referral").update(valid_to=None)
    assert services.issue(document, by=office.deputy).number_serial == 1


def test_a_unit_without_a_mark_gets_no_number(office: Office) -> None:
    document = signed(office)
    Letterhead.objects.all().delete()
    with pytest.raises(NoLetterhead, match="机关代字"):
        services.issue(document, by=office.deputy)


def test_a_withdrawn_document_keeps_its_number_which_nobody_gets_again(office: Office) -> None:
    first = issued(office)
    with pytest.raises(NeedsReason):
        services.withdraw(first, why="", by=office.deputy)
    gone = services.withdraw(first, why="事实有误", by=office.deputy)
    assert (gone.state, gone.number_serial) == (State.WITHDRAWN, 1)
    assert issued(office).number_serial == 2
    with pytest.raises(NotNow):
        services.void_draft(first.uid, why="x", by=office.chief)


def test_a_refusal_needs_witnesses_and_is_served_by_leaving(office: Office) -> None:
    document = issued(office)
    refusal = {"refused": True, "refused_why": "不认可", "by": office.clerk}
    with pytest.raises(Incomplete, match="收件人"):
        services.deliver(document, by=office.clerk)
    with pytest.raises(BadFact, match="留置送达"):
        services.deliver(document, **refusal, witnesses="村干部某")  # type: ignore[arg-type]
    with pytest.raises(Incomplete, match="见证人"):
        services.deliver(document, **refusal, method="left")  # type: ignore[arg-type]
    made = services.deliver(document, **refusal, method="left", witnesses="村干部某")  # type: ignore[arg-type]
    assert made.refused
    document.refresh_from_db()
    assert document.state == State.DELIVERED
    assert next(event.action for event in document.events.all()) == "refuse"


def test_a_delivery_lies_between_issue_and_today(office: Office) -> None:
    document = issued(office)
    for day in (date(2023, 7, 2), date(2023, 7, 4)):
        with pytest.raises(BadFact, match="送达日期"):
            services.deliver(document, by=office.clerk, receiver="柏某", on=day)


def test_the_addressee_sees_what_was_issued_and_may_answer_it_and_nothing_else(office: Office) -> None:
    document = signed(office)
    assert not Document.objects.visible_to(office.liaison).exists()
    services.issue(document, by=office.deputy)
    assert Document.objects.visible_to(office.liaison).get() == document
    with pytest.raises(NotAllowed):
        services.deliver(document, by=office.liaison, receiver="柏某")
    services.reply(document, "正在办理。", by=office.liaison, final=False)
    document.refresh_from_db()
    assert (document.state, document.replied_on) == (State.ISSUED, None)


def test_a_town_sees_what_was_issued_to_it(office: Office) -> None:
    director = employ(office.town, "town_director", OfficerKind.LIAISON)
    facts = {"matter": "马路市场", "found": "占道。", "demands": "清理。", "limit_on": "2023-07-10"}
    clerk = employ(office.committee, "committee_liaison", OfficerKind.LIAISON)
    document = services.draft_document(
        "supervision", facts, unit=office.committee, by=clerk, addressee=office.town
    )
    services.sign(services.check(document, by=office.deputy), by=office.chief)
    assert not Document.objects.visible_to(director).exists()
    services.issue(document, by=clerk)
    assert Document.objects.visible_to(director).get() == document


def test_somebody_of_another_unit_sees_and_does_nothing(office: Office) -> None:
    document = drafted(office)
    stranger = employ(office.enterprise, "squadron_leader")
    with pytest.raises(NotFound):
        services.check(document, by=stranger)
    assert not Document.objects.visible_to(stranger).exists()


def test_a_person_is_encrypted_and_shown_by_family_name(office: Office) -> None:
    facts = {
        "责任人": "测试甲",
        "联系电话": "13800000001",
        "妨碍物": "广告牌",
        "地点": "国道105",
        "妨碍情形": "遮挡标志。",
        "排除期限": date(2023, 7, 10),
    }
    document = services.draft_document("clearance", facts, unit=office.brigade, by=office.clerk)
    document.refresh_from_db()
    assert document.addressee_name.startswith("测")
    assert "甲" not in document.addressee_name
    assert "测试甲" not in str(document.facts)
    assert "13800000001" not in str(document.facts)
    assert document.addressee_kind == "person"
    kept = " ".join(f"{one.changes}{one.thing_label}{one.note}" for one in AuditEntry.objects.all())
    assert "测试甲" not in kept


def test_facts_come_from_the_record_that_a_document_is_about(office: Office) -> None:
    if "test.unit" not in subjects:
        facts_of_unit = lambda unit: {"place": unit.name, "sight_m": 62.5}  # noqa: E731
        subjects.add(Subject("test.unit", "单位", Unit, facts=facts_of_unit))
    about = ("test.unit", office.town.uid)
    document = drafted(office, about=about, facts={k: v for k, v in FACTS.items() if k != "位置"})
    assert document.facts["place"] == "柳亭镇安全办"
    assert document.figures["sight_m"]["text"] == "62.5"
    origin = {"kind": "record", "about": "test.unit", "uid": str(office.town.uid), "fact": "sight_m"}
    assert document.figures["sight_m"]["origin"] == origin
    assert list(services.documents_about(*about)) == [document]
    assert not services.documents_about(*about, viewer=office.liaison)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"没有这项": "x"}, "没有「没有这项」这一项"),
        ({"实测视距": "62"}, "由所依据的事项取数，不能填写"),
        ({"整改期限": "x"}, "没有「整改期限」"),
    ],
)
def test_an_unknown_fact_or_a_typed_number_is_refused(
    facts: dict[str, str], words: str, office: Office
) -> None:
    with pytest.raises(BadFact, match=words):
        drafted(office, facts=FACTS | facts)
