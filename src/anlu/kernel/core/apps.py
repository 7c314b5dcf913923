"""Core: registry, base model, batches, jobs, audit, dictionaries, uploads, search."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """On start-up, once all tables are known, what the apps declare is found."""

    name = "anlu.kernel.core"
    label = "core"
    verbose_name = "平台"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Find all declarations."""
        from anlu.kernel.core import planner  # noqa: F401  what every new connection is told
        from anlu.kernel.core.discover import discover  # imports models, which must exist first

        discover()
