"""
Ledgers (台账): one declaration gives list, search, filters, export, print, detail, form, import and their tests.

An app declares a ``Ledger`` in its ``ledgers.py``; ``docs/develop/add-a-ledger.md`` walks through one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignKey, Model, Q, QuerySet
from django.forms import BaseForm
from django.urls import reverse

from anlu.kernel.core.filters import Filter, Selection
from anlu.kernel.core.models import Record
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import Viewer


class Kind(StrEnum):
    """How a value is shown."""

    AUTO = ""  # from the field of the table
    TEXT = "text"
    LONG = "long"  # several lines; takes the full width
    CODE = "code"  # numbers and codes, never broken
    NUMBER = "number"
    MONEY = "money"  # yuan
    DAY = "day"
    TIME = "time"
    FLAG = "flag"
    STATUS = "status"  # coloured dot and word
    SEVERITY = "severity"  # coloured shape and word
    TAG = "tag"
    TAGS = "tags"  # several
    PLACE = "place"


class Personal(StrEnum):
    """What kind of personal datum a column holds; it is masked wherever it is shown or exported."""

    NONE = ""
    NAME = "name"
    IDENTITY = "identity"
    PHONE = "phone"
    PLATE = "plate"
    TEXT = "text"


@dataclass(frozen=True)
class Column:
    """
    One fact of a record: a column of the list, a field of the detail page, a column of the export.

    Parameters
    ----------
    name
        Key of the column; also the path of its value unless ``value`` says otherwise.
    value
        Dotted path (``"unit.short_name"``) or a function of the record. Foreign keys on the path are joined.
    sort
        Lookup path that the list can be ordered by, ``""`` = not sortable.
    dictionary
        List of the dictionaries whose labels (and colours) stand for the stored codes.
    colours
        Code to colour (red amber green blue grey; severities fatal serious slight damage) where no dictionary has them.
    note
        Small second text beside the value, a path or function like ``value``.
    note_colour
        Red, amber or green where the note says how urgent something is, a function of the record.
    personal
        Masked on screen and in exports; revealing it is a permission and is recorded.
    link
        Address that the value leads to, a function of the record.
    joins
        Relations that a function of the record walks through (dotted paths are found without being told).
    """

    name: str
    label: str
    value: str | Callable[[Any], Any] = ""
    kind: Kind = Kind.AUTO
    sort: str = ""
    dictionary: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    note: str | Callable[[Any], Any] = ""
    note_colour: Callable[[Any], str] | None = None
    personal: Personal = Personal.NONE
    link: Callable[[Any], str] | None = None
    joins: tuple[str, ...] = ()
    listed: bool = True
    exported: bool = True

    @property
    def source(self) -> str | Callable[[Any], Any]:
        """Where the value comes from."""
        return self.value or self.name


@dataclass(frozen=True)
class DetailSection:
    """
    A card of the detail page with facts in two columns.

    Parameters
    ----------
    of
        What its columns are facts of, where that is not the record itself but depends on who looks (worked out once
        for the card); None = this person does not see the card.
    """

    label: str
    columns: tuple[Column, ...]
    note: str = ""
    of: Callable[[Any, Viewer], Any] | None = None


@dataclass(frozen=True)
class RelatedRows:
    """A table on the detail page: the vehicles and parties of a crash. ``through`` is the foreign key back."""

    code: str
    label: str
    model: type[Model]
    through: str
    columns: tuple[Column, ...]
    key: str = "pk"  # which fact of the thing ``through`` holds: its key, or its uid
    order: tuple[str, ...] = ("pk",)
    permission: str = ""
    empty: str = "没有登记"
    open_to: Callable[[Viewer, Any], bool] | None = None  # for tables that are not records: who sees them
    link: Callable[[Any, Viewer], str] | None = None  # where a row leads, "" = nowhere
    deed: str = ""  # what following the link does; without it the first column leads there
    prefetch: tuple[str, ...] = ()

    def rows(self, viewer: Viewer, thing: Model) -> QuerySet[Any]:
        """The rows of ``thing`` that ``viewer`` may see."""
        if self.open_to is not None:
            manager = self.model._default_manager
            scoped: Any = manager.all() if self.open_to(viewer, thing) else manager.none()
        else:
            assert issubclass(self.model, Record), f"{self.code} must say who may see its rows"
            scoped = self.model.objects.visible_to(viewer, self.permission)
        joined = joins_of(self.model, self.columns)
        rows: QuerySet[Any] = scoped.filter(**{self.through: getattr(thing, self.key)}).order_by(*self.order)
        rows = rows.prefetch_related(*self.prefetch) if self.prefetch else rows
        return rows.select_related(*joined) if joined else rows


@dataclass(frozen=True)
class Verb:
    """Something more that can be done with a record: a button on its page that leads to a page of the app."""

    label: str
    page: str  # code of a page whose address takes the uid
    icon: str = "pencil"
    possible: Callable[[Any, Viewer], str] = field(default=lambda thing, viewer: "")  # "" or why not (yet)


@dataclass(frozen=True)
class BulkDeed:
    """Something more that can be done with ticked rows; the ledger's ``bulk`` page knows how."""

    code: str
    label: str
    icon: str
    verb: str


