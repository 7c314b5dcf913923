"""The steps of a document as pages: check, send back, sign, number, issue, deliver, reply, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core.clock import today
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.store import keep
from anlu.kernel.documents import permissions as may
from anlu.kernel.documents import services
from anlu.kernel.documents.checks import remarks_on
from anlu.kernel.documents.define import kinds
from anlu.kernel.documents.models import DeliveryMethod, Document, State
from anlu.kernel.documents.rules import why_not_sign
from anlu.kernel.documents.steps import FROM
from anlu.kernel.people.models import Officer
from anlu.web.nav import Crumb, Page, pages
from anlu.web.pages.form import grouped, report
from anlu.web.viewers import require_viewer

CODE = "documents.document"
CHAPTER, ITEM = "综合治理", "督办约谈挂牌"
DAY = {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


class Note(forms.Form):
    """A remark, if there is one."""

    note = forms.CharField(label="意见", max_length=200, required=False, strip=True)


class Why(forms.Form):
    """A reason."""

    why = forms.CharField(label="原因", max_length=200, strip=True)


class Nothing(forms.Form):
    """Nothing is asked."""


class DeliveryForm(forms.Form):
    """送达回证."""

    groups = (
        ("送达", ("method", "on", "place", "servers")),
        ("签收", ("receiver", "relation")),
        ("拒收", ("refused", "refused_why", "witnesses")),
        ("回证", ("proof",)),
    )
    method = forms.ChoiceField(label="送达方式", choices=DeliveryMethod.choices)
    on = forms.DateField(label="送达日期", **DAY)  # type: ignore[arg-type]
    place = forms.CharField(label="送达地点", max_length=120, required=False)
    servers = forms.CharField(label="送达人", max_length=80, required=False, help_text="不填为本人")
    receiver = forms.CharField(
        label="收件人", max_length=40, required=False, help_text="在回证上签名的人，加密保存"
    )
    relation = forms.CharField(label="与受送达人关系", max_length=40, required=False, help_text="代收时填写")
    refused = forms.BooleanField(label="拒收，留置送达", required=False)
    refused_why = forms.CharField(label="拒收事由", max_length=200, required=False)
    witnesses = forms.CharField(
        label="见证人", max_length=80, required=False, help_text="留置送达必填，加密保存"
    )
    proof = forms.FileField(label="回证照片", required=False)


class ReplyForm(forms.Form):
    """An answer."""

    on = forms.DateField(label="回复日期", **DAY)  # type: ignore[arg-type]
    sender = forms.CharField(label="回复单位", max_length=120, required=False, help_text="不填为主送单位")
    text = forms.CharField(label="回复内容", widget=forms.Textarea, max_length=4000)
    final = forms.BooleanField(label="已办结", required=False, initial=True)
    upload = forms.FileField(label="附件", required=False)


Run = Callable[[Document, dict[str, Any], Officer], object]


@dataclass(frozen=True)
class Step:
    """One step: its page, its form, what it does."""

    code: str
    label: str
    done: str
    permission: str
    form: type[forms.Form]
    run: Run
    icon: str = "check"
    danger: bool = False
    shows_remarks: bool = False
    addressee_too: bool = False
    why_not: Callable[[Document, Officer], str] = field(default=lambda document, viewer: "")


def _kept(given: dict[str, Any], name: str, viewer: Officer) -> dict[str, Any]:
    """The form's values, an uploaded file put into the store."""
    file = given.pop(name, None)
    stored = keep(file, name=file.name, purpose="documents.proof", by=viewer) if file else None
    return {**given, name: stored}


def _own_draft(document: Document, viewer: Officer) -> str:
    return "核稿人不能是拟稿人" if document.created_by == viewer.uid else ""


def _may_not_sign(document: Document, viewer: Officer) -> str:
    return why_not_sign(document, viewer, on=today())


def _check(document: Document, given: dict[str, Any], by: Officer) -> object:
    return services.check(document, by=by, **given)


def _sign(document: Document, given: dict[str, Any], by: Officer) -> object:
    return services.sign(document, by=by, **given)


def _number(document: Document, given: dict[str, Any], by: Officer) -> object:
    return services.give_a_number(document, by=by)


def _issue(document: Document, given: dict[str, Any], by: Officer) -> object:
    return services.issue(document, by=by)


def _deliver(document: Document, given: dict[str, Any], by: Officer) -> object:
    return services.deliver(document, by=by, **_kept(given, "proof", by))


def _reply(document: Document, given: dict[str, Any], by: Officer) -> object:
    text = given.pop("text")
    return services.reply(document, text, by=by, **_kept(given, "upload", by))


