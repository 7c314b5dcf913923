"""系统 › 公文模板: versions of the wording of each kind, with a preview beside the editor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.engine.documents.versions import compared_lines
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError, ChangedMeanwhile
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, TextFilter
from anlu.kernel.core.scope import Viewer
from anlu.kernel.documents import define
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents.composing import compose
from anlu.kernel.documents.define import DocumentKind, kinds
from anlu.kernel.documents.library import (
    knows_indicator,
    knows_phrase,
    restore_template,
    void_template,
    write_again,
    write_template,
)
from anlu.kernel.documents.models import Template
from anlu.kernel.documents.samples import sample_source
from anlu.kernel.documents.templating import COMMON, FUNCTIONS, BadTemplate, check_template
from anlu.kernel.people.models import Officer
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, Verb, ledgers
from anlu.web.nav import Crumb, page
from anlu.web.pages.small import small_form
from anlu.web.papers import shown
from anlu.web.viewers import require_viewer

CHAPTER, ITEM = "系统", "公文模板"


def kind_label(code: str) -> str:
    """What a kind is called; a code that nothing declares stands for itself."""
    return kinds.get(code).label if code in kinds else code


def _why_not_again(one: Template, viewer: Viewer) -> str:
    """Nothing is restored from the newest version."""
    later = Template.objects.live().filter(kind=one.kind, number__gt=one.number)
    return "" if later.exists() else "这是最新的一版"


TEMPLATES = ledgers.add(
    Ledger(
        code="documents.template",
        path="system/templates",
        label="公文模板",
        noun="公文模板",
        unit="版",
        chapter=CHAPTER,
        item=ITEM,
        rank=10,
        model=Template,
        columns=(
            Column("kind", "文书", value=lambda one: kind_label(one.kind), sort="kind"),
            Column("number", "版本", value=lambda one: f"第{one.number}版", sort="number"),
            Column("title", "标题"),
            Column("valid_from", "启用日期", sort="valid_from"),
            Column("author_name", "修改人"),
            Column("note", "修改说明"),
        ),
        filters=(
            TextFilter("q", "标题、正文", columns=("title", "body")),
            ChoiceFilter("kind", "文书", choices=define.choices, common=True),
            DateFilter("from", "启用", column="valid_from"),
        ),
        order="kind",
        title=lambda one: f"{kind_label(one.kind)} 第{one.number}版",
        head=("valid_from", "author_name", "note"),
        sections=(
            DetailSection(
                "正文", (Column("title", "标题", kind=Kind.LONG), Column("body", "正文", kind=Kind.LONG))
            ),
        ),
        verbs=(
            Verb("写新的一版", "documents.template.edit"),
            Verb("与其他版本比较", "documents.template.compare", icon="arrows-exchange"),
            Verb("恢复这一版", "documents.template.again", icon="history", possible=_why_not_again),
        ),
        void=void_template,
        restore=restore_template,
        permissions={"void": may.TEMPLATE_CHANGE, "change": may.TEMPLATE_CHANGE, "add": may.TEMPLATE_CHANGE},
        icon="file-text",
        empty="运行 anlu init 后，这里有随软件提供的模板。",
    )
)


class TemplateForm(forms.Form):
    """The wording of a kind."""

    based_on = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label="标题", max_length=300, strip=True)
    body = forms.CharField(label="正文", widget=forms.Textarea(attrs={"spellcheck": "false"}), strip=False)
    valid_from = forms.DateField(
        label="启用日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label="修改说明", max_length=200, required=False)


@page(
    "documents.template.edit",
    "system/templates/<uuid:uid>/edit/",
    "写新的一版",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=may.TEMPLATE_CHANGE,
    ledger="documents.template",
)
def edit_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The editor: what is posted with ``deed=preview`` is shown and not kept."""
    viewer = require_viewer(request)
    opened, kind = _opened(viewer, uid)
    last = Template.objects.filter(kind=kind.code).order_by("-number").values_list("number", flat=True)[0]
    initial = {"based_on": last, "title": opened.title, "body": opened.body, "valid_from": today()}
    form = TemplateForm(request.POST or None, initial=initial)
    preview, good = (opened.title, opened.body), True
    if request.method == "POST":
        good = form.is_valid() and _sound(kind, form)
        if good:
            preview = (form.cleaned_data["title"], form.cleaned_data["body"])
        if good and request.POST.get("deed") != "preview":
            given = form.cleaned_data
            try:
                made = write_template(kind.code, by=viewer, **given)
            except ChangedMeanwhile as problem:
                form.add_error(None, str(problem))
            except AnluError as problem:
                form.add_error("body", str(problem))
            else:
                messages.success(request, f"已保存第 {made.number} 版，{made.valid_from} 起用于新的公文")
                return HttpResponseRedirect(reverse("documents.template.detail", args=[made.uid]))
    title = f"{kind.label}模板"
    request.trail = [  # type: ignore[attr-defined]
        Crumb(str(TEMPLATES.title(opened)), reverse("documents.template.detail", args=[opened.uid])),
        Crumb("写新的一版"),
    ]
    context = {
        "page_title": title,
        "form": form,
        "kind": kind,
        "fields": kind.fields,
        "common": COMMON,
        "functions": list(FUNCTIONS.values()),
        "paper": _preview(kind, *preview) if good else None,
        "cancel_url": reverse("documents.template.detail", args=[opened.uid]),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "web/documents/template_preview.html", context)
    return render(request, "web/documents/template.html", context, status=422 if form.errors else 200)


