"""Small tags for the components under ``templates/web/components``."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from anlu.web.templatetags.assets import asset_address

register = template.Library()

SPARK_WIDTH, SPARK_HEIGHT = 126.0, 52.0


# Its own width and height count only where the style sheet is missing.
ICON = (
    '<svg class="icon{}" width="18" height="18" aria-hidden="true" focusable="false">'
    '<use href="{}#{}"></use></svg>'
)


@register.simple_tag
def icon(name: str, **look: str) -> SafeString:
    """
    An icon of the sprite: ``{% icon "home" %}``, ``{% icon "x" size="small" %}``.

    ``size`` is small or large; ``class`` adds class names. A word always stands beside an icon.
    """
    size = f" icon--{look['size']}" if "size" in look else ""
    extra = f" {look['class']}" if "class" in look else ""
    return _icon(size + extra, asset_address("icons.svg"), name)


@lru_cache(maxsize=1_000)
def _icon(look: str, address: str, name: str) -> SafeString:
    return format_html(ICON, look, address, name)


@register.filter
def nth(items: Sequence[Any] | None, position: int) -> Any:
    """The item at ``position``, or nothing when there is none: ``{{ columns|nth:forloop.counter0 }}``."""
    if items is None or not 0 <= position < len(items):
        return None
    return items[position]


@register.filter
def is_among(value: object, options: str) -> bool:
    """Whether ``value`` is one of the words in ``options``: ``{% if cell.kind|is_among:"number date" %}``."""
    return str(value) in options.split()


@register.inclusion_tag("web/components/spark.html")
def spark(
    current: Sequence[float], previous: Sequence[float] = (), first: str = "", last: str = ""
) -> dict[str, Any]:
    """
    A small line of this year's values over last year's thin grey one, drawn without JavaScript.

    Both lines start at zero and share one scale; ``first`` and ``last`` label the ends of the time axis.
    """
    top = max([*current, *previous, 0]) or 1
    steps = max(len(current), len(previous), 2) - 1

    def points(values: Sequence[float]) -> list[tuple[float, float]]:
        return [
            (round(SPARK_WIDTH * place / steps, 1), round(SPARK_HEIGHT * (1 - value / top), 1))
            for place, value in enumerate(values)
        ]

    now = points(current)
    return {
        "now": written(now),
        "before": written(points(previous)),
        "area": written([(0.0, SPARK_HEIGHT), *now, (now[-1][0], SPARK_HEIGHT)]) if now else "",
        "dot": now[-1] if now else None,
        "first": first,
        "last": last,
    }


def written(points: Sequence[tuple[float, float]]) -> str:
    """Points as the ``points`` attribute of a polyline."""
    return " ".join(f"{x:g},{y:g}" for x, y in points)