@dataclass(frozen=True)
class Preset:
    """A ready choice above the list: 全部 · 亡人 · 本月."""

    label: str
    parameters: Callable[[], Mapping[str, Any]]


class Adder(Protocol):
    """Service that writes a new record from the cleaned values of the form."""

    def __call__(self, values: Mapping[str, Any], *, by: Viewer) -> Model: ...


class Changer(Protocol):
    """Service that changes a record; raises ``ChangedMeanwhile`` when ``version`` is not the present one."""

    def __call__(self, uid: UUID, values: Mapping[str, Any], *, version: int, by: Viewer) -> Model: ...


class Voider(Protocol):
    """Service that voids a record with a reason."""

    def __call__(self, uid: UUID, *, why: str, by: Viewer) -> Record: ...


class Restorer(Protocol):
    """Service that takes a voided record back."""

    def __call__(self, uid: UUID, *, by: Viewer) -> Model: ...


Rows = Callable[[Viewer, str], "QuerySet[Any]"]


@dataclass(frozen=True)
class Ledger:
    """
    A list of records of one kind with everything that people do with it.

    Parameters
    ----------
    code
        ``<app>.<noun>``; permissions are ``<code>.view``, ``.add``, ``.change``, ``.void``, ``.import``, ``.export``,
        ``.reveal`` where declared, the address of the list is named ``code``.
    path
        Start of all its addresses, without slashes: ``"crashes"``.
    label, noun, unit
        事故台账, 事故, 起 (the measure word of totals).
    columns
        What the list shows and the export holds, in order; the first leads to the record.
    order
        Name of the column that orders the list at first, with ``-`` for descending.
    sections, related
        What the detail page shows below its head; without sections all columns stand in one.
    rows
        For tables that are not ``Record``: gives the rows that a viewer may see under a permission.
    only
        The rows of the table that belong here, where several ledgers share one (activities by family).
    form, add, change, void, restore
        Form class and services; a page exists only where its service (and form) does.
    importing
        Noun of the import engine, "" = no import.
    attaches
        Files (photographs, programmes, lists) belong to its records.
    layer
        Code of the map layer that shows the same records.
    views
        Classes of pages in place of the usual ones: "" (the list), ``detail``, ``new``, ``change``, ``bulk``.
    deeds
        Further things to do with ticked rows.
    """

    code: str
    path: str
    label: str
    noun: str
    model: type[Model]
    columns: tuple[Column, ...]
    chapter: str = ""
    item: str = ""
    rank: int = 50  # place among the pages of one menu item
    unit: str = "条"
    filters: tuple[Filter, ...] = ()
    order: str = ""
    presets: tuple[Preset, ...] = ()
    sections: tuple[DetailSection, ...] = ()
    related: tuple[RelatedRows, ...] = ()
    head: tuple[str, ...] = ()  # names of columns that stand in the head of the detail page
    title: Callable[[Any], str] = str
    verbs: tuple[Verb, ...] = ()
    adding: str = ""  # what adding a record is called, 登记<noun> when not stated
    form: type[BaseForm] | None = None
    version_of: Callable[[Any], int] = lambda thing: int(getattr(thing, "version", 0))
    add: Adder | None = None
    change: Changer | None = None
    void: Voider | None = None
    restore: Restorer | None = None
    importing: str = ""
    attaches: bool = False
    layer: str = ""
    rows: Rows | None = None
    only: Q = field(default_factory=Q)
    identity: str = "uid"
    has_detail: bool = True
    opens: Callable[[Any], str] | None = None  # where a row leads, when not to the detail page of the ledger
    exports: bool = True
    schema: int = 1
    defer: tuple[str, ...] = ()
    icon: str = "clipboard-text"
    empty: str = ""
    views: Mapping[str, Any] = field(default_factory=dict)
    deeds: tuple[BulkDeed, ...] = ()
    permissions: Mapping[str, str] = field(
        default_factory=dict
    )  # verb to permission, where not "<code>.<verb>"

    @property
    def add_label(self) -> str:
        """What the button for a new record says."""
        return self.adding or f"登记{self.noun}"

    def permission_to(self, verb: str) -> str:
        """The permission for ``view``, ``add``, ``change``, ``void``, ``import``, ``export``, ``reveal``."""
        return self.permissions.get(verb) or f"{self.code}.{verb}"

    def column(self, name: str) -> Column | None:
        """The list column with this name."""
        return next((one for one in self.columns if one.name == name), None)

    def visible_rows(self, viewer: Viewer | None, verb: str = "view") -> QuerySet[Any]:
        """Rows that ``viewer`` may see under the permission for ``verb``; nobody else's ever."""
        permission = self.permission_to(verb)
        if viewer is None or not viewer.may(permission):
            return self.model._default_manager.none()
        if self.rows is not None:
            return self.rows(viewer, permission).filter(self.only)
        assert issubclass(self.model, Record), f"ledger {self.code} must say who may see its rows"
        rows: QuerySet[Any] = self.model.objects.visible_to(viewer, permission).filter(self.only)
        return rows

    def voided_rows(self, viewer: Viewer | None) -> QuerySet[Any]:
        """Voided rows inside the scope in which ``viewer`` may void and restore."""
        permission = self.permission_to("void")
        if viewer is None or not viewer.may(permission) or not issubclass(self.model, Record):
            return self.model._default_manager.none()
        inside = self.model.scope_of(viewer, permission)
        scoped = self.model.objects.published().about(permission).in_scope(inside)
        voided: QuerySet[Any] = scoped.filter(self.only, voided_at__isnull=False)
        return voided

    def url(self, parameters: Mapping[str, Any] | Selection | None = None) -> str:
        """Address of the list, filtered: ``crashes.url({"severity": "fatal", "occurred_from": "2023-01-01"})``."""
        address = reverse(self.code)
        if isinstance(parameters, Selection):
            query = parameters.query_string()
        else:
            query = urlencode(dict(parameters or {}), doseq=True)
        return f"{address}?{query}" if query else address

    def url_of(self, thing: Any, page: str = "detail") -> str:
        """
        Address of one record, or of one of its pages (``change``, ``void`` ...).

        Without a detail page that is the page which a row opens, or the list.
        """
        if page == "detail" and not self.has_detail:
            return self.opens(thing) if self.opens is not None else reverse(self.code)
        return reverse(f"{self.code}.{page}", args=[getattr(thing, self.identity)])

    def joins(self, columns: Sequence[Column] | None = None) -> list[str]:
        """Foreign keys to join so that showing ``columns`` asks the database nothing more."""
        return joins_of(self.model, self.columns if columns is None else columns)


def joins_of(model: type[Model], columns: Iterable[Column]) -> list[str]:
    """Relations that the dotted paths of ``columns`` walk through, as arguments of ``select_related``."""
    found: dict[str, None] = {}
    for column in columns:
        found.update(dict.fromkeys(column.joins))
        for source in (column.source, column.note):
            if isinstance(source, str) and (joined := _relation(model, source)):
                found[joined] = None
    return list(found)


def _relation(model: type[Model], path: str) -> str:
    steps: list[str] = []
    here: Any = model
    for part in path.split("."):
        step = field_of(here, part)
        if not isinstance(step, ForeignKey):
            break
        steps.append(part)
        here = step.related_model
    return "__".join(steps)


def field_of(model: type[Model], name: str) -> Field[Any, Any] | None:
    """The field of ``model`` with this name, None when the name is a property or a method."""
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, Field) else None


ledgers: Registry[Ledger] = Registry("ledger")
