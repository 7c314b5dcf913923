"""All addresses are the web shell's; features register their pages there."""

from django.urls import URLPattern, URLResolver, include, path

from anlu.project.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health, name="healthz"),
    path("", include("anlu.web.urls")),
]

handler400 = "anlu.web.faults.bad_request"
handler403 = "anlu.web.faults.forbidden"
handler404 = "anlu.web.faults.not_found"
handler500 = "anlu.web.faults.broken"
