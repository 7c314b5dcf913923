"""People: units, officers, roles, scope, sign-in."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "anlu.kernel.people"
    label = "people"
    verbose_name = "人员单位"
    default_auto_field = "django.db.models.BigAutoField"
