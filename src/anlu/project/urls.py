"""All addresses are the web shell's; features register their pages there."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("anlu.web.urls"))]
