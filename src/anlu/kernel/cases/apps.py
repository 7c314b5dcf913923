"""Cases: whatever was found and must be put right."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "anlu.kernel.cases"
    label = "cases"
    verbose_name = "闭环事项"
    default_auto_field = "django.db.models.BigAutoField"
