"""The hazards app."""

from django.apps import AppConfig


class HazardsConfig(AppConfig):
    """道路隐患."""

    name = "anlu.apps.hazards"
    label = "hazards"
    verbose_name = "道路隐患"
    default_auto_field = "django.db.models.BigAutoField"
