"""Core: registry, base model, batches, jobs, audit, dictionaries, uploads, search."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "anlu.kernel.core"
    label = "core"
    verbose_name = "平台"
    default_auto_field = "django.db.models.BigAutoField"
