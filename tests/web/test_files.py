"""Files of a record: uploaded on its page, opened by those who see the record, taken out with a reason."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from anlu.apps.plans.models import Honour
from anlu.apps.plans.services import honours
from anlu.kernel.core.attachments import attachments_of, with_pictures
from anlu.kernel.core.models import Attachment, AuditEntry
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM, Width
from anlu.kernel.indicators.external import add_external
from tests.factories import make_officer, make_unit

pytestmark = pytest.mark.django_db


def picture() -> SimpleUploadedFile:
    """A small photograph."""
    sink = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(sink, "JPEG")
    return SimpleUploadedFile("奖牌.jpg", sink.getvalue())


@pytest.fixture
def honour(db: None) -> Honour:
    values = {
        "title": "先进集体",
        "kind": "plaque",
        "level": "city",
        "granted_by": "市局",
        "granted_on": date(2023, 1, 5),
        "unit": make_unit(),
    }
    return honours.add(values, by=SYSTEM)


@pytest.fixture
def keeper(honour: Honour, client: Client) -> Client:
    """Somebody of the unit who may do everything."""
    client.force_login(make_officer(honour.unit, *permissions.codes(), width=Width.OWN))
    return client


def upload(client: Client, honour: Honour, *files: SimpleUploadedFile) -> int:
    """The status of the answer."""
    url = reverse("plans.honour.files", args=[honour.uid])
    return client.post(url, {"files": files, "caption": "授牌"}).status_code


def test_an_uploaded_picture_is_shown_on_the_page_of_its_record(honour: Honour, keeper: Client) -> None:
    assert upload(keeper, honour, picture()) == 302
    one = attachments_of(honour).get()
    assert with_pictures([honour]) == {honour.uid}
    address = reverse("plans.honour.file", args=[honour.uid, one.uid])
    assert (
        f"{address}?size=small"
        in keeper.get(reverse("plans.honour.detail", args=[honour.uid])).content.decode()
    )
    shown = keeper.get(address)
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(b"".join(shown.streaming_content))).size == (40, 30)


def test_downloading_the_original_is_recorded(honour: Honour, keeper: Client) -> None:
    upload(keeper, honour, picture())
    one = attachments_of(honour).get()
    answer = keeper.get(reverse("plans.honour.file", args=[honour.uid, one.uid]), {"size": "original"})
    assert "attachment" in answer.headers["Content-Disposition"]
    assert AuditEntry.objects.filter(action="download", thing_uid=honour.uid).count() == 1


@pytest.mark.parametrize("content", [b"", b"MZ not a picture", b"<svg onload=alert(1)>"])
def test_what_is_neither_picture_nor_document_is_refused(
    honour: Honour, keeper: Client, content: bytes
) -> None:
    assert upload(keeper, honour, picture(), SimpleUploadedFile("奖牌.jpg", content)) == 422
    assert not Attachment.objects.exists()


def test_who_does_not_see_the_record_sees_none_of_its_files(honour: Honour, keeper: Client) -> None:
    upload(keeper, honour, picture())
    one = attachments_of(honour).get()
    stranger = Client()
    stranger.force_login(make_officer(make_unit(), *permissions.codes(), width=Width.OWN))
    for size in ("", "small", "original"):
        address = reverse("plans.honour.file", args=[honour.uid, one.uid])
        assert stranger.get(address, {"size": size}).status_code == 404
    assert upload(stranger, honour, picture()) == 404
    assert attachments_of(honour).count() == 1


def test_a_file_of_one_record_is_not_opened_through_another(honour: Honour, keeper: Client) -> None:
    upload(keeper, honour, picture())
    other = honours.add(
        {
            "title": "另一项",
            "kind": "plaque",
            "level": "city",
            "granted_by": "市局",
            "granted_on": date(2023, 1, 6),
            "unit": honour.unit,
        },
        by=SYSTEM,
    )
    one = attachments_of(honour).get()
    assert keeper.get(reverse("plans.honour.file", args=[other.uid, one.uid])).status_code == 404


def test_a_file_is_taken_out_with_a_reason_and_its_record_says_so(honour: Honour, keeper: Client) -> None:
    upload(keeper, honour, picture())
    one = attachments_of(honour).get()
    url = reverse("plans.honour.files", args=[honour.uid])
    keeper.post(url, {"detach": f"{one.uid}", "why": " "})
    assert attachments_of(honour).count() == 1
    keeper.post(url, {"detach": f"{one.uid}", "why": "不清晰"})
    assert attachments_of(honour).count() == 0
    assert keeper.post(url, {"detach": "nonsense", "why": "x"}).status_code == 404
    assert AuditEntry.objects.filter(action="detach", thing_uid=honour.uid).exists()


def test_the_paper_that_states_an_external_figure_is_kept_with_it(client: Client) -> None:
    stated = {
        "kind": "rank",
        "value": Decimal(2),
        "among": 8,
        "day": date(2023, 6, 30),
        "document_on": date(2023, 7, 2),
    }
    figure = add_external({**stated, "issuer": "支队", "document_number": "聊公交〔2023〕31号"}, by=SYSTEM)
    url = reverse("indicators.external.files", args=[figure.uid])
    client.force_login(make_officer(make_unit(), "indicators.external.view"))
    assert client.get(url).status_code == 403
    client.force_login(make_officer(make_unit(), "indicators.external.view", "figures.external.change"))
    paper = SimpleUploadedFile("通报.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    assert client.post(url, {"files": [paper], "caption": "通报"}).status_code == 302
    page = client.get(reverse("indicators.external.detail", args=[figure.uid])).content.decode()
    assert reverse("indicators.external.file", args=[figure.uid, attachments_of(figure).get().uid]) in page
