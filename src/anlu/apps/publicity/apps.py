"""The publicity app."""

from django.apps import AppConfig


class PublicityConfig(AppConfig):
    """宣传教育."""

    name = "anlu.apps.publicity"
    label = "publicity"
    verbose_name = "宣传教育"
