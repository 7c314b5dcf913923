"""Whatever else is done with a case: files, remarks, urging, another unit, more time, merging, signing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from anlu.kernel.cases.escalation import drop_step, remind_case, sign_step, step_for
from anlu.kernel.cases.extensions import ask_extension, decide_extension, open_request
from anlu.kernel.cases.files import attach, keep_files
from anlu.kernel.cases.merging import likely_duplicates, merge_cases
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import assign_case, comment_case, recheck_case, watch_case
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.people.models import Officer
from anlu.web.desk.cases.columns import kind_of, state_words
from anlu.web.desk.cases.forms import (
    FILES,
    day_field,
    files_field,
    files_from,
    handler_field,
    helpers_field,
    unit_field,
)
from anlu.web.desk.cases.writing import CaseFormPage
from anlu.web.nav import Crumb

Do = Callable[[Case, Mapping[str, Any], Officer, Any], str]


def note_field(label: str = "说明", *, required: bool = False) -> forms.CharField:
    """A few lines."""
    return forms.CharField(
        label=label, required=required, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )


@dataclass(frozen=True)
class Act:
    """``fields`` of its form, and what it does; ``do`` gives back what to say."""

    label: str
    fields: Callable[[Case, HttpRequest], dict[str, forms.Field]]
    do: Do
    button: str = ""
    danger: bool = False
    confirm: str = ""  # asked before it is done


def _attach(case: Case, data: Mapping[str, Any], by: Officer, form: Any) -> str:
    made = attach(case.uid, keep_files(files_from(form), by=by), by=by, note=data["note"])
    doubts = [words for one in made for words in one.warnings]
    return f"已上传 {len(made)} 个附件" + (f"；请核对：{'；'.join(doubts)}" if doubts else "")


def _comment(case: Case, data: Mapping[str, Any], by: Officer, form: Any) -> str:
    comment_case(case.uid, data["note"], by=by)
    return "已补充"


def _urge(case: Case, data: Mapping[str, Any], by: Officer, form: Any) -> str:
    return f"已催办，通知 {remind_case(case.uid, by=by, note=data['note'])} 人"


def _assign(case: Case, data: Mapping[str, Any], by: Officer, form: Any) -> str:
    stated = {name: data[name] for name in ("lead", "handler") if data[name]}
    assign_case(case.uid, stated | {"helpers": data["helpers"]}, by=by)
    return "已改派"


def _extend(case: Case, data: Mapping[str, Any], by: Officer, form: Any) -> str:
    ask_extension(case.uid, data["until"], data["why"], by=by)
    return "已申请延期，等待审批"


def _decide(case: Case, data: Mapping[str, Any], by: Officer, form: Any) -> str:
    grant = data["decision"] == "grant"
    decide_extension(case.uid, grant=grant, by=by, note=data["note"])
    return "已同意延期" if grant else "未同意延期"


def _merge(case: Case, data: Mapping[str, Any], by: Officer, form: Any) -> str:
    number = data.get("near") or data["into"].strip()
    if not number:
        raise NotFound("请选一件，或填写编号")
    into = Case.objects.visible_to(by).filter(number=number, family=case.family).first()
    if into is None:
        raise NotFound(f"没有编号为「{number}」的事项，或不在您的范围内")
    merge_cases(case.uid, into.uid, by=by)
    return f"{case.number} 已并入 {into.number}"


def _merge_fields(case: Case, request: HttpRequest) -> dict[str, forms.Field]:
    """What lies near to choose from, and any other by its number."""
    kind, stated = kind_of(case), request.GET.get("into", "")
    near = likely_duplicates(case, kind, by=request.user) if kind else []  # type: ignore[arg-type]
    offered = [
        (one.number, f"{one.number} {one.title}（相距 {metres:.0f} 米，{state_words(one)}）")
        for one, metres in near
    ]
    fields: dict[str, forms.Field] = {}
    if offered:
        fields["near"] = forms.ChoiceField(
            label="附近同类事项",
            required=False,
            choices=[*offered, ("", "其他事项，在下面填编号")],
            widget=forms.RadioSelect,
            initial=stated if stated in dict(offered) else "",
        )
    fields["into"] = forms.CharField(
        label="并入哪一件",
        required=not offered,
        max_length=30,
        help_text="填编号",
        initial="" if stated in dict(offered) else stated,
    )
    return fields


def _decide_fields(case: Case, request: HttpRequest) -> dict[str, forms.Field]:
    """The decision, under what was asked for."""
    asked = open_request(case)
    words = f"{asked.asked_by_name}申请延至 {asked.until:%Y-%m-%d}：{asked.why}" if asked else ""
    decisions = [("grant", "同意"), ("refuse", "不同意")]
    return {
        "decision": forms.ChoiceField(label="意见", choices=decisions, help_text=words),
        "note": note_field("不同意须说明原因"),
    }


def _recheck(case: Case, data: Mapping[str, Any], by: Officer, form: Any) -> str:
    recheck_case(case.uid, data["note"], by=by)
    return "已记录回头看合格"


def _watch(wanted: bool) -> Do:
    def do(case: Case, data: Mapping[str, Any], by: Officer, form: Any) -> str:
        watch_case(case.uid, by=by, wanted=wanted)
        return "已关注，有变化时通知您" if wanted else "已取消关注"

    return do


def _sign(case: Case, data: Mapping[str, Any], by: Officer, form: Any) -> str:
    step = _uuid(data["step"])
    if data.get("decision") == "sign":
        return f"已签发{sign_step(step, by=by, text=data['text']).label}"
    return f"不签发{drop_step(step, why=data['note'], by=by).label}"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("没有这份拟办稿") from None


def _sign_fields(case: Case, request: HttpRequest) -> dict[str, forms.Field]:
    stated = request.GET.get("step", "")
    step = step_for(request.user, _uuid(stated))  # type: ignore[arg-type]
    if step.document is not None:  # it is checked and signed as a document; here only the reason not to
        return {
            "step": forms.CharField(widget=forms.HiddenInput, initial=stated),
            "note": note_field(f"不签发{step.label}的原因", required=True),
        }
    return {
        "step": forms.CharField(widget=forms.HiddenInput, initial=stated),
        "text": forms.CharField(
            label=f"{step.label}（{step.issuer}）",
            initial=step.text,
            widget=forms.Textarea(attrs={"rows": 12}),
        ),
        "decision": forms.ChoiceField(label="办理", choices=[("sign", "签发"), ("drop", "不签发")]),
        "note": note_field("不签发的原因"),
    }


ACTS: dict[str, Act] = {
    "attach": Act(
        "补照片、文件",
        lambda case, request: {kind: files_field(kind) for kind in FILES} | {"note": note_field()},
        _attach,
        "上传",
    ),
    "comment": Act("补充情况", lambda case, request: {"note": note_field(required=True)}, _comment, "保存"),
    "urge": Act("催办", lambda case, request: {"note": note_field()}, _urge),
    "assign": Act(
        "改派",
        lambda case, request: {
            "lead": unit_field("牵头单位", initial=case.lead_id),
            "helpers": helpers_field(case),
            "handler": handler_field(None, initial=case.handler_id),
        },
        _assign,
    ),
    "extend": Act(
        "申请延期",
        lambda case, request: {
            "until": day_field("延至", required=True, help_text=f"现在的期限 {case.due_on}"),
            "why": forms.CharField(label="理由", max_length=300),
        },
        _extend,
        "申请",
    ),
    "decide": Act(
        "审批延期",
        _decide_fields,
        _decide,
        "提交",
    ),
    "merge": Act(
        "并入其他事项",
        _merge_fields,
        _merge,
        "并入",
        danger=True,
        confirm="并入后这一件办结，以后的办理都记到那一件上，不能撤销。",
    ),
    "recheck": Act("回头看合格", lambda case, request: {"note": note_field(required=True)}, _recheck, "记录"),
    "watch": Act("关注", lambda case, request: {}, _watch(True)),
    "unwatch": Act("取消关注", lambda case, request: {}, _watch(False)),
    "sign": Act("签发", _sign_fields, _sign, "确定"),
}  # fmt: skip


class ActPage(CaseFormPage):
    """``/<path>/<uid>/act/?act=urge``."""

    def get(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        case = self.thing(identity)
        code = request.GET.get("act", "")
        if code not in ACTS:
            return self._list(case)
        return self._page(self._form(case, ACTS[code]), case, ACTS[code])

    def post(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        case = self.thing(identity)
        act = ACTS.get(request.GET.get("act", ""))
        if act is None:
            raise Http404
        form = self._form(case, act, data=request.POST, files=request.FILES)
        if form.is_valid():
            try:
                words = act.do(case, form.cleaned_data, self.viewer, form)
            except AnluError as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, words)
                return HttpResponseRedirect(self.ledger.url_of(case))
        return self._page(form, case, act, status=422)

    def _form(self, case: Case, act: Act, **given: Any) -> forms.Form:
        form = forms.Form(**given)
        try:
            form.fields.update(act.fields(case, self.request))
        except NotFound:
            raise Http404 from None
        return form

    def _list(self, case: Case) -> HttpResponse:
        self.request.trail = [Crumb(case.number, self.ledger.url_of(case)), Crumb("其他办理")]  # type: ignore[attr-defined]
        offered = [
            {"label": act.label, "help": "", "url": f"?act={code}"}
            for code, act in ACTS.items()
            if code != "sign"
        ]
        context = {"ledger": self.ledger, "kinds": offered, "page_title": f"其他办理 {self.title_of(case)}"}
        return render(self.request, "web/cases/choose.html", context)

    def _page(self, form: Any, case: Case, act: Act, status: int = 200) -> HttpResponse:
        self.request.trail = [Crumb(case.number, self.ledger.url_of(case)), Crumb(act.label)]  # type: ignore[attr-defined]
        return self.draw(
            form,
            page_title=f"{act.label} {self.title_of(case)}",
            button=act.button or act.label,
            danger=act.danger,
            confirm=act.confirm,
            cancel_url=self.ledger.url_of(case),
            status=status,
        )
