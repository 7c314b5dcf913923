"""办理流程: the lifecycle of each kind of a family as a drawing, and in words: who moves what, with what, by when."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from anlu.engine.lifecycle import EVIDENCE, Lifecycle
from anlu.engine.lifecycle_drawing import drawing
from anlu.kernel.cases.kinds import kinds_of
from anlu.kernel.cases.roles import case_roles
from anlu.kernel.core.language.words import word
from anlu.web.nav import Crumb
from anlu.web.pages.base import LedgerPage


class Lifecycles(LedgerPage):
    """``/<path>/lifecycle/``: kinds with the same lifecycle stand together."""

    def get(self, request: HttpRequest) -> HttpResponse:
        grouped: list[tuple[Lifecycle, list[str]]] = []
        for kind in kinds_of(self.ledger.code):
            same = next((labels for lifecycle, labels in grouped if lifecycle == kind.lifecycle), None)
            if same is None:
                grouped.append((kind.lifecycle, [kind.label]))
            else:
                same.append(kind.label)
        request.trail = [Crumb("办理流程")]  # type: ignore[attr-defined]
        context = {
            "ledger": self.ledger,
            "page_title": f"{self.ledger.label} 办理流程",
            "lifecycles": [_shown(f"{n}", *one) for n, one in enumerate(grouped)],
        }
        return render(request, "web/cases/lifecycles.html", context)


def _shown(name: str, lifecycle: Lifecycle, labels: list[str]) -> dict[str, Any]:
    moves = [
        {
            "label": move.label,
            "froms": "、".join(lifecycle.label(state) for state in move.froms),
            "to": lifecycle.label(move.to),
            "role": case_roles.get(move.role).label + ("（民警）" if move.sworn else ""),
            "needs": "、".join(EVIDENCE[one] for one in move.needs),
            "days": move.working_days,
        }
        for move in lifecycle.moves
    ]
    title = "、".join(labels)
    picture = mark_safe(drawing(lifecycle, title, name=name, say=word))
    return {"title": title, "picture": picture, "moves": moves}
