"""Documents: everything that is issued, from the draft to the reply."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "anlu.kernel.documents"
    label = "documents"
    verbose_name = "公文"
    default_auto_field = "django.db.models.BigAutoField"
