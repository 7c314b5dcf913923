"""Personal numbers: ciphertext in the database, found by blind index, readable only with the right key."""

import shutil
from collections.abc import Iterator

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from anlu.kernel.core import crypto, fields
from anlu.kernel.core.fields import BlindIndex, EncryptedText, Unreadable, compact, last_four, rekey
from anlu.kernel.core.history import changed_fields
from anlu.kernel.core.keys import KeyProblem, add_field_key, make_keys
from anlu.kernel.core.models import Record

NUMBER = "37152519900101002X"


@pytest.fixture
def keys_folder(settings, tmp_path) -> Iterator:
    """Fresh keys in a folder of this test."""
    settings.ANLU_KEYS_FOLDER = tmp_path / "keys"
    make_keys(settings.ANLU_KEYS_FOLDER)
    crypto.forget_keys()
    yield settings.ANLU_KEYS_FOLDER
    crypto.forget_keys()


@pytest.fixture
def person(keys_folder, transactional_db) -> Iterator[type[models.Model]]:
    """A table with personal numbers."""
    with isolate_apps("anlu.kernel.core"):

        class Person(Record):
            name = models.CharField(max_length=20, blank=True)
            id_number = EncryptedText()
            id_number_index = BlindIndex(of="id_number")
            id_number_tail = BlindIndex(of="id_number", normalise=last_four, purpose="id_number.tail")

            class Meta:
                app_label = "core"

    with connection.schema_editor() as editor:
        editor.create_model(Person)
    yield Person
    with connection.schema_editor() as editor:
        editor.delete_model(Person)


def stored(person: type[models.Model], column: str = "id_number") -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {person._meta.db_table}")
        return bytes(cursor.fetchone()[0])


@given(st.text(max_size=60))
def test_what_is_encrypted_comes_back(text):
    assert crypto.decrypt(crypto.encrypt(text)) == text
    assert crypto.from_text(crypto.as_text(crypto.encrypt(text))) == text


def test_the_same_text_is_never_the_same_ciphertext():
    assert crypto.encrypt(NUMBER) != crypto.encrypt(NUMBER)


def test_the_first_byte_is_the_number_of_the_key(keys_folder):
    assert crypto.key_number(crypto.encrypt(NUMBER)) == 1
    assert add_field_key(keys_folder) == 2
    crypto.forget_keys()
    assert crypto.key_number(crypto.encrypt(NUMBER)) == 2
    assert crypto.key_number(crypto.encrypt("")) is None


@given(st.binary(min_size=1, max_size=1), st.integers(0, 40))
def test_a_changed_ciphertext_is_refused(byte, place):
    sealed = bytearray(crypto.encrypt(NUMBER))
    place %= len(sealed)
    if sealed[place : place + 1] == byte:
        return
    sealed[place : place + 1] = byte
    with pytest.raises(KeyProblem):
        crypto.decrypt(bytes(sealed))


def test_a_wrong_key_is_named_in_the_message(keys_folder):
    sealed = crypto.encrypt(NUMBER)
    (keys_folder / "field-1").write_bytes(b"x" * 32)
    crypto.forget_keys()
    with pytest.raises(KeyProblem, match="field-1 cannot be read"):
        crypto.decrypt(sealed)


def test_a_missing_key_is_named_in_the_message(keys_folder):
    add_field_key(keys_folder)
    crypto.forget_keys()
    sealed = crypto.encrypt(NUMBER)
    (keys_folder / "field-2").unlink()
    crypto.forget_keys()
    with pytest.raises(KeyProblem, match="key field-2, which is absent"):
        crypto.decrypt(sealed)


def test_a_key_of_the_wrong_length_is_refused(keys_folder):
    (keys_folder / "field-1").write_bytes(b"short")
    crypto.forget_keys()
    with pytest.raises(KeyProblem, match="must have 32 bytes, found 5"):
        crypto.encrypt(NUMBER)


def test_a_key_added_by_another_process_is_found(keys_folder):
    crypto.keyring()
    add_field_key(keys_folder)
    theirs = bytes([2]) + crypto.encrypt(NUMBER)[1:]
    with pytest.raises(KeyProblem, match="field-2 cannot be read"):  # known by now, and rightly refused
        crypto.decrypt(theirs)


