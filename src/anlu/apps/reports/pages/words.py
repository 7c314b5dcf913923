"""Editing the words of a report, last year's text beside this year's, and reports put together by hand."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from anlu.apps.reports.arrangement import FREE, HALF_YEAR, by_chapter
from anlu.apps.reports.models import State
from anlu.apps.reports.pages.looking import looking_at
from anlu.apps.reports.permissions import CHANGE, VIEW
from anlu.apps.reports.services import report_for, reword, sections_in, start_report, text_over
from anlu.apps.reports.standalone import chapters_of
from anlu.engine.periods import Period
from anlu.kernel.core.errors import AnluError
from anlu.kernel.documents.models import Phrase as LibraryPhrase
from anlu.kernel.documents.sections import Part, Phrase, Sentence
from anlu.web.nav import Crumb, page

CHAPTER: Final = "统计报告"
ITEM: Final = HALF_YEAR.label


class WordsForm(forms.Form):
    """The words of one part; empty gives back its own."""

    text = forms.CharField(
        label="文字",
        required=False,
        max_length=1000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, part: Part, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if isinstance(part, Sentence):
            names = "、".join(f"{{{name}}}" for name in part.figures)
            self.fields["text"].help_text = f"数字写成 {names}，由指标给出，不能手写也不能删；留空恢复原文"
        else:
            self.fields["text"].help_text = "从下面的规范表述中选用，或自行撰写；不能写数字"


@page(
    "reports.words",
    "reports/<str:kind>/words/",
    "修改文字",
    chapter=CHAPTER,
    item=ITEM,
    permission=CHANGE,
    entry=False,
)
def words_page(request: HttpRequest, kind: str) -> HttpResponse:
    """All parts of a report with their words; ``?part=`` opens one of them."""
    looking = looking_at(request, kind)
    chosen = sections_in(looking.report)
    parts = {f"{one.code}.{part.code}": (one, part) for one in chosen for part in one.parts}
    key = request.GET.get("part", "")
    request.trail = [Crumb(looking.report.title, looking.url()), Crumb("修改文字")]  # type: ignore[attr-defined]
    if not key:
        context = {
            "page_title": "修改文字",
            "page_note": looking.report.title,
            "looking": looking,
            "chapters": [
                (chapter, [(one, [_line(looking, one.code, part) for part in one.parts]) for one in members])
                for chapter, members in by_chapter(chosen)
            ],
        }
        return render(request, "reports/words.html", context)
    if key not in parts:
        raise Http404("报告里没有这一段")
    section, part = parts[key]
    own = part.template if isinstance(part, Sentence) else ""
    edit = looking.report.edits.get(key, {})
    form = WordsForm(
        part, request.POST or None, initial={"text": edit.get("template") or edit.get("text") or own}
    )
    if request.method == "POST" and form.is_valid():
        try:
            report = looking.report
            if not report.pk:
                report = start_report(looking.kind, report.period, by=looking.viewer)
            reword(report, key, form.cleaned_data["text"], by=looking.viewer)
        except AnluError as problem:
            form.add_error("text", str(problem))
        else:
            messages.success(request, "已保存文字")
            return HttpResponseRedirect(looking.url())
    context = {
        "page_title": f"{section.label}：{part.label if isinstance(part, Phrase) else '数据句'}",
        "form": form,
        "own": own,
        "phrases": _phrases(part, looking.period),
        "cancel_url": looking.url("reports.words"),
    }
    return render(request, "reports/part.html", context, status=422 if form.errors else 200)


def _line(looking: Any, section: str, part: Part) -> dict[str, Any]:
    key = f"{section}.{part.code}"
    edit = looking.report.edits.get(key, {})
    own = part.template if isinstance(part, Sentence) else ""
    text = edit.get("template") or edit.get("text") or own
    left = {f"{one.section.code}.{one.sentence.code}": one.why for one in looking.text.left_out}
    return {
        "label": part.label if isinstance(part, Phrase) else "数据句",
        "text": text,
        "edited": bool(edit),
        "why": left.get(key, ""),
        "url": looking.url("reports.words", part=key) if looking.report.state != State.FINAL else "",
    }


def _phrases(part: Part, period: Period) -> list[LibraryPhrase]:
    """Phrases in force at the end of the period, of the topic first."""
    if not isinstance(part, Phrase):
        return []
    found = [one for one in LibraryPhrase.objects.live().order_by("topic", "code") if _in_force(one, period)]
    return sorted(found, key=lambda one: one.topic != part.topic)[:40]


def _in_force(one: Any, period: Period) -> bool:
    begun = one.valid_from is None or one.valid_from <= period.end
    return begun and (one.valid_to is None or one.valid_to >= period.end)


@page(
    "reports.beside",
    "reports/<str:kind>/beside/",
    "与去年同期并排",
    chapter=CHAPTER,
    item=ITEM,
    permission=VIEW,
    entry=False,
)
def beside_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Last year's text on the left, this year's on the right, section by section."""
    looking = looking_at(request, kind)
    before = looking.period.previous_year()
    earlier = looking.report if looking.kind.code == FREE else report_for(looking.kind, before)
    now = {one.section.code: one for one in looking.text.paragraphs}
    request.trail = [Crumb(looking.report.title, looking.url()), Crumb("与去年同期并排")]  # type: ignore[attr-defined]
    then_text = text_over(earlier, before, looking.viewer)
    shown_then = {one.code: one for chapter in chapters_of(then_text) for one in chapter.sections}
    shown_now = {one.code: one for chapter in chapters_of(looking.text) for one in chapter.sections}
    context = {
        "page_title": "与去年同期并排",
        "page_note": looking.report.title,
        "looking": looking,
        "before": before.label,
        "after": looking.period.label,
        "note": then_text.scope_note() or looking.text.scope_note(),
        "pairs": [
            (one.section, shown_then.get(code), shown_now.get(code))
            for code, one in now.items()
            if code in shown_then or code in shown_now
        ],
    }
    return render(request, "reports/beside.html", context)
