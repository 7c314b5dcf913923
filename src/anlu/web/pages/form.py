"""Adding, changing, voiding and restoring a record."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core.errors import AnluError, ChangedMeanwhile
from anlu.kernel.indicators.guarding import PeriodClosed
from anlu.web.cells import words_of
from anlu.web.nav import Crumb
from anlu.web.pages.base import LedgerPage


class Groups:
    """Mix-in of forms: ``groups`` names the fields under headings; without it all stand in one."""

    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()


def grouped(form: Any) -> list[dict[str, Any]]:
    """Visible fields of a form under their headings; what no group names comes last."""
    visible = {bound.name: bound for bound in form.visible_fields()}
    found = []
    for label, names in getattr(form, "groups", ()):
        fields = [visible.pop(name) for name in names if name in visible]
        if fields:
            found.append({"label": label, "fields": fields})
    if visible:
        found.append({"label": "其他" if found else "", "fields": list(visible.values())})
    return found


class FormPage(LedgerPage):
    """What adding and changing have in common."""

    template = "web/ledger/form.html"

    def form_for(self, *, data: Any = None, thing: Any = None, stated: Any = None) -> Any:
        """
        The ledger's form, empty or with the facts of ``thing``; forms that ask for the ``viewer`` get it.

        Parameters
        ----------
        stated
            Values of the address with which a new record begins.
        """
        form_class = self.ledger.form
        assert form_class is not None
        given: dict[str, Any] = {"data": data}
        if issubclass(form_class, forms.BaseModelForm):
            given["instance"] = thing
        elif thing is not None:
            given["initial"] = getattr(form_class, "initial_of", _initial)(thing)
        if stated:
            given["initial"] = {name: stated[name][:400] for name in form_class.base_fields if name in stated}
        if getattr(form_class, "wants_viewer", False):
            given["viewer"] = self.viewer
        form: Any = form_class(**given)
        for name, bound in form.fields.items():
            if bound.help_text:
                bound.widget.attrs.setdefault("aria-describedby", f"{form[name].auto_id}_helptext")
        return form

    def draw(
        self,
        form: Any,
        *,
        title: str,
        cancel_url: str,
        thing: Any = None,
        version: int | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The page with the form on it."""
        context = {
            "ledger": self.ledger,
            "form": form,
            "groups": grouped(form),
            "thing": thing,
            "version": version if version is not None or thing is None else self.ledger.version_of(thing),
            "page_title": title,
            "cancel_url": cancel_url,
        }
        return render(self.request, self.template, context, status=status)


def _initial(thing: Any) -> dict[str, Any]:
    return {one.name: getattr(thing, one.attname) for one in thing._meta.concrete_fields}


class New(FormPage):
    """``/<path>/new/``."""

    verb = "add"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(self.form_for(stated=request.GET))

    def post(self, request: HttpRequest) -> HttpResponse:
        assert self.ledger.add is not None
        form = self.form_for(data=request.POST)
        if form.is_valid():
            try:
                thing = self.ledger.add(form.cleaned_data, by=self.viewer)
            except (AnluError, ValidationError) as problem:
                report(form, problem)
            else:
                messages.success(request, f"已登记{self.ledger.noun}「{self.ledger.title(thing)}」")
                return HttpResponseRedirect(self.ledger.url_of(thing))
        return self._page(form, status=422)

    def _page(self, form: Any, status: int = 200) -> HttpResponse:
        self.request.trail = [Crumb(self.ledger.adding or "登记")]  # type: ignore[attr-defined]
        return self.draw(
            form, title=self.ledger.add_label, cancel_url=reverse(self.ledger.code), status=status
        )


