"""The reports app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """报告."""

    name = "anlu.apps.reports"
    label = "reports"
    verbose_name = "报告"
