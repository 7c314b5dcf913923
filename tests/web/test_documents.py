"""Documents through their pages: drafting by form, each step, the paper with its origins, files, templates."""

from __future__ import annotations

import io

import docx
import pytest
from django.test import Client
from django.urls import reverse

from anlu.kernel.core.models import AuditEntry
from anlu.kernel.documents import services
from anlu.kernel.documents.library import void_template, write_template
from anlu.kernel.documents.models import Delivery, Document, State, Template
from anlu.kernel.documents.permissions import TEMPLATE_CHANGE, TEMPLATE_VIEW, VIEW
from anlu.web.ledgers import ledgers
from tests.factories import make_officer
from tests.kernel.documents.conftest import Office, employ, furnished, office  # noqa: F401 - a fixture
from tests.kernel.documents.writing import drafted, issued, signed

TEXT = {
    "place": "国道105 K18+620",
    "hazard_kind": "视距遮挡",
    "findings": "绿篱遮挡视线。",
    "measures": "修剪绿篱。",
}


def url(document: Document, step: str) -> str:
    return reverse(f"documents.document.{step}", args=[document.uid])


def test_a_document_is_drafted_checked_signed_issued_and_delivered_by_clicking(
    office: Office,  # noqa: F811
    client: Client,
) -> None:
    client.force_login(office.clerk)
    assert "大队→部门" in client.get(reverse("documents.document.new")).content.decode()
    given = TEXT | {"unit": office.brigade.pk, "addressee": office.department.pk}
    answer = client.post(reverse("documents.document.draft", args=["referral"]), given)
    document = Document.objects.get()
    assert answer.url == url(document, "detail")  # type: ignore[attr-defined]
    for person, step, state in (
        (office.legal, "check", State.CHECKED),
        (office.deputy, "sign", State.SIGNED),
        (office.deputy, "issue", State.ISSUED),
    ):
        client.force_login(person)
        assert url(document, step) in client.get(url(document, "detail")).content.decode()
        assert client.post(url(document, step), {"note": ""}).status_code == 302
        document.refresh_from_db()
        assert document.state == state
    client.force_login(office.clerk)
    wrong = client.post(url(document, "deliver"), {"method": "direct", "on": "2023-07-03"})
    assert wrong.status_code == 422
    assert "须写明收件人" in wrong.content.decode()
    client.post(url(document, "deliver"), {"method": "direct", "on": "2023-07-03", "receiver": "柏某"})
    assert Delivery.objects.get().receiver == "柏某"
    page = client.get(url(document, "detail")).content.decode()
    assert "青公交抄〔2023〕1号" in page
    assert "柏某" not in page


def test_a_form_says_at_its_field_what_a_table_has_too_much(office: Office, client: Client) -> None:  # noqa: F811
    client.force_login(office.clerk)
    address = reverse("documents.document.draft", args=["order"])
    answer = client.post(address, {"unit": office.brigade.pk, "items": "甲|乙|丙|丁"})
    assert answer.status_code == 422
    assert "第 1 行有 4 列，应为 3 列" in answer.content.decode()
    client.post(address, {"unit": office.brigade.pk, "items": "刹车\t测A\t更换\n轮胎\t测B\t更换"})
    assert Document.objects.get().figures["item_count"]["text"] == "2"


def test_a_button_is_absent_without_the_permission_and_says_what_is_in_the_way(
    office: Office,  # noqa: F811
    client: Client,
) -> None:
    document = services.check(drafted(office), by=office.legal)
    client.force_login(office.clerk)
    assert url(document, "sign") not in client.get(url(document, "detail")).content.decode()
    own = services.check(drafted(office, by=office.deputy), by=office.legal)
    client.force_login(office.deputy)
    assert "拟稿人不能签发自己拟的稿" in client.get(url(own, "detail")).content.decode()


def test_the_file_that_is_downloaded_is_the_archived_one_and_taking_it_is_recorded(
    office: Office,  # noqa: F811
    client: Client,
) -> None:
    document = issued(office)
    client.force_login(office.clerk)
    answer = client.get(url(document, "docx"))
    assert "青公交抄〔2023〕1号" in "".join(
        p.text for p in docx.Document(io.BytesIO(answer.content)).paragraphs
    )
    assert AuditEntry.objects.filter(action="download", thing_uid=document.uid).count() == 1


