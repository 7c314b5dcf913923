"""
Personal numbers at rest: AES-256-GCM for the value, HMAC-SHA-256 for finding it again.

An encrypted value is ``key number (1 byte) + nonce (12) + ciphertext and tag``; the key number chooses the
key, and with it the cipher, so that another cipher can follow without touching what is written. 0.9 us a
value (``foundations`` 1). The blind index uses a key of its own: an index never helps to decrypt.
"""

from __future__ import annotations

import base64
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from anlu.kernel.core.keys import INDEX_FILE, KeyProblem, field_numbers, read_key

NONCE_BYTES: Final = 12
INDEX_BYTES: Final = 16
TEXT_MARK: Final = "enc:"  # before a ciphertext that stands in a text or in JSON (audit, staging)


@dataclass(frozen=True)
class Keyring:
    """The keys of one folder as they were when it was read."""

    folder: Path
    ciphers: dict[int, AESGCM]
    index_key: bytes

    @property
    def current(self) -> int:
        """The number of the key that new values are written under."""
        return max(self.ciphers)


@lru_cache(maxsize=8)
def _keyring(folder: Path, numbers: tuple[int, ...]) -> Keyring:
    if not numbers:
        raise KeyProblem(
            f"no field key in {folder}: run anlu init, or put back the keys that are kept elsewhere"
        )
    ciphers = {number: AESGCM(read_key(folder, f"field-{number}")) for number in numbers}
    return Keyring(folder, ciphers, read_key(folder, INDEX_FILE))


@lru_cache(maxsize=1)
def _numbers(folder: Path) -> tuple[int, ...]:
    return tuple(field_numbers(folder))


def keyring() -> Keyring:
    """The installation's keys.

    Raises
    ------
    KeyProblem
        A key is absent or damaged.
    """
    folder: Path = settings.ANLU_KEYS_FOLDER
    return _keyring(folder, _numbers(folder))


def forget_keys() -> None:
    """Read the key files anew at the next use (a key was added or changed)."""
    _numbers.cache_clear()
    _keyring.cache_clear()


def encrypt(text: str) -> bytes:
    """``text`` as ciphertext under the current key; the empty text stays empty.

    Raises
    ------
    KeyProblem
        There is no key.
    """
    if not text:
        return b""
    ring = keyring()
    number = bytes([ring.current])
    nonce = os.urandom(NONCE_BYTES)
    return number + nonce + ring.ciphers[ring.current].encrypt(nonce, text.encode(), number)


def decrypt(sealed: bytes) -> str:
    """The text that ``encrypt`` was given.

    Raises
    ------
    KeyProblem
        The key is absent, is another one than the value was written under, or the value was changed.
    """
    if not sealed:
        return ""
    number, nonce, body = sealed[0], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return _cipher(number).decrypt(nonce, body, bytes([number])).decode()
    except (InvalidTag, ValueError):
        raise KeyProblem(
            f"a value written under key field-{number} cannot be read: the key file in "
            f"{settings.ANLU_KEYS_FOLDER} is not the one it was written under, or the value was changed"
        ) from None


def _cipher(number: int) -> AESGCM:
    """The cipher of a key number; a number not known yet may have been added by another process."""
    if number not in keyring().ciphers:
        forget_keys()
    ring = keyring()
    if number not in ring.ciphers:
        raise KeyProblem(f"a value was written under key field-{number}, which is absent from {ring.folder}")
    return ring.ciphers[number]


def key_number(sealed: bytes) -> int | None:
    """The number of the key that a value was written under; None for the empty value."""
    return sealed[0] if sealed else None


def blind_index(normalised: str, *, purpose: str) -> bytes | None:
    """16 bytes that are equal exactly when the normalised texts are; None for the empty text.

    ``purpose`` keeps kinds of number apart: the same digits as phone and as identity number differ.
    """
    if not normalised:
        return None
    message = f"{purpose}\0{normalised}".encode()
    return hmac.digest(keyring().index_key, message, "sha256")[:INDEX_BYTES]


def as_text(sealed: bytes) -> str:
    """A ciphertext as it stands in JSON: ``enc:`` and base64; the empty value stays empty."""
    return TEXT_MARK + base64.b64encode(sealed).decode() if sealed else ""


def from_text(text: str) -> str:
    """The plain text behind ``as_text(encrypt(...))``; a text without the mark is given back as it is.

    Raises
    ------
    KeyProblem
        As ``decrypt``.
    """
    if not text.startswith(TEXT_MARK):
        return text
    return decrypt(base64.b64decode(text.removeprefix(TEXT_MARK)))