def _return(document: Document, given: dict[str, Any], by: Officer) -> object:
    return services.send_back(document, by=by, **given)


def _withdraw(document: Document, given: dict[str, Any], by: Officer) -> object:
    return services.withdraw(document, by=by, **given)


STEPS = (
    Step(
        "check",
        "核稿通过",
        "已核稿，等待签发",
        may.CHECK,
        Note,
        _check,
        shows_remarks=True,
        why_not=_own_draft,
    ),
    Step("sign", "签发", "已签发", may.SIGN, Note, _sign, shows_remarks=True, why_not=_may_not_sign),
    Step("number", "先编号", "已编号", may.ISSUE, Nothing, _number, icon="list-check"),
    Step("issue", "编号印发", "已印发", may.ISSUE, Nothing, _issue, icon="send"),
    Step("deliver", "登记送达", "已登记送达", may.DELIVER, DeliveryForm, _deliver, icon="clipboard-text"),
    Step(
        "reply",
        "登记回复",
        "已登记回复",
        may.REPLY,
        ReplyForm,
        _reply,
        icon="circle-check",
        addressee_too=True,
    ),
    Step("return", "退回修改", "已退回拟稿人", may.CHECK, Why, _return, icon="arrow-left"),
    Step("withdraw", "撤回", "已撤回", may.WITHDRAW, Why, _withdraw, icon="ban", danger=True),
)
QUESTIONS = {
    "number": "取下一个文号，暂不印发。文号给出后不再收回，撤回时保留。",
    "issue": "编号、填上今天的日期并归档。印发后不能再改，只能撤回。",
    "withdraw": "撤回后文号保留，登记簿上显示已撤回，不再使用这个文号。",
    "sign": "签发后文字和数据不再变化。",
}


def steps_for(document: Document, viewer: Officer) -> list[dict[str, str]]:
    """Buttons for what can be done now: absent without the permission, with a reason where something is in the way."""
    found: list[dict[str, str]] = []
    if document.destroyed_on is not None:
        return found
    for step in STEPS:
        if document.state not in FROM[step.code] or not viewer.may(step.permission):
            continue
        if not step.addressee_too and not document.issued_within(viewer.scope_for(step.permission)):
            continue
        if step.code == "withdraw" and document.state == State.DRAFT:
            continue  # a draft is voided
        url = reverse(f"{CODE}.{step.code}", args=[document.uid])
        found.append(
            {"label": step.label, "icon": step.icon, "url": url, "why": step.why_not(document, viewer)}
        )
    return found


def document_seen_by(viewer: Officer, uid: UUID, permission: str = may.VIEW) -> Document:
    """A document within the scope of a permission; ``Http404`` for any other."""
    found: Document | None = (
        Document.objects.visible_to(viewer, permission)
        .select_related("unit", "addressee_unit", "template", "drafted_unit")
        .filter(uid=uid)
        .first()
    )
    if found is None or found.kind not in kinds:
        raise Http404
    return found


def view_of(step: Step) -> Callable[..., HttpResponse]:
    """The page of a step."""

    def show(request: HttpRequest, uid: UUID) -> HttpResponse:
        viewer = require_viewer(request)
        document = document_seen_by(viewer, uid, step.permission)
        home = reverse(f"{CODE}.detail", args=[document.uid])
        initial = {"on": today()} | (
            {"place": document.facts.get("place", "")} if step.code == "deliver" else {}
        )
        form = step.form(request.POST or None, request.FILES or None, initial=initial)
        if request.method == "POST":
            form = step.form(request.POST, request.FILES)
            if form.is_valid():
                try:
                    step.run(document, dict(form.cleaned_data), viewer)
                except AnluError as problem:
                    report(form, problem)
                else:
                    messages.success(request, f"「{document.title}」{step.done}")
                    return HttpResponseRedirect(home)
        title = str(document)
        request.trail = [Crumb(title, home), Crumb(step.label)]  # type: ignore[attr-defined]
        context = {
            "form": form,
            "groups": grouped(form),
            "button": step.label,
            "danger": step.danger,
            "question": QUESTIONS.get(step.code, ""),
            "remarks": remarks_on(document, viewer) if step.shows_remarks else [],
            "checks": step.shows_remarks,
            "document": document,
            "page_title": f"{step.label} {title}",
            "cancel_url": home,
        }
        return render(request, "web/documents/step.html", context, status=422 if form.errors else 200)

    return show


for _step in STEPS:
    pages.add(
        Page(
            f"{CODE}.{_step.code}",
            f"documents/<uuid:uid>/{_step.code}/",
            _step.label,
            view_of(_step),
            permission=_step.permission,
            chapter=CHAPTER,
            item=ITEM,
            ledger=CODE,
        )
    )