def test_a_paper_that_names_a_person_is_for_those_who_may_see_personal_data(
    office: Office,  # noqa: F811
    client: Client,
) -> None:
    facts = {"person": "测试甲", "object": "广告牌", "place": "国道105", "effect": "遮挡标志。"}
    document = services.draft_document("clearance", facts, unit=office.brigade, by=office.auxiliary)
    client.force_login(office.auxiliary)
    for page in ("paper", "docx", "pdf"):
        assert client.get(url(document, page)).status_code == 302
    assert "测试甲" not in client.get(url(document, "detail")).content.decode()
    client.force_login(office.clerk)
    assert "测试甲" in client.get(url(document, "paper")).content.decode()
    assert AuditEntry.objects.filter(action="reveal", thing_uid=document.uid).count() == 1


def test_the_form_of_delivery_is_printed_once_issued_and_names_the_receiver_to_those_who_may_know(
    office: Office,  # noqa: F811
    client: Client,
) -> None:
    document = signed(office)
    client.force_login(office.clerk)
    answer = client.get(url(document, "service"), follow=True)
    assert "印发后才能打印送达回证" in answer.content.decode()
    document = services.issue(document, by=office.deputy)
    empty = client.get(url(document, "service"))
    assert empty.status_code == 200
    assert "青公交抄〔2023〕1号" in empty.content.decode()
    delivery = services.deliver(document, by=office.clerk, receiver="柏某")
    written = f"{url(document, 'service')}?delivery={delivery.uid}"
    assert "柏某" in client.get(written).content.decode()
    client.force_login(make_officer(office.brigade, VIEW))
    assert client.get(url(document, "service")).status_code == 200
    assert client.get(written).status_code == 302
    assert AuditEntry.objects.filter(action="reveal", thing_uid=document.uid).count() == 1


def test_many_are_issued_at_once(office: Office, client: Client) -> None:  # noqa: F811
    documents = [signed(office) for _ in range(3)]
    client.force_login(office.deputy)
    address = reverse("documents.document.issue_many")
    answer = client.post(address, {"row": [str(one.uid) for one in documents[:2]]}, follow=True)
    assert "印发 2 份" in answer.content.decode()
    assert sorted(Document.objects.values_list("number_serial", flat=True), key=str) == [1, 2, None]


@pytest.mark.parametrize(("deed", "kept"), [("preview", 0), ("save", 1)])
def test_a_template_is_previewed_without_being_kept(
    deed: str,
    kept: int,
    office: Office,  # noqa: F811
    client: Client,
) -> None:
    client.force_login(office.chief)
    template = Template.objects.get(kind="brief")
    address = reverse("documents.template.edit", args=[template.uid])
    assert client.get(address).status_code == 403
    client.force_login(make_officer(office.brigade, TEMPLATE_CHANGE, TEMPLATE_VIEW))
    given = {"based_on": 1, "title": "{{ 标题句 }}简讯", "body": "{{ 简报正文 }}", "valid_from": "2023-07-03"}
    answer = client.post(address, given | {"deed": deed})
    assert Template.objects.filter(kind="brief").count() == 1 + kept
    if deed == "preview":
        assert "（标题句）简讯" in answer.content.decode()
    wrong = client.post(address, given | {"deed": deed, "body": "第一行\n{{ 没有 }}"})
    assert wrong.status_code == 422
    form, shown = wrong.content.decode().split('id="template-preview"')
    assert "第 2 行第 4 个字" in form
    assert "第 2 行第 4 个字" not in shown


def test_versions_of_a_template_are_compared_and_an_earlier_one_comes_back(
    office: Office,  # noqa: F811
    client: Client,
) -> None:
    editor = make_officer(office.brigade, TEMPLATE_CHANGE, TEMPLATE_VIEW)
    first = Template.objects.get(kind="brief")
    client.force_login(editor)
    page = client.get(reverse("documents.template.compare", args=[first.uid])).content.decode()
    assert "只有这一版" in page
    second = write_template("brief", title=first.title, body="新写的一句。\n{{ 简报正文 }}", by=editor)
    page = client.get(reverse("documents.template.compare", args=[second.uid])).content.decode()
    assert "第1版与第2版" in page
    assert "<ins>新写的一句。</ins>" in page
    page = client.get(reverse("documents.template.compare", args=[first.uid])).content.decode()
    assert "第1版与第2版" in page
    again = reverse("documents.template.again", args=[first.uid])
    assert client.post(again, {"valid_from": "2023-07-03", "note": ""}).status_code == 302
    third = Template.objects.get(kind="brief", number=3)
    assert (third.title, third.body, third.note) == (first.title, first.body, "恢复第 1 版")
    refused = client.post(again, {"valid_from": "2023-07-03", "note": ""})
    assert refused.status_code == 422
    assert "第 3 版就是这个写法" in refused.content.decode()
    void_template(second.uid, why="写错", by=editor)
    page = client.get(reverse("documents.template.compare", args=[third.uid])).content.decode()
    assert "第1版与第3版" in page
    assert str(second.uid) not in page


