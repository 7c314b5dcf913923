"""Before an import: the files looked at, the profile found, every column it needs there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from anlu.engine.errors import BadInput
from anlu.kernel.core.dictionaries import terms
from anlu.kernel.core.importing.fields import MAIN
from anlu.kernel.core.importing.nouns import Importer
from anlu.kernel.core.importing.parsing import Parser, Words
from anlu.kernel.core.importing.positions import System
from anlu.kernel.core.importing.profiles import ALTERNATIVE, Profile, detected, nearly, read_profile
from anlu.kernel.core.importing.sources import Source, look_at
from anlu.kernel.core.importing.tables import Table, open_table


class Existing(StrEnum):
    """What becomes of rows whose record is there already."""

    UPDATE = "update"
    SKIP = "skip"


@dataclass(frozen=True)
class Plan:
    """Everything that is known before the first row is read."""

    importer: Importer
    profile: Profile
    tables: Mapping[str, Table]
    parsers: Mapping[str, Parser] = field(repr=False)
    existing: Existing = Existing.UPDATE

    @property
    def main(self) -> Table:
        """The table of the records themselves."""
        return self.tables[MAIN]

    @property
    def read(self) -> dict[str, frozenset[str]]:
        """For each sheet the fields that its file has."""
        return {
            sheet: frozenset(one.field.name for one in parser.mapped)
            for sheet, parser in self.parsers.items()
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what is odd about the files themselves."""
        return tuple(note for table in self.tables.values() for note in table.notes)

    def files(self) -> list[dict[str, Any]]:
        """As a batch keeps them."""
        return [
            {
                "role": sheet or "main",
                "name": Path(table.source.name).name,
                "sha256": table.source.sha256,
                "bytes": table.source.size,
            }
            for sheet, table in self.tables.items()
        ]

    def options(self) -> dict[str, Any]:
        """As a batch keeps them; ``mapping`` changes when anything in the mapping does."""
        sheets = {sheet: asdict(self.profile.sheet(sheet)) for sheet in self.tables}
        text = json.dumps([sheets, asdict(self.profile.options)], sort_keys=True, default=dict)
        return {
            "mapping": hashlib.sha256(text.encode()).hexdigest(),
            "encoding": self.main.source.encoding,
            "delimiter": self.main.delimiter,
            "zone": self.profile.options.zone,
            "crs": self.profile.options.crs,
            "existing": self.existing.value,
        }


def make_plan(
    importer: Importer,
    files: Mapping[str, Path],
    *,
    profile: str = "",
    mapping: Path | None = None,
    names: Mapping[str, str] | None = None,
    existing: Existing = Existing.UPDATE,
) -> Plan:
    """
    Look at the files and choose how to read them.

    Parameters
    ----------
    files
        The main file as ``MAIN`` and those of children by the code of their sheet.
    profile
        Code of a shipped profile; found from the header when neither it nor ``mapping`` is given.
    mapping
        A user's mapping (``MAP.toml``).
    names
        What the user calls the files, for messages.
    existing
        Whether rows of records that are there already change these or are passed over.

    Raises
    ------
    BadInput
        A file cannot be read, no profile fits, or a column is missing.
    """
    called = names or {}
    shipped = importer.shipped_profiles()
    chosen = _chosen(importer, shipped, profile, mapping)
    stated = chosen.options if chosen else None
    sources = {
        sheet: look_at(path, name=called.get(sheet, ""), encoding=stated.encoding if stated else "")
        for sheet, path in files.items()
    }
    tables = {
        sheet: open_table(
            source,
            delimiter=stated.delimiter if stated else "",
            known=set().union(*(one.headers(sheet) for one in ([chosen] if chosen else shipped))),
        )
        for sheet, source in sources.items()
    }
    found = chosen or _detected(shipped, tables[MAIN])
    System(found.options.crs)  # refuses a coordinate system that does not exist
    parsers = parsers_of(importer, found, tables, strict=mapping is not None)
    return Plan(importer, found, tables, parsers, existing)


def _chosen(importer: Importer, shipped: list[Profile], code: str, mapping: Path | None) -> Profile | None:
    if mapping is not None:
        return read_profile(mapping, importer.sheets, code="map")
    if not code:
        return None
    for one in shipped:
        if one.code == code:
            return one
    raise BadInput(
        "没有这种格式", field="--profile", found=code, expected="、".join(one.code for one in shipped)
    )


def _detected(shipped: list[Profile], table: Table) -> Profile:
    found = detected(shipped, table.header)
    if found is None:
        _refuse_nearly_known(shipped, table)
        raise BadInput(
            "表头不属于任何已知格式,请用 --profile 或 --map 指明",
            file=table.source.name,
            line=table.skipped + 1,
            found="、".join(table.header),
            expected="、".join(one.label for one in shipped) + " 之一的表头",
        )
    return found


def _refuse_nearly_known(shipped: list[Profile], table: Table) -> None:
    """Raise ``BadInput`` that names what is missing, where the header is nearly that of a known format."""
    nearest = nearly(shipped, table.header)
    if nearest is None:
        return
    profile, missing = nearest
    names = "、".join(one.replace(ALTERNATIVE, "/") for one in missing)
    raise BadInput(
        f"表头像是{profile.label}，但缺少「{names}」列",
        file=table.source.name,
        line=table.skipped + 1,
        found="、".join(table.header),
        expected="补上这一列，或用 --profile、--map(页面上用「自己对应列」)指明",
    )


def parsers_of(
    importer: Importer, profile: Profile, tables: Mapping[str, Table], *, strict: bool
) -> dict[str, Parser]:
    """A parser for each file.

    Raises
    ------
    BadInput
        A column that is needed is missing or doubled.
    """
    words = words_of(importer)
    template = next(one for one in importer.shipped_profiles() if one.code == "template")
    parsers = {}
    for sheet, table in tables.items():
        own = profile.sheet(sheet)
        parsers[sheet] = Parser(
            table,
            importer.sheet(sheet),
            own if own.columns else template.sheet(sheet),
            profile.options,
            words=words,
            seal=importer.seals(sheet) if sheet or sheet in importer.models else {},
            strict=strict and bool(own.columns),
        )
    return parsers


def words_of(importer: Importer) -> Words:
    """Codes and labels of the dictionaries that the fields name."""
    found: dict[str, dict[str, str]] = {}
    for name in importer.lists():
        entries = terms(name)
        labels = {term.label_en: term.code for term in entries if term.label_en}
        labels |= {term.label: term.code for term in entries}
        found[name] = labels | {term.code: term.code for term in entries}
    return found


def source_of(plan: Plan) -> Source:
    """The main file."""
    return plan.main.source
