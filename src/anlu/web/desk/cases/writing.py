"""Opening, correcting and moving a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.engine.lifecycle import Move
from anlu.kernel.cases.files import Kept, attach, doubtful_files, keep_files, move_with_files
from anlu.kernel.cases.kinds import FactProblem, Kind, families, kinds_of
from anlu.kernel.cases.merging import cases_near
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import change_case, moves_for, open_case, why_refused
from anlu.kernel.core.errors import AnluError, ChangedMeanwhile
from anlu.web.desk.cases.belonging import Owner, standing_alone, stated_owner
from anlu.web.desk.cases.columns import kind_of
from anlu.web.desk.cases.forms import DETAIL, CaseForm, MoveForm, files_from
from anlu.web.desk.picking import place_of
from anlu.web.nav import Crumb
from anlu.web.pages.base import LedgerPage
from anlu.web.pages.form import grouped


def report(form: Any, problem: Exception) -> None:
    """What a service refused, at its field where it has one."""
    name = DETAIL + problem.name if isinstance(problem, FactProblem) else ""
    form.add_error(name if name in form.fields else None, str(problem))


def version_in(request: HttpRequest) -> int:
    """The version that a form was opened with; 0 for none."""
    stated = request.POST.get("version", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 10 else 0


class CaseFormPage(LedgerPage):
    """What the forms of cases have in common."""

    def draw(self, form: Any, **context: Any) -> HttpResponse:
        """A page with a form; a place is picked on a map or typed."""
        status, case = context.pop("status", 200), context.pop("case", None)
        groups = grouped(form)
        for group in groups:
            if "lon" in {field.name for field in group["fields"]}:
                group["place"] = place_of(group["fields"], case, by=self.viewer)
        shown = {"ledger": self.ledger, "form": form, "groups": groups, **context}
        return render(self.request, "web/cases/form.html", shown, status=status)

    @property
    def family(self) -> Any:
        """The family behind the ledger."""
        return families.get(self.ledger.code)

    def title_of(self, case: Case) -> str:
        """Number and title."""
        return str(case)

    def go(self, case: Case, words: str, kept: Sequence[Kept] = ()) -> HttpResponse:
        """Say what was done and what is doubtful about the files that came with it, and show the case."""
        messages.success(self.request, words)
        if doubtful := doubtful_files(case, kept):
            messages.warning(self.request, f"请核对照片：{'；'.join(doubtful)}")
        return HttpResponseRedirect(families.get(case.family).address_of(case.uid))


class NewCase(CaseFormPage):
    """``/<path>/new/``: first the kind, then its form; what lies near is shown before a second one is opened."""

    verb = "add"

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = self._kind(request.GET.get("kind", ""))
        if kind is None or self._belongs_nowhere(kind):
            return self._choose()
        return self._page(CaseForm(kind, located=self.family.located), kind)

    def post(self, request: HttpRequest) -> HttpResponse:
        kind = self._kind(request.GET.get("kind", ""))
        if kind is None or self._belongs_nowhere(kind):
            return self._choose()
        form = CaseForm(kind, located=self.family.located, data=request.POST, files=request.FILES)
        if form.is_valid():
            near = self._near(kind, form)
            if near and not request.POST.get("confirmed"):
                return self._page(form, kind, near=near, status=409)
            try:
                kept = keep_files(files_from(form), by=self.viewer)
                case = self._open(kind, form, kept)
            except AnluError as problem:
                report(form, problem)
            else:
                return self.go(case, f"已登记{self.ledger.noun} {case.number}", kept)
        return self._page(form, kind, status=422)

    def _kind(self, code: str) -> Kind | None:
        alone = standing_alone(self.ledger.code)
        if not code and len(alone) == 1:
            return alone[0]
        return next((one for one in kinds_of(self.ledger.code) if one.code == code), None)

    def _belongs_nowhere(self, kind: Kind) -> bool:
        return bool(kind.within) and not kind.alone and self.owner(kind) is None

    def owner(self, kind: Kind) -> Owner | None:
        """What the new case will belong to."""
        return stated_owner(kind, self.request.GET.get("within", ""), self.viewer)

    def _near(self, kind: Kind, form: CaseForm) -> list[dict[str, str]]:
        lon, lat = form.cleaned_data.get("lon"), form.cleaned_data.get("lat")
        if lon is None or lat is None:
            return []
        return [
            {
                "number": one.number,
                "title": one.title,
                "url": self.ledger.url_of(one),
                "distance": f"{metres:.0f} 米",
            }
            for one, metres in cases_near(kind, lon, lat, by=self.viewer)
        ]

    def _open(self, kind: Kind, form: CaseForm, kept: Sequence[Kept]) -> Case:
        values = form.values() | {"reporter_name": self.viewer.name}
        owner = self.owner(kind)
        with transaction.atomic():
            case = open_case(
                kind.code,
                values,
                details=form.details(),
                by=self.viewer,
                about=owner.about if owner else None,
            )
            if kept:
                attach(case.uid, kept, by=self.viewer)
        return case

    def _choose(self) -> HttpResponse:
        self.request.trail = [Crumb("登记")]  # type: ignore[attr-defined]
        offered = [
            {"label": one.label, "help": one.help, "url": f"?kind={one.code}"}
            for one in standing_alone(self.ledger.code)
        ]
        context = {
            "ledger": self.ledger,
            "kinds": offered,
            "page_title": f"登记{self.ledger.noun}",
            "page_note": "先选类型",
        }
        return render(self.request, "web/cases/choose.html", context)

    def _page(self, form: Any, kind: Kind, near: Any = (), status: int = 200) -> HttpResponse:
        self.request.trail = [Crumb("登记")]  # type: ignore[attr-defined]
        return self.draw(
            form,
            owner=self.owner(kind),
            page_title=f"登记{kind.label}",
            button="仍然登记为新的一件" if near else "登记",
            near=near,
            cancel_url=reverse(self.ledger.code),
            status=status,
        )


class ChangeCase(CaseFormPage):
    """``/<path>/<uid>/change/``."""

    verb = "change"

    def get(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        case = self.thing(identity)
        return self._page(self._form(case), case)

    def post(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        case = self.thing(identity)
        form = self._form(case, data=request.POST)
        if form.is_valid():
            try:
                changed = change_case(
                    case.uid,
                    form.values(),
                    details=form.details(),
                    version=version_in(request),
                    by=self.viewer,
                )
            except ChangedMeanwhile as problem:
                form.add_error(None, f"{problem}：请返回查看最新内容，再更正")
            except AnluError as problem:
                report(form, problem)
            else:
                return self.go(changed, f"已保存 {changed.number}")
        return self._page(form, case, status=422)

    def _form(self, case: Case, **given: Any) -> CaseForm:
        kind = kind_of(case)
        assert kind is not None
        if not given:
            given = {"initial": CaseForm.initial_of(case, kind.load(case.details, case.details_version))}
        return CaseForm(kind, located=self.family.located, case=case, **given)

    def _page(self, form: Any, case: Case, status: int = 200) -> HttpResponse:
        self.request.trail = [Crumb(case.number, self.ledger.url_of(case)), Crumb("更正")]  # type: ignore[attr-defined]
        return self.draw(
            form,
            page_title=f"更正 {self.title_of(case)}",
            case=case,
            version=case.version,
            button="保存更正",
            cancel_url=self.ledger.url_of(case),
            status=status,
        )


class MovePage(CaseFormPage):
    """``/<path>/<uid>/move/?move=fix``: what the move asks for and needs; without one, the moves there are."""

    def get(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        case = self.thing(identity)
        move = self._move(case, request)
        if move is None:
            if wanted := request.GET.get("move"):
                messages.error(request, why_refused(case, wanted, self.viewer))
            return self._none(case)
        return self._page(self._form(case, move), case, move)

    def post(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        case = self.thing(identity)
        move = self._move(case, request)
        if move is None:
            messages.error(request, why_refused(case, request.GET.get("move", ""), self.viewer))
            return HttpResponseRedirect(self.ledger.url_of(case))
        form = self._form(case, move, data=request.POST, files=request.FILES)
        if form.is_valid():
            try:
                kept = keep_files(files_from(form), by=self.viewer)
                moved = move_with_files(
                    case.uid,
                    move.code,
                    kept,
                    by=self.viewer,
                    note=form.cleaned_data["note"],
                    values=form.answers(),
                    version=version_in(request),
                )
            except AnluError as problem:
                report(form, problem)
            else:
                return self.go(moved, f"{moved.number} 已{move.label}", kept)
        return self._page(form, case, move, status=422)

    def _move(self, case: Case, request: HttpRequest) -> Move | None:
        wanted = request.GET.get("move", "")
        offered = moves_for(case, self.viewer)
        return next((move for move, why in offered if move.code == wanted and not why), None)

    def _form(self, case: Case, move: Move, **given: Any) -> MoveForm:
        kind = kind_of(case)
        assert kind is not None
        return MoveForm(case, move, kind, **given)

    def _none(self, case: Case) -> HttpResponse:
        self.request.trail = [Crumb(case.number, self.ledger.url_of(case)), Crumb("办理")]  # type: ignore[attr-defined]
        address = self.ledger.url_of(case, "move")
        offered = [
            {"label": move.label, "help": why, "url": "" if why else f"{address}?move={move.code}"}
            for move, why in moves_for(case, self.viewer)
        ]
        context = {"ledger": self.ledger, "kinds": offered, "page_title": f"办理 {self.title_of(case)}"}
        return render(self.request, "web/cases/choose.html", context)

    def _page(self, form: Any, case: Case, move: Move, status: int = 200) -> HttpResponse:
        trail = [Crumb(case.number, self.ledger.url_of(case)), Crumb(move.label)]
        self.request.trail = trail  # type: ignore[attr-defined]
        return self.draw(
            form,
            page_title=f"{move.label} {self.title_of(case)}",
            version=case.version,
            button=move.label,
            danger=move.returns or move.reopens,
            cancel_url=self.ledger.url_of(case),
            status=status,
        )
