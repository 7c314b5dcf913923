"""The committee, meetings and tasks."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """综合治理."""

    name = "anlu.apps.governance"
    label = "governance"
    verbose_name = "综合治理"