def test_what_is_written_is_shown_beside_it_without_loading_the_page_anew(
    office: Office,  # noqa: F811
    client: Client,
) -> None:
    client.force_login(make_officer(office.brigade, TEMPLATE_CHANGE, TEMPLATE_VIEW))
    address = reverse("documents.template.edit", args=[Template.objects.get(kind="brief").uid])
    given = {"based_on": 1, "title": "简讯", "body": "{{ 简报正文 }}", "valid_from": "2023-07-03"}
    shown = client.post(address, given | {"deed": "preview"}, headers={"HX-Request": "true"})
    assert "简讯" in shown.content.decode()
    assert "<html" not in shown.content.decode()
    wrong = client.post(
        address, given | {"deed": "preview", "body": "{{ 无 }}"}, headers={"HX-Request": "true"}
    )
    assert wrong.status_code == 200
    assert "没有「无」这一项" in wrong.content.decode()
    assert 'role="alert"' in wrong.content.decode()  # what is wrong is read out, the paper is not
    assert 'role="alert"' not in shown.content.decode()
    editor = client.get(address).content.decode()
    assert "aria-live" not in editor[editor.index('id="template-preview"') - 100 :]
    assert Template.objects.filter(kind="brief").count() == 1


def test_a_destruction_is_proposed_and_confirmed_by_clicking(
    office: Office,  # noqa: F811
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = issued(office)
    monkeypatch.setenv("ANLU_TODAY", "2034-01-01")
    archivist = employ(office.brigade, "office_clerk")
    client.force_login(archivist)
    over = client.get(reverse("documents.retention"), {"until_to": "2034-01-01", "destroyed": "0"})
    assert "到期待鉴定" in over.content.decode()
    assert url(document, "appraise") in client.get(url(document, "detail")).content.decode()
    client.post(url(document, "appraise"), {"why": "已无保存价值"})
    client.force_login(office.chief)
    page = client.get(url(document, "destroy")).content.decode()
    assert "已无保存价值" in page
    unsure = client.post(url(document, "destroy"), {"how": "粉碎"})
    assert unsure.status_code == 422
    client.post(url(document, "destroy"), {"how": "粉碎，两人监销", "sure": "on"})
    document.refresh_from_db()
    assert str(document.destroyed_on) == "2034-01-01"
    for step in ("paper", "docx"):
        assert client.get(url(document, step)).status_code == 302
    assert "内容已于 2034-01-01 销毁" in client.get(url(document, "pdf")).content.decode()
    assert "粉碎，两人监销" in client.get(url(document, "detail")).content.decode()
    listed = client.get(reverse("documents.retention"), {"destroyed": "1"}).content.decode()
    assert "青公交抄〔2023〕1号" in listed


def test_a_step_of_keeping_that_is_not_possible_any_more_leads_back(
    office: Office,  # noqa: F811
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = issued(office)
    archivist = employ(office.brigade, "office_clerk")
    client.force_login(archivist)
    early = client.get(url(document, "appraise"), follow=True)  # kept until 2033
    assert early.redirect_chain == [(url(document, "detail"), 302)]
    assert "现在不能提请销毁" in early.content.decode()
    monkeypatch.setenv("ANLU_TODAY", "2034-01-01")
    assert client.get(url(document, "appraise")).status_code == 200
    client.post(url(document, "appraise"), {"why": "已无保存价值"})
    assert client.get(url(document, "appraise")).status_code == 302  # proposed by now
    client.force_login(office.chief)
    assert client.get(url(document, "destroy")).status_code == 200
    client.post(url(document, "spare"), {"why": "还要查"})
    answer = client.post(url(document, "destroy"), {"how": "粉碎", "sure": "on"})
    assert answer.status_code == 302
    document.refresh_from_db()
    assert document.destroyed_on is None


def test_a_document_is_due_on_the_day_after_the_last_of_its_keeping(
    office: Office,  # noqa: F811
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    issued(office)  # in 2023, to be kept until 2033-12-31
    client.force_login(office.chief)
    (due,) = [one for one in ledgers.get("documents.retention").presets if one.label == "到期"]
    for day, listed in (("2033-12-31", False), ("2034-01-01", True)):
        monkeypatch.setenv("ANLU_TODAY", day)
        page = client.get(reverse("documents.retention"), due.parameters()).content.decode()
        assert ("青公交抄〔2023〕1号" in page) is listed
