"""系统 › 日志与审计: who did what, who signed in, what was exported. Only the audit administrator sees them."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlu.kernel.core import permissions as core_may
from anlu.kernel.core.audit import last_seal, verify_chain
from anlu.kernel.core.filters import ChoiceFilter, TextFilter, TimeFilter
from anlu.kernel.core.models import AuditEntry, Seal
from anlu.kernel.core.scope import Viewer
from anlu.kernel.people.models import SignIn
from anlu.web.allowance import ALLOWED_BY
from anlu.web.cells import words_of
from anlu.web.ledgers import Column, DetailSection, Kind, Ledger, ledgers
from anlu.web.nav import page
from anlu.web.pages.detail import ACTION_WORDS, words_of_changes

CHAPTER, ITEM = "系统", "日志与审计"
NAMES = {"core.installation": "平台"}  # of what no ledger shows


def _entries(viewer: Viewer, permission: str) -> QuerySet[AuditEntry]:
    """The whole audit for whoever audits everything, nothing for anybody else."""
    everything = viewer.scope_for(permission).everything
    return AuditEntry.objects.all() if everything else AuditEntry.objects.none()


def _exports(viewer: Viewer, permission: str) -> QuerySet[AuditEntry]:
    return _entries(viewer, permission).filter(action="export")


def _sign_ins(viewer: Viewer, permission: str) -> QuerySet[SignIn]:
    everything = viewer.scope_for(permission).everything
    return SignIn.objects.all() if everything else SignIn.objects.none()


def _together(entry: AuditEntry) -> Any:
    """Rows of this export and of those that counted together with it."""
    return (entry.changes.get("together") or entry.changes.get("rows") or [0, 0])[1]


def _action(entry: AuditEntry) -> str:
    return ACTION_WORDS.get(entry.action, (entry.action, ""))[0]


def _changes(entry: AuditEntry) -> str:
    model = _model_of(entry)
    ledger = next((one for one in ledgers if model is not None and one.model is model), None)
    return words_of_changes(entry.changes, model, ledger)


def _model_of(entry: AuditEntry) -> type[Model] | None:
    try:
        return apps.get_model(entry.thing_kind)
    except (LookupError, ValueError):
        return None


def kind_words(entry: AuditEntry) -> str:
    """What the thing is, in words: the name of its table, else its kind as it stands."""
    model = _model_of(entry)
    named = str(model._meta.verbose_name) if model else entry.thing_kind
    return NAMES.get(entry.thing_kind, named)


def _actions() -> list[tuple[str, str]]:
    return [(code, words) for code, (words, _) in ACTION_WORDS.items()]


WHEN = Column("at", "时间", kind=Kind.TIME, sort="at")
ACTOR = Column("actor_name", "人员")

ENTRIES = ledgers.add(
    Ledger(
        code="core.audit",
        path="system/audit",
        label="审计记录",
        noun="审计记录",
        chapter=CHAPTER,
        item=ITEM,
        rank=10,
        model=AuditEntry,
        rows=_entries,
        columns=(
            WHEN,
            ACTOR,
            Column("action", "动作", value=_action, kind=Kind.TAG),
            Column("thing_kind", "对象类别", value=kind_words),
            Column("thing_label", "对象"),
            Column("note", "说明"),
            Column("changes", "变更", value=_changes, listed=False),
            Column("address", "来源地址", kind=Kind.CODE),
        ),
        filters=(
            TextFilter("q", "人员、对象、说明", columns=("actor_name", "thing_label", "note")),
            ChoiceFilter("action", "动作", choices=_actions, common=True),
            TimeFilter("at", "时间", common=True),
        ),
        order="-at",
        title=lambda entry: f"{_action(entry)} {entry.thing_label}",
        sections=(
            DetailSection(
                "记录",
                (
                    WHEN,
                    ACTOR,
                    Column("action", "动作", value=_action),
                    Column("thing_kind", "对象类别", value=kind_words),
                    Column("thing_label", "对象"),
                    Column("thing_uid", "对象编号"),
                    Column("address", "来源地址"),
                    Column("note", "说明", kind=Kind.LONG),
                    Column("changes", "变更", value=_changes, kind=Kind.LONG),
                    Column("digest", "摘要", kind=Kind.LONG),
                    Column(
                        "seal",
                        "封印",
                        value=lambda entry: entry.seal.number if entry.seal else "待封",
                        joins=("seal",),
                    ),
                ),
            ),
        ),
        icon="history",
        empty="每次登记、更正、作废、导入、导出和查看个人信息都会记在这里。",
    )
)

EXPORTS = ledgers.add(
    Ledger(
        code="core.export",
        path="system/exports",
        label="导出登记",
        noun="导出",
        unit="次",
        chapter=CHAPTER,
        item=ITEM,
        model=AuditEntry,
        rows=_exports,
        columns=(
            WHEN,
            ACTOR,
            Column("thing_label", "台账"),
            Column(
                "rows", "行数", value=lambda entry: (entry.changes.get("rows") or [0, 0])[1], kind=Kind.NUMBER
            ),
            Column("together", "合计行数", value=_together, kind=Kind.NUMBER),
            Column("note", "内容"),
            Column("allowed", "审批人", value=lambda entry: (entry.changes.get(ALLOWED_BY) or ["", ""])[1]),
            Column("address", "来源地址", kind=Kind.CODE),
        ),
        filters=(
            TextFilter("q", "人员、台账、条件", columns=("actor_name", "thing_label", "note")),
            TimeFilter("at", "时间", common=True),
        ),
        order="-at",
        has_detail=False,
        icon="table-export",
        empty="每次导出 Excel 或 CSV 都会记在这里。",
    )
)

OUTCOMES = {
    "in": ("登录成功", "green"),
    "out": ("退出", "grey"),
    "refused": ("密码错误", "amber"),
    "locked": ("已锁定", "red"),
}


def _outcomes() -> list[tuple[str, str]]:
    return [(code, words) for code, (words, _) in OUTCOMES.items()]


SIGN_INS = ledgers.add(
    Ledger(
        code="people.signin",
        path="system/sign-ins",
        label="登录日志",
        noun="登录记录",
        chapter=CHAPTER,
        item=ITEM,
        model=SignIn,
        rows=_sign_ins,
        columns=(
            WHEN,
            Column("login", "登录名", kind=Kind.CODE),
            Column("officer_name", "人员"),
            Column(
                "outcome",
                "结果",
                value=lambda one: OUTCOMES.get(one.outcome, (one.outcome, ""))[0],
                kind=Kind.STATUS,
                colours=dict(OUTCOMES.values()),
            ),
            Column("address", "来源地址", kind=Kind.CODE),
            Column("agent", "浏览器"),
        ),
        filters=(
            TextFilter("q", "登录名、人员、地址", columns=("login", "officer_name", "address")),
            ChoiceFilter("outcome", "结果", choices=_outcomes, common=True),
            TimeFilter("at", "时间", common=True),
        ),
        order="-at",
        has_detail=False,
        icon="id-badge-2",
        empty="每次登录、退出和失败都会记在这里。",
    )
)


@page(
    "core.audit.chain",
    "system/audit/chain/",
    "校验",
    chapter=CHAPTER,
    item=ITEM,
    entry=True,
    permission=core_may.AUDIT_VIEW,
)
def chain(request: HttpRequest) -> HttpResponse:
    """Verify that nothing in the audit was changed, removed or re-ordered."""
    findings = verify_chain() if request.method == "POST" else None
    seal = last_seal()
    context = {
        "seal": seal,
        "sealed_at": words_of(seal.sealed_at) if seal else "",
        "seals": Seal.objects.count(),
        "pending": AuditEntry.objects.filter(seal__isnull=True).count(),
        "findings": findings,
        "verified": findings is not None,
    }
    return render(request, "web/desk/chain.html", context)
