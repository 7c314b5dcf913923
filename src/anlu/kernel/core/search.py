"""
Search: one box over every kind of thing, on both databases, that cannot show what is outside somebody's
scope.

Texts are cut into grams: pairs of Chinese characters, prefixes of runs of letters and digits, ends of long
numbers. A query finds the things that have all its grams. The scope of a thing stands in its entry and is
applied inside the query (``foundations`` 2.14). Personal numbers are never cut into grams: a kind that has
some answers ``exact`` through its blind index.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, pairwise
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db import connections, transaction
from django.db.models import Exists, Lookup, Max, OuterRef, Q, QuerySet, UUIDField
from django.db.models.lookups import In
from numpy.typing import NDArray

from anlu.kernel.core.bulk import Ready, ready_rows, reserve_ids
from anlu.kernel.core.models import Record, SearchEntry, SearchGram
from anlu.kernel.core.registry import Registry
from anlu.kernel.core.scope import Scope, Viewer

SHORTEST_PREFIX: Final = 2
LONGEST_PREFIX: Final = 12
LONG_NUMBER: Final = 8
SHARED_PREFIX: Final = 10  # of a number; longer ones are worked out for each
TAILS: Final = (4, 6)  # people read out the last digits of a long number
LONGEST_QUERY: Final = 60
RARE: Final = 200
ENTRIES_AT_ONCE: Final = 10_000
NEWER_LOOKED_AT: Final = 1_000
GRAMS_AT_ONCE: Final = 50_000
SWEPT_AT_ONCE: Final = 2_000
HAN: Final = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN: Final = re.compile(f"(?P<han>[{HAN}]+)|(?P<word>[^\\W_{HAN}]+)")
DIGITS: Final = re.compile("[0-9]+")


# ------------------------------------------------------------------------------------------------ grams
def normalised(text: str) -> str:
    """Half-width, small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def grams_of(text: str) -> set[str]:
    """Everything that a text can be found by."""
    grams: set[str] = set()
    plain = normalised(text)
    for run in RUN.finditer(plain):
        if run.lastgroup == "word":
            grams |= _word_grams(run.group())
            continue
        grams |= _pairs(run.group())
        if run.end() < len(plain) and RUN.match(plain, run.end()):
            grams.add(run.group()[-1])  # the 鲁 of 在鲁P12345
    return grams


def query_grams(query: str) -> set[str]:
    """What a text must have to be found by ``query``."""
    grams: set[str] = set()
    for run in RUN.finditer(normalised(query[:LONGEST_QUERY])):
        word = run.group()
        if run.lastgroup == "han":
            grams |= _pairs(word)
        else:
            grams |= {word[:LONGEST_PREFIX], word}
    return grams


def _pairs(run: str) -> set[str]:
    """Pairs of neighbouring characters; a character that stands alone is its own gram."""
    return {run} if len(run) == 1 else {first + second for first, second in pairwise(run)}


def _word_grams(word: str) -> set[str]:
    grams = _prefixes(word)
    for found in DIGITS.finditer(word):
        number = found.group()
        grams |= _prefixes(number) | _prefixes(number.lstrip("0"))
        if len(number) >= LONG_NUMBER:
            grams |= {number[-tail:] for tail in TAILS}
    return grams


def _prefixes(word: str) -> set[str]:
    longest = min(len(word), LONGEST_PREFIX)
    return {word[:length] for length in range(SHORTEST_PREFIX, longest + 1)} | ({word} if word else set())


@lru_cache(maxsize=65_536)
def gram_number(kind: str, gram: str) -> int:
    """A gram of a kind as the signed 64 bits that are stored."""
    return _gram_number(f"{kind}\0{gram}")


def _gram_number(named: str) -> int:
    return int.from_bytes(hashlib.blake2b(named.encode(), digest_size=8).digest(), "big", signed=True)


def numbers_of(kind: str, text: str) -> frozenset[int]:
    """All grams of a text as they are stored."""
    if len(text) >= LONG_NUMBER and text.isascii() and text.isdigit() and text[0] != "0":
        return _numbers_of_number(kind, text)
    return _numbers_of_text(kind, text)