class Change(FormPage):
    """``/<path>/<uid>/change/``: the form knows the version it was opened with; a later one is not overwritten."""

    verb = "change"

    def get(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        thing = self.thing(identity)
        return self._page(self.form_for(thing=thing), thing)

    def post(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        assert self.ledger.change is not None
        thing = self.thing(identity)
        stated = request.POST.get("version", "")
        version = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 10 else 0
        form = self.form_for(data=request.POST, thing=thing)
        if form.is_valid():
            try:
                changed = self.ledger.change(getattr(thing, self.ledger.identity), form.cleaned_data,
                                             version=version, by=self.viewer)  # fmt: skip
            except ChangedMeanwhile:
                return self._conflict(form, identity)
            except (AnluError, ValidationError) as problem:
                report(form, problem)
            else:
                messages.success(request, f"已保存「{self.ledger.title(changed)}」")
                return HttpResponseRedirect(self.ledger.url_of(changed))
        return self._page(form, self.thing(identity), version=version, status=422)

    def _page(self, form: Any, thing: Any, *, version: int | None = None, status: int = 200) -> HttpResponse:
        title = self.ledger.title(thing)
        self.request.trail = [Crumb(title, self.ledger.url_of(thing)), Crumb("更正")]  # type: ignore[attr-defined]
        return self.draw(
            form,
            title=f"更正 {title}",
            cancel_url=self.ledger.url_of(thing),
            thing=thing,
            version=version,  # the one that the typed values were based on, not a newer one
            status=status,
        )

    def _conflict(self, form: Any, identity: UUID | str) -> HttpResponse:
        """Somebody else saved first: show theirs and ours side by side, saving again is a decision."""
        thing = self.thing(identity)
        theirs = self.form_for(thing=thing)
        rows = []
        for bound in form.visible_fields():
            ours_words = _shown(bound, bound.value())
            their_words = _shown(theirs[bound.name], theirs[bound.name].value())
            if ours_words != their_words:
                rows.append({"label": bound.label, "ours": ours_words, "theirs": their_words})
        title = self.ledger.title(thing)
        self.request.trail = [Crumb(title, self.ledger.url_of(thing)), Crumb("同时修改")]  # type: ignore[attr-defined]
        context = {
            "ledger": self.ledger,
            "thing": thing,
            "form": form,
            "groups": grouped(form),
            "version": self.ledger.version_of(thing),
            "differences": rows,
            "page_title": f"「{title}」刚被他人修改",
            "cancel_url": self.ledger.url_of(thing),
            "changed_at": words_of(thing.changed_at),
        }
        return render(self.request, "web/ledger/conflict.html", context, status=409)


def _shown(bound: Any, value: Any) -> str:
    """A value of a form field in words: labels for choices, nothing for nothing."""
    if value in (None, "", []):
        return ""
    choices = getattr(bound.field, "choices", None)
    if choices is not None:
        labels = {str(code): str(label) for code, label in _flat(choices)}
        codes = value if isinstance(value, list | tuple) else [value]
        return "、".join(labels.get(str(code), str(code)) for code in codes)
    if isinstance(bound.field, forms.BooleanField):
        return "是" if value else "否"
    try:
        value = bound.field.clean(value) if isinstance(value, str) else value
    except ValidationError:
        return str(value)
    return words_of(value)


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for code, label in choices:
        found += _flat(label) if isinstance(label, list | tuple) else [(code, label)]
    return found


def report(form: Any, problem: AnluError | ValidationError) -> None:
    """Put what the service refused at its field, or at the top of the form."""
    if isinstance(problem, ValidationError) and hasattr(problem, "error_dict"):
        for name, errors in problem.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    elif isinstance(problem, ValidationError):
        form.add_error(None, problem)
    else:
        form.add_error(None, str(problem))
        form.remedy = remedy_of(problem)


def remedy_of(problem: Exception) -> dict[str, str]:
    """What can be done about a refusal: a label and an address; empty for most."""
    if not isinstance(problem, PeriodClosed):
        return {}
    stated = {
        "thing_kind": problem.kind,
        "record": str(problem.uid or ""),
        "day": problem.day.isoformat() if problem.day else "",
    }
    return {"label": "申请更正", "url": f"{reverse('indicators.correction.new')}?{urlencode(stated)}"}


# ------------------------------------------------------------------------------------------------ void and restore


class Reason(forms.Form):
    """Why a record is voided."""

    why = forms.CharField(
        label="作废原因",
        max_length=200,
        strip=True,
        help_text="会与作废人、时间一起保留，可在作废记录中恢复。",
    )


class Void(LedgerPage):
    """``/<path>/<uid>/void/``: nothing is deleted; a voided record leaves lists and figures and can be restored."""

    verb = "void"

    def get(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        return self._page(Reason(), self.thing(identity))

    def post(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        assert self.ledger.void is not None
        thing = self.thing(identity)
        form = Reason(request.POST)
        if form.is_valid():
            try:
                self.ledger.void(
                    getattr(thing, self.ledger.identity), why=form.cleaned_data["why"], by=self.viewer
                )
            except AnluError as problem:
                report(form, problem)
            else:
                messages.success(request, f"已作废「{self.ledger.title(thing)}」，需要时可在作废记录中恢复")
                return HttpResponseRedirect(reverse(self.ledger.code))
        return self._page(form, thing, status=422)

    def _page(self, form: Reason, thing: Any, status: int = 200) -> HttpResponse:
        title = self.ledger.title(thing)
        self.request.trail = [Crumb(title, self.ledger.url_of(thing)), Crumb("作废")]  # type: ignore[attr-defined]
        context = {
            "ledger": self.ledger,
            "thing": thing,
            "form": form,
            "page_title": f"作废 {title}",
            "cancel_url": self.ledger.url_of(thing),
        }
        return render(self.request, "web/ledger/void.html", context, status=status)


class Restore(LedgerPage):
    """``/<path>/<uid>/restore/``: a voided record comes back."""

    verb = "void"

    def get(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        thing = self.voided_thing(identity)
        title = self.ledger.title(thing)
        request.trail = [Crumb(title), Crumb("恢复")]  # type: ignore[attr-defined]
        context = {
            "ledger": self.ledger,
            "thing": thing,
            "title": title,
            "page_title": f"恢复 {title}",
            "voided_at": words_of(thing.voided_at),
            "cancel_url": f"{reverse(self.ledger.code)}?voided=1",
        }
        return render(request, "web/ledger/restore.html", context)

    def post(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        assert self.ledger.restore is not None
        thing = self.voided_thing(identity)
        try:
            self.ledger.restore(getattr(thing, self.ledger.identity), by=self.viewer)
        except AnluError as problem:
            messages.error(request, str(problem))
            return HttpResponseRedirect(f"{reverse(self.ledger.code)}?voided=1")
        messages.success(request, f"已恢复「{self.ledger.title(thing)}」")
        return HttpResponseRedirect(self.ledger.url_of(thing))
