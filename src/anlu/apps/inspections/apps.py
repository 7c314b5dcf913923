"""Inspections within the brigade."""

from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    """督查."""

    name = "anlu.apps.inspections"
    label = "inspections"
    verbose_name = "督查"