@lru_cache(maxsize=8_192)
def _numbers_of_text(kind: str, text: str) -> frozenset[int]:
    """Remembered, because roads come again in every import."""
    return frozenset(gram_number(kind, gram) for gram in grams_of(text))


def _numbers_of_number(kind: str, digits: str) -> frozenset[int]:
    """The same for a long number, quicker: an import has a million of them, a hundred with the same beginning."""
    longest = min(len(digits), LONGEST_PREFIX)
    own = {digits, *[digits[:length] for length in range(SHARED_PREFIX + 1, longest + 1)]}
    own |= {digits[-tail:] for tail in TAILS}
    named = kind + "\0"
    return _numbers_of_prefixes(kind, digits[:SHARED_PREFIX]).union(
        [_gram_number(named + gram) for gram in own]
    )


@lru_cache(maxsize=8_192)
def _numbers_of_prefixes(kind: str, beginning: str) -> frozenset[int]:
    return frozenset(gram_number(kind, gram) for gram in _prefixes(beginning))


# ------------------------------------------------------------------------------------------------ writing
@dataclass(frozen=True, slots=True)
class Indexed:
    """One thing to be found: its texts and its scope."""

    kind: str
    uid: UUID
    texts: Sequence[str]
    unit_id: int | None = None
    area_id: int | None = None
    owner: UUID | None = None
    batch_id: int | None = None


@transaction.atomic
def index(
    kind: str,
    uid: UUID,
    texts: Sequence[str],
    *,
    unit_id: int | None = None,
    area_id: int | None = None,
    owner: UUID | None = None,
    batch_id: int | None = None,
) -> None:
    """Make a thing findable by ``texts``, or anew after it changed. Services call this in their
    transaction.
    """
    forget(kind, uid)
    bulk_index([Indexed(kind, uid, texts, unit_id, area_id, owner, batch_id)])


@transaction.atomic
def bulk_index(rows: Iterable[Indexed]) -> int:
    """Index things that are not in the index yet (an import's new rows); give back how many."""
    total, stream = 0, iter(rows)
    while chunk := list(islice(stream, ENTRIES_AT_ONCE)):
        for ready in ready_index(chunk, reserve_ids(SearchEntry, len(chunk))):
            ready.write()
        total += len(chunk)
    return total


def ready_index(rows: Sequence[Indexed], ids: Sequence[int]) -> tuple[Ready, Ready]:
    """Entries with the keys ``ids`` and their grams, ready to be written."""
    entries = [
        (key, row.kind, row.uid, row.unit_id, row.area_id, row.owner, row.batch_id)
        for key, row in zip(ids, rows, strict=True)
    ]
    columns = ("id", "kind", "uid", "unit_id", "area_id", "owner", "batch_id")
    return (
        ready_rows(SearchEntry, columns, entries),
        ready_rows(SearchGram, ("gram", "entry_id"), _gram_rows(ids, rows)),
    )


def _gram_rows(ids: Sequence[int], rows: Sequence[Indexed]) -> Iterator[tuple[int, int]]:
    """In the order of the index that they go into, which is quicker."""
    grams = [frozenset().union(*[numbers_of(row.kind, text) for text in row.texts]) for row in rows]
    numbers = np.fromiter(chain.from_iterable(grams), dtype=np.int64)
    keys = np.repeat(np.array(ids, dtype=np.int64), [len(some) for some in grams])
    order = np.lexsort((keys, numbers))
    return zip(numbers[order].tolist(), keys[order].tolist(), strict=True)


def forget(kind: str, uid: UUID) -> None:
    """Make a thing unfindable (it was voided)."""
    SearchEntry.objects.filter(kind=kind, uid=uid).delete()


def sweep_grams() -> int:
    """
    Delete the grams of entries that are gone; give back how many.

    All grams are looked through outside any transaction, and what is deleted is deleted a few thousand at a time, so
    that nobody who writes waits for it.
    """
    entries = np.fromiter(
        SearchEntry.objects.order_by("pk").values_list("pk", flat=True).iterator(), np.int64
    )
    swept = 0
    for grams in _all_grams():
        gone = grams[~np.isin(grams[:, 1], entries)]
        for start in range(0, len(gone), SWEPT_AT_ONCE):
            swept += _delete_grams(gone[start : start + SWEPT_AT_ONCE].tolist())
    return swept


