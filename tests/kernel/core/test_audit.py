"""The audit: what is written down, how it is sealed, and that nothing can be changed unnoticed."""

from datetime import timedelta

import pytest
from django.db import transaction

from anlu.kernel.core import audit
from anlu.kernel.core.audit import record, seal_pending, verify_chain
from anlu.kernel.core.clock import now
from anlu.kernel.core.history import changed_fields, fields_of, history_of
from anlu.kernel.core.models import AuditEntry, Seal
from anlu.kernel.core.scope import SYSTEM
from tests.factories import make_area, make_officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_anchors(settings, tmp_path):
    """Anchors of this test alone."""
    settings.ANLU_DATA_FOLDER = tmp_path


def make_chain(*sizes: int) -> list[AuditEntry]:
    """Seals with so many entries each."""
    entries = []
    for size in sizes:
        entries += [record("test", None, by=SYSTEM, label=f"第{n}件") for n in range(size)]
        assert seal_pending() == size
    return entries


def found() -> set[str]:
    return {finding.code for finding in verify_chain()}


def test_an_entry_says_who_did_what_to_which_thing():
    area, officer = make_area("城关镇"), make_officer()
    entry = record(
        "change", area, by=officer, changes={"name": ["旧名", "城关镇"]}, note="更名", address="10.0.0.9"
    )
    assert (entry.actor, entry.actor_name) == (officer.uid, officer.name)
    assert (entry.thing_kind, entry.thing_uid, entry.thing_label) == ("places.area", area.uid, "城关镇")
    assert next(iter(history_of(area))) == entry


def test_an_entry_is_rolled_back_with_the_change_it_is_about():
    with transaction.atomic():
        record("change", None, by=SYSTEM, label="撤销的事")
        transaction.set_rollback(True)
    assert not AuditEntry.objects.filter(thing_label="撤销的事").exists()


def test_long_texts_are_cut_and_do_not_break_the_digest():
    entry = record("test", None, by=SYSTEM, label="长" * 500, note="长" * 500, address="f" * 80)
    seal_pending()
    entry.refresh_from_db()
    assert (len(entry.thing_label), len(entry.note), len(entry.address)) == (120, 300, 45)
    assert verify_chain() == []


def test_every_entry_lies_in_exactly_one_seal_and_the_chain_verifies():
    make_area()
    seal_pending()
    make_chain(3, 1, 4)
    assert not AuditEntry.objects.filter(seal__isnull=True).exists()
    assert list(Seal.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert verify_chain() == []


def test_sealing_without_new_entries_makes_no_seal():
    make_chain(1)
    assert seal_pending() == 0
    assert Seal.objects.count() == 1


def test_more_entries_than_fit_into_a_seal_go_into_the_next(monkeypatch):
    monkeypatch.setattr(audit, "SEAL_ENTRIES", 2)
    for _ in range(5):
        record("test", None, by=SYSTEM)
    assert [seal_pending() for _ in range(4)] == [2, 2, 1, 0]
    assert verify_chain() == []


def test_structured_changes_survive_the_database_with_their_digest():
    changes = {"b": [1.0, 2.5], "a": [None, {"z": "值", "y": [True, 10**12]}], "日期": ["2023-07-03", ""]}
    entry = record("change", None, by=SYSTEM, changes=changes)
    assert AuditEntry.objects.get(pk=entry.pk).changes == changes
    assert found() == set()


@pytest.mark.parametrize(
    "change",
    [
        {"actor_name": "别人"},
        {"action": "view"},
        {"note": "改写"},
        {"changes": {"name": ["甲", "乙"]}},
        {"at": now() - timedelta(days=400)},
        {"thing_label": "别的事"},
        {"address": "10.9.9.9"},
    ],
)
def test_a_changed_entry_is_found(change):
    entries = make_chain(3, 2)
    AuditEntry.objects.filter(pk=entries[1].pk).update(**change)
    assert "entry_changed" in found()


def test_a_changed_entry_with_a_corrected_digest_is_found():
    entries = make_chain(3, 2)
    victim = AuditEntry.objects.get(pk=entries[1].pk)
    victim.note = "改写"
    victim.digest = audit.entry_digest(victim)
    victim.save()
    assert found() == {"root_differs"}


def test_a_removed_entry_is_found():
    entries = make_chain(3, 2)
    AuditEntry.objects.filter(pk=entries[2].pk).delete()
    assert found() == {"entries_missing"}


def test_a_seal_whose_entries_were_all_removed_is_found():
    entries = make_chain(3, 1)
    AuditEntry.objects.filter(pk=entries[3].pk).delete()
    assert found() == {"entries_missing"}


def test_reordered_entries_are_found():
    first, second, _ = make_chain(3)
    AuditEntry.objects.filter(pk=first.pk).update(position=1)
    AuditEntry.objects.filter(pk=second.pk).update(position=0)
    assert found() == {"root_differs"}


def test_an_entry_moved_to_another_seal_is_found():
    entries = make_chain(2, 2)
    other = AuditEntry.objects.get(pk=entries[3].pk).seal
    AuditEntry.objects.filter(pk=entries[0].pk).update(seal=other, position=2)
    assert found() == {"entries_missing"}


def test_a_removed_seal_is_found():
    entries = make_chain(2, 2, 2)
    AuditEntry.objects.filter(pk__in=[entries[2].pk, entries[3].pk]).delete()
    Seal.objects.filter(number=2).delete()
    assert "seal_missing" in found()


def test_a_changed_seal_is_found():
    make_chain(2, 2)
    Seal.objects.filter(number=1).update(sealed_at=now() - timedelta(days=30))
    assert found() == {"seal_changed"}


def test_a_rewritten_first_seal_breaks_the_link_to_the_next():
    make_chain(2, 2)
    seal = Seal.objects.get(number=1)
    seal.sealed_at -= timedelta(days=30)
    seal.digest = audit.seal_digest(seal)
    seal.save()
    assert "seal_broken" in found()


def test_a_chain_rewritten_as_a_whole_is_found_by_its_anchor():
    make_chain(2)
    assert audit.anchor_file().exists()
    AuditEntry.objects.all().delete()
    Seal.objects.all().delete()
    make_chain(2)
    assert found() == {"anchor_differs"}


def test_only_one_anchor_a_day_is_written():
    make_chain(1, 1, 1)
    assert len(audit.anchor_file().read_text().splitlines()) == 1


def test_an_entry_left_unsealed_for_over_a_minute_is_a_finding():
    entry = record("test", None, by=SYSTEM)
    assert found() == set()
    entry.at = now() - timedelta(minutes=2)
    entry.digest = audit.entry_digest(entry)
    entry.save()
    assert found() == {"unsealed"}


def test_changed_fields_names_old_and_new_only_where_they_differ():
    area = make_area("旧镇")
    before = fields_of(area, ["name", "parent", "valid_from"])
    area.name, area.parent = "新镇", make_area("上级")
    changes = changed_fields(before, area, ["name", "parent", "valid_from"])
    assert changes == {"name": ["旧镇", "新镇"], "parent": [None, "上级"]}
