"""文章对照: every figure and statement that the half-year report should carry, and whether the records carry it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlu.apps.reports.checking import CheckedPart, check_figures, check_statements, known_figures
from anlu.apps.reports.permissions import VIEW
from anlu.apps.reports.writing import PART_NOTE, permission_of
from anlu.engine.periods import Period
from anlu.kernel.core.clock import today
from anlu.kernel.core.language.words import word
from anlu.kernel.core.scope import Viewer
from anlu.kernel.indicators.define import indicators
from anlu.kernel.indicators.evaluate import values_of
from anlu.web.figures import own_url, rows_url
from anlu.web.nav import page
from anlu.web.viewers import require_viewer
from anlu.web.windows import Asked

CHAPTER: Final = "统计报告"


@dataclass(frozen=True)
class Link:
    """A label that leads somewhere."""

    label: str
    url: str


@page("reports.coverage", "reports/coverage/", "文章对照", chapter=CHAPTER, permission=VIEW)
def coverage_page(request: HttpRequest) -> HttpResponse:
    """Figures F01-F41 and statements Q01-Q30."""
    viewer = require_viewer(request)
    known = known_figures()
    asked = Asked.read(
        request.GET,
        viewer,
        permissions=sorted({permission_of(one) for one in known}),
        default=lambda: Period.containing(today(), "half").previous(),
    )
    window = asked.window.at(asked.window.period)
    context: dict[str, Any] = {"page_title": "文章对照", "asked": asked}
    if not asked.problems:
        figures, statements = check_figures(window, viewer), check_statements(window, viewer)
        hold = sum(one.holds for one in figures) + sum(one.holds for one in statements)
        from_records = f"{hold} / {len(figures) + len(statements)} 条由记录得出"
        context |= {
            "page_note": f"{word(from_records)} · {word(asked.words())}",
            "note": "" if all(one.is_whole_to(viewer) for one in known) else PART_NOTE,
            "figures": [(one, [(part, _links(part)) for part in one.parts]) for one in figures],
            "statements": [(one, _evidence(one.found.indicators, window, viewer)) for one in statements],
            "figures_hold": sum(one.holds for one in figures),
            "statements_hold": sum(one.holds for one in statements),
        }
    return render(request, "reports/coverage.html", context)


def _links(part: CheckedPart) -> list[Link]:
    """Where the rows and the definition of a part are."""
    if part.found is None:
        return []
    one, window = part.found.indicator, part.found.window
    rows = [Link(f"{part.found.rows} 条记录", rows_url(one, window))] if part.found.rows else []
    return [*rows, Link("口径", own_url("indicators.indicator", one, window))]


def _evidence(codes: tuple[str, ...], window: Any, viewer: Viewer) -> list[Link]:
    known = [indicators.get(code) for code in codes if code in indicators]
    mine = [one for one in known if viewer.may(permission_of(one))]
    return [
        Link(f"{word(value.indicator.label)} {value.numerator:,}", rows_url(value.indicator, window))
        for value in (values_of(mine, window, viewer) if mine else [])
    ]
