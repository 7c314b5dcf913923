"""Keeping a document: kept longer, appraised by one person, destroyed with the consent of another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents import services
from anlu.kernel.documents.facts import BadFact
from anlu.kernel.documents.models import Document
from anlu.kernel.people.models import Officer
from anlu.web.desk.documents.steps import CHAPTER, CODE, DAY, ITEM, document_seen_by
from anlu.web.nav import Crumb, Page, pages
from anlu.web.pages.form import report
from anlu.web.viewers import require_viewer

COLOURS: Final = {
    "在期": "green",
    "永久": "blue",
    "到期待鉴定": "amber",
    "待批准销毁": "red",
    "已销毁": "grey",
}


def state_of(document: Document) -> str:
    """Where a document stands in its keeping."""
    if document.destroyed_on is not None:
        return "已销毁"
    if document.disposal_by is not None:
        return "待批准销毁"
    if document.keep_until is None:
        return "永久"
    return "到期待鉴定" if document.keep_until < today() else "在期"


def years_of(document: Document) -> str:
    """How long it is kept, in words."""
    return f"{document.retention_years}年" if document.retention_years else "永久"


class Longer(forms.Form):
    """Until when, and why."""

    until = forms.DateField(label="保管到", **DAY)  # type: ignore[arg-type]
    why = forms.CharField(label="理由", max_length=200, strip=True)


class Opinion(forms.Form):
    """Why it is no longer worth keeping."""

    why = forms.CharField(
        label="鉴定意见", max_length=200, strip=True, help_text="为什么不再保存；批准后内容无法恢复"
    )


class Refusal(forms.Form):
    """Why it stays."""

    why = forms.CharField(label="理由", max_length=200, strip=True)


class Destruction(forms.Form):
    """How it is destroyed, and that it is meant."""

    how = forms.CharField(
        label="销毁记录", max_length=200, strip=True, help_text="纸质件的销毁方式、经办、监销"
    )
    sure = forms.BooleanField(
        label="已核对文号和鉴定意见，确认销毁", help_text="正文、附件、送达和回复的内容删除，无法恢复"
    )


@dataclass(frozen=True)
class Deed:
    """Something that is done about the keeping of a document."""

    code: str
    label: str
    done: str
    permission: str
    form: type[forms.Form]
    run: Callable[..., Document]
    possible: Callable[[Document, Officer], bool]
    icon: str = "file-text"
    danger: bool = False

    def open_to(self, document: Document, viewer: Officer) -> bool:
        """Whether this person can do it now."""
        return (
            document.issued_on is not None
            and document.destroyed_on is None
            and viewer.may(self.permission)
            and document.issued_within(viewer.scope_for(self.permission))
            and self.possible(document, viewer)
        )


def _is_over(document: Document, viewer: Officer) -> bool:
    return document.disposal_by is None and document.keep_until is not None and document.keep_until < today()


def _may_decide(document: Document, viewer: Officer) -> bool:
    return document.disposal_by is not None and document.disposal_by != viewer.uid


DEEDS: Final = (
    Deed("keep", "延长保管", "已延长保管", may.APPRAISE, Longer, services.keep_longer,
         lambda document, viewer: document.disposal_by is not None or _is_over(document, viewer)),
    Deed("appraise", "提请销毁", "已提请销毁，等待另一人批准", may.APPRAISE, Opinion,
         services.propose_destruction, _is_over, icon="send"),
    Deed("spare", "不同意销毁", "继续保管", may.DESTROY, Refusal, services.spare, _may_decide, icon="arrow-left"),
    Deed("destroy", "批准销毁", "已销毁", may.DESTROY, Destruction, services.destroy, _may_decide,
         icon="trash", danger=True),
)  # fmt: skip


def retention_deeds(document: Document, viewer: Officer) -> list[dict[str, str]]:
    """Buttons for a document whose time is over."""
    return [
        {
            "label": one.label,
            "icon": one.icon,
            "url": reverse(f"{CODE}.{one.code}", args=[document.uid]),
            "why": "",
        }
        for one in DEEDS
        if one.open_to(document, viewer)
    ]


def view_of(deed: Deed) -> Callable[..., HttpResponse]:
    """The page of a deed."""

    def show(request: HttpRequest, uid: UUID) -> HttpResponse:
        viewer = require_viewer(request)
        document = document_seen_by(viewer, uid, deed.permission)
        home = reverse(f"{CODE}.detail", args=[document.uid])
        if not deed.open_to(document, viewer):
            messages.error(
                request, f"「{document.title}」现在不能{deed.label}：还没到期、已办过，或须由另一人办理"
            )
            return HttpResponseRedirect(home)
        form = deed.form(request.POST or None)
        if request.method == "POST" and form.is_valid():
            given = {name: value for name, value in form.cleaned_data.items() if name != "sure"}
            try:
                deed.run(document, by=viewer, **given)
            except BadFact as problem:
                form.add_error(problem.field, str(problem))
            except AnluError as problem:
                report(form, problem)
            else:
                messages.success(request, f"「{document.title}」{deed.done}")
                return HttpResponseRedirect(home)
        request.trail = [Crumb(str(document), home), Crumb(deed.label)]  # type: ignore[attr-defined]
        context = {
            "form": form,
            "button": deed.label,
            "danger": deed.danger,
            "note": _standing(document),
            "page_title": f"{deed.label} {document}",
            "cancel_url": home,
        }
        return render(request, "web/documents/retention.html", context, status=422 if form.errors else 200)

    return show


def _standing(document: Document) -> str:
    """How long it was kept, and what the appraisal says."""
    words = f"成文 {document.issued_on}，保管期限{years_of(document)}"
    if document.disposal_by is not None:
        words += f"；{document.disposal_by_name}的鉴定意见：{document.disposal_why}"
    return words


for _deed in DEEDS:
    pages.add(
        Page(
            f"{CODE}.{_deed.code}",
            f"documents/<uuid:uid>/{_deed.code}/",
            _deed.label,
            view_of(_deed),
            permission=_deed.permission,
            chapter=CHAPTER,
            item=ITEM,
            ledger=CODE,
        )
    )
