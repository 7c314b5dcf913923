"""The shell as a Django app."""

from __future__ import annotations

from django import forms
from django.apps import AppConfig

# Django says 这个字段是必填项, which nobody at a desk does. Set before any form is declared.
for field, words in (
    (forms.Field, "请填写"),
    (forms.ChoiceField, "请选择"),
    (forms.ModelChoiceField, "请选择"),
    (forms.FileField, "请选择文件"),
):
    field.default_error_messages = field.default_error_messages | {"required": words}


class WebConfig(AppConfig):
    """On start-up, once everything is declared, ledgers and map layers get their pages."""

    name = "anlu.web"
    label = "web"
    verbose_name = "网页"

    def ready(self) -> None:
        """Make the pages."""
        from anlu.kernel.core.discover import discover
        from anlu.web.registering import add_pages

        discover()
        add_pages()
