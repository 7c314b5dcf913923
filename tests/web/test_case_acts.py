"""What is done with a case beside its steps: merged with what lies near, watched at once, several at a time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from anlu.kernel.cases.extensions import ask_extension
from anlu.kernel.cases.models import Case, CaseEvent, CaseUnit, CaseWatcher, Outcome, Part
from anlu.kernel.cases.services import move_case, open_case
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import seed_all
from anlu.kernel.people.models import Officer, RolePermission, Unit
from tests.factories import make_officer, make_unit
from tests.kernel.cases.test_files import jpeg

KINDS = {
    "hazards.hazard": "hazards.signs",
    "governance.task": "governance.superior",
    "suggestions.suggestion": "suggestions.suggestion",
}
KIND, HERE = "hazards.signs", {"lon": 115.71, "lat": 36.84}


@pytest.fixture
def officer(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> Officer:
    """Somebody who finds and handles hazards and decides about them."""
    monkeypatch.setenv("ANLU_TODAY", "2023-07-03")
    seed_all()
    verbs = ("view", "add", "change", "handle", "decide")
    found = make_officer(make_unit(), *(f"hazards.hazard.{verb}" for verb in verbs))
    client.force_login(found)
    return found


def found(by: Officer, title: str, **values: object) -> Case:
    """A hazard found at the one place."""
    return open_case(KIND, {"title": title, **HERE, **values}, details={}, by=by)


def act_of(case: Case, act: str) -> str:
    return f"/hazards/{case.uid}/act/?act={act}"


def test_a_double_is_merged_by_choosing_among_what_lies_near(client: Client, officer: Officer) -> None:
    first, double = found(officer, "标志缺失"), found(officer, "没有标志")
    page = client.get(f"/hazards/{double.uid}/").content.decode()
    address = f"{act_of(double, 'merge')}&amp;into={first.number}"
    assert f'href="{address}">并入这一件</a>' in page
    form = client.get(f"{act_of(double, 'merge')}&into={first.number}")
    assert form.context["form"]["near"].value() == first.number
    assert "data-confirm=" in form.content.decode()  # it cannot be undone
    refused = client.post(act_of(double, "merge"), {"near": "", "into": ""})
    assert refused.status_code == 422
    assert "请选一件，或填写编号" in refused.content.decode()
    assert client.post(act_of(double, "merge"), {"near": first.number, "into": ""}).status_code == 302
    double.refresh_from_db()
    assert (double.outcome, double.merged_into) == (Outcome.MERGED, first)


def test_a_case_far_from_others_is_merged_by_number(client: Client, officer: Officer) -> None:
    first, double = found(officer, "标志缺失"), found(officer, "没有标志", lon=115.9)
    assert "near" not in client.get(act_of(double, "merge")).context["form"].fields
    assert client.post(act_of(double, "merge"), {"into": first.number}).status_code == 302
    double.refresh_from_db()
    assert double.merged_into == first


def test_watching_takes_one_click(client: Client, officer: Officer) -> None:
    case = found(officer, "标志缺失")
    CaseWatcher.objects.all().delete()
    page = client.get(f"/hazards/{case.uid}/").content.decode()
    assert f'<form method="post" action="{act_of(case, "watch")}">' in page
    client.post(act_of(case, "watch"))
    assert CaseWatcher.objects.filter(case=case, person=officer.uid).exists()


def test_whoever_decides_about_a_later_deadline_sees_what_was_asked(client: Client, officer: Officer) -> None:
    case = found(officer, "标志缺失")
    Case.objects.filter(pk=case.pk).update(handler=officer)
    ask_extension(case.uid, today().replace(day=20), "标志牌要定制", by=officer)
    page = client.get(act_of(case, "decide")).content.decode()
    assert f"{officer.name}申请延至 2023-07-20：标志牌要定制" in page


def test_everything_that_could_not_be_done_at_once_is_named_with_its_reason(
    client: Client, officer: Officer
) -> None:
    cases = [found(officer, f"标志{n}") for n in range(7)]
    for case in cases[:6]:
        move_case(case.uid, "reject", by=officer, note="不属实")
    sent = {"deed": "urge", "row": [str(one.uid) for one in cases], "confirmed": "1", "note": ""}
    answer = client.post("/hazards/bulk/", sent, follow=True)
    done, refused = (str(one) for one in answer.context["messages"])
    assert done == "已催办 1 处"
    assert refused.startswith("6 处没有办：")
    assert all(case.number in refused for case in cases[:6])
    assert refused.count("（") == 1  # one reason for all of them


def test_a_case_is_given_to_somebody_and_other_helpers_and_that_is_written_down(
    client: Client, officer: Officer
) -> None:
    case, first, second = found(officer, "标志缺失"), make_unit("住建局"), make_unit("公路中心")

    def assign(*helpers: Unit) -> str:
        sent = {"lead": "", "helpers": [one.pk for one in helpers], "handler": officer.pk}
        assert client.post(act_of(case, "assign"), sent).status_code == 302
        latest = CaseEvent.objects.filter(case=case).order_by("-pk")[0]
        assert latest.label == "改派"
        return str(latest.note)

    assert assign(first) == f"{officer.name}，配合单位：住建局"
    case.refresh_from_db()
    assert case.handler == officer
    form = client.get(act_of(case, "assign")).context["form"]
    assert (form["helpers"].value(), form["handler"].value()) == ([first.pk], officer.pk)
    assert assign(first, second) in ("配合单位：住建局、公路中心", "配合单位：公路中心、住建局")
    assert assign() == "不再有配合单位"
    assert not CaseUnit.objects.filter(case=case, part=Part.HELPER).exists()


def test_what_leads_back_is_not_the_first_choice(client: Client, officer: Officer) -> None:
    case = found(officer, "标志缺失")

    def choices() -> tuple[str, list[str]]:
        page = client.get(f"/hazards/{case.uid}/")
        first = re.search(r'button--primary button--wide" href="[^"]*">([^<]*)<', page.content.decode())
        return first[1] if first else "", [one["label"] for one in page.context["moves"]]

    Case.objects.filter(pk=case.pk).update(state="fixed")
    assert choices() == ("验收销号", ["验收销号", "验收不合格退回"])
    Case.objects.filter(pk=case.pk).update(state="closed", closed_on=today())
    RolePermission.objects.create(role=officer.grants.get().role, code="hazards.hazard.inspect")
    client.force_login(Officer.objects.get(pk=officer.pk))
    assert choices() == ("", ["回头看不合格"])


def test_a_photograph_that_does_not_fit_is_questioned_at_once(
    client: Client, officer: Officer, settings: Any, tmp_path: Path
) -> None:
    settings.ANLU_UPLOADS_FOLDER = tmp_path
    taken = jpeg(taken="2023:01:05 10:00:00", at=(HERE["lon"], HERE["lat"]))
    sent = {"title": "标志缺失", "found_on": "2023-07-03", **HERE}
    sent["before"] = SimpleUploadedFile("旧照片.jpg", taken, "image/jpeg")  # type: ignore[assignment]
    answer = client.post(f"/hazards/new/?kind={KIND}", sent, follow=True)
    done, doubt = (str(one) for one in answer.context["messages"])
    assert done.startswith("已登记隐患")
    assert doubt == "请核对照片：「旧照片.jpg」拍摄于 2023-01-05，早于发现日期 179 天"


def test_what_is_missing_is_asked_for_in_plain_words(client: Client, officer: Officer) -> None:
    case = found(officer, "标志缺失")
    address = f"/hazards/{case.uid}/move/?move=reject"
    for language, words in (("zh-hans", "请填写"), ("en", "Please fill this in")):
        client.post(reverse("web.looks"), {"language": language})
        page = client.post(address, {"note": ""}).content.decode()
        assert page.count(words) == 2  # at the top and at the field
        assert "字段" not in page


def test_the_day_of_a_matter_is_called_what_it_is(client: Client, officer: Officer) -> None:
    families = {
        "hazards.hazard": "发现日期",
        "governance.task": "登记日期",
        "suggestions.suggestion": "提出日期",
    }
    client.force_login(make_officer(None, *(f"{one}.{verb}" for one in families for verb in ("view", "add"))))
    for family, words in families.items():
        form = client.get(f"{reverse(family)}new/", {"kind": KINDS[family]})
        assert form.context["form"].fields["found_on"].label == words
