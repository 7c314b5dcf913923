"""Many rows at once are the same rows as one by one."""

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import isolate_apps
from uuid_utils.compat import uuid7

from anlu.kernel.core.bulk import insert_rows, reserve_ids
from anlu.kernel.core.fields import BlindIndex, EncryptedText
from anlu.kernel.core.models import Batch, Record, SearchEntry, Term
from anlu.kernel.places.models import Area, AreaPath

AT = datetime(2023, 7, 3, 8, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.django_db
def test_values_come_back_as_an_object_would_have_stored_them():
    uid = uuid7()
    columns = ("code", "name", "kind", "uid", "valid_from", "recorded_at", "lon", "boundary")
    boundary = {"type": "Point", "coordinates": [115.7, 36.85], "名": "甲\n乙\t\\"}
    rows = [
        ("371581", "城关镇", "town", uid, date(2018, 1, 1), AT, 115.7, boundary),
        ("371582", "", "town", str(uuid7()), None, AT.astimezone(UTC), None, None),
    ]
    assert insert_rows(Area, columns, rows) == 2
    first, second = Area.objects.order_by("code")
    assert (first.uid, first.valid_from, first.recorded_at) == (uid, date(2018, 1, 1), AT)
    assert (first.lon, first.boundary) == (115.7, boundary)
    assert (second.name, second.valid_from, second.lon, second.boundary) == ("", None, None, None)
    assert second.recorded_at == AT
    assert Area.objects.filter(recorded_at=AT, uid=uid, valid_from__lte=date(2018, 1, 1)).count() == 1


@pytest.mark.django_db
def test_columns_that_are_not_named_get_the_defaults_of_the_field():
    insert_rows(Area, ("code", "name", "kind"), [(f"{n}", "镇", "town") for n in range(3)])
    areas = list(Area.objects.all())
    assert len({area.uid for area in areas}) == 3
    assert {area.version for area in areas} == {1}
    assert {(area.voided_why, area.sort_key, area.source) for area in areas} == {("", "", "")}
    assert all(area.created_at and area.changed_at and area.voided_at is None for area in areas)
    insert_rows(Batch, ("noun",), [("crashes",)])
    assert Batch.objects.get().options == {}
    insert_rows(Term, ("list", "code", "label"), [("a", "b", "c")])
    assert Term.objects.get(list="a").builtin is False


@pytest.mark.django_db
def test_a_link_takes_the_key_under_either_name():
    insert_rows(Area, ("code", "name", "kind"), [("1", "县", "county"), ("2", "镇", "town")])
    county, town = Area.objects.order_by("code")
    insert_rows(AreaPath, ("ancestor", "descendant_id"), [(county.pk, town.pk)])
    assert AreaPath.objects.get().descendant == town


@pytest.mark.django_db
def test_an_unknown_column_or_a_short_row_is_refused():
    with pytest.raises(ValueError, match="has no column 'colour'"):
        insert_rows(Area, ("code", "colour"), [])
    with pytest.raises(ValueError, match="a row has 1 values for 2 columns"):
        insert_rows(Area, ("code", "name"), [("1",)])


@pytest.mark.django_db
def test_more_rows_than_fit_into_one_portion_all_arrive():
    rows = ((f"{n}", "镇", "town") for n in range(12_001))
    assert insert_rows(Area, ("code", "name", "kind"), rows) == 12_001
    assert Area.objects.count() == 12_001


@pytest.mark.django_db
def test_reserved_keys_are_given_to_nobody_else():
    with transaction.atomic():
        first = reserve_ids(SearchEntry, 3)
        second = reserve_ids(SearchEntry, 2)
        assert sorted(set(first) | set(second)) == first + second
        rows = [(key, "k", UUID(int=key)) for key in first + second]
        insert_rows(SearchEntry, ("id", "kind", "uid"), rows)
    single = SearchEntry.objects.create(kind="k", uid=uuid7())
    assert single.pk > max(second)
    assert SearchEntry.objects.count() == 6


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_keys_cannot_be_reserved_outside_a_transaction():
    with pytest.raises(RuntimeError, match="inside a transaction"):
        reserve_ids(SearchEntry, 1)


@pytest.mark.django_db(transaction=True)
def test_personal_numbers_are_encrypted_on_the_way():
    with isolate_apps("anlu.kernel.core"):

        class Row(Record):
            phone = EncryptedText()
            phone_index = BlindIndex(of="phone")

            class Meta:
                app_label = "core"

    with connection.schema_editor() as editor:
        editor.create_model(Row)
    try:
        insert_rows(Row, ("phone", "phone_index"), [("13800000000", "138 0000 0000"), ("", None)])
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT phone FROM {Row._meta.db_table}")
            assert all(b"138" not in bytes(sealed) for (sealed,) in cursor.fetchall())
        assert Row.objects.get(phone_index="13800000000").phone == "13800000000"
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(Row)
