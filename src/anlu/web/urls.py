"""Addresses of the web shell: whatever pages have been declared, and the interface for programs."""

from django.urls import URLPattern, URLResolver

from anlu.web import api
from anlu.web.nav import patterns

urlpatterns: list[URLPattern | URLResolver] = [*patterns(), *api.patterns()]
