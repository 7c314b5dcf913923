"""今日 › 我的待办 › 通知: what the platform told this person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from anlu.kernel.core.notices import mark_read, notices_of, unread_of
from anlu.web.cells import words_of
from anlu.web.nav import page
from anlu.web.permissions import TODAY
from anlu.web.viewers import require_viewer

SHOWN = 200


@page(
    "web.notices", "notices/", "通知", chapter="今日", item="我的待办", permission=TODAY, entry=True, rank=60
)
def notices(request: HttpRequest) -> HttpResponse:
    """Notices, unread ones marked; all of them can be put aside at once."""
    viewer = require_viewer(request)
    if request.method == "POST":
        with transaction.atomic():
            number = mark_read(unread_of(viewer))
        messages.success(request, f"{number} 条标为已读")
        return HttpResponseRedirect(reverse("web.notices"))
    unread = unread_of(viewer).count()
    context = {
        "notices": [
            {
                "url": reverse("web.notice", args=[one.uid]),
                "title": one.title,
                "colour": one.colour,
                "at": words_of(one.created_at),
                "unread": one.read_at is None,
            }
            for one in notices_of(viewer)[:SHOWN]
        ],
        "unread": unread,
        "page_note": f"{unread} 条未读" if unread else "",
    }
    return render(request, "web/desk/notices.html", context)


@page(
    "web.notice",
    "notices/<uuid:notice>/",
    "打开通知",
    chapter="今日",
    item="我的待办",
    permission=TODAY,
    entry=False,
)
def open_notice(request: HttpRequest, notice: UUID) -> HttpResponse:
    """Put a notice aside and go where it leads."""
    mine = notices_of(require_viewer(request)).filter(uid=notice)
    found = mine.first()
    if found is None:
        raise Http404
    with transaction.atomic():
        mark_read(mine)
    safe = url_has_allowed_host_and_scheme(found.url, allowed_hosts=None)
    return HttpResponseRedirect(found.url if found.url and safe else reverse("web.notices"))
