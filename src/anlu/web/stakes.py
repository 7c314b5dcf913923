"""Stakes in forms: K12+345 as people write it, metres in the record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from anlu.engine.roads.stakes import NotAStake, format_stake, parse_stake

HINT = "写作 K12+345"


class StakeField(forms.CharField):
    """A stake; its value is metres from the start of the road, None where nothing is typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 30, "strip": True, "required": False, "help_text": HINT} | kwargs))

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_stake(text).chainage_m
        except NotAStake:
            raise ValidationError(f"「{text}」不是桩号，应如 K12+345") from None

    def prepare_value(self, value: Any) -> Any:
        return stake_words(value) if isinstance(value, int | float) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return stake_words(initial) != (data or "").strip()


def stake_words(chainage_m: float | None) -> str:
    """``K12+345``, "" where no chainage is known."""
    return "" if chainage_m is None else format_stake(chainage_m)
