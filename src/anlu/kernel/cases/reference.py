"""The page ``docs/reference/kinds.md``: every declared kind with its facts, its moves and its picture."""

from __future__ import annotations

from collections.abc import Iterator

from anlu.engine.lifecycle import ASKS, EVIDENCE
from anlu.kernel.cases.kinds import Kind, families, kinds, kinds_of
from anlu.kernel.cases.roles import case_roles

HEAD = """\
# 闭环事项的类型

> Kinds of cases: facts, moves, roles, evidence, time limits. Written by `make docs` from their declarations.

每种事项在 `apps/<app>/kinds/` 下一个文件里声明；表单、筛选、按钮、期限、接口、统计和本页都由它而来。
"""


def kinds_page() -> str:
    """The whole page as Markdown."""
    parts = [HEAD]
    for family in families:
        if kinds_of(family.code):
            parts.append(f"## {family.label}\n")
            parts += [kind_part(kind) for kind in kinds if kind.family == family.code]
    return "\n".join(parts).rstrip() + "\n"


def kind_part(kind: Kind) -> str:
    """One kind: what it is, its facts, its moves, its picture."""
    return "\n".join(
        (f"### {kind.label} `{kind.code}`", "", *_about(kind), *_facts(kind), *_moves(kind), *_picture(kind))
    )


def _about(kind: Kind) -> Iterator[str]:
    days = kind.lifecycle.working_days
    limit = f"登记后 {days} 个工作日内办第一步。" if days is not None else ""
    yield f"编号 {kind.prefix}-年-顺序号。{kind.help}{limit}"
    yield ""


def _facts(kind: Kind) -> Iterator[str]:
    if not kind.facts:
        return
    yield "| 要素 | 代码 | 必填 | 可筛选 |"
    yield "|---|---|---|---|"
    for one in kind.facts:
        yield f"| {one.label} | `{one.name}` | {_mark(one.required)} | {_mark(one.fact.filter)} |"
    yield ""


def _mark(yes: bool) -> str:
    return "是" if yes else ""


def _moves(kind: Kind) -> Iterator[str]:
    lifecycle = kind.lifecycle
    yield "| 办理 | 从 | 到 | 由谁 | 须有 | 填写 | 期限 |"
    yield "|---|---|---|---|---|---|---|"
    for move in lifecycle.moves:
        froms = "、".join(lifecycle.label(state) for state in move.froms)
        needs = "、".join(EVIDENCE[one] for one in move.needs)
        asks = "、".join(ASKS[one] for one in move.asks)
        who = case_roles.get(move.role).label + ("（民警）" if move.sworn else "")
        days = "" if move.working_days is None else f"{move.working_days} 个工作日"
        yield f"| {move.label} | {froms} | {lifecycle.label(move.to)} | {who} | {needs} | {asks} | {days} |"
    yield ""


def _picture(kind: Kind) -> Iterator[str]:
    yield "```mermaid"
    yield kind.lifecycle.mermaid()
    yield "```"
    yield ""
