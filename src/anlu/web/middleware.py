"""Headers that every answer carries, and the few things that stand between a person and a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import time
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from anlu.kernel.core.revisions import token
from anlu.kernel.people.models import Officer
from anlu.kernel.people.passwords import must_change
from anlu.web import busy
from anlu.web.looks import looks_of
from anlu.web.viewers import viewer_of

Answer = Callable[[HttpRequest], HttpResponseBase]

# Neither inline scripts and styles nor anything from elsewhere, from the first page on (foundations 3.6).
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
OPEN_TO_OLD_PASSWORDS = frozenset({"web.password", "web.sign_out", "web.sign_in"})
SEEN = "seen_at"
SESSION_TURN = "turn"
SEEN_EVERY_SECONDS = 60  # the session row is written at most this often: every write takes the one write lock


def turn_of(officer: Officer) -> str:
    """Name of the token that changes with each sign-in of this account."""
    return f"people.session.{officer.uid}"


class SecurityHeaders:
    """Content-Security-Policy and its companions; pages with personal data are kept out of shared caches."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if viewer_of(request) is not None or answer.headers.get("Content-Type", "").startswith("text/html"):
            answer.headers.setdefault("Cache-Control", "private, no-store")
        return answer


class PackedPages(GZipMiddleware):
    """
    Pages and fragments go over the wire packed, a list of a hundred rows in a tenth of its size.

    Django masks the token of each form anew and pads with chance, so that the size tells nothing. Files that are
    downloaded are left alone: they are packed already, or streamed.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Pack what a browser shows."""
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


def said_in(language: str, parts: Iterator[bytes]) -> Iterator[bytes]:
    """What is written while it is sent, in the language of whoever asked."""
    while True:
        with translation.override(language):
            part = next(parts, None)
        if part is None:
            return
        yield part


class Busy:
    """A write that did not get its turn is answered in words, not as a fault."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What a view let through."""
        return busy.answer(request) if busy.is_busy(error) else None


class Looks:
    """Language and theme of the person, or of the browser before anybody has signed in there."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = looks_of(request)
        with translation.override(chosen.language):
            answer = self.get_response(request)
            if isinstance(answer, TemplateResponse) and not answer.is_rendered:
                answer.render()
        if isinstance(answer, StreamingHttpResponse) and not isinstance(answer, FileResponse):
            answer.streaming_content = said_in(chosen.language, iter(answer.streaming_content))  # type: ignore[arg-type]
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            answer.headers.setdefault("Content-Language", chosen.language)
            patch_vary_headers(answer, ["Cookie"])
        return answer


class SessionLimits:
    """Ends a session after idle time, or when the same account has signed in elsewhere (where that is wanted)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        viewer = viewer_of(request)
        if viewer is not None and (reason := self._over(request, viewer)):
            logout(request)
            messages.warning(request, reason)
        return self.get_response(request)

    @staticmethod
    def _over(request: HttpRequest, viewer: Officer) -> str:
        """Why this session is over, "" when it is not."""
        if settings.ANLU_SESSION_SINGLE and request.session.get(SESSION_TURN) != token(turn_of(viewer)):
            return "这个账号已在别处登录，此处已退出"
        moment = int(time())
        seen = request.session.get(SEEN)
        if seen is not None and moment - seen > settings.SESSION_COOKIE_AGE:
            return "长时间没有操作，已自动退出，请重新登录"
        if seen is None or moment - seen >= SEEN_EVERY_SECONDS:
            request.session[SEEN] = moment
        return ""


class PasswordFirst:
    """A person whose password was given by somebody else, or is too old, changes it before anything else."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        viewer = viewer_of(request)
        match = request.resolver_match
        if (
            viewer is None
            or match is None
            or match.url_name in OPEN_TO_OLD_PASSWORDS
            or not must_change(viewer)
        ):
            return None
        return HttpResponseRedirect(
            f"{reverse('web.password')}?{urlencode({'next': request.get_full_path()})}"
        )


class FragmentSignIn:
    """A fragment asked for without a session: the whole page goes to the sign-in, not the fragment."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        is_fragment = bool(getattr(request, "htmx", False))
        if is_fragment and answer.status_code == 302 and viewer_of(request) is None:
            gone = HttpResponse(status=204)
            gone.headers["HX-Redirect"] = answer.headers["Location"]
            return gone
        return answer


class KeptForm:
    """
    A form that the page sends itself is told where to go, not led there, so that what was filled in stays.

    401 without a session: the page then asks its person to sign in beside it (``assets/js/keeping.js``).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if "X-Kept-Form" not in request.headers or answer.status_code != 302:
            return answer
        told = HttpResponse(status=401 if viewer_of(request) is None else 204)
        told.headers["X-Location"] = answer.headers["Location"]
        told.cookies = answer.cookies
        return told
