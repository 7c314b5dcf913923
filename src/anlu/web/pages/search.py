"""One search box for everything that a person may see, grouped by kind."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlu.kernel.core.search import LONGEST_QUERY, search, searchables
from anlu.kernel.people.models import Officer
from anlu.web.ledgers import ledgers
from anlu.web.nav import page
from anlu.web.pages.fields import SEARCH as SEARCH_FIELD
from anlu.web.permissions import SEARCH
from anlu.web.viewers import require_viewer

EACH = 20


def _whole_list(viewer: Officer, kind: str, query: str) -> str:
    """The list of everything of this kind that the query finds, where a ledger can be searched."""
    for ledger in ledgers:
        if ledger.model._meta.label_lower != kind or not viewer.may(ledger.permission_to("view")):
            continue
        if any(one.name == SEARCH_FIELD for one in ledger.filters):
            return ledger.url({SEARCH_FIELD: query})
    return ""


@page("web.search", "search/", "搜索", permission=SEARCH)
def search_page(request: HttpRequest) -> HttpResponse:
    """``/search/?q=``."""
    viewer = require_viewer(request)
    query = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:LONGEST_QUERY]
    hits = search(viewer, query, limit=EACH) if query else []
    groups = [
        {"label": label, "hits": list(found), "url": _whole_list(viewer, kind, query)}
        for (kind, label), found in groupby(hits, key=lambda hit: (hit.kind, hit.kind_label))
    ]
    context = {
        "query": query,
        "groups": groups,
        "number": len(hits),
        "each": EACH,
        "kinds": [one.label for one in searchables if viewer.may(one.permission)],
        "page_title": f"搜索「{query}」" if query else "搜索",
        "page_note": f"找到 {len(hits)} 条" if hits else "",
    }
    return render(request, "web/search.html", context)
