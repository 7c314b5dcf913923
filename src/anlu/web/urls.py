"""Addresses of the web shell: whatever pages have been declared."""

from django.urls import URLPattern, URLResolver

from anlu.web.nav import patterns

urlpatterns: list[URLPattern | URLResolver] = [*patterns()]

handler400 = "anlu.web.faults.bad_request"
handler403 = "anlu.web.faults.forbidden"
handler404 = "anlu.web.faults.not_found"
handler500 = "anlu.web.faults.broken"
