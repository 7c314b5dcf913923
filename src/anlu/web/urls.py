"""Addresses of the web shell: whatever pages have been declared."""

from django.urls import URLPattern, URLResolver

from anlu.web.nav import patterns

urlpatterns: list[URLPattern | URLResolver] = [*patterns()]
