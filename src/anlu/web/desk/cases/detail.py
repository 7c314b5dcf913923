"""The page of a case: how far it is, what can be done and what is blocked by what, pictures, drafts, history."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.timezone import localdate

from anlu.kernel.cases.deadlines import due_colour, due_words
from anlu.kernel.cases.extensions import may_ask, may_decide, open_request
from anlu.kernel.cases.files import files_of, pairs_of, require_partner
from anlu.kernel.cases.history import events_of
from anlu.kernel.cases.kinds import FactField, Kind, families
from anlu.kernel.cases.merging import likely_duplicates
from anlu.kernel.cases.models import Case, CaseFile, CaseUnit, CaseWatcher, Part
from anlu.kernel.cases.roles import has_role
from anlu.kernel.cases.services import moves_for
from anlu.kernel.core.clock import today
from anlu.kernel.core.dictionaries import label_of
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.permissions import BATCH_VIEW
from anlu.web.cells import Cell, Fact, words_of
from anlu.web.desk.cases.belonging import belonging_to, owner_of
from anlu.web.desk.cases.columns import grade_words, kind_of, place_words, state_words
from anlu.web.desk.cases.extending import extension_of
from anlu.web.desk.cases.papers import drafts_of, paper_lines
from anlu.web.pages.detail import Detail, Event, Section

EVENTS_SHOWN = 100


def facts_of_kind(case: Case, kind: Kind) -> list[Fact]:
    """The facts of the kind in words."""
    kept = kind.load(case.details, case.details_version)
    return [Fact(one.label, Cell(fact_words(one, kept.get(one.name))), one.fact.long) for one in kind.facts]


def fact_words(one: FactField, value: Any) -> str:
    """One fact in words."""
    if value is None or value == "":
        return ""
    if one.fact.choices:
        return label_of(one.fact.choices, str(value))
    return words_of(value)


def path_of(case: Case, kind: Kind, done: list[str]) -> list[dict[str, str]]:
    """Steps of the header: what lies behind, where it is, the shortest way that is left."""
    lifecycle = kind.lifecycle
    whole = lifecycle.path()
    if case.state in whole:
        place = whole.index(case.state)
        left = whole[place:]
        behind = list(whole[:place])
    else:
        left = lifecycle.path(case.state) or (case.state,)
        behind = [state for state in whole if state in done and state not in left]
    late = case.closed_on is None and case.due_on is not None and case.due_on < today()
    closed = lifecycle.is_done(case.state)
    here = "is-done" if closed else "is-current is-late" if late else "is-current"
    found = [{"label": lifecycle.label(state), "look": "is-done"} for state in behind]
    found.append({"label": lifecycle.label(left[0]), "look": here})
    return found + [{"label": lifecycle.label(state), "look": ""} for state in left[1:]]


class CasePage(Detail):
    """``/<path>/<uid>/``."""

    template = "web/cases/case.html"

    def _sections(self, thing: Case, revealed: tuple[str, ...]) -> list[Section]:
        kind = kind_of(thing)
        found = [Section("基本情况", self._basic(thing))]
        if kind is not None and kind.facts:
            found.append(Section(kind.label, facts_of_kind(thing, kind)))
        return [*found, *extension_of(families.get(thing.family)).sections(thing)]

    def _basic(self, case: Case) -> list[Fact]:
        helpers = CaseUnit.objects.filter(case=case, part=Part.HELPER).select_related("unit")
        family = families.get(case.family)
        known = (
            ("位置", place_words(case)),
            ("镇街", case.town.name if case.town else ""),
            ("等级", grade_words(case)),
            (family.found_label, words_of(case.found_on)),
            (family.unit_label, case.unit.name if case.unit else ""),
            ("提出人", case.reporter_name),
            ("牵头单位", case.lead.name if case.lead else ""),
            ("配合单位", "、".join(one.unit.short_name or one.unit.name for one in helpers)),
            ("经办人", case.handler.name if case.handler else ""),
            ("办结日期", words_of(case.closed_on)),
            ("地点说明", case.place_text),
        )
        facts = [Fact(label, Cell(value)) for label, value in known if value]
        if case.batch is not None:
            url = reverse("web.batch", args=[case.batch.uid]) if self.viewer.may(BATCH_VIEW) else ""
            facts.append(Fact("来源", Cell(f"{case.source} · {case.batch}", url=url)))
        if case.description:
            facts.append(Fact("情况说明", Cell(case.description), wide=True))
        return facts

    def events(self, thing: Case) -> list[Event]:
        return [
            Event(
                one.label,
                words_of(one.at) if localdate(one.at) == one.on else words_of(one.on),
                " · ".join(
                    part for part in (one.by_name, one.by_unit.short_name if one.by_unit else "") if part
                ),
                one.note,
                one.colour or "grey",
            )
            for one in events_of(thing)[:EVENTS_SHOWN]
        ]

    def more(self, thing: Case) -> dict[str, Any]:
        """Everything that a case has and other records do not."""
        kind = kind_of(thing)
        files = files_of(thing)
        on = today()
        return {
            "state": {
                "label": state_words(thing),
                "colour": kind.lifecycle.colour(thing.state) if kind else "grey",
                "returns": thing.returns,
                "rebounds": thing.rebounds,
            },
            "due": {
                "on": thing.due_on,
                "words": due_words(thing.due_on, on) if thing.closed_on is None else "",
                "colour": due_colour(thing.due_on, on) if thing.closed_on is None else "",
                "provisional": thing.due_provisional,
            },
            "kind_label": kind.label if kind else thing.kind,
            "case_path": path_of(thing, kind, self._visited(thing)) if kind else [],
            "moves": self._moves(thing),
            "acts": self._acts(thing),
            "pictures": [self.picture(one) for one in files if one.media_type.startswith("image/")],
            "pairs": [(self.picture(a), self.picture(b)) for a, b in pairs_of(files)],
            "documents": [self.picture(one) for one in files if not one.media_type.startswith("image/")],
            "photos_url": self.ledger.url_of(thing, "photos") if files else "",
            "drafts": drafts_of(thing, self.viewer, self.ledger.url_of(thing, "act")),
            "papers": paper_lines(thing, self.viewer),
            "asked": self._request(thing),
            "doubles": self._doubles(thing, kind),
            "owner": owner_of(thing.about_kind, thing.about_uid, self.viewer),
            "below": belonging_to(thing, self.viewer),
            "merged_into": self._link(thing.merged_into) if thing.merged_into else None,
            "merged": [self._link(one) for one in Case.objects.filter(merged_into=thing).order_by("pk")],
        }

    @staticmethod
    def _visited(case: Case) -> list[str]:
        return list(events_of(case).filter(is_move=True).values_list("before", flat=True))

    def _link(self, case: Case) -> dict[str, str]:
        return {"number": case.number, "title": case.title, "url": self.ledger.url_of(case)}

    def _moves(self, case: Case) -> list[dict[str, Any]]:
        """Moves that this person can make, now or later; one that leads back is never the first choice."""
        address = self.ledger.url_of(case, "move")
        found = [
            {
                "label": move.label,
                "why": why,
                "url": f"{address}?{urlencode({'move': move.code})}",
                "back": move.returns or move.reopens,
            }
            for move, why in moves_for(case, self.viewer)
        ]
        return sorted(found, key=lambda one: bool(one["back"]))

    def _acts(self, case: Case) -> list[dict[str, Any]]:
        """Whatever else this person can do with it."""
        address = self.ledger.url_of(case, "act")
        is_open = case.closed_on is None
        handles = has_role(case, "squadron", self.viewer)
        asked = open_request(case)
        watching = CaseWatcher.objects.filter(case=case, person=self.viewer.uid).exists()
        possible = (
            ("attach", "补照片、文件", "camera", case.merged_into_id is None and self._is_partner(case)),
            ("comment", "补充情况", "pencil", case.merged_into_id is None),
            ("urge", "催办", "bell", is_open and (handles or has_role(case, "brigade", self.viewer))),
            ("assign", "改派", "arrows-exchange", is_open and handles),
            ("extend", "申请延期", "calendar", is_open and case.due_on is not None and asked is None
             and may_ask(case, self.viewer)),
            ("decide", "审批延期", "calendar", asked is not None and may_decide(case, self.viewer)),
            ("merge", "并入其他事项", "link", is_open and handles),
            ("recheck", "回头看合格", "circle-check", not is_open and self._may_recheck(case)),
            ("unwatch" if watching else "watch", "取消关注" if watching else "关注", "eye", True),
        )  # fmt: skip
        return [
            {
                "label": label,
                "icon": icon,
                "url": f"{address}?{urlencode({'act': act})}",
                "at_once": act in ("watch", "unwatch"),
            }
            for act, label, icon, may in possible
            if may
        ]

    def _is_partner(self, case: Case) -> bool:
        try:
            require_partner(case, self.viewer)
        except AnluError:
            return False
        return True

    def _may_recheck(self, case: Case) -> bool:
        return any(move.reopens for move, _ in moves_for(case, self.viewer))

    def picture(self, one: CaseFile) -> dict[str, Any]:
        """A file as the page shows it."""
        address = f"{self.ledger.url_of(one.case)}files/{one.uid}/"
        return {
            "uid": str(one.uid),
            "url": address,
            "small": f"{address}?size=small",
            "kind": one.get_kind_display(),
            "tone": {"before": "grey", "after": "amber"}.get(one.kind, "blue"),
            "name": one.upload.name,
            "taken": words_of(one.taken_at) if one.taken_at else "",
            "by": one.by_name,
            "warnings": one.warnings,
            "bytes": f"{one.upload.bytes / 1_000_000:.1f} MB",
        }

    @staticmethod
    def _request(case: Case) -> dict[str, str] | None:
        asked = open_request(case)
        if asked is None:
            return None
        return {"until": words_of(asked.until), "why": asked.why, "who": asked.asked_by_name}

    def _doubles(self, case: Case, kind: Kind | None) -> list[dict[str, str]]:
        if kind is None:
            return []
        found = likely_duplicates(case, kind, by=self.viewer)
        address = self.ledger.url_of(case, "act") if has_role(case, "squadron", self.viewer) else ""
        return [
            self._link(one)
            | {
                "distance": f"{metres:.0f} 米",
                "merge_url": address and f"{address}?{urlencode({'act': 'merge', 'into': one.number})}",
            }
            for one, metres in found
        ]
