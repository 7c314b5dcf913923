"""Drafting: choose a kind, fill in what it asks for, paste tables; numbers are fetched, never typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.engine.periods import Kind, Period
from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError, ChangedMeanwhile, UnknownCode
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents import services
from anlu.kernel.documents.define import SECRECIES, URGENCIES, DocumentKind, Field, FieldType, in_order, kinds
from anlu.kernel.documents.facts import BadFact
from anlu.kernel.documents.models import Combination, Document, LegalBasis, Letterhead, State
from anlu.kernel.documents.rules import in_force
from anlu.kernel.documents.sources import facts_of
from anlu.kernel.documents.subjects import subjects
from anlu.kernel.people.models import Officer, Unit
from anlu.web.desk.documents.steps import CHAPTER, CODE, ITEM, document_seen_by
from anlu.web.nav import Crumb, page
from anlu.web.pages.form import grouped, report
from anlu.web.viewers import require_viewer

PERIOD_KINDS: tuple[Kind, ...] = ("half", "year", "quarter", "month")


class RowsField(forms.CharField):
    """A table: one row a line, cells set apart by tabs as Excel pastes them (or by |)."""

    def __init__(self, columns: tuple[tuple[str, str], ...], **options: Any) -> None:
        self.columns = columns
        labels = " | ".join(label for _, label in columns)
        options["help_text"] = f"一行一条，各列依次为：{labels}；可从 Excel 复制后粘贴，手工输入时用 | 分开"
        super().__init__(widget=forms.Textarea(attrs={"rows": 6}), strip=False, **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(" | ".join(row.get(name, "") for name, _ in self.columns) for row in value)
        return value

    def clean(self, value: Any) -> list[dict[str, str]]:
        """Rows by the names of the columns; cells that are too many are an error, missing ones are empty."""
        text = super().clean(value) or ""
        rows = []
        for number, line in enumerate(text.splitlines(), start=1):
            cells = [cell.strip() for cell in line.split("\t" if "\t" in line else "|")]
            if not any(cells):
                continue
            if len(cells) > len(self.columns):
                raise forms.ValidationError(f"第 {number} 行有 {len(cells)} 列，应为 {len(self.columns)} 列")
            cells += [""] * (len(self.columns) - len(cells))
            rows.append({name: cell for (name, _), cell in zip(self.columns, cells, strict=True)})
        return rows


def field_for(one: Field) -> forms.Field:
    """The form field of a fact. What is required is asked for at the check, so that a draft can be kept unfinished."""
    options: dict[str, Any] = {"label": one.label, "required": False, "help_text": one.help}
    match one.type:
        case FieldType.LONG:
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=8000, **options)
        case FieldType.DATE:
            return forms.DateField(
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
            )
        case FieldType.CHOICE:
            return forms.ChoiceField(choices=[("", "请选择"), *one.choices], **options)
        case FieldType.ROWS:
            return RowsField(one.columns, label=one.label, required=False)
        case _:
            return forms.CharField(max_length=300, **options)


class DraftForm(forms.Form):
    """The facts of one kind, its issuer, addressee and legal bases."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    about_kind = forms.CharField(required=False, widget=forms.HiddenInput)
    about_uid = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, kind: DocumentKind, viewer: Officer, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        day = today()
        allowed = list(in_force(Combination, day).filter(kind=kind.code))
        self.fields["unit"] = forms.ModelChoiceField(
            label="发文单位", queryset=_issuers(allowed), empty_label="请选择"
        )
        person = any(one.personal == "name" for one in kind.personal_fields)
        if kind.addressed:
            self.fields["addressee"] = forms.ModelChoiceField(
                label="主送单位",
                queryset=_addressees(),
                required=False,
                empty_label="不是单位" if person else "请选择",
                help_text="责任人是个人的不选，在下面填写" if person else "",
            )
            if not person:
                self.fields["addressee_words"] = forms.CharField(
                    label="或写主送",
                    required=False,
                    max_length=120,
                    help_text="如：各中队、各股室；选了单位的不填",
                )
        bases = sorted({one.basis for one in allowed if one.basis})
        if bases:
            known = in_force(LegalBasis, day).filter(code__in=bases)
            self.fields["bases"] = forms.MultipleChoiceField(
                label="法律依据",
                required=False,
                choices=[(one.code, f"{one}（待核）" if one.unchecked else str(one)) for one in known],
                widget=forms.CheckboxSelectMultiple,
                help_text="不选则按发文组合自动引用",
            )
        self.fields["period"] = forms.ChoiceField(
            label="统计期间",
            required=False,
            choices=[("", "不取数"), *_periods(day)],
            help_text="文中的指标按这个期间取数",
        )
        if kind.copied:
            self.fields["copies_to"] = forms.CharField(
                label="抄送", required=False, max_length=300, help_text="几个单位用顿号分开，印在版记里"
            )
        if kind.marked:
            self.fields["urgency"] = forms.ChoiceField(
                label="紧急程度", required=False, choices=[("", "不标"), *URGENCIES]
            )
            self.fields["secrecy"] = forms.ChoiceField(
                label="密级",
                required=False,
                choices=[("", "不标"), *SECRECIES],
                help_text="国家秘密不得在本系统拟稿、存放",
            )
        for one in kind.fields:
            if one.typed:
                self.fields[one.name] = field_for(one)
        self.groups = (
            (
                "发文",
                (
                    "unit",
                    "addressee",
                    "addressee_words",
                    "copies_to",
                    "bases",
                    "period",
                    "urgency",
                    "secrecy",
                ),
            ),
            ("内容", tuple(one.name for one in kind.fields if one.typed)),
        )

    def facts(self) -> dict[str, Any]:
        """What was stated, by field."""
        return {one.name: self.cleaned_data.get(one.name) for one in self.kind.fields if one.typed}

    def rest(self) -> dict[str, Any]:
        """Addressee, bases and period as the services take them."""
        given = self.cleaned_data
        chosen = given.get("addressee")
        return {
            "addressee": chosen or given.get("addressee_words") or None,
            "bases": given.get("bases") or None,
            "period": given.get("period", ""),
            "markings": services.Markings(
                given.get("copies_to", ""), given.get("secrecy", ""), given.get("urgency", "")
            ),
        }