def _all_grams() -> Iterator[NDArray[np.int64]]:
    """Grams with their entries in the order of their index, shape (n, 2)."""
    last = [np.iinfo(np.int64).min, 0]
    while True:
        with connections[SearchGram.objects.db].cursor() as cursor:
            cursor.execute(
                f'SELECT "gram", "entry_id" FROM "{SearchGram._meta.db_table}" WHERE ("gram", "entry_id") > (%s, %s) '
                f'ORDER BY "gram", "entry_id" LIMIT {GRAMS_AT_ONCE}',
                last,
            )
            rows = cursor.fetchall()
        if rows:
            yield np.array(rows, dtype=np.int64)
        if len(rows) < GRAMS_AT_ONCE:
            return
        last = list(rows[-1])


@transaction.atomic
def _delete_grams(pairs: list[list[int]]) -> int:
    """Delete grams of entries, but none whose entry came meanwhile; give back how many."""
    alive = f'EXISTS (SELECT 1 FROM "{SearchEntry._meta.db_table}" WHERE "id" = "entry_id")'
    with connections[SearchGram.objects.db].cursor() as cursor:
        cursor.executemany(
            f'DELETE FROM "{SearchGram._meta.db_table}" WHERE "gram" = %s AND "entry_id" = %s AND NOT {alive}',
            pairs,
        )
        return int(cursor.rowcount)


# ------------------------------------------------------------------------------------------------ finding
@dataclass(frozen=True)
class Hit:
    """One thing found, as the search box shows it."""

    kind: str
    kind_label: str
    uid: UUID
    title: str
    note: str = ""
    url: str = ""


Resolve = Callable[[Viewer, Sequence[UUID]], Iterable[Hit]]
Exact = Callable[[Viewer, str], Iterable[UUID]]


@dataclass(frozen=True)
class Searchable:
    """
    A kind that the search box covers.

    ``resolve`` turns uids into hits, again through ``visible_to``; ``exact`` finds by personal number;
    ``open`` marks reference data that everybody with the permission may see whole.
    """

    code: str
    permission: str
    label: str
    resolve: Resolve
    order: int = 100
    open: bool = False
    exact: Exact | None = None


searchables: Registry[Searchable] = Registry("searchable kind")


def searchable(
    kind: str,
    permission: str,
    label: str,
    resolve: Resolve,
    *,
    order: int = 100,
    open: bool = False,
    exact: Exact | None = None,
) -> Searchable:
    """Declare a kind that the search box covers."""
    return searchables.add(Searchable(kind, permission, label, resolve, order, open, exact))


def search(viewer: Viewer, query: str, *, kinds: Sequence[str] = (), limit: int = 20) -> list[Hit]:
    """What ``viewer`` may see of what ``query`` finds: kind by kind, ``limit`` of each, newest first."""
    hits: list[Hit] = []
    for declared in _covered(kinds):
        if viewer.may(declared.permission):
            uids = found(viewer, declared, query, limit=limit)
            by_uid = {hit.uid: hit for hit in declared.resolve(viewer, uids)} if uids else {}
            hits += [by_uid[uid] for uid in uids if uid in by_uid]
    return hits


def _covered(wanted: Sequence[str]) -> list[Searchable]:
    chosen = [declared for declared in searchables if not wanted or declared.code in wanted]
    return sorted(chosen, key=lambda declared: (declared.order, declared.code))


def found(viewer: Viewer, declared: Searchable, query: str, *, limit: int) -> list[UUID]:
    """Uids of one kind within the scope of ``viewer``: an exact personal number first, then by grams."""
    uids = list(islice(declared.exact(viewer, query), limit)) if declared.exact else []
    scope = viewer.scope_for(declared.permission)
    condition = _scope_condition(scope, open_to_all=declared.open)
    if condition is None:
        return uids
    grams = _rarest_first(declared.code, query)
    if not grams:
        return uids
    first, *others = grams
    rows = SearchGram.objects.filter(condition, gram=first)
    for gram in others:
        rows = rows.filter(Exists(SearchGram.objects.filter(gram=gram, entry_id=OuterRef("entry_id"))))
    newest = rows.order_by("-entry_id").values_list("entry__uid", flat=True)[:limit]
    return list(dict.fromkeys([*uids, *newest]))[:limit]


