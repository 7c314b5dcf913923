"""Suggestions and complaints of the people who use the platform."""

from django.apps import AppConfig


class SuggestionsConfig(AppConfig):
    name = "anlu.apps.suggestions"
    label = "suggestions"
    verbose_name = "意见建议"
