"""One search box for everything that a person may see, grouped by kind."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlu.kernel.core.search import LONGEST_QUERY, search, searchables
from anlu.web.nav import page
from anlu.web.permissions import SEARCH
from anlu.web.viewers import require_viewer

EACH = 20


@page("web.search", "search/", "搜索", permission=SEARCH)
def search_page(request: HttpRequest) -> HttpResponse:
    """``/search/?q=``."""
    viewer = require_viewer(request)
    query = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:LONGEST_QUERY]
    hits = search(viewer, query, limit=EACH) if query else []
    groups = [
        {"label": label, "hits": list(found)}
        for label, found in groupby(hits, key=lambda hit: hit.kind_label)
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
