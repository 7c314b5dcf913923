"""The plans app."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """计划与荣誉."""

    name = "anlu.apps.plans"
    label = "plans"
    verbose_name = "计划与荣誉"
