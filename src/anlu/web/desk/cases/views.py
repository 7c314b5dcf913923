"""A family of cases as list, board and calendar; the files of a case."""

from __future__ import annotations

import io
import zipfile
from calendar import Calendar as Weeks
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.cases.deadlines import due_colour, due_words
from anlu.kernel.cases.escalation import remind_case
from anlu.kernel.cases.files import file_for, files_of
from anlu.kernel.cases.kinds import families, kinds_of
from anlu.kernel.cases.models import Case, CaseFile
from anlu.kernel.cases.queries import by_day, by_state
from anlu.kernel.cases.services import assign_case
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.core.pictures import stripped
from anlu.kernel.core.store import open_upload
from anlu.kernel.core.workdays import working_calendar
from anlu.kernel.people.models import Officer
from anlu.kernel.people.signin import address_of
from anlu.web.desk.cases.acting import note_field
from anlu.web.desk.cases.columns import place_words
from anlu.web.desk.cases.extending import extension_of
from anlu.web.desk.cases.forms import handler_field, unit_field
from anlu.web.ledgers import Ledger
from anlu.web.nav import Crumb, pages
from anlu.web.pages.base import LedgerPage
from anlu.web.pages.bulk import Bulk
from anlu.web.pages.files import OneFile
from anlu.web.pages.list import List, filter_row
from anlu.web.pages.listing import Listing

CARDS: Final = 12
DAY_ROWS: Final = 200


class CaseList(List):
    """``/<path>/``, with the way to board and calendar."""

    def more(self, listing: Listing) -> dict[str, Any]:
        own = [
            {"label": pages.get(code).label, "icon": icon, "url": reverse(code)}
            for code, icon in extension_of(families.get(self.ledger.code)).pages
            if code in pages and pages.get(code).allows(self.viewer)
        ]
        lifecycle = reverse(f"{self.ledger.code}.lifecycle")
        rare = [{"label": "办理流程", "icon": "arrows-exchange", "url": lifecycle}]
        shown = shapes(self.ledger, listing, self.viewer, "")
        return {"shapes": shown, "other_views": own, "rare_views": rare, "map_url": ""}


def shapes(ledger: Ledger, listing: Listing, viewer: Officer, here: str) -> list[dict[str, Any]]:
    """The same cases as list, board, calendar and map, with what they are filtered by."""
    query = listing.query(without=("sort", "size", "voided", "cols"))
    found: list[tuple[str, str, str, str]] = [
        ("", "列表", "table", reverse(ledger.code) + query),
        ("board", "看板", "layout-sidebar", reverse(f"{ledger.code}.board") + query),
        ("calendar", "日历", "calendar", reverse(f"{ledger.code}.calendar") + query),
    ]
    on_map = f"map.{ledger.layer}"
    if ledger.layer and on_map in pages and pages.get(on_map).allows(viewer):
        found.append(("map", "地图", "map-2", reverse(on_map) + query))
    return [
        {"label": label, "icon": icon, "url": url, "here": code == here} for code, label, icon, url in found
    ]


