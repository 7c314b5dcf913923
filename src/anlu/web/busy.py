"""
What people and programs are told when a write did not get its turn: nothing was lost, try again.

On SQLite writers pass one at a time, on PostgreSQL they wait for rows; both give up after a while. What had begun is
then undone as a whole, so that doing it once more is safe. That is no fault, and nobody is shown one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

STATUS: Final = 503
RETRY_AFTER_S: Final = 5
WORDS: Final = "同时办理的人太多，这次没有轮到，没有保存；已经保存的内容不受影响，请稍后再试"
UNSURE: Final = "同时办理的人太多，可能没有保存；请先查看，没有保存的再试一次"
# lock_not_available, deadlock_detected, too_many_connections, cannot_connect_now, admin_shutdown
BUSY_STATES: Final = frozenset({"55P03", "40P01", "53300", "57P03", "57P01"})
LOCKED: Final = ("database is locked", "database table is locked")
SECRET: Final = "password"
REPEATED_AT_MOST: Final = 200  # fields of a form that can be sent once more from the page


def is_busy(error: BaseException | None) -> bool:
    """Whether the database could not take a write (or anything) just now, and is not broken."""
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state in BUSY_STATES or str(error).startswith(LOCKED)


def answer(request: HttpRequest, *, undone: bool = True) -> HttpResponse:
    """
    503 as a page with a way to try again, or as JSON for programs.

    Parameters
    ----------
    undone
        Whether what was asked for is certainly not done: a session may fail to be kept after the case was saved.
    """
    if request.path.startswith("/api/"):
        body = {"code": "busy", "message": WORDS if undone else UNSURE, "fields": {}}
        made: HttpResponse = JsonResponse(body, status=STATUS, json_dumps_params={"ensure_ascii": False})
    else:
        again = list(_again(request)) if undone else []
        context = {"status": STATUS, "again": again, "is_write": request.method != "GET", "undone": undone}
        made = render(request, "web/error.html", context, status=STATUS)
    made.headers["Retry-After"] = str(RETRY_AFTER_S)
    return made


def _again(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """The fields of the form, to be sent once more; none where there were files, which a page cannot send again."""
    if request.method != "POST" or request.FILES or any(SECRET in name for name in request.POST):
        return iter(())
    fields = ((name, str(value)) for name, values in request.POST.lists() for value in values)
    kept = list(islice((one for one in fields if one[0] != "csrfmiddlewaretoken"), REPEATED_AT_MOST + 1))
    return iter(kept if len(kept) <= REPEATED_AT_MOST else ())