def _opened(viewer: Officer, uid: UUID) -> tuple[Template, DocumentKind]:
    """A version that this person may see, and its kind; ``Http404`` for any other."""
    found = TEMPLATES.visible_rows(viewer).filter(uid=uid).first()
    if found is None or found.kind not in kinds:
        raise Http404
    return found, kinds.get(found.kind)


@page("documents.template.compare", "system/templates/<uuid:uid>/compare/", "与其他版本比较",
      chapter=CHAPTER, item=ITEM, entry=False, permission=may.TEMPLATE_VIEW,
      ledger="documents.template")  # fmt: skip
def compare_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A version beside another one, by default the one before it, of the first version the one after it."""
    opened, kind = _opened(require_viewer(request), uid)
    others = Template.objects.live().filter(kind=opened.kind).exclude(pk=opened.pk)
    versions = list(others.order_by("-number"))
    chosen = request.GET.get("with", "")
    earlier = (one for one in versions if one.number < opened.number)
    other = next((one for one in versions if str(one.uid) == chosen), None) or next(
        earlier, versions[-1] if versions else opened
    )
    before, after = sorted((other, opened), key=lambda one: one.number)
    home = reverse("documents.template.detail", args=[opened.uid])
    request.trail = [Crumb(str(TEMPLATES.title(opened)), home), Crumb("比较")]  # type: ignore[attr-defined]
    context = {
        "page_title": f"{kind.label}模板：第{before.number}版与第{after.number}版",
        "opened": opened,
        "versions": versions,
        "other": other,
        "before": before,
        "after": after,
        "parts": [
            (label, compared_lines(getattr(before, name), getattr(after, name)))
            for label, name in (("标题", "title"), ("正文", "body"))
        ],
        "back_url": home,
    }
    return render(request, "web/documents/template_compare.html", context)


class Again(forms.Form):
    """From when on the earlier wording holds again."""

    valid_from = forms.DateField(
        label="启用日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label="修改说明", max_length=200, required=False)


@page("documents.template.again", "system/templates/<uuid:uid>/again/", "恢复这一版",
      chapter=CHAPTER, item=ITEM, entry=False, permission=may.TEMPLATE_CHANGE,
      ledger="documents.template")  # fmt: skip
def again_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """An earlier version as a new one."""
    viewer = require_viewer(request)
    opened, kind = _opened(viewer, uid)
    home = reverse("documents.template.detail", args=[opened.uid])
    initial = {"valid_from": today(), "note": f"恢复第 {opened.number} 版"}
    form = Again(request.POST or None, initial=initial)
    request.trail = [Crumb(str(TEMPLATES.title(opened)), home), Crumb("恢复")]  # type: ignore[attr-defined]

    def act() -> tuple[str, str]:
        made = write_again(opened.uid, by=viewer, **form.cleaned_data)
        words = f"已保存第 {made.number} 版，{made.valid_from} 起用于新的公文"
        return words, reverse("documents.template.detail", args=[made.uid])

    title = f"恢复{kind.label}模板第{opened.number}版"
    return small_form(request, form, act, title=title, button="恢复为新的一版", back=home)


def _sound(kind: DocumentKind, form: TemplateForm) -> bool:
    """Check the wording; what is wrong stands at the field."""
    given = form.cleaned_data
    try:
        check_template(
            kind, given["title"], given["body"], knows_phrase=knows_phrase, knows_indicator=knows_indicator
        )
    except BadTemplate as problem:
        form.add_error("title" if problem.part == "标题" else "body", str(problem))
        return False
    return True


def _preview(kind: DocumentKind, title: str, body: str) -> dict[str, Any] | None:
    try:
        return shown(compose(kind, sample_source(kind, title=title, body=body, day=today())))
    except AnluError:
        return None
