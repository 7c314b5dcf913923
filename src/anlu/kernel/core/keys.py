"""
The installation's secrets: files of mode 600 in a folder of mode 700, made once by ``anlu init``.

``secret_key`` signs sessions and forms; ``field-<n>`` encrypt personal fields (the highest number is in use,
the others only read what was written under them); ``index`` makes blind indexes. They are not in a backup
unless asked for: whoever has the database and the keys can read the personal numbers.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path

SECRET_FILE = "secret_key"
INDEX_FILE = "index"
FIELD_FILE = re.compile(r"field-([1-9][0-9]{0,2})")
KEY_BYTES = 32
LAST_KEY_NUMBER = 255  # the number is the first byte of every encrypted value


class KeyProblem(Exception):
    """A key is absent, damaged, or not the one that a value was written under."""


def make_keys(folder: Path, *, first_field: int = 1) -> list[str]:
    """
    Make whatever key is absent; give back the names of those made. Existing keys are never touched.

    ``first_field`` is the number of the first key for personal fields when there is none, above every
    number that the database already holds: values of a lost key must stay recognisable.
    """
    made = [SECRET_FILE] if make_secret(folder) else []
    wanted = [INDEX_FILE] if field_numbers(folder) else [INDEX_FILE, f"field-{first_field}"]
    return made + [name for name in wanted if _write_new(folder / name, secrets.token_bytes(KEY_BYTES))]


def make_secret(folder: Path) -> bool:
    """Make the signing key, without which nothing starts; False when it is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return _write_new(folder / SECRET_FILE, secrets.token_urlsafe(48).encode())


def add_field_key(folder: Path) -> int:
    """Make the next key for personal fields, which is in use from then on; give back its number.

    Raises
    ------
    KeyProblem
        All 255 numbers are used up.
    """
    number = max(field_numbers(folder), default=0) + 1
    if number > LAST_KEY_NUMBER:
        raise KeyProblem(f"{LAST_KEY_NUMBER} keys are the most that an installation can have")
    _write_new(folder / f"field-{number}", secrets.token_bytes(KEY_BYTES))
    return number


def fingerprints(folder: Path) -> dict[str, str]:
    """Name → 16 signs that tell two keys apart and say nothing about either."""
    found = [folder / INDEX_FILE, *(folder / f"field-{number}" for number in field_numbers(folder))]
    return {
        path.name: hashlib.sha256(b"anlu key\0" + path.read_bytes()).hexdigest()[:16]
        for path in found
        if path.exists()
    }


def _write_new(path: Path, content: bytes) -> bool:
    """Write a key file whole or not at all; False when it is there already."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # fails when another process was faster
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def field_numbers(folder: Path) -> list[int]:
    """Numbers of the keys for personal fields, in order."""
    names = (FIELD_FILE.fullmatch(path.name) for path in folder.glob("field-*"))
    return sorted(int(found[1]) for found in names if found)


def read_secret_key(folder: Path) -> str:
    """The signing key; "" before ``anlu init`` (Django then refuses to sign)."""
    try:
        return (folder / SECRET_FILE).read_text().strip()
    except FileNotFoundError:
        return ""


def read_key(folder: Path, name: str) -> bytes:
    """A key of 32 bytes.

    Raises
    ------
    KeyProblem
        It is absent or has another length.
    """
    try:
        content = (folder / name).read_bytes()
    except FileNotFoundError:
        raise KeyProblem(f"key {name} is absent from {folder}") from None
    if len(content) != KEY_BYTES:
        raise KeyProblem(f"key {name} must have {KEY_BYTES} bytes, found {len(content)}")
    return content
