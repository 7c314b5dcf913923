"""
Templates: wording with places for facts, written by administrators, run in a sandbox.

A template is checked when it is saved: whatever it names must exist, and the refusal says where. Officers write the
labels of the fields (``{{ 整改期限 }}``); the names that programs use work as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from anlu.engine.deferred import deferred
from anlu.kernel.core.errors import AnluError
from anlu.kernel.documents.define import DocumentKind, FieldType

if TYPE_CHECKING:
    import jinja2
    from jinja2 import nodes
else:
    jinja2, nodes = deferred("jinja2"), deferred("jinja2.nodes")

COMMON: Final = ("发文单位", "主送", "依据", "回复期限", "成文日期", "期间")
FUNCTIONS: Final = {
    "表": "表(发现问题)：把表格放在这里",
    "附件": '附件("职责分工表", 职责分工)：表格另起一页作附件',
    "名单": '名单("出席", 出席)：纪要的出席、请假、列席',
    "规范": '规范("代码")：规范表述库中现行的表述',
    "指标": '指标("crash.count")：指标在本文单位和期间的数',
    "同比": "同比(甲, 乙)：几个数的同比变化",
}
FILTERS: Final = ("default", "join", "length", "first", "last", "trim")
NODES: Final = frozenset({
    "Template", "Output", "TemplateData", "Name", "Const", "If", "For", "Assign", "Call", "Getattr", "Filter", "Test",
    "Compare", "Operand", "And", "Or", "Not", "Concat", "CondExpr", "Tuple", "List", "Add", "Sub", "Keyword",
})  # fmt: skip
LOOP: Final = ("index", "first", "last", "length")
LONGEST: Final = 20_000


class BadTemplate(AnluError):
    """A template that cannot be used; the message says where and what would do."""

    def __init__(self, message: str, *, line: int = 1, column: int = 1, part: str = "正文") -> None:
        super().__init__(f"{part}第 {line} 行第 {column} 个字：{message}")
        self.line, self.column, self.part = line, column, part


@cache
def environment() -> jinja2.Environment:
    """The sandbox: no file, no module, no attribute beginning with an underscore, a handful of filters."""
    from jinja2.sandbox import SandboxedEnvironment

    found = SandboxedEnvironment(
        undefined=jinja2.StrictUndefined, autoescape=False, trim_blocks=False, keep_trailing_newline=False
    )
    found.globals.clear()
    found.filters = {name: found.filters[name] for name in FILTERS}
    return found


@dataclass(frozen=True)
class Problem:
    """Something wrong at a place of a template."""

    line: int
    column: int
    message: str


def check_template(
    kind: DocumentKind,
    title: str,
    body: str,
    *,
    knows_phrase: Callable[[str], bool],
    knows_indicator: Callable[[str], bool],
) -> None:
    """
    Refuse a template that names what is not there.

    Raises
    ------
    BadTemplate
        Its first problem, with line and character.
    """
    for part, source in (("标题", title), ("正文", body)):
        if not source.strip():
            raise BadTemplate("不能为空", part=part)
        if len(source) > LONGEST:
            raise BadTemplate(f"超过 {LONGEST} 字", part=part)
        for found in problems_of(kind, source, knows_phrase=knows_phrase, knows_indicator=knows_indicator):
            raise BadTemplate(found.message, line=found.line, column=found.column, part=part)


def problems_of(
    kind: DocumentKind,
    source: str,
    *,
    knows_phrase: Callable[[str], bool],
    knows_indicator: Callable[[str], bool],
) -> Iterator[Problem]:
    """Everything wrong with the source of a template, in the order of its lines."""
    try:
        tree = environment().parse(source)
    except jinja2.TemplateSyntaxError as error:
        yield Problem(error.lineno, 1, f"写法有误，请检查 {{{{ }}}} 和 {{% %}} 是否成对（{error.message}）")
        return
    except (jinja2.TemplateError, RecursionError):
        yield Problem(1, 1, "写法有误")
        return
    yield from sorted(
        _Check(kind, source, knows_phrase, knows_indicator).walk(tree), key=lambda one: (one.line, one.column)
    )


class _Check:
    """Walks through a parsed template."""

    def __init__(
        self,
        kind: DocumentKind,
        source: str,
        knows_phrase: Callable[[str], bool],
        knows_indicator: Callable[[str], bool],
    ) -> None:
        self.kind, self.lines = kind, source.splitlines() or [""]
        self.lookups = {"规范": (knows_phrase, "规范表述"), "指标": (knows_indicator, "指标")}
        self.known = set(known_names(kind)) | set(FUNCTIONS)
        self.rows: dict[str, str] = {}  # loop variable -> name of the table

    def walk(self, node: nodes.Node) -> Iterator[Problem]:
        """Problems of a node and everything in it."""
        if type(node).__name__ not in NODES:
            yield self._at(node, "", f"模板里不能用「{type(node).__name__.lower()}」")
            return
        match node:
            case nodes.Name(ctx="load"):
                if node.name not in self.known:
                    yield self._at(node, node.name, self._unknown(node.name))
            case nodes.Name():
                self.known.add(node.name)
            case nodes.Getattr():
                yield from self._attribute(node)
            case nodes.Filter() if node.name not in FILTERS:
                yield self._at(node, node.name, f"没有「{node.name}」这种处理，可用：{'、'.join(FILTERS)}")
            case nodes.Call():
                yield from self._call(node)
            case nodes.For():
                yield from self.walk(node.iter)
                self._loop(node)
                for inner in (*node.body, *node.else_):
                    yield from self.walk(inner)
                return
            case nodes.Assign():
                yield from self.walk(node.node)
                yield from self.walk(node.target)
                return
        for inner in node.iter_child_nodes():
            yield from self.walk(inner)

    def _loop(self, node: nodes.For) -> None:
        self.known.add("loop")
        for target in (
            node.target.find_all(nodes.Name) if not isinstance(node.target, nodes.Name) else [node.target]
        ):
            self.known.add(target.name)
        if isinstance(node.target, nodes.Name) and isinstance(node.iter, nodes.Name):
            self.rows[node.target.name] = node.iter.name

    def _attribute(self, node: nodes.Getattr) -> Iterator[Problem]:
        owner = node.node.name if isinstance(node.node, nodes.Name) else ""
        if owner == "loop":
            allowed: tuple[str, ...] = LOOP
        else:
            table = self.kind.field(self.rows.get(owner, ""))
            if table is None or table.type != FieldType.ROWS:
                yield self._at(node, node.attr, f"「{owner or '这里'}」没有「{node.attr}」")
                return
            allowed = tuple(word for column in table.columns for word in column)
        if node.attr not in allowed:
            names = "、".join(allowed[1::2] if owner != "loop" else allowed)
            yield self._at(node, node.attr, f"没有「{node.attr}」这一列，可用：{names}")

    def _call(self, node: nodes.Call) -> Iterator[Problem]:
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name not in FUNCTIONS:
            yield self._at(node, name, f"没有「{name or '这个'}」写法，可用：{'、'.join(FUNCTIONS)}")
            return
        if name in self.lookups:
            knows, what = self.lookups[name]
            given = node.args[0] if node.args else None
            if not isinstance(given, nodes.Const) or not isinstance(given.value, str):
                yield self._at(node, name, f"{name}()里要写{what}的代码，加引号")
            elif not knows(given.value):
                yield self._at(node, given.value, f"没有代码为「{given.value}」的{what}")

    def _unknown(self, name: str) -> str:
        labels = [one.label for one in self.kind.fields]
        return f"「{self.kind.label}」没有「{name}」这一项，可用：{'、'.join([*labels, *COMMON])}"

    def _at(self, node: nodes.Node, word: str, message: str) -> Problem:
        line = max(1, node.lineno)
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) if word else None
        return Problem(line, found.start() + 1 if found else 1, message)


def known_names(kind: DocumentKind) -> list[str]:
    """Everything that a template of the kind may name."""
    return [*(word for one in kind.fields for word in (one.label, one.name)), *COMMON]


def fill(source: str, values: Mapping[str, Any]) -> str:
    """
    The text of a template.

    Raises
    ------
    BadTemplate
        It cannot be filled, although it was checked (an older version whose field is no more).
    """
    try:
        return environment().from_string(source).render(values)
    except jinja2.TemplateError as error:
        raise BadTemplate(f"不能生成：{error.message}") from error
    except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise BadTemplate(f"不能生成：{error}") from error