class Board(LedgerPage):
    """``/<path>/board/``: open cases by state, the most urgent of each first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        listing = Listing.read(self.ledger, self.viewer, request.GET)
        rows = listing.rows()
        counts = by_state(rows)
        on = today()
        columns = []
        for label, pairs in self._columns().items():
            states = {state for _, state in pairs}
            kinds_here = {kind for kind, _ in pairs}
            number = sum(counts.get(pair, 0) for pair in pairs)
            found = (
                rows.filter(closed_on__isnull=True, state__in=states, kind__in=kinds_here) if number else []
            )
            cards = self._cards(found, on) if number else []
            query = {"stage": "open", "state": sorted(states)}
            columns.append(
                {"label": label, "number": number, "cards": cards, "more": number - len(cards),
                 "url": self.ledger.url(dict(listing.selection.parameters()) | query)}
            )  # fmt: skip
        request.trail = [Crumb("看板")]  # type: ignore[attr-defined]
        context = {
            "ledger": self.ledger,
            "columns": columns,
            "page_title": f"{self.ledger.label} 看板",
            "page_note": f"未办结 {sum(counts.values()):,} {self.ledger.unit}",
            "shapes": shapes(self.ledger, listing, self.viewer, "board"),
            **filter_row(listing, request),
        }
        return render(request, "web/cases/board.html", context)

    def _columns(self) -> dict[str, list[tuple[str, str]]]:
        """What a column is called: the (kind, state) pairs in it, in the order of the lifecycles."""
        found: dict[str, list[tuple[str, str]]] = {}
        for kind in kinds_of(self.ledger.code):
            for state in kind.lifecycle.states:
                if not kind.lifecycle.is_done(state):
                    found.setdefault(kind.lifecycle.label(state), []).append((kind.code, state))
        return found

    def _cards(self, rows: Any, on: date) -> list[dict[str, str]]:
        ordered = rows.select_related("lead", "town", "road").order_by("due_on", "pk")
        return [card_of(case, self.ledger.url_of(case), on) for case in ordered[:CARDS]]


def card_of(case: Case, url: str, on: date) -> dict[str, str]:
    """A case as a card."""
    return {
        "url": url,
        "number": case.number,
        "title": case.title,
        "due": due_words(case.due_on, on),
        "colour": due_colour(case.due_on, on),
        "lead": case.lead.short_name or case.lead.name if case.lead else "",
        "place": place_words(case) or (case.town.name if case.town else ""),
    }


class CaseCalendar(LedgerPage):
    """``/<path>/calendar/?month=2023-07``: what falls due on which day, with days off and make-up days."""

    def get(self, request: HttpRequest) -> HttpResponse:
        listing = Listing.read(self.ledger, self.viewer, request.GET)
        first = _month(request.GET.get("month", ""))
        weeks = Weeks().monthdatescalendar(first.year, first.month)
        start, end = weeks[0][0], weeks[-1][-1]
        counts = by_day(listing.rows(), start, end)
        known, on = working_calendar(), today()
        stated = dict(listing.selection.parameters())
        days = [
            [
                {
                    "day": day,
                    "outside": day.month != first.month,
                    "off": not known.is_working_day(day),
                    "makeup": day in known.workdays,
                    "today": day == on,
                    "number": counts.get(day, 0),
                    "late": day < on,
                    "url": self.ledger.url(
                        stated
                        | {"stage": "open", "deadline_from": day.isoformat(), "deadline_to": day.isoformat()}
                    ),
                }
                for day in week
            ]
            for week in weeks
        ]
        request.trail = [Crumb("日历")]  # type: ignore[attr-defined]
        query = listing.query(without=("sort", "size"))
        sign = "&" if query else "?"
        context = {
            "ledger": self.ledger,
            "weeks": days,
            "page_title": f"{self.ledger.label} 日历",
            "page_note": f"{first:%Y年%-m月} 到期 {sum(n for day, n in counts.items() if day.month == first.month)}"
            f" {self.ledger.unit}",
            "month": first,
            "before_url": f"{query}{sign}month={first - timedelta(days=1):%Y-%m}",
            "after_url": f"{query}{sign}month={(first + timedelta(days=31)):%Y-%m}",
            "shapes": shapes(self.ledger, listing, self.viewer, "calendar"),
            **filter_row(listing, request),
        }
        return render(request, "web/cases/calendar.html", context)


def _month(stated: str) -> date:
    """The first of a month written 2023-07; this month for anything else."""
    try:
        return date.fromisoformat(f"{stated}-01") if len(stated) == 7 else today().replace(day=1)
    except ValueError:
        return today().replace(day=1)


# ------------------------------------------------------------------------------------------------ files
class CaseFilePage(OneFile):
    """``/<path>/<uid>/files/<file>/``: a file of a case, or of the one that it was merged into."""

    def found(self, thing: Any, file: UUID) -> CaseFile:
        one = file_for(self.viewer, file)
        if one.case_id not in (thing.pk, thing.merged_into_id):
            raise NotFound("没有这个附件")
        return one


class Photos(LedgerPage):
    """``/<path>/<uid>/photos.zip``: all pictures of a case without time, place and camera; recorded."""

    def get(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        case = self.thing(identity)
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w") as packed:
            pictures = [one for one in files_of(case) if one.media_type.startswith("image/")]
            for number, one in enumerate(pictures, start=1):
                with open_upload(one.upload) as content:
                    packed.writestr(
                        f"{case.number}-{number:02d}-{one.get_kind_display()}.jpg", stripped(content.read())
                    )
        record("export", case, by=self.viewer, note=f"照片 {len(pictures)} 张", address=address_of(request))
        answer = HttpResponse(sink.getvalue(), content_type="application/zip")
        answer.headers["Content-Disposition"] = f'attachment; filename="{case.number}.zip"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


# ------------------------------------------------------------------------------------------------ several at once
class CaseBulk(Bulk):
    """Assigning and urging several cases; first it is said how many."""

    def do(self, deed: str, things: QuerySet[Any]) -> HttpResponseBase:
        form = self._form(deed, self.request.POST if "confirmed" in self.request.POST else None)
        if form.is_bound and form.is_valid():
            return self._done(deed, list(things), form.cleaned_data)
        label = next(one.label for one in self.ledger.deeds if one.code == deed)
        self.request.trail = [Crumb(label)]  # type: ignore[attr-defined]
        context = {
            "ledger": self.ledger,
            "form": form,
            "deed": deed,
            "things": [{"uid": one.uid, "title": str(one)} for one in things],
            "page_title": f"{label}：{things.count()} {self.ledger.unit}{self.ledger.noun}",
            "button": label,
            "cancel_url": self._back(),
        }
        return render(self.request, "web/cases/bulk.html", context, status=422 if form.errors else 200)

    @staticmethod
    def _form(deed: str, data: Any) -> forms.Form:
        form = forms.Form(data=data)
        if deed == "assign":
            form.fields["lead"] = unit_field("牵头单位")
            form.fields["handler"] = handler_field(None)
        else:
            form.fields["note"] = note_field()
        return form

    def _done(self, deed: str, cases: list[Case], data: Mapping[str, Any]) -> HttpResponseBase:
        """Each by itself: what is refused is named, the rest is done."""
        done = 0
        refused: dict[str, list[str]] = {}
        for case in cases:
            try:
                if deed == "assign":
                    values = {name: data[name] for name in ("lead", "handler") if data[name]}
                    assign_case(case.uid, values, by=self.viewer)
                else:
                    remind_case(case.uid, by=self.viewer, note=data["note"])
                done += 1
            except AnluError as problem:
                refused.setdefault(str(problem), []).append(case.number)
        if done:
            verb = "改派" if deed == "assign" else "催办"
            messages.success(self.request, f"已{verb} {done} {self.ledger.unit}")
        if refused:
            number = sum(map(len, refused.values()))
            reasons = "；".join(f"{why}（{'、'.join(numbers)}）" for why, numbers in refused.items())
            messages.error(self.request, f"{number} {self.ledger.unit}没有办：{reasons}")
        return HttpResponseRedirect(self._back())
