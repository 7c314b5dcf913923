"""The crashes app."""

from django.apps import AppConfig


class CrashesConfig(AppConfig):
    """事故."""

    name = "anlu.apps.crashes"
    label = "crashes"
    verbose_name = "事故"
