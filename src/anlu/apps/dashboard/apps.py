"""The dashboard app."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """晨会、领导视图、大屏."""

    name = "anlu.apps.dashboard"
    label = "dashboard"
    verbose_name = "晨会与领导视图"
