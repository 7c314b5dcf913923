"""One form, or one question, on a page of its own: what most verbs of a record ask before they act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from anlu.kernel.core.errors import AnluError
from anlu.web.pages.form import report

# What is done, and the words that say so; with an address beside them where the way does not lead back.
Act = Callable[[], str | tuple[str, str]]


def small_form(
    request: HttpRequest,
    form: Any,
    act: Act,
    *,
    back: str,
    title: str = "",
    note: str = "",
    button: str = "保存",
    danger: bool = False,
    field: str | None = None,
) -> HttpResponse:
    """
    Show ``form``; sent and valid, ``act`` is done once and the way leads ``back``.

    What the service refuses stands in the form: at the field that it names, otherwise at ``field`` or on top.
    """
    if request.method == "POST" and form.is_valid():
        try:
            done = act()
        except (AnluError, ValidationError) as problem:
            if field is None:
                report(form, problem)
            else:
                form.add_error(field, problem if isinstance(problem, ValidationError) else str(problem))
        else:
            return _done(request, done, back)
    context = _context(title, button=button, danger=danger, back=back) | {"form": form, "page_note": note}
    return render(request, "web/desk/small_form.html", context, status=422 if form.errors else 200)


def question(
    request: HttpRequest, words: str, act: Act, *, title: str, button: str, back: str, danger: bool = False
) -> HttpResponse:
    """Ask ``words``; when the button is pressed ``act`` is done. A refusal is told where the way leads ``back`` to."""
    if request.method == "POST":
        try:
            done = act()
        except AnluError as problem:
            messages.error(request, str(problem))
            return HttpResponseRedirect(back)
        return _done(request, done, back)
    context = _context(title, button=button, danger=danger, back=back) | {"question": words}
    return render(request, "web/desk/confirm.html", context)


def _done(request: HttpRequest, done: str | tuple[str, str], back: str) -> HttpResponse:
    words, address = (done, back) if isinstance(done, str) else done
    messages.success(request, words)
    return HttpResponseRedirect(address)


def _context(title: str, *, button: str, danger: bool, back: str) -> dict[str, Any]:
    titled = {"page_title": title} if title else {}  # otherwise that of the page
    return {"button": button, "danger": danger, "cancel_url": back} | titled
