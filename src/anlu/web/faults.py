"""Pages for what goes wrong, in Chinese; out of scope looks the same as absent."""

from __future__ import annotations

import sys
import uuid
from logging import getLogger

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlu.web import busy

log = getLogger("anlu.web")


def fault(request: HttpRequest, status: int, *, detail: str = "", reference: str = "") -> HttpResponse:
    """The page for one status."""
    context = {"status": status, "detail": detail, "reference": reference}
    return render(request, "web/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return fault(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return fault(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, whether it is absent or somebody else's."""
    return fault(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500, with a number to quote that also stands in the log; 503 where only the database was busy."""
    if busy.is_busy(sys.exc_info()[1]):
        return busy.answer(request, undone=False)
    reference = uuid.uuid4().hex[:8]
    log.error("fault %s at %s", reference, request.path)
    return fault(request, 500, reference=reference)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: usually a page left open over a sign-in."""
    made = render(request, "web/error.html", {"status": 403, "forged": True}, status=403)
    made.headers["X-Forged"] = "1"
    return made


def locked_out(request: HttpRequest, answer: HttpResponse, credentials: object = None) -> HttpResponse:
    """What the sign-in page itself answered: it says until when the account is locked."""
    return answer
