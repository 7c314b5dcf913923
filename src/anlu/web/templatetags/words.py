"""Texts in the language of the reader; ``web.wording`` puts these into the templates by itself."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.template.base import FilterExpression, Parser, Token, render_value_in_context
from django.template.context import Context
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeData, mark_safe

from anlu.kernel.core.language import formats
from anlu.kernel.core.language.catalogue import NAMED_PLACE, Shown
from anlu.kernel.core.language.words import Verbatim, alone, in_english, sentence
from anlu.kernel.core.language.words import worded as in_words_throughout

register = template.Library()

SAID = (str, Promise, Message, Exception)


@register.filter(is_safe=True)
def word(value: Any) -> Any:
    """A text in the language of the reader; anything that is not text stays as it is."""
    if isinstance(value, SafeData):  # a text that a template hands on; markup is left alone
        return value if set("<&") & set(str(value)) else mark_safe(alone(str(value)))
    if isinstance(value, SAID) and not isinstance(value, Verbatim):
        return alone(str(value))
    return value


@register.filter
def worded(value: Any) -> Any:
    """A structure with every text in it in the language of the reader: ``{{ options|worded|json_script:id }}``."""
    return in_words_throughout(value)


@register.filter
def day(value: Any, form: str = "full") -> str:
    """A day as the reader writes it: 2023-06-30 or 30 Jun 2023; ``short`` without the year."""
    return formats.day(value, form)


@register.filter
def moment(value: Any, form: str = "full") -> str:
    """A day and time as the reader writes them: 2023-06-30 07:15 or 30 Jun 2023, 07:15."""
    return formats.moment(value, form)


class SaidNode(template.Node):
    """A text with values in it."""

    def __init__(self, chinese: str, values: dict[str, FilterExpression]) -> None:
        self.chinese = chinese
        self.values = values
        self.parts = NAMED_PLACE.split(chinese)

    def render(self, context: Context) -> str:
        """The text in the language of the reader."""
        found = {name: value.resolve(context) for name, value in self.values.items()}
        if in_english():
            shown = {name: self._shown(value, context) for name, value in found.items()}
            english = sentence(self.chinese, shown, shown=self._escaping(found, context))
            if english is not None:
                return english
            found = {name: word(value) for name, value in found.items()}
        shown = {name: render_value_in_context(value, context) for name, value in found.items()}
        texts = (one if place == 0 else shown.get(one, "") for one, place in self._walk())
        return mark_safe("".join(texts))

    def _walk(self) -> list[tuple[str, int]]:
        return [(one or "", number % 3) for number, one in enumerate(self.parts) if number % 3 != 2]

    @staticmethod
    def _shown(value: Any, context: Context) -> str:
        if isinstance(value, SafeData | Verbatim):
            return Verbatim(value)
        with_rules = Context(autoescape=False, use_l10n=context.use_l10n, use_tz=context.use_tz)
        return render_value_in_context(value, with_rules)

    @staticmethod
    def _escaping(found: dict[str, Any], context: Context) -> Shown:
        """Escapes every part but the values that are markup already."""

        def shown(place: str, text: str) -> str:
            as_it_is = not context.autoescape or isinstance(found.get(place), SafeData)
            return text if as_it_is else escape(text)

        return shown


@register.tag
def said(parser: Parser, token: Token) -> SaidNode:
    """``{% said "共 {total} 条" total=pager.total %}``: what ``web.wording`` makes of ``共 {{ pager.total }} 条``."""
    _, chinese, *values = token.split_contents()
    pairs = (one.split("=", 1) for one in values)
    return SaidNode(chinese[1:-1], {name: parser.compile_filter(value) for name, value in pairs})
