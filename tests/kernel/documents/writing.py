"""Documents in each state, for the tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from anlu.kernel.documents import services
from anlu.kernel.documents.models import Document
from tests.kernel.documents.conftest import Office

FACTS = {
    "位置": "国道105 K18+620",
    "隐患类型": "视距遮挡",
    "隐患情况": "西侧绿篱遮挡视线。",
    "整改建议": "修剪绿篱。",
}


def drafted(office: Office, **more: Any) -> Document:
    """A draft of an 抄告单 to the department, by the hazard officer."""
    stated: dict[str, Any] = {"unit": office.brigade, "by": office.clerk, "addressee": office.department}
    return services.draft_document("referral", more.pop("facts", FACTS), **(stated | more))


def signed(office: Office, **more: Any) -> Document:
    """Checked by the legal officer, signed by the deputy."""
    document = services.check(drafted(office, **more), by=office.legal)
    return services.sign(document, by=office.deputy)


def issued(office: Office, **more: Any) -> Document:
    """With a number."""
    return services.issue(signed(office, **more), by=office.deputy)


def delivered(office: Office, on: date | None = None) -> Document:
    """Taken by somebody of the department."""
    document = issued(office)
    services.deliver(document, by=office.clerk, receiver="柏某", on=on)
    return Document.objects.get(pk=document.pk)
