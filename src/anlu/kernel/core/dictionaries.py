"""
Dictionaries (字典): code lists that the installation may extend, rename and end, but not pull from under
its records.

Apps ship ``dictionaries/*.csv`` (columns ``list, code, label`` and any of ``label_en, colour, order, source,
confidence``); ``anlu init`` seeds them, again and again without harm. What an administrator has edited stays
edited. Records keep the code as text.
"""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast

from anlu.engine.errors import BadInput
from anlu.kernel.core import revisions
from anlu.kernel.core.audit import record
from anlu.kernel.core.clock import now
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.core.history import changed_fields, fields_of
from anlu.kernel.core.language.places import upper
from anlu.kernel.core.language.words import in_english
from anlu.kernel.core.models import Term
from anlu.kernel.core.scope import SYSTEM, Viewer

REVISION: Final = "core.term"
DATES: Final = ("valid_from", "valid_to")  # optional in a file
COLUMNS: Final = ("list", "code", "label", "label_en", "colour", "order", "source", "confidence", *DATES)
NEEDED: Final = COLUMNS[:3]
EDITABLE: Final = ("label", "label_en", "colour", "order", "source", "valid_from", "valid_to")
CONFIDENCE: Final = {"S": "有出处", "M": "待核", "I": "推断"}  # how sure a default is, in words
CHECK_EVERY_S: Final = 1.0  # how late another process may learn of a change


def confidence_words(thing: Any) -> str:
    """How sure the platform is of a default that can be changed; "" for what people entered."""
    stated: str = thing.confidence
    return CONFIDENCE.get(stated, stated)


class TermInUse(AnluError):
    """The code is used by records, or may be: it can be renamed or ended, not deleted."""


# ------------------------------------------------------------------------------------------------ reading
@dataclass
class _Cache:
    token: int = -1
    checked_at: float = float("-inf")
    lists: dict[str, tuple[Term, ...]] = field(default_factory=dict)
    labels: dict[tuple[str, str], Term] = field(default_factory=dict)


_local = threading.local()


def _cache() -> _Cache:
    """This thread's copy of all dictionaries, read anew when the revision has moved."""
    held: _Cache | None = getattr(_local, "cache", None)
    interval = 0.0 if settings.TASKS_INLINE else CHECK_EVERY_S
    if held is not None and time.monotonic() - held.checked_at < interval:
        return held
    token = revisions.token(REVISION)
    if held is None or held.token != token:
        held = _read(token)
    held.checked_at = time.monotonic()
    _local.cache = held
    return held


def _read(token: int) -> _Cache:
    fresh = _Cache(token)
    grouped: dict[str, list[Term]] = {}
    for term in Term.objects.order_by("list", "order", "code"):
        grouped.setdefault(term.list, []).append(term)
        fresh.labels[term.list, term.code] = term
    fresh.lists = {name: tuple(terms) for name, terms in grouped.items()}
    return fresh


def lists() -> list[str]:
    """Names of all lists."""
    return sorted(_cache().lists)


def terms(list: str, *, on: date | None = None) -> tuple[Term, ...]:
    """The entries of a list in order; with ``on`` only those in force that day (for forms)."""
    found = _cache().lists.get(list, ())
    return found if on is None else tuple(term for term in found if in_force(term, on))


def in_force(term: Term, on: date) -> bool:
    """True when the entry may be chosen on a day."""
    begun = term.valid_from is None or term.valid_from <= on
    return begun and (term.valid_to is None or on <= term.valid_to)


def label_of(list: str, code: str) -> str:
    """What a code is called, in the language of the reader; an unknown code stands for itself."""
    term = _cache().labels.get((list, code))
    return shown(term) if term else code


def shown(term: Term) -> str:
    """The label in the language of the reader."""
    return upper(term.label_en) if in_english() and term.label_en else term.label


def choices(list: str, *, on: Callable[[], date] | None = None) -> Callable[[], Sequence[tuple[str, str]]]:
    """A function giving (code, label), for filters; with ``on`` (a clock) what is in force, for forms."""

    def now_valid() -> Sequence[tuple[str, str]]:
        return [(term.code, shown(term)) for term in terms(list, on=on() if on else None)]

    return now_valid


def codes(list: str) -> frozenset[str]:
    """All codes of a list, ended ones too."""
    return frozenset(term.code for term in terms(list))


