"""
Kinds of cases, one file each (``apps/<app>/kinds/<kind>.py``), and families of kinds that share a ledger.

From ``add_kind`` follow the form, the filters, the buttons of each role, deadlines and reminders, the timeline, the
API schema, the picture in ``docs/reference/kinds.md``, the statistics and the repository-wide tests. Facts of a kind
are a frozen dataclass of ``fact(...)``; those declared ``filter=True`` are also kept in rows (``CaseFact``), so that
lists can be filtered and sums made without a table per kind (``foundations`` 2.7).
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from anlu.engine.lifecycle import Lifecycle, LifecycleError, Move
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.permissions import declare, permissions
from anlu.kernel.core.registry import Registry

if TYPE_CHECKING:
    from anlu.kernel.cases.models import Case
    from anlu.kernel.core.scope import Scope, Viewer

FACT: Final = "anlu.fact"
VERBS: Final = (
    # verb, label, only sworn officers
    ("view", "查看{noun}", False),
    ("add", "登记{noun}", False),
    ("change", "更正{noun}", False),
    ("void", "作废{noun}", True),
    ("export", "导出{noun}", False),
    ("handle", "核实、交办、验收{noun}", False),
    ("reply", "整改、回复{noun}", False),
    ("inspect", "复查{noun}", False),
    ("decide", "审定{noun}、批准延期", True),
    ("sign", "签发{noun}文书", True),
)
WORKING: Final = ("handle", "reply", "inspect", "decide", "sign")  # verbs of those who work on a case


class FactProblem(AnluError):
    """A fact of a case has a value that its kind does not take; ``name`` is the fact."""

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.name = name


# ------------------------------------------------------------------------------------------------ facts
@dataclass(frozen=True)
class Fact:
    """
    What a kind says of one of its facts.

    Parameters
    ----------
    filter
        Kept in rows as well: the list can be filtered by it.
    choices
        Name of a dictionary whose codes it takes.
    unit
        What a number is measured in.
    """

    label: str
    unit: str = ""
    help: str = ""
    filter: bool = False
    choices: str = ""
    long: bool = False
    personal: bool = False


def fact(
    label: str,
    *,
    default: Any = dataclasses.MISSING,
    unit: str = "",
    help: str = "",
    filter: bool = False,
    choices: str = "",
    long: bool = False,
    personal: bool = False,
) -> Any:
    """A fact of a kind's details. Without ``default`` it must be stated; ``None`` and ``""`` mean not stated."""
    described = Fact(label, unit, help, filter, choices, long, personal)
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata={FACT: described})
    return dataclasses.field(default=default, metadata={FACT: described})


@dataclass(frozen=True)
class FactField:
    """One fact of a kind: its name, its type (str, int, float, bool, date), and whether it must be stated."""

    name: str
    type: type
    required: bool
    fact: Fact
    default: Any = None

    @property
    def label(self) -> str:
        """With the unit: 实测视距(米)."""
        return f"{self.fact.label}({self.fact.unit})" if self.fact.unit else self.fact.label

    def read(self, value: Any) -> Any:
        """
        The value in the form in which it is kept (numbers, text, ISO days); None when not stated.

        Raises
        ------
        FactProblem
            It cannot be read, or must be stated and is not.
        """
        if value is None or (isinstance(value, str) and not value.strip()):
            if self.required:
                raise FactProblem(f"{self.fact.label}须填写", self.name)
            return "" if self.type is str else None
        try:
            return self._read(value)
        except (TypeError, ValueError):
            wanted = {int: "整数", float: "数", date: "日期，如 2023-06-30", bool: "是或否"}.get(
                self.type, "文字"
            )
            raise FactProblem(f"{self.fact.label}：「{str(value)[:40]}」不是{wanted}", self.name) from None

    def _read(self, value: Any) -> Any:
        if self.type is bool:
            if value in (True, 1, "1", "true", "是"):
                return True
            if value in (False, 0, "0", "false", "否"):
                return False
            raise ValueError(value)
        if self.type is date:
            return (value if isinstance(value, date) else date.fromisoformat(str(value).strip())).isoformat()
        if self.type in (int, float):
            if isinstance(value, bool):
                raise ValueError(value)
            number = self.type(value)
            if not -1e15 < number < 1e15:  # neither infinite nor NaN
                raise ValueError(value)
            return number
        return str(value).replace("\0", "").strip()


