"""The team app."""

from django.apps import AppConfig


class TeamConfig(AppConfig):
    """队伍建设."""

    name = "anlu.apps.team"
    label = "team"
    verbose_name = "队伍建设"