# ------------------------------------------------------------------------------------------------ where used
@dataclass(frozen=True)
class Use:
    """A column whose values are codes of a list; ``many``: several in one value (a JSON list, or with
    commas).
    """

    list: str
    model: str
    column: str
    many: bool = False


_uses: dict[str, list[Use]] = {}


def uses(list: str, model: str, column: str, *, many: bool = False) -> Use:
    """Declare where the codes of a list are kept (``uses("crash.weather", "crashes.Crash", "weather")``)."""
    use = Use(list, model, column, many)
    known = _uses.setdefault(list, [])
    if use not in known:
        known.append(use)
    return use


def times_used(term: Term) -> int | None:
    """How many records hold the code; None when nobody declared where the list is used."""
    declared = _uses.get(term.list)
    if not declared:
        return None
    return sum(_holding(use, term.code) for use in declared)


def _holding(use: Use, code: str) -> int:
    rows: models.QuerySet[Any] = apps.get_model(use.model)._default_manager.all()
    if not use.many:
        return rows.filter(**{use.column: code}).count()
    text: models.QuerySet[Any] = rows.annotate(_text=Cast(F(use.column), TextField()))
    return text.filter(_inside(rows.model, use.column, code)).count()


def _inside(model: type[models.Model], column: str, code: str) -> Q:
    if isinstance(model._meta.get_field(column), models.JSONField):
        return Q(_text__contains=f'"{code}"')
    alone = Q(_text=code) | Q(_text__startswith=f"{code},")
    return alone | Q(_text__endswith=f",{code}") | Q(_text__contains=f",{code},")


# ------------------------------------------------------------------------------------------------ changing
def term_for(list: str, code: str) -> Term:
    """The entry, locked for the transaction.

    Raises
    ------
    NotFound
        There is none.
    """
    found = Term.objects.select_for_update().filter(list=list, code=code).first()
    if found is None:
        raise NotFound(f"字典 {list} 中没有代码「{code}」")
    return found


@transaction.atomic
def add_term(list: str, code: str, label: str, *, by: Viewer, **facts: Any) -> Term:
    """Add an entry of this installation's own; ``facts`` are further columns (``label_en``, ``colour`` ...).

    Raises
    ------
    AnluError
        The code is there already, or code or label is empty.
    """
    if not code.strip() or not label.strip():
        raise AnluError("字典项须有代码和名称")
    if Term.objects.filter(list=list, code=code.strip()).exists():
        raise AnluError(f"字典 {list} 中已有代码「{code}」")
    known = {name: value for name, value in facts.items() if name in EDITABLE}
    term = Term(list=list, code=code.strip(), label=label.strip(), edited=True, **known)
    term.save(force_insert=True)
    record("add", term, by=by, note=f"{list} {code}")
    revisions.touch(REVISION)
    return term


@transaction.atomic
def change_term(list: str, code: str, *, by: Viewer, **facts: Any) -> Term:
    """Rename, colour, order or date an entry; its code never changes.

    Raises
    ------
    NotFound
        There is no such entry.
    AnluError
        The label would be empty.
    """
    term = term_for(list, code)
    before = fields_of(term, EDITABLE)
    for name in EDITABLE:
        if name in facts:
            setattr(term, name, facts[name])
    if not term.label.strip():
        raise AnluError("字典项须有名称")
    changes = changed_fields(before, term, EDITABLE)
    if changes:
        term.edited, term.changed_at = True, now()
        term.save()
        record("change", term, by=by, changes=changes, note=f"{list} {code}")
        revisions.touch(REVISION)
    return term


def end_term(list: str, code: str, *, on: date, by: Viewer) -> Term:
    """Take an entry out of use after a day; records that hold its code keep it."""
    return change_term(list, code, by=by, valid_to=on)


@transaction.atomic
def delete_term(list: str, code: str, *, by: Viewer) -> None:
    """Delete an entry that nothing uses.

    Raises
    ------
    TermInUse
        It is built in, records hold its code, or nobody declared where the list is used.
    NotFound
        There is no such entry.
    """
    term = term_for(list, code)
    if term.builtin:
        raise TermInUse(f"「{term.label}」是内置项,不能删除,可以停用")
    held = times_used(term)
    if held is None:
        raise TermInUse(f"不清楚字典 {list} 用在何处,「{term.label}」不能删除,可以停用")
    if held:
        raise TermInUse(f"「{term.label}」已有 {held} 条记录使用,不能删除,可以停用")
    record("delete", term, by=by, note=f"{list} {code}")
    term.delete()
    revisions.touch(REVISION)


