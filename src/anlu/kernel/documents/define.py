"""
What a kind of document is: its fields, its wording, its number, who drafts, checks and signs, and by when an
answer is due.

An app declares its kinds one file each in ``kinds/``; what is shown, asked for and checked follows from that.
Numbers are never typed: a field of type ``FIGURE`` names the indicator, the fact of the record that the document
is about, or the table whose rows are counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.registry import Registry


class BadKind(AnluError):
    """A declaration that contradicts itself."""


class FieldType(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LONG = "long"  # several paragraphs, one a line
    DATE = "date"
    CHOICE = "choice"
    ROWS = "rows"  # a table: a list of rows with the field's columns
    FIGURE = "figure"  # a number with an origin, never typed


class Layout(StrEnum):
    """How the paper is laid out: the forms of ``engine.documents.paper``."""

    DOCUMENT = "document"  # 文件格式, red head and line
    LETTER = "letter"  # 信函格式
    MINUTES = "minutes"  # 纪要格式
    BULLETIN = "bulletin"  # 第n期
    NOTICE = "notice"  # a legal notice headed by office and name
    PLAIN = "plain"  # title and text: records, summaries


class Addressee(StrEnum):
    """To whom a document goes, as the matrix of allowed combinations knows them."""

    NOBODY = ""
    DEPARTMENT = "department"
    TOWN = "town"
    ENTERPRISE = "enterprise"
    PERSON = "person"
    OWN = "own"  # units of the issuer
    SUPERIOR = "superior"
    GOVERNMENT = "government"
    COMMITTEE = "committee"
    PUBLIC = "public"


ADDRESSEES: dict[Addressee, str] = {
    Addressee.NOBODY: "无主送",
    Addressee.DEPARTMENT: "部门",
    Addressee.TOWN: "镇街",
    Addressee.ENTERPRISE: "企业",
    Addressee.PERSON: "责任人",
    Addressee.OWN: "所属单位",
    Addressee.SUPERIOR: "上级机关",
    Addressee.GOVERNMENT: "政府",
    Addressee.COMMITTEE: "交安委办",
    Addressee.PUBLIC: "社会公众",
}


URGENCIES: tuple[tuple[str, str], ...] = (("加急", "加急"), ("特急", "特急"))
# State secrets may not be handled on this network at all: there is no 秘密, 机密 or 绝密 to choose.
SECRECIES: tuple[tuple[str, str], ...] = (("内部", "内部"), ("工作秘密", "工作秘密"))


@dataclass(frozen=True)
class Field:
    """
    One fact of a kind of document.

    Parameters
    ----------
    name, label
        The key under which the fact is kept, and what people and templates call it.
    source
        Where a fact comes from when nobody states it: the name of a fact of the record that the document is about.
    indicator
        Code of the indicator that gives a ``FIGURE``, for the document's unit and period.
    counts
        Name of the ``ROWS`` field whose rows a ``FIGURE`` counts.
    columns
        Columns of ``ROWS``: ``((name, label), ...)``.
    personal
        ``name``, ``phone``, ``identity`` or ``text``: encrypted in the database, masked on screen.
    """

    name: str
    label: str
    type: FieldType = FieldType.TEXT
    required: bool = False
    help: str = ""
    source: str = ""
    indicator: str = ""
    counts: str = ""
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    personal: str = ""

    @property
    def typed(self) -> bool:
        """Whether a person states it; figures come from where the numbers are."""
        return self.type != FieldType.FIGURE


@dataclass(frozen=True)
class DocumentKind:
    """
    A kind of document.

    Parameters
    ----------
    word
        What stands in the number between the office's mark and the year (青公交``建``〔2023〕3号); kinds of one
        office with the same word share one series.
    pattern
        The number: ``{mark}``, ``{word}``, ``{year}``, ``{serial}``; "" for what carries no number.
    wording
        The template that comes with the software: the first line is the title, the rest the text.
    drafted_by, checked_by, signed_by
        Roles that usually do it; signing rules and permissions decide.
    reply_days
        Working days within which an answer is due, counted from delivery (from issue where no delivery record is
        needed); None: no answer is expected. Seeded into the dated rules, which an administrator changes.
    due_field
        A date field that states the deadline instead.
    delivery
        Whether a 送达回证 is needed.
    retention_years
        How long it is kept; 0 is for ever.
    amount_field
        The figure by which signing rules limit who may sign.
    """

    code: str
    label: str
    fields: tuple[Field, ...]
    wording: str
    layout: Layout = Layout.LETTER
    word: str = ""
    pattern: str = "{mark}{word}〔{year}〕{serial}号"
    addressed: bool = True
    drafted_by: tuple[str, ...] = ()
    checked_by: tuple[str, ...] = ()
    signed_by: tuple[str, ...] = ()
    reply_days: int | None = None
    due_field: str = ""
    delivery: bool = False
    retention_years: int = 10
    amount_field: str = ""
    help: str = ""
    order: int = 100
    _by_name: dict[str, Field] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        labels = [one.label for one in self.fields]
        for one in self.fields:
            _check_field(self, one)
            self._by_name[one.name] = one
        if len(set(labels)) < len(labels) or len(self._by_name) < len(self.fields):
            raise BadKind(f"{self.code}: two fields share a name or a label")
        for named in (self.due_field, self.amount_field):
            if named and named not in self._by_name:
                raise BadKind(f"{self.code}: no field {named!r}")

    @property
    def numbered(self) -> bool:
        """Whether it carries a number."""
        return bool(self.pattern)

    def field(self, name: str) -> Field | None:
        """The field of this name, or of this label."""
        return self._by_name.get(name) or next((one for one in self.fields if one.label == name), None)

    @property
    def copied(self) -> bool:
        """Whether it may name offices that get a copy (抄送)."""
        return self.layout in (Layout.DOCUMENT, Layout.LETTER, Layout.MINUTES, Layout.BULLETIN)

    @property
    def marked(self) -> bool:
        """Whether its head has a place for 密级 and 紧急程度."""
        return self.layout in (Layout.DOCUMENT, Layout.LETTER)

    @property
    def personal_fields(self) -> tuple[Field, ...]:
        """Fields that identify a person."""
        return tuple(one for one in self.fields if one.personal)


def _check_field(kind: DocumentKind, one: Field) -> None:
    where = f"{kind.code}.{one.name}"
    if not one.label.isidentifier() or not one.name.isidentifier():
        raise BadKind(f"{where}: name and label are used in templates and must be words, found {one.label!r}")
    origins = [origin for origin in (one.source, one.indicator, one.counts) if origin]
    if one.type == FieldType.FIGURE and len(origins) != 1:
        raise BadKind(f"{where}: a figure needs exactly one origin (source, indicator or counts)")
    if one.type != FieldType.FIGURE and (one.indicator or one.counts):
        raise BadKind(f"{where}: only figures are counted")
    if (one.type == FieldType.ROWS) != bool(one.columns) or (one.type == FieldType.CHOICE) != bool(
        one.choices
    ):
        raise BadKind(f"{where}: rows need columns, choices need choices, nothing else has them")


kinds: Registry[DocumentKind] = Registry("kind of document")


def add_kind(kind: DocumentKind) -> DocumentKind:
    """Declare a kind of document."""
    return kinds.add(kind)


def in_order() -> list[DocumentKind]:
    """All kinds as people are shown them."""
    return sorted(kinds, key=lambda one: (one.order, one.code))


def choices() -> list[tuple[str, str]]:
    """(code, label) of all kinds, for filters."""
    return [(one.code, one.label) for one in in_order()]
