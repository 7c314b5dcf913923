"""Personal data as people see it before they have a reason to see more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from anlu.engine.identity import mask_id, mask_name, mask_phone
from anlu.web.ledgers import Personal

HIDDEN: Final = "***"


def mask_plate(text: str) -> str:
    """Province and city letter, and the last character: 鲁P***5; anything shorter is hidden whole."""
    return f"{text[:2]}***{text[-1]}" if len(text) >= 5 else HIDDEN


def hide(text: str) -> str:
    """Nothing is left."""
    return HIDDEN


MASKS: Final[dict[Personal, Callable[[str], str]]] = {
    Personal.NAME: mask_name,
    Personal.IDENTITY: mask_id,
    Personal.PHONE: mask_phone,
    Personal.PLATE: mask_plate,
    Personal.TEXT: hide,
}


def masked(value: object, kind: Personal) -> str:
    """The value with what identifies a person taken out; empty stays empty."""
    text = str(value or "").strip()
    return MASKS[kind](text) if text and kind != Personal.NONE else text