# ------------------------------------------------------------------------------------------------ seeding
@dataclass(frozen=True)
class Seeded:
    """What seeding did."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Seeded) -> Seeded:
        return Seeded(
            self.added + other.added, self.updated + other.updated, self.unchanged + other.unchanged
        )


def shipped_files() -> list[Path]:
    """The dictionaries of all installed apps."""
    folders = [Path(config.path) / "dictionaries" for config in apps.get_app_configs()]
    return [path for folder in folders for path in sorted(folder.glob("*.csv")) if _is_ours(folder)]


def _is_ours(folder: Path) -> bool:
    """A folder of data, not a package that happens to have the name."""
    return not (folder / "__init__.py").exists()


@transaction.atomic
def seed_all(*, by: Viewer = SYSTEM) -> Seeded:
    """Bring every shipped dictionary into the database."""
    total = Seeded()
    for path in shipped_files():
        total += seed(path, by=by)
    return total


@transaction.atomic
def seed(path: Path, *, by: Viewer = SYSTEM) -> Seeded:
    """
    Bring one CSV file into the database: new codes are added, what nobody edited follows the file.

    Raises
    ------
    BadInput
        A column is missing, a code is doubled, or a label is empty; nothing is changed then.
    """
    return seed_rows(_read_rows(path), label=path.name, by=by)


@transaction.atomic
def seed_rows(rows: Sequence[dict[str, Any]], *, label: str, by: Viewer = SYSTEM) -> Seeded:
    """The same for rows with every one of ``COLUMNS``; ``label`` says in the audit where they come from."""
    known = {
        (term.list, term.code): term for term in Term.objects.filter(list__in={row["list"] for row in rows})
    }
    new = [Term(**row, builtin=True) for row in rows if (row["list"], row["code"]) not in known]
    changed = [
        term
        for row in rows
        if (term := known.get((row["list"], row["code"]))) and not term.edited and _take_over(term, row)
    ]
    Term.objects.bulk_create(new)
    Term.objects.bulk_update(changed, [*COLUMNS[2:], "builtin", "changed_at"])
    if new or changed:
        note = f"新增 {len(new)},更新 {len(changed)}"
        record("seed", None, by=by, kind="core.term", label=label, note=note)
        revisions.touch(REVISION)
    return Seeded(len(new), len(changed), len(rows) - len(new) - len(changed))


def _take_over(term: Term, row: dict[str, Any]) -> bool:
    """Set what the file says; True when that changed anything."""
    if term.builtin and all(getattr(term, name) == row[name] for name in COLUMNS[2:]):
        return False
    for name in COLUMNS[2:]:
        setattr(term, name, row[name])
    term.builtin, term.changed_at = True, now()
    return True


def _read_rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise BadInput(f"缺少列 {missing[0]}", file=path, line=1)
        rows = [_row(path, reader.line_num, raw) for raw in reader]
    _refuse_doubled(path, ((row["list"], row["code"]) for row in rows))
    return rows


def _row(path: Path, line: int, raw: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {name: (raw.get(name) or "").strip() for name in COLUMNS}
    for name in NEEDED:
        if not row[name]:
            raise BadInput(file=path, line=line, field=name, found="", expected="不为空")
    if row["order"] and not row["order"].isdigit():
        raise BadInput(file=path, line=line, field="order", found=row["order"], expected="非负整数")
    row["order"] = int(row["order"] or 0)
    for name in DATES:
        row[name] = _date(path, line, name, row[name])
    return row


def _date(path: Path, line: int, name: str, stated: str) -> date | None:
    try:
        return date.fromisoformat(stated) if stated else None
    except ValueError:
        raise BadInput(file=path, line=line, field=name, found=stated, expected="2023-06-30") from None


def _refuse_doubled(path: Path, keys: Iterable[tuple[str, str]]) -> None:
    seen: set[tuple[str, str]] = set()
    for number, key in enumerate(keys, start=2):
        if key in seen:
            raise BadInput(f"{key[0]} 的代码重复", file=path, line=number, field="code", found=key[1])
        seen.add(key)
