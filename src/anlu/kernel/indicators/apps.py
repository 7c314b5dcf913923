"""Indicators: everything that is counted, with the rows behind it."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "anlu.kernel.indicators"
    label = "indicators"
    verbose_name = "指标"
    default_auto_field = "django.db.models.BigAutoField"
