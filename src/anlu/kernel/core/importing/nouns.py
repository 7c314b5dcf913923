"""Nouns that can be imported: each app declares one in its ``imports.py``; everything else is done here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from django.db.models import Q

from anlu.kernel.core import crypto
from anlu.kernel.core.fields import BlindIndex
from anlu.kernel.core.importing.fields import MAIN, Kind, Sheet
from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.importing.parsing import Seal
from anlu.kernel.core.importing.profiles import OPTION_WORDS, Profile, read_profile, template_of
from anlu.kernel.core.models import Batch
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import Viewer


@dataclass(frozen=True)
class Context:
    """What a composer knows of the import that it works for.

    ``read`` gives for each sheet that the import brings the fields that its file has; ``batch`` is None
    in a preview, which writes nothing.
    """

    by: Viewer
    profile: Profile
    read: Mapping[str, frozenset[str]]
    batch: Batch | None = None

    @property
    def brought(self) -> frozenset[str]:
        """Sheets of children that the import brings."""
        return frozenset(self.read) - {MAIN}


@dataclass(frozen=True)
class Composed:
    """
    Records made from parsed rows: one column per column of the table (``town_id``), typed, null where
    unknown.

    ``main`` has ``marks`` (list of codes) and ``marked``. A frame of children has ``PARENT``, the place
    of its record in ``main``; ``references`` names columns of children that hold the place of a row in
    another frame of children (``{"casualties": {"vehicle_id": "vehicles"}}``). ``texts`` are what the
    search finds a record by.
    """

    main: pl.DataFrame
    children: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    references: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    texts: Sequence[Sequence[str]] = ()


class Composer(Protocol):
    """Turns parsed rows into records, for one import."""

    def prepare(self) -> None:
        """Write what the records will refer to (areas that the profile brings); not called in a preview."""

    def compose(self, main: pl.DataFrame, children: Mapping[str, pl.DataFrame]) -> Composed:
        """Records and children of a chunk of parsed rows."""
        ...

    def notes(self) -> Sequence[str]:
        """Sentences about what is odd about the whole file, once all of it was composed."""
        ...


@runtime_checkable
class Opener(Protocol):
    """
    Makes records one by one, through the service that people use, for nouns of which a file has hundreds, not millions.

    It only adds: what is there already is worked on by people and is not changed by a file.
    """

    def prepare(self) -> None:
        """As a composer's."""

    def refusals(self, rows: pl.DataFrame) -> Sequence[str | None]:
        """Why each of the parsed rows cannot become a record, None = it can."""
        ...

    def there(self, pk: int) -> str:
        """Why a row that differs from the record that it is known by is refused."""
        ...

    def add(self, row: Mapping[str, Any], origin: Mapping[str, Any]) -> None:
        """Make the record of a row; ``origin`` holds the values of ``Sourced``. In the caller's transaction."""

    def notes(self) -> Sequence[str]:
        """As a composer's."""
        ...


def _touched() -> Q:
    return Q(version__gt=1)


@dataclass(frozen=True)
class Importer:
    """
    A noun that can be imported.

    Parameters
    ----------
    sheets
        The main sheet first; ``models`` gives the table of each by its code. Tables of children have a
        foreign key ``parent`` to the main table and a ``seq`` within it.
    profiles
        Folder of the profiles (package data).
    marks
        Dictionary of the codes of marks.
    revision
        Code of the revision that is touched when records appear or change.
    follows
        Given the fields that each brought sheet states: the columns of the record that follow from a sheet of
        children where it has any. An import without that sheet leaves these columns of known records alone.
    texts
        What the search finds a record by, for one record (``Composed.texts`` for many).
    compose
        Makes what turns rows into records, for one import.
    worked_on
        Which records somebody has worked on since they were imported, so that the batch cannot be withdrawn.
    address
        Where a record is shown, if people are told of single records: of one that is withdrawn they are told that.
    known_by
        Column of the table that holds what rows are known by.
    forget
        Called before the rows of a withdrawn batch are deleted, to delete or release what ``prepare`` wrote.
    """

    code: str
    label: str
    permission: str
    model: Any  # a Record that is Sourced, with number, marks and marked; the stubs cannot say so
    sheets: tuple[Sheet, ...]
    models: Mapping[str, Any]
    parent: str
    profiles: Traversable
    compose: Callable[[Context], Composer | Opener]
    texts: Callable[[Any], Sequence[str]]
    follows: Callable[[Mapping[str, frozenset[str]]], Mapping[str, Iterable[str]]]
    unit: str = "条"
    marks: str = ""
    revision: str = ""
    forget: Callable[[Batch], None] = lambda batch: None
    worked_on: Callable[[], Q] = _touched
    address: Callable[[UUID], str] | None = None
    known_by: str = "number"
    adds_only: bool = False  # its composer is an ``Opener``

    def sheet(self, code: str) -> Sheet:
        """The sheet with this code."""
        return next(sheet for sheet in self.sheets if sheet.code == code)

    def shipped_profiles(self) -> list[Profile]:
        """All profiles, our own template last."""
        files = sorted(
            (one for one in self.profiles.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name
        )
        known = [
            read_profile(Path(str(one)), self.sheets, code=one.name.removesuffix(".toml")) for one in files
        ]
        return [*known, template_of(self.sheets)]

    def seals(self, sheet: str) -> dict[str, Seal]:
        """For each personal field of a sheet: what encrypts and indexes it as its table does."""
        model = self.models[sheet]
        return {
            one.name: _seal(model, one.name) for one in self.sheet(sheet).fields if one.kind is Kind.PERSONAL
        }

    def lists(self) -> set[str]:
        """Dictionaries that the fields name."""
        return {one.dictionary for sheet in self.sheets for one in sheet.fields if one.dictionary}


def _seal(model: Any, name: str) -> Seal:
    index = model._meta.get_field(f"{name}_index")
    assert isinstance(index, BlindIndex)

    def seal(plain: str) -> tuple[bytes, bytes | None]:
        return crypto.encrypt(plain), index.index_of(plain)

    return seal


importers: Registry[Importer] = Registry("importer")


def described(importer: Importer, lists: Mapping[str, Iterable[tuple[str, str]]]) -> dict[str, Any]:
    """What a mapping of this noun may name, for ``anlu import fields`` and the mapping page."""
    sheets = {
        sheet.code or "main": {
            "label": sheet.label,
            "fields": [
                one.described() | {"codes": dict(lists.get(one.dictionary, ()))} for one in sheet.fields
            ],
        }
        for sheet in importer.sheets
    }
    main = sheets.pop("main")
    return {
        "noun": importer.code,
        "label": importer.label,
        "fields": main["fields"],
        **{code: sheet["fields"] for code, sheet in sheets.items()},
        "options": OPTION_WORDS,
        "profiles": [{"name": one.code, "label": one.label} for one in importer.shipped_profiles()],
    }
