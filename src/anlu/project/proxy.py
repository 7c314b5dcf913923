"""Behind a reverse proxy: whose address is it?"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class PeerAddress:
    """
    Puts the address that the proxy saw in the place of the proxy's own.

    Only the last entry of ``X-Forwarded-For`` is the proxy's word; what stands before it the visitor may
    have written. Installed only with the setting ``behind_proxy``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set ``REMOTE_ADDR``, which everything that records an address reads."""
        stated = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
        if stated:
            request.META["REMOTE_ADDR"] = stated[:45]
        return self.get_response(request)