def _issuers(allowed: list[Combination]) -> Any:
    """Units with an office name whose kind may issue it; when nothing is allowed, all with an office name."""
    with_head = in_force(Letterhead, today()).values("unit")
    units = Unit.objects.live().filter(pk__in=with_head)
    issuers = {one.issuer for one in allowed}
    return units.filter(kind__in=issuers).order_by("pk") if issuers else units.order_by("pk")


def _addressees() -> Any:
    return Unit.objects.live().exclude(kind="village_post").order_by("sort_key", "code")


def _periods(day: date) -> list[tuple[str, str]]:
    """This year's and last year's year, halves, quarters, and the last twelve months."""
    found: dict[str, str] = {}
    for kind in PERIOD_KINDS:
        one = Period.containing(day, kind)
        for _ in range(12 if kind == "month" else 4 if kind == "quarter" else 2):
            found[one.code] = one.label
            one = one.previous()
    return list(found.items())


@page(
    f"{CODE}.new",
    "documents/new/",
    "拟稿",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=may.DRAFT,
    ledger=CODE,
)
def choose_kind(request: HttpRequest) -> HttpResponse:
    """The kinds of documents, each with who may issue it to whom."""
    allowed: dict[str, list[Combination]] = {}
    for one in in_force(Combination, today()):
        allowed.setdefault(one.kind, []).append(one)
    query = request.GET.urlencode()
    found = [
        {
            "label": kind.label,
            "help": kind.help,
            "ways": ways_of(allowed.get(kind.code, [])),
            "url": reverse(f"{CODE}.draft", args=[kind.code]) + (f"?{query}" if query else ""),
        }
        for kind in in_order()
    ]
    request.trail = [Crumb("拟稿")]  # type: ignore[attr-defined]
    return render(request, "web/documents/kinds.html", {"kinds": found, "page_title": "拟稿：选择文种"})


def ways_of(allowed: list[Combination]) -> str:
    """大队→部门；交安委→镇街."""
    ways = dict.fromkeys(
        f"{one.get_issuer_display()}{'→' + one.get_addressee_display() if one.addressee else ''}"
        for one in allowed
    )
    return "；".join(ways)


