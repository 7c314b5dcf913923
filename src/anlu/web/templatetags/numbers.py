"""Numbers as people read them."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def grouped(number: object) -> str:
    """Thousands apart: 95821 → 95,821. Anything that is no whole number stays as it is."""
    return f"{number:,}" if isinstance(number, int) else str(number)
