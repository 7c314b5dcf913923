"""Who is asking: the signed-in officer of a request, as a viewer."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from anlu.kernel.people.models import Officer


def viewer_of(request: HttpRequest) -> Officer | None:
    """The signed-in officer, None for anybody else."""
    user = getattr(request, "user", None)
    return user if isinstance(user, Officer) else None  # looks through the lazy stand-in too


def require_viewer(request: HttpRequest) -> Officer:
    """The signed-in officer.

    Raises
    ------
    PermissionDenied
        nobody is signed in (pages are behind the sign-in anyway; this is for the type and the fool).
    """
    viewer = viewer_of(request)
    if viewer is None:
        raise PermissionDenied
    return viewer
