"""Stakes in forms: K12+345 as people write it, metres in the record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from anlu.engine.roads.stakes import NotAStake, format_stake, parse_stake

HINT = "写作 K12+345"
MOST_DECIMALS = 3


class StakeField(forms.CharField):
    """A stake; its value is metres from the start of the road, None where nothing is typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 30, "strip": True, "required": False, "help_text": HINT} | kwargs))

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return round(parse_stake(text).chainage_m, MOST_DECIMALS)
        except NotAStake:
            raise ValidationError(f"「{text}」不是桩号，应如 K12+345") from None

    def prepare_value(self, value: Any) -> Any:
        return exact_stake(value) if isinstance(value, int | float) else value


def exact_stake(chainage_m: float) -> str:
    """``K12+345`` or ``K12+345.6``: as many decimals as it takes to read the same chainage back."""
    kept = round(chainage_m, MOST_DECIMALS)
    decimals = next((n for n in range(MOST_DECIMALS) if round(kept, n) == kept), MOST_DECIMALS)
    return format_stake(kept, decimals=decimals)


def stake_words(chainage_m: float | None) -> str:
    """``K12+345``, "" where no chainage is known."""
    return "" if chainage_m is None else format_stake(chainage_m)
