"""The upload store: content is stored once under its digest, whatever it is called."""

import hashlib
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlu.kernel.core import store
from anlu.kernel.core.errors import NotFound
from anlu.kernel.core.models import Upload
from anlu.kernel.core.scope import SYSTEM
from anlu.kernel.core.store import UploadTooLarge, clean_name, is_whole, keep, open_upload, path_of

pytestmark = pytest.mark.django_db
TEXT = "内容".encode()


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """A store of this test alone."""
    settings.ANLU_UPLOADS_FOLDER = tmp_path / "uploads"
    return settings.ANLU_UPLOADS_FOLDER


def contents(folder) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def put(content: bytes, name: str = "a.txt") -> Upload:
    return keep(content, name=name, purpose="test", by=SYSTEM)


def test_what_was_kept_comes_back():
    upload = keep(io.BytesIO(TEXT), name="说明.txt", purpose="test", by=SYSTEM)
    with open_upload(upload) as file:
        assert file.read() == TEXT
    assert upload.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert (upload.name, upload.bytes, upload.media_type) == ("说明.txt", 6, "text/plain")
    assert upload.actor_name == SYSTEM.name


def test_the_same_content_is_stored_once_under_two_names(folder):
    first, second = put(TEXT, "甲.txt"), put(TEXT, "乙.txt")
    assert first.sha256 == second.sha256
    assert contents(folder) == [first.sha256]
    assert store.stored_bytes() == len(TEXT)


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "/etc/passwd",
        "..\\..\\boot.ini",
        "C:\\x\\passwd",
        "a/../../passwd",
        "\0/passwd",
        "..",
    ],
)
def test_a_name_never_becomes_a_path(folder, name):
    upload = put(TEXT, name)
    assert contents(folder) == [upload.sha256]
    assert "/" not in upload.name
    assert "\\" not in upload.name
    assert path_of(upload.sha256).resolve().is_relative_to(folder.resolve())


@given(st.text(max_size=400))
def test_a_cleaned_name_is_short_visible_and_stays_itself(name):
    cleaned = clean_name(name)
    assert 1 <= len(cleaned) <= 200
    assert not set(cleaned) & {"/", "\\", "\0", "\n", "\u202e"}
    assert clean_name(cleaned) == cleaned


def test_a_long_name_keeps_its_ending():
    assert clean_name("长" * 300 + ".xlsx") == "长" * 195 + ".xlsx"


@pytest.mark.parametrize(
    "digest", ["", "../../etc/passwd", "0" * 63, "0" * 65, "G" * 64, "0" * 64 + "\n", "A" * 64]
)
def test_only_a_digest_gives_a_path(digest):
    with pytest.raises(ValueError, match="not a SHA-256 digest"):
        path_of(digest)


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(folder, settings):
    settings.ANLU_UPLOAD_LIMIT_BYTES = 10
    put(b"x" * 10)
    with pytest.raises(UploadTooLarge):
        put(b"x" * 11)
    assert Upload.objects.count() == 1
    assert len(contents(folder)) == 1


def test_a_full_store_refuses_new_content_but_not_what_it_has(folder, settings):
    settings.ANLU_UPLOAD_QUOTA_BYTES = 10
    put(b"12345")
    put(b"67890")
    with pytest.raises(UploadTooLarge):
        put(b"!")
    put(b"12345", "again.txt")
    assert len(contents(folder)) == 2


def test_files_are_for_the_owner_only(folder):
    path = path_of(put(TEXT).sha256)
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o077 == 0


def test_damaged_or_missing_content_is_noticed():
    upload = put(TEXT)
    assert is_whole(upload.sha256)
    path_of(upload.sha256).write_bytes(b"changed")
    assert not is_whole(upload.sha256)
    path_of(upload.sha256).unlink()
    assert not is_whole(upload.sha256)
    with pytest.raises(NotFound):
        open_upload(upload)


def test_damaged_content_is_mended_by_the_same_content_coming_again():
    first = put(TEXT)
    path_of(first.sha256).write_bytes(b"changed")
    again = put(TEXT, "again.txt")
    assert is_whole(first.sha256)
    with open_upload(first) as file, open_upload(again) as other:
        assert file.read() == other.read()


def test_a_sweep_takes_what_no_row_names_and_spares_the_young(folder):
    kept, gone, young = put(b"kept"), put(b"gone"), put(b"young")
    later = path_of(gone.sha256).stat().st_mtime + store.SWEEP_AFTER_S + 10
    os.utime(path_of(young.sha256), (later, later))
    Upload.objects.filter(pk__in=[gone.pk, young.pk]).delete()
    assert store.sweep(at=later) == 1
    assert sorted(contents(folder)) == sorted([kept.sha256, young.sha256])


def test_content_kept_again_is_young_again():
    upload = put(TEXT)
    path = path_of(upload.sha256)
    os.utime(path, (1, 1))
    put(TEXT)
    assert path.stat().st_mtime > 1
