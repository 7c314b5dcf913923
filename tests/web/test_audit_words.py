"""The operation log as people read it: acts and fields in words, personal data not at all."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from anlu.apps.crashes.models import Crash, CrashParty
from anlu.kernel.core.audit import record
from anlu.kernel.core.models import AuditEntry
from anlu.kernel.core.permissions import permissions
from anlu.kernel.core.scope import SYSTEM
from tests.factories import make_officer

pytestmark = pytest.mark.django_db


def shown(client: Client, entry: AuditEntry) -> str:
    """The page of an entry."""
    client.force_login(make_officer(None, *permissions.codes()))
    answer = client.get(reverse("core.audit.detail", args=[entry.uid]))
    assert answer.status_code == 200
    import re

    print(re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())[-3000:])
    return answer.content.decode()


def test_changes_are_named_by_their_labels_and_codes_by_their_words(client: Client) -> None:
    changes = {"road_name": ["滨河路", "云桥街"], "killed": [0, 1], "procedure": ["simple", "general"]}
    entry = record("change", None, by=SYSTEM, kind=Crash._meta.label_lower, label="甲", changes=changes)
    page = shown(client, entry)
    for words in ("道路：滨河路 → 云桥街", "死亡(7日内)：0 → 1"):
        assert words in page
    assert "road_name" not in page


def test_personal_fields_are_changed_without_their_values(client: Client) -> None:
    changes = {"id_number": ["sealed-before", "sealed-after"]}
    entry = record("change", None, by=SYSTEM, kind=CrashParty._meta.label_lower, label="甲", changes=changes)
    page = shown(client, entry)
    assert "sealed" not in page
    assert "*** → ***" in page


def test_what_has_no_table_is_shown_as_it_stands(client: Client) -> None:
    entry = record(
        "backup", None, by=SYSTEM, kind="core.installation", label="a.zip", changes={"rows": [None, 3]}
    )
    page = shown(client, entry)
    for words in ("备份", "平台", "行数：空 → 3"):
        assert words in page
