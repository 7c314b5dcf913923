"""The shell as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


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
