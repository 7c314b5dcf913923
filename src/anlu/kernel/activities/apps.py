"""The activities app."""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """活动."""

    name = "anlu.kernel.activities"
    label = "activities"
    verbose_name = "活动"
