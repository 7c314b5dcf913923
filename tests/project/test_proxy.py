"""The address that is recorded behind a proxy, and the health page."""

import pytest
from django.http import HttpResponse

from anlu.project.proxy import PeerAddress


@pytest.mark.parametrize(
    ("stated", "address"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("6.6.6.6, 10.1.2.3", "10.1.2.3"),  # the visitor wrote the first
        ("", "127.0.0.1"),
        (" , ", "127.0.0.1"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_the_word_of_the_proxy_counts(rf, stated, address):
    request = rf.get("/", headers={"x-forwarded-for": stated})
    seen = []
    PeerAddress(lambda request: seen.append(request.META["REMOTE_ADDR"]) or HttpResponse())(request)
    assert seen == [address]


@pytest.mark.django_db
def test_the_health_page_needs_no_account_and_says_nothing_else(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert client.post("/healthz").status_code == 405
