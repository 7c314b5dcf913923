"""Who is told that something waits for them, what stands beside their work, and the form of the delivery."""

from __future__ import annotations

import pytest

from anlu.engine.documents.blocks import Form
from anlu.kernel.core.models import Notice
from anlu.kernel.core.search import search
from anlu.kernel.documents import services, telling
from anlu.kernel.documents.checks import remarks_on, texts_of
from anlu.kernel.documents.define import kinds
from anlu.kernel.documents.facts import BadFact
from anlu.kernel.documents.models import Delivery, Document, Phrase, SigningRule
from anlu.kernel.documents.serving import service_paper
from anlu.kernel.documents.sources import living, paper_of, template_of
from anlu.kernel.documents.subjects import Subject, subjects
from anlu.kernel.documents.telling import waiting_for
from anlu.kernel.people.models import Officer, Unit
from tests.kernel.documents.conftest import Office
from tests.kernel.documents.writing import delivered, drafted, issued, signed


def told(officer: Officer) -> list[str]:
    return list(Notice.objects.filter(to=officer.uid).order_by("pk").values_list("title", flat=True))


def waits(officer: Officer) -> list[str]:
    return [one.what for one in waiting_for(officer)]


def test_whoever_may_sign_is_told_and_nobody_else(office: Office) -> None:
    document = services.check(drafted(office), by=office.legal)
    assert told(office.deputy) == told(office.chief) == [f"待您签发：{document.title}"]
    assert told(office.auxiliary) == told(office.legal) == told(office.clerk) == []
    assert waits(office.deputy) == ["待您签发"]
    SigningRule.objects.filter(role="deputy").delete()
    assert waits(office.deputy) == []


def test_what_comes_back_is_told_to_whoever_drafted_it_each_time(office: Office) -> None:
    document = drafted(office)
    for why in ("位置不对", "位置仍不对"):
        services.check(document, by=office.legal)
        services.send_back(document, why=why, by=office.legal)
    assert told(office.clerk) == [
        f"退回修改：{document.title}（{why}）" for why in ("位置不对", "位置仍不对")
    ]
    assert waits(office.clerk) == ["您的拟稿"]
    assert "待您核稿" in waits(office.legal)


def test_the_addressee_hears_of_the_issue_and_answers_what_is_due(office: Office) -> None:
    document = issued(office)
    assert told(office.liaison) == [f"收到公文：{document}"]
    assert waits(office.liaison) == []  # no deadline before the delivery
    services.deliver(document, by=office.clerk, receiver="柏某")
    assert waits(office.liaison) == ["待回复"]
    services.reply(document, "已修剪。", by=office.liaison)
    assert waits(office.liaison) == []


def test_the_search_box_finds_documents_of_the_issuer_and_those_received(office: Office) -> None:
    document = issued(office)
    assert [hit.uid for hit in search(office.clerk, "抄告单")] == [document.uid]
    assert [hit.uid for hit in search(office.liaison, document.number)] == [document.uid]
    draft = drafted(office)
    assert [hit.uid for hit in search(office.liaison, "抄告单")] == [document.uid]
    services.void_draft(draft.uid, why="重复", by=office.clerk)
    assert [hit.uid for hit in search(office.clerk, "抄告单")] == [document.uid]


def test_numbers_that_changed_after_the_check_are_pointed_out_and_written_beside_the_signature(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"crashes_12m": 3}
    made = Subject("tests.changing", "事项", Unit, facts=lambda thing: values)
    monkeypatch.setattr("anlu.kernel.documents.drafting.subject_record", lambda kind, uid, viewer: None)
    monkeypatch.setattr(subjects, "get", lambda code: made)
    document = services.check(drafted(office, about=("tests.changing", office.brigade.uid)), by=office.legal)
    assert not [one for one in remarks_on(document, office.deputy) if one.kind == "changed"]
    values["crashes_12m"] = 4
    (found,) = [one for one in remarks_on(document, office.deputy) if one.kind == "changed"]
    assert "核稿时3起，现在4起" in found.message
    services.sign(document, by=office.deputy)
    event = document.events.get(action="sign")
    assert "核稿时3起，现在4起" in event.note
    assert "3起" in " ".join(texts_of(paper_of(Document.objects.get(pk=document.pk))))


def test_copies_urgency_and_the_signer_of_an_upward_paper_are_printed(office: Office) -> None:
    marks = services.Markings("县应急管理局，县交通运输局", urgency="特急")
    paper = paper_of(issued(office, markings=marks))
    assert paper.urgency == "特急"
    assert paper.imprint is not None
    assert paper.imprint.copies_to == ("县应急管理局", "县交通运输局")
    report = {"matter": "上半年工作", "opening": "导语。", "work": "工作。", "plans": "打算。"}
    document = services.draft_document(
        "report", report, unit=office.brigade, by=office.clerk, addressee=office.committee
    )
    Document.objects.filter(pk=document.pk).update(addressee_kind="government", signed_by_name="程某某")
    document.refresh_from_db()
    assert paper_of(document).signer == "程某某"
    assert paper_of(issued(office)).signer == ""
    with pytest.raises(BadFact, match="没有「秘密」"):
        drafted(office, markings=services.Markings(secrecy="秘密"))


def test_the_phrases_of_a_signed_paper_keep_their_source(office: Office) -> None:
    document = signed(office)
    assert document.frozen["phrase_sources"] == {}
    Phrase.objects.filter(code="qijin").update(version=7)
    template = template_of(kinds.get("brief"), on=document.signed_on)  # type: ignore[arg-type]
    template.body = '{{ 规范("qijin") }}'
    kept = living(document, kinds.get("brief"), template)
    assert kept["phrase_sources"]["qijin"]["version"] == 7
    assert kept["phrase_sources"]["qijin"]["source"]


def form_texts(document: Document, delivery: Delivery | None) -> str:
    paper = service_paper(document, delivery)
    return "|".join(
        cell.text for block in paper.body if isinstance(block, Form) for row in block.rows for cell in row
    )


def test_the_form_of_a_delivery_is_filled_from_what_was_written_down(office: Office) -> None:
    document = delivered(office)
    empty = form_texts(document, None)
    assert document.number in empty
    assert office.department.name in empty
    assert "柏某" not in empty
    filled = form_texts(document, document.deliveries.get())
    for words in ("柏某", "直接送达", "2023年7月3日", office.clerk.name):
        assert words in filled


def test_what_one_may_not_sign_takes_no_place_among_what_one_may(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = drafted(office, by=office.deputy), drafted(office)
    for document in (own, other):
        services.check(document, by=office.legal)
    monkeypatch.setattr(telling, "MOST", 1)
    assert telling.to_sign(office.deputy) == [other]
    assert telling.to_sign(office.chief) == [own]
