"""Forms over a ledger: adding, changing at the same time, voiding, restoring, and staying inside one's scope."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anlu.kernel.core.models import AuditEntry
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.people.models import Grant, Officer, Role, Unit
from anlu.kernel.people.services import RoleProblem, add_role, grant_role
from anlu.web.desk.roles import permission_tree
from anlu.web.ledgers import ledgers
from tests.contracts.makers import MAKERS
from tests.factories import PASSWORD, make_area, make_officer, make_role, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(client: Client) -> Officer:
    """Somebody who may do everything, signed in."""
    officer = make_officer(None, *permissions.codes())
    client.force_login(officer)
    return officer


def form_of(client: Client, url: str) -> dict[str, Any]:
    """What the browser would send back unchanged."""
    context = client.get(url).context
    form = context["form"]
    given = {bound.html_name: bound.value() for bound in form}
    return sent(given) | {"version": context["version"]}


def sent(values: dict[str, Any]) -> dict[str, Any]:
    """What a browser sends of these values: nothing for what is empty or not ticked."""
    return {name: value for name, value in values.items() if value is not None and value is not False}


def new_person(unit: Unit, **more: Any) -> dict[str, Any]:
    """A filled form for a new person."""
    return {"name": "测试甲", "kind": "sworn", "unit": unit.pk, "login": "jia", "password": PASSWORD, **more}


def test_a_new_person_can_sign_in_and_must_choose_a_password(client: Client, writer: Officer) -> None:
    answer = client.post(reverse("people.officer.new"), new_person(make_unit()))
    person = Officer.objects.get(login="jia")
    assert answer.headers["Location"] == reverse("people.officer.detail", args=[person.uid])
    assert person.must_change_password
    assert AuditEntry.objects.filter(action="add", thing_uid=person.uid, actor=writer.uid).exists()


def test_what_is_wrong_is_said_at_the_field_and_summed_at_the_top(client: Client, writer: Officer) -> None:
    answer = client.post(reverse("people.officer.new"), new_person(make_unit(), name="", password="short"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "有 1 处需要改正" in text  # the password is judged when everything else is right
    assert 'href="#id_name"' in text
    assert not Officer.objects.filter(login="jia").exists()
    judged = client.post(reverse("people.officer.new"), new_person(make_unit(), password="short"))
    assert 'id="id_password_error"' in judged.content.decode()


def test_a_login_is_given_once_whatever_the_case_of_its_letters(client: Client, writer: Officer) -> None:
    make_officer(login="Jia")
    answer = client.post(reverse("people.officer.new"), new_person(make_unit()))
    assert "这个登录名已有人使用" in answer.content.decode()


def test_a_change_is_recorded_with_the_old_and_the_new_value(client: Client, writer: Officer) -> None:
    person = make_officer()
    url = reverse("people.officer.change", args=[person.uid])
    client.post(url, form_of(client, url) | {"post": "中队长"})
    person = Officer.objects.get(pk=person.pk)
    assert (person.post, person.version) == ("中队长", 2)
    shown = client.get(reverse("people.officer.detail", args=[person.uid])).content.decode()
    assert re.search(r"职务\s*<del>空</del> → <ins>中队长</ins>", shown)


def test_the_history_speaks_in_words_not_in_codes(client: Client, writer: Officer) -> None:
    person = make_officer()
    url = reverse("people.officer.change", args=[person.uid])
    client.post(url, form_of(client, url) | {"kind": "auxiliary"})
    shown = client.get(reverse("people.officer.detail", args=[person.uid])).content.decode()
    assert re.search(r"身份\s*<del>民警</del> → <ins>辅警</ins>", shown)


def test_two_people_changing_at_once_see_both_versions_and_decide(client: Client, writer: Officer) -> None:
    person = make_officer()
    url = reverse("people.officer.change", args=[person.uid])
    mine = form_of(client, url)
    other = Client()
    other.force_login(make_officer(None, *permissions.codes()))
    other.post(url, form_of(other, url) | {"post": "中队长"})

    answer = client.post(url, mine | {"post": "指导员"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "中队长" in text
    assert "指导员" in text
    assert Officer.objects.get(pk=person.pk).post == "中队长"

    decided = mine | {"post": "指导员", "version": answer.context["version"]}
    assert client.post(url, decided).status_code == 302
    assert Officer.objects.get(pk=person.pk).post == "指导员"


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999", "٣"])
def test_a_form_without_a_readable_version_overwrites_nothing(
    client: Client, writer: Officer, version: str
) -> None:
    person = make_officer()
    url = reverse("people.officer.change", args=[person.uid])
    answer = client.post(url, form_of(client, url) | {"post": "中队长", "version": version})
    assert answer.status_code == 409
    assert Officer.objects.get(pk=person.pk).post == ""


def test_voiding_needs_a_reason_and_restoring_brings_it_back(client: Client, writer: Officer) -> None:
    crash: Any = MAKERS["crashes.crash"](make_unit(), make_area())
    ledger = ledgers.get("crashes.crash")
    void = ledger.url_of(crash, "void")
    assert client.post(void, {"why": "  "}).status_code == 422
    assert client.post(void, {"why": "重复登记"}).status_code == 302
    assert client.get(ledger.url_of(crash)).status_code == 404
    assert client.get(ledger.url()).context["total"].number == 0
    bin_ = client.get(ledger.url({"voided": "1"}))
    assert ledger.url_of(crash, "restore") in bin_.content.decode()
    assert "重复登记" in client.get(ledger.url_of(crash, "restore")).content.decode()
    assert client.post(ledger.url_of(crash, "restore")).status_code == 302
    assert client.get(ledger.url_of(crash)).status_code == 200
    actions = AuditEntry.objects.filter(thing_uid=crash.uid).order_by("pk").values_list("action", flat=True)
    assert list(actions)[-2:] == ["void", "restore"]


def test_a_record_cannot_be_added_outside_ones_scope(client: Client) -> None:
    ours, theirs = make_unit(), make_unit()
    client.force_login(make_officer(ours, *permissions.codes(), width=Width.OWN))
    crash_form = client.get(reverse("crashes.crash.new")).context["form"]
    given = sent({bound.html_name: bound.value() for bound in crash_form})
    given |= {"number": "X-1", "occurred_at": "2023-03-01T08:30", "unit": theirs.pk, "town": ""}
    answer = client.post(reverse("crashes.crash.new"), given)
    assert answer.status_code == 422
    assert "不在您的管辖范围内" in answer.content.decode()
    assert client.get(reverse("crashes.crash")).context["total"].number == 0
    assert client.post(reverse("crashes.crash.new"), given | {"unit": ours.pk}).status_code == 302


def test_only_whoever_may_change_roles_ticks_permissions(client: Client, writer: Officer) -> None:
    role = make_role("people.unit.view")
    url = reverse("people.role.permissions", args=[role.code])
    ticked = {
        "label": "巡查",
        "width": "below",
        "permission": ["people.unit.view", "crashes.crash.view", "no.such.thing"],
    }
    assert client.post(url, ticked).status_code == 302
    assert set(role.ticked.values_list("code", flat=True)) == {"people.unit.view", "crashes.crash.view"}
    role.refresh_from_db()
    assert (role.label, role.width) == ("巡查", "below")
    reader = Client()
    reader.force_login(make_officer(None, "people.role.view"))
    assert reader.get(url).status_code == 200
    assert reader.post(url, {"width": "all"}).status_code == 403


def test_nobody_widens_their_own_role_or_grants_themselves_one(client: Client) -> None:
    officer = make_officer(
        None, "people.role.view", "people.role.change", "people.grant.change", "people.officer.view"
    )
    client.force_login(officer)
    role = Role.objects.get(grants__officer=officer)
    url = reverse("people.role.permissions", args=[role.code])
    client.post(url, {"label": role.label, "width": "all", "permission": permissions.codes()})
    assert role.ticked.count() == 4
    answer = client.post(
        reverse("people.grant.new", args=[officer.uid]), {"role": make_role("core.term.view").pk}
    )
    assert "不能给自己授予角色" in answer.content.decode()
    assert Grant.objects.filter(officer=officer).count() == 1


def test_a_role_of_ones_own_begins_as_another_and_goes_while_nobody_held_it(
    client: Client, writer: Officer
) -> None:
    known = make_role("people.unit.view", "core.term.view")
    given = {"label": "夜巡组长", "like": known.pk, "width": "own"}
    assert client.post(reverse("people.role.add"), given).status_code == 302
    role = Role.objects.get(label="夜巡组长")
    assert set(role.ticked.values_list("code", flat=True)) == {"people.unit.view", "core.term.view"}
    again = client.post(reverse("people.role.add"), given)
    assert again.status_code == 422
    assert "已有名为「夜巡组长」的角色" in again.content.decode()
    remove = reverse("people.role.remove", args=[role.code])
    assert remove in client.get(reverse("people.role.permissions", args=[role.code])).content.decode()
    grant = grant_role(make_officer(), role, by=SYSTEM)
    client.post(remove)
    assert Role.objects.filter(pk=role.pk).exists()
    grant.delete()
    client.post(remove)
    assert not Role.objects.filter(pk=role.pk).exists()
    client.post(reverse("people.role.remove", args=[known.code]))
    assert Role.objects.filter(pk=known.pk).exists()


def test_no_business_role_is_made_after_an_administrators(client: Client, writer: Officer) -> None:
    powerful = make_role("people.role.change", administrator="security")
    answer = client.post(reverse("people.role.add"), {"label": "甲", "like": powerful.pk, "width": "all"})
    assert answer.status_code == 422
    with pytest.raises(RoleProblem, match="三员分立"):
        add_role("甲", like=powerful, by=SYSTEM)


def test_permissions_stand_under_the_item_of_the_menu_whose_pages_ask_for_them() -> None:
    groups = {group.label: group for group in permission_tree({"core.term.change"})}
    (branch,) = [one for one in groups["系统"].branches if one.label == "字典"]
    ticked = {tick.code: tick.ticked for tick in branch.ticks}
    assert (ticked["core.term.view"], ticked["core.term.change"]) == (False, True)
    assert sum(len(group.ticks) for group in groups.values()) == len(permissions)


def test_a_role_is_granted_and_taken_back(client: Client, writer: Officer) -> None:
    person, role = make_officer(), make_role("people.unit.view")
    client.post(reverse("people.grant.new", args=[person.uid]), {"role": role.pk})
    assert Officer.objects.get(pk=person.pk).may("people.unit.view")
    shown = client.get(reverse("people.officer.detail", args=[person.uid])).content.decode()
    end = reverse("people.grant.end", args=[person.uid, role.code])
    assert end in shown
    client.post(end)
    assert Grant.objects.get(officer=person).valid_to is not None


def test_three_administrators_are_three_people(client: Client, writer: Officer) -> None:
    person = make_officer()
    grant_role(person, make_role("core.audit.view", administrator="audit"), by=SYSTEM)
    second = make_role("people.role.view", administrator="security")
    answer = client.post(reverse("people.grant.new", args=[person.uid]), {"role": second.pk})
    assert answer.status_code == 422
    assert "三员分立" in answer.content.decode()


def test_a_dictionary_entry_is_renamed_and_ended_but_never_deleted(client: Client, writer: Officer) -> None:
    term: Any = MAKERS["core.term"](make_unit(), make_area())
    url = reverse("core.term.change", args=[term.uid])
    client.post(url, form_of(client, url) | {"label": "改名", "colour": "red", "valid_to": "2023-06-30"})
    term.refresh_from_db()
    assert (term.label, term.colour, str(term.valid_to)) == ("改名", "red", "2023-06-30")
    stale = form_of(client, url)
    client.post(url, stale | {"label": "又改"})
    assert client.post(url, stale | {"label": "再改"}).status_code == 409


def test_a_unit_is_merged_into_another(client: Client, writer: Officer) -> None:
    old, new = make_unit(), make_unit()
    given = {"on": "2023-07-01", "successor": new.pk}
    assert client.post(reverse("people.unit.close", args=[old.uid]), given).status_code == 302
    old.refresh_from_db()
    assert old.successor == new
    assert "已撤销" in client.get(reverse("people.unit") + "?ended=1").content.decode()


def test_revealing_is_asked_for_one_datum_at_a_time_and_recorded(client: Client, writer: Officer) -> None:
    crash: Any = MAKERS["crashes.crash"](make_unit(), make_area())
    ledger = ledgers.get("crashes.crash")
    page = client.get(ledger.url_of(crash)).content.decode()
    assert "11010519491231002X" not in page
    party = crash.parties.get()
    related = next(one for one in ledger.related if one.code.startswith("part"))
    names = [column.name for column in related.columns if column.personal]
    assert "id_number" in names
    assert f'value="{related.code}/{party.uid}/id_number"' in page  # the way to ask for it
    url = ledger.url_of(crash, "reveal")
    shown = client.post(url, {"column": f"{related.code}/{party.uid}/id_number"}).content.decode()
    assert "11010519491231002X" in shown
    assert "13800000001" not in shown
    assert AuditEntry.objects.filter(action="reveal", thing_uid=crash.uid, actor=writer.uid).count() == 1
    for wrong in (
        "",
        "id_number",
        f"{related.code}/{party.uid}/age",
        f"{related.code}/x/id_number",
        "a/b/c/d",
    ):
        assert client.post(url, {"column": wrong}).status_code == 404


def test_auxiliaries_do_not_see_personal_data_whatever_their_role(client: Client) -> None:
    unit = make_unit()
    crash: Any = MAKERS["crashes.crash"](unit, make_area())
    client.force_login(make_officer(unit, *permissions.codes(), kind="auxiliary"))  # type: ignore[arg-type]
    ledger = ledgers.get("crashes.crash")
    assert client.get(ledger.url_of(crash)).status_code == 200
    assert client.post(ledger.url_of(crash, "reveal"), {"column": "x"}).status_code == 403
