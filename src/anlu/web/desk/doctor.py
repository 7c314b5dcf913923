"""系统 › 体检: what ``anlu doctor`` finds, for whoever has no command line."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string

from anlu.kernel.core.clock import now
from anlu.kernel.core.permissions import DOCTOR_VIEW
from anlu.web.cells import words_of
from anlu.web.nav import page

COLOURS = {"ok": ("green", "正常"), "warn": ("amber", "留意"), "bad": ("red", "有问题")}


@page("core.doctor", "system/doctor/", "体检", chapter="系统", permission=DOCTOR_VIEW, rank=10)
def doctor(request: HttpRequest) -> HttpResponse:
    """Examine the installation when asked to: it reads the whole audit and may take a while."""
    findings = examined() if request.method == "POST" else []
    bad = sum(one["colour"] == "red" for one in findings)
    context = {
        "findings": findings,
        "bad": bad,
        "warnings": sum(one["colour"] == "amber" for one in findings),
        "at": words_of(now()) if findings else "",
    }
    return render(request, "web/desk/doctor.html", context)


def examined() -> list[dict[str, Any]]:
    """The project's own examination, which knows the machine as the web pages do not."""
    examine = import_string(settings.ANLU_EXAMINATION)
    found = []
    for check in examine():
        colour, words = COLOURS[str(check.state)]
        found.append(
            {
                "label": check.label,
                "message": check.message,
                "hint": check.hint,
                "colour": colour,
                "words": words,
            }
        )
    return found
