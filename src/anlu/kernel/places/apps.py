"""Places: areas, roads, and the located mix-in."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "anlu.kernel.places"
    label = "places"
    verbose_name = "地点"
    default_auto_field = "django.db.models.BigAutoField"