def fact_fields(details: type) -> tuple[FactField, ...]:
    """
    The facts of a details class, in order.

    Raises
    ------
    LifecycleError
        A field is not made with ``fact`` or has a type that cannot be kept.
    """
    hints = typing.get_type_hints(details)
    return tuple(_fact_field(details, one, hints[one.name]) for one in dataclasses.fields(details))


def _fact_field(details: type, one: dataclasses.Field[Any], hint: Any) -> FactField:
    described = one.metadata.get(FACT)
    if described is None:
        raise LifecycleError(f"{details.__qualname__}.{one.name} is not made with fact()")
    if isinstance(hint, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if hint not in (str, int, float, bool, date):
        raise LifecycleError(f"{details.__qualname__}.{one.name}: {hint} cannot be kept")
    required = one.default is dataclasses.MISSING
    return FactField(one.name, hint, required, described, None if required else one.default)


@dataclass(frozen=True)
class NoDetails:
    """Details of a kind that has no facts of its own."""


# ------------------------------------------------------------------------------------------------ families
@dataclass(frozen=True)
class Family:
    """
    Kinds that people keep in one ledger: 道路隐患, 督查问题, 意见建议.

    Parameters
    ----------
    code
        ``<app>.<noun>``; permissions are ``<code>.view`` and the other ``VERBS``.
    path
        Start of its addresses: ``hazards``.
    chapter, item
        Line of the menu.
    private
        Its cases are between who reports them and who works on them (handles, answers, re-checks, decides, signs):
        a permission to view, however wide, opens no others.
    imports
        Its cases can come from a table, with a permission of its own (``imports``).
    found_label, unit_label
        What the day and the unit of finding are called there: a letter is received (收文), nobody finds it.
    """

    code: str
    path: str
    label: str
    noun: str
    unit: str = "件"
    chapter: str = ""
    item: str = ""
    empty: str = ""
    located: bool = True
    private: bool = False
    imports: bool = False
    found_label: str = "发现日期"
    unit_label: str = "发现单位"

    def permission_to(self, verb: str) -> str:
        """``hazards.hazard.view`` for ``view``."""
        return f"{self.code}.{verb}"

    def worked_by(self, viewer: Viewer) -> Scope:
        """Where ``viewer`` has to work on its cases."""
        return reduce(or_, (viewer.scope_for(self.permission_to(verb)) for verb in WORKING))

    def address_of(self, uid: UUID) -> str:
        """Where a case of the family is shown: its pages live under ``path``."""
        return f"/{self.path}/{uid}/"


families: Registry[Family] = Registry("family of cases")


def add_family(family: Family) -> Family:
    """Declare a family and its permissions."""
    families.add(family)
    importing = (("import", "从表格导入{noun}", False),) if family.imports else ()
    for verb, label, sworn in (*VERBS, *importing):
        code = family.permission_to(verb)
        if code not in permissions:
            declare(code, label.format(noun=family.noun), group=family.chapter, sworn=sworn)
    return family


# ------------------------------------------------------------------------------------------------ kinds
@dataclass(frozen=True)
class Suggestion:
    """What a kind proposes for something that a move asks for, and why, in words that people read beside it."""

    value: Any
    why: str


def _no_suggestions(case: Case) -> Mapping[str, Suggestion]:
    return {}


def _no_followers(case: Case, what: str, by: Viewer) -> None:
    return None


def _nothing(case: Case, move: Move, by: Viewer) -> str:
    return ""


@dataclass(frozen=True, eq=False)
class Kind:
    """
    A kind of case.

    Parameters
    ----------
    prefix
        Of its numbers: ``SJ`` gives SJ-2023-00031; kinds may share one and then share the series.
    details
        Dataclass of its facts; raise ``version`` and give ``upgrade`` when facts change their name or meaning.
    upgrade
        ``(facts as kept, their version) -> facts of the present version``.
    why_not
        A further rule of the kind for a move: "" or why it cannot be made (yet), in words.
    suggest
        What it proposes for ``lead``, ``helpers`` and ``grade`` of a case: forms show it with its reason, and a move
        that asks for one of them takes it where nothing is stated.
    follow
        Called in the transaction of every write of a case, after it: ``open``, ``change``, ``merge`` (of the one that
        stays) or the code of the move.
    ladder
        Code of the escalation ladder that it climbs when overdue, beside the rungs of ``standard``; "" = no rungs.
    near_m
        Open cases of the kind within this distance are shown as possible duplicates; 0 = never.
    needs_place
        It cannot be opened without a position, a road or a town.
    attributed
        False: it belongs to no unit, so that only its reporter and people who see everything see it.
    grades
        Dictionary of its grades, "" = not graded.
    asks
        What opening one asks for besides: any of ``lead, helpers, handler, due_on``.
    within
        Code of what it belongs to (a family of cases, or a subject of documents): it is opened from the page of one
        of those, on which it is listed; "" = it stands by itself.
    alone
        It may also stand by itself although it has ``within``.
    """

    code: str
    label: str
    prefix: str
    lifecycle: Lifecycle
    family: str
    details: type = NoDetails
    version: int = 1
    upgrade: Callable[[dict[str, Any], int], dict[str, Any]] | None = None
    why_not: Callable[[Case, Move, Viewer], str] = field(default=_nothing)
    suggest: Callable[[Case], Mapping[str, Suggestion]] = field(default=_no_suggestions)
    follow: Callable[[Case, str, Viewer], None] = field(default=_no_followers)
    ladder: str = "standard"
    near_m: float = 200.0
    needs_place: bool = False
    attributed: bool = True
    grades: str = ""
    asks: tuple[str, ...] = ()
    within: str = ""
    alone: bool = False
    help: str = ""

    @cached_property
    def facts(self) -> tuple[FactField, ...]:
        """Facts of its details."""
        return fact_fields(self.details)

    def fact(self, name: str) -> FactField | None:
        """The fact with this name."""
        return next((one for one in self.facts if one.name == name), None)

    def read(self, stated: Mapping[str, Any]) -> dict[str, Any]:
        """
        Stated facts in the form in which they are kept; what is not stated gets its default.

        Raises
        ------
        FactProblem
            A fact is unknown, cannot be read or is missing.
        """
        unknown = set(stated) - {one.name for one in self.facts}
        if unknown:
            raise FactProblem(f"{self.label}没有「{min(unknown)}」这一项", min(unknown))
        return {one.name: one.read(stated.get(one.name, one.default)) for one in self.facts}

    def load(self, kept: Mapping[str, Any], version: int) -> dict[str, Any]:
        """Facts as kept by any version of the kind, brought to the present one; unknown ones are left out."""
        found = dict(kept)
        if version < self.version and self.upgrade is not None:
            found = self.upgrade(found, version)
        return {one.name: found.get(one.name, one.default) for one in self.facts}


kinds: Registry[Kind] = Registry("kind of case")


def add_kind(kind: Kind) -> Kind:
    """
    Declare a kind.

    Raises
    ------
    LifecycleError
        Its lifecycle or its facts contradict themselves.
    UnknownCode
        Nobody declared its family.
    """
    families.get(kind.family)
    problems = kind.lifecycle.problems()
    if problems:
        raise LifecycleError(f"kind {kind.code!r}: {'; '.join(problems)}")
    if not kind.prefix.isalnum() or len(kind.prefix) > 8:
        raise LifecycleError(f"kind {kind.code!r}: {kind.prefix!r} is no prefix of numbers")
    assert kind.facts is not None  # reads them, so that a bad one is found at start-up
    return kinds.add(kind)


def kinds_of(family: str) -> list[Kind]:
    """Kinds of a family, in order of declaration."""
    return [kind for kind in kinds if kind.family == family]


def sample_details(kind: Kind) -> dict[str, Any]:
    """Facts that the kind accepts: what must be stated, in the simplest way (schemas show it, tests use it)."""
    simplest: dict[type, Any] = {str: "示例", int: 1, float: 1.0, bool: False, date: date(2023, 1, 3)}
    return {one.name: simplest[one.type] for one in kind.facts if one.required}