@dataclass(frozen=True)
class Words:
    """What somebody looks for among the things of one kind: the grams that a thing must have."""

    kind: str
    grams: tuple[int, ...]

    def things(self) -> QuerySet[SearchEntry]:
        """The entries of what is found, as a query."""
        entries: QuerySet[SearchEntry] = SearchEntry.objects.filter(kind=self.kind)
        for gram in self.grams:
            entries = entries.filter(pk__in=SearchGram.objects.filter(gram=gram).values("entry_id"))
        return entries

    def entries(self) -> NDArray[np.int64]:
        """The keys of the entries of what is found, ascending; a thing that was forgotten may be among them."""
        found: NDArray[np.int64] | None = None
        for gram in self.grams:
            listed = _entries_with(gram)
            found = listed if found is None else np.intersect1d(found, listed, assume_unique=True)
            if not len(found):
                break
        return np.zeros(0, np.int64) if found is None else found


def _entries_with(gram: int) -> NDArray[np.int64]:
    """Keys of all entries with a gram, ascending; past the object layer, for there may be a hundred thousand."""
    with connections[SearchGram.objects.db].cursor() as cursor:
        cursor.execute(
            f'SELECT "entry_id" FROM "{SearchGram._meta.db_table}" WHERE "gram" = %s ORDER BY "entry_id"',
            [gram],
        )
        return np.fromiter(chain.from_iterable(cursor.fetchall()), dtype=np.int64)


@UUIDField.register_lookup
class FoundBy(Lookup[bool]):
    """The condition "found by ``Words``" on the ``uid`` of a table."""

    lookup_name = "found_by"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """The database looks for the entries, and for the things of these."""
        words: Words = self.rhs
        things = words.things().values("uid").query.resolve_expression(compiler.query)
        sql, parameters = compiler.compile(In(self.lhs, things))
        return str(sql), parameters


def matching(kind: str, query: str) -> Q:
    """The condition "found by ``query``" on a table with a ``uid``, for a ledger's own search field.

    Scope is not part of it: put it on a queryset that comes from ``visible_to``.
    """
    numbers = tuple(gram_number(kind, gram) for gram in sorted(query_grams(query)))
    return Q(uid__found_by=Words(kind, numbers)) if numbers else Q(pk__in=[])


def newest_entry() -> int:
    """Key of the entry that was made last, 0 when there is none."""
    found = SearchEntry.objects.aggregate(newest=Max("pk"))["newest"]
    return int(found or 0)


def is_indexed_since(kind: str, entry: int) -> bool:
    """Whether a thing of this kind was, or may have been, indexed after the entry with this key."""
    newer = SearchEntry.objects.filter(pk__gt=entry).order_by("pk").values_list("kind", flat=True)
    kinds = list(newer[:NEWER_LOOKED_AT])
    return kind in kinds or len(kinds) == NEWER_LOOKED_AT


def _rarest_first(kind: str, query: str) -> list[int]:
    """The query's grams, those that few things have first; empty when nothing can be found."""
    numbers = [gram_number(kind, gram) for gram in query_grams(query)]
    counted = {number: SearchGram.objects.filter(gram=number)[:RARE].count() for number in numbers}
    return sorted(counted, key=lambda number: counted[number]) if all(counted.values()) else []


def _scope_condition(scope: Scope, *, open_to_all: bool) -> Q | None:
    """Entries inside the scope and outside hidden batches; None when nothing can be inside."""
    hidden = Record.hidden_batches()
    published = Q(entry__kind__gt="")  # joins the entry: the grams of a gone one belong to nothing
    if hidden:
        published &= Q(entry__batch_id__isnull=True) | ~Q(entry__batch_id__in=hidden)
    if scope.everything or (open_to_all and not scope.nothing):
        return published
    inside = Q()
    if scope.units:
        inside |= Q(entry__unit_id__in=scope.units)
    if scope.areas:
        inside |= Q(entry__area_id__in=scope.areas)
    if scope.person:
        inside |= Q(entry__owner=scope.person)
    return published & inside if inside else None