@page(
    f"{CODE}.draft",
    "documents/new/<str:document_kind>/",
    "拟稿",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=may.DRAFT,
)
def draft_page(request: HttpRequest, document_kind: str) -> HttpResponse:
    """The form of one kind; ``?about=<kind>:<uid>`` names the record that it is about."""
    viewer = require_viewer(request)
    kind = _kind(document_kind)
    about = _about(request, viewer)
    initial = dict(about["initial"])
    form = DraftForm(kind, viewer, request.POST or None, initial=initial)
    _choose_only(form)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        linked = (given["about_kind"], given["about_uid"]) if given.get("about_uid") else None
        try:
            made = services.draft_document(
                kind.code, form.facts(), unit=given["unit"], by=viewer, about=linked, **form.rest()
            )
        except AnluError as problem:
            _report(form, problem)
        else:
            messages.success(request, f"已存为拟稿「{made.title}」")
            return HttpResponseRedirect(reverse(f"{CODE}.detail", args=[made.uid]))
    request.trail = [Crumb("拟稿", reverse(f"{CODE}.new")), Crumb(kind.label)]  # type: ignore[attr-defined]
    context = {
        "page_title": f"拟{kind.label}",
        "page_note": kind.help,
        "about": about["title"],
        **_drawn(form, kind),
        "cancel_url": reverse(CODE),
    }
    return render(request, "web/documents/draft.html", context, status=422 if form.errors else 200)


def _drawn(form: DraftForm, kind: DocumentKind) -> dict[str, Any]:
    fetched = [one for one in kind.fields if not one.typed]
    return {
        "form": form,
        "groups": grouped(form),
        "required": "、".join(one.label for one in kind.fields if one.required and one.typed),
        "fetched": "、".join(one.label for one in fetched),
    }


def _choose_only(form: DraftForm) -> None:
    """Where only one unit can issue it, it is chosen already."""
    queryset = form.fields["unit"].queryset  # type: ignore[attr-defined]
    only = list(queryset[:2])
    if len(only) == 1:
        form.fields["unit"].initial = only[0].pk


def _kind(code: str) -> DocumentKind:
    try:
        return kinds.get(code)
    except UnknownCode:
        raise Http404 from None


def _about(request: HttpRequest, viewer: Officer) -> dict[str, Any]:
    """The record that ``?about=`` names, if this person may see it."""
    code, _, uid = request.GET.get("about", "").partition(":")
    try:
        known = UUID(uid)
    except ValueError:
        return {"initial": {}, "title": ""}
    thing = subjects.get(code).find(known, viewer) if code in subjects else None
    if thing is None:
        return {"initial": {}, "title": ""}
    title = f"{subjects.get(code).label} {subjects.get(code).title(thing)}"
    return {"initial": {"about_kind": code, "about_uid": known}, "title": title}


def _report(form: DraftForm, problem: AnluError) -> None:
    if isinstance(problem, BadFact) and problem.field in form.fields:
        form.add_error(problem.field, str(problem))
    else:
        report(form, problem)


@page(
    f"{CODE}.change",
    "documents/<uuid:uid>/change/",
    "改稿",
    chapter=CHAPTER,
    item=ITEM,
    entry=False,
    permission=may.DRAFT,
    ledger=CODE,
)
def change_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The form with the draft in it."""
    viewer = require_viewer(request)
    document = document_seen_by(viewer, uid, may.DRAFT)
    kind = _kind(document.kind)
    home = reverse(f"{CODE}.detail", args=[document.uid])
    form = DraftForm(kind, viewer, request.POST or None, initial=_initial(document))
    form.fields["unit"].disabled = True
    if request.method == "POST" and document.state != State.DRAFT:
        messages.error(request, f"这份公文{document.get_state_display()}，不能再改")
        return HttpResponseRedirect(home)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_document(
                document,
                form.facts(),
                version=form.cleaned_data.get("version") or 0,
                by=viewer,
                **form.rest(),
            )
        except ChangedMeanwhile as problem:
            form.add_error(None, f"{problem}（已填的内容还在下面，可复制后重新打开）")
        except AnluError as problem:
            _report(form, problem)
        else:
            messages.success(request, "已保存")
            return HttpResponseRedirect(home)
    request.trail = [Crumb(str(document), home), Crumb("改稿")]  # type: ignore[attr-defined]
    context = {"page_title": f"改稿 {document.title}", **_drawn(form, kind), "cancel_url": home}
    return render(request, "web/documents/draft.html", context, status=422 if form.errors else 200)


def _initial(document: Document) -> Mapping[str, Any]:
    named = document.addressee_name if document.addressee_unit is None else ""
    return {
        **facts_of(document),
        "unit": document.unit_id,
        "addressee": document.addressee_unit_id,
        "addressee_words": named,
        "bases": document.bases,
        "period": document.period,
        "copies_to": document.copies_to,
        "urgency": document.urgency,
        "secrecy": document.secrecy,
        "version": document.version,
    }