def test_keys_are_for_the_owner_only_and_never_overwritten(tmp_path):
    folder = tmp_path / "keys"
    assert make_keys(folder) == ["secret_key", "index", "field-1"]
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert make_keys(folder) == []
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_the_blind_index_tells_purposes_apart_and_has_none_for_nothing():
    assert crypto.blind_index("13800000000", purpose="phone") != crypto.blind_index(
        "13800000000", purpose="id"
    )
    assert crypto.blind_index("", purpose="phone") is None


@pytest.mark.parametrize(
    "written",
    ["37152519900101002x", " 3715 2519 9001 0100 2X ", "3715-2519-9001-0100-2X", "37152519900101002X"],
)
def test_spelling_does_not_matter_to_the_index(written):
    assert compact(written) == NUMBER
    assert last_four(written) == "002X"


def test_a_number_is_ciphertext_in_the_table_and_plain_on_the_object(person):
    person.objects.create(id_number=NUMBER)
    assert NUMBER.encode() not in stored(person)
    assert person.objects.get().id_number == NUMBER


def test_a_number_is_found_by_its_index_however_it_is_written(person):
    mine = person.objects.create(id_number=NUMBER)
    person.objects.create(id_number="371525198001010011")
    assert person.objects.get(id_number_index="37152519900101002x") == mine
    assert person.objects.get(id_number_tail="002X") == mine
    assert not person.objects.filter(id_number_index="").exists()
    assert not person.objects.filter(id_number_index="371525199001010").exists()


def test_an_empty_number_has_no_index_and_is_not_found(person):
    person.objects.create(id_number="")
    assert person.objects.filter(id_number_index__isnull=True).count() == 1
    assert not person.objects.filter(id_number_index="").exists()


def test_an_encrypted_text_cannot_be_searched(person):
    with pytest.raises(FieldError, match="search by its BlindIndex"):
        person.objects.filter(id_number=NUMBER).exists()
    with pytest.raises(FieldError, match="search by its BlindIndex"):
        person.objects.filter(id_number__contains="3715").exists()


def test_saving_only_the_number_carries_its_indexes_along(person):
    mine = person.objects.create(id_number=NUMBER)
    mine.id_number = "371525198001010011"
    mine.save(update_fields=["id_number"])
    assert person.objects.filter(id_number_index="371525198001010011").exists()
    assert not person.objects.filter(id_number_index=NUMBER).exists()


def test_history_keeps_ciphertext_and_never_the_number(person):
    old, new = person(id_number=NUMBER), person(id_number="371525198001010011")
    changes = changed_fields(old, new, ["id_number"])
    assert NUMBER not in str(changes)
    assert [crypto.from_text(text) for text in changes["id_number"]] == [NUMBER, "371525198001010011"]


def test_rekeying_writes_everything_under_the_new_key_in_chunks(person, keys_folder, monkeypatch):
    monkeypatch.setattr(fields, "REKEY_ROWS", 2)
    for n in range(5):
        person.objects.create(id_number=f"37152519900101{n:04d}")
    person.objects.create(id_number="")
    field = person._meta.get_field("id_number")
    assert rekey(person, field) == (0, 0)
    add_field_key(keys_folder)
    crypto.forget_keys()
    last, counts = 0, []
    while (step := rekey(person, field, after=last))[1]:
        last = step[0]
        counts.append(step[1])
    assert counts == [2, 2, 1]
    assert fields._keys_of(person, field) == {2: 5}
    assert {p.id_number for p in person.objects.all()} == {f"37152519900101{n:04d}" for n in range(5)} | {""}
    assert person.objects.filter(id_number_index="371525199001010003").exists()


def test_a_row_with_a_lost_key_opens_and_keeps_its_ciphertext_when_saved(person, keys_folder, tmp_path):
    person.objects.create(name="甲", id_number=NUMBER)
    sealed, index = stored(person), stored(person, "id_number_index")
    shutil.copytree(keys_folder, tmp_path / "safe")
    (keys_folder / "field-1").write_bytes(b"x" * 32)
    crypto.forget_keys()
    row = person.objects.get()
    assert isinstance(row.id_number, Unreadable)
    assert NUMBER not in row.id_number
    row.name = "乙"
    row.save()
    assert (stored(person), stored(person, "id_number_index")) == (sealed, index)
    shutil.copy(tmp_path / "safe" / "field-1", keys_folder / "field-1")
    crypto.forget_keys()
    assert person.objects.get().id_number == NUMBER
