"""Numbers: every one is given, and given once, however many people ask at the same time."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from anlu.kernel.documents import services
from anlu.kernel.documents.define import kinds
from anlu.kernel.documents.models import Document, Letterhead
from anlu.kernel.documents.numbering import series_of
from tests.kernel.documents.conftest import Office
from tests.kernel.documents.writing import drafted, issued, signed


def test_kinds_years_and_offices_count_for_themselves(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [issued(office).number for _ in range(2)] == ["青公交抄〔2023〕1号", "青公交抄〔2023〕2号"]
    monkeypatch.setenv("ANLU_TODAY", "2024-01-02")
    assert issued(office).number == "青公交抄〔2024〕1号"


def test_a_number_is_given_back_when_the_issue_fails(office: Office) -> None:
    document = signed(office)
    with transaction.atomic():
        services.issue(document, by=office.deputy)
        transaction.set_rollback(True)
    assert services.issue(document, by=office.deputy).number_serial == 1


def test_a_number_taken_before_the_issue_is_the_one_it_is_issued_under(office: Office) -> None:
    first, second = signed(office), signed(office)
    services.give_a_number(first, by=office.deputy)
    assert services.issue(second, by=office.deputy).number_serial == 2
    assert services.issue(first, by=office.deputy).number_serial == 1


def test_the_database_refuses_a_number_twice(office: Office) -> None:
    first, other = issued(office), drafted(office)
    taken = {name: getattr(first, name) for name in ("series", "number_year", "number_serial")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=other.pk).update(**taken)


def test_a_document_of_a_series_without_a_word_shares_it_with_the_others(office: Office) -> None:
    """青公交〔2023〕n号 is one series, whatever is issued under it."""
    assert series_of(kinds.get("plan")) == series_of(kinds.get("notice"))
    assert series_of(kinds.get("plan")) != series_of(kinds.get("referral"))


def test_issuing_many_in_the_background_tells_what_was_refused(office: Office) -> None:
    good, bad = signed(office), drafted(office)
    job = services.bulk_issue([good.uid, bad.uid], by=office.deputy)
    job.refresh_from_db()
    assert job.result["issued"] == [str(good.uid)]
    assert [one["title"] for one in job.result["refused"]] == [bad.title]
    again = services.bulk_issue([good.uid], by=office.deputy)
    again.refresh_from_db()
    assert again.result == {"issued": [str(good.uid)], "refused": []}
    assert Document.objects.get(pk=good.pk).number_serial == 1
    assert date(2023, 7, 3) == Document.objects.get(pk=good.pk).issued_on
    assert Letterhead.objects.count() == 2
