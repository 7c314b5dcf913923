"""Writing a batch: chunks of new rows and staged changes, each with the cursor in the same transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from time import monotonic
from typing import Any, Final

from django.db import IntegrityError, transaction

from anlu.kernel.core.bulk import Ready, reserve_ids, set_among
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.history import kind_of
from anlu.kernel.core.importing.children import PARENT
from anlu.kernel.core.importing.fields import MAIN
from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.importing.leases import renewed
from anlu.kernel.core.importing.nouns import Composed, Opener
from anlu.kernel.core.importing.passes import Counts, Pass, Slice, Sorted
from anlu.kernel.core.importing.storing import identities, ready_frame, to_json
from anlu.kernel.core.importing.tables import ROW
from anlu.kernel.core.models import Batch, SearchEntry, StagedChange
from anlu.kernel.core.search import Indexed, ready_index

TRIES: Final = 3
LONGEST_S: Final = 0.25  # that a transaction should take: everybody else who writes waits for it
FEWEST: Final = 250  # rows in a transaction, however slow the machine
SEARCH: Final = "search"  # beside the codes of sheets
FEWEST_OPENED: Final = 10  # where each is made by a service
COUNTED: Final = ("rows", "accepted", "updated", "unchanged", "refused", "marked")


def fitting(rows: int, took_s: float, fewest: int = FEWEST) -> int:
    """As many rows as would have taken ``LONGEST_S``, at most twice as many as there were, but never very few."""
    return max(fewest, int(rows * min(2.0, LONGEST_S / max(took_s, 1e-6))))


class BatchTaken(AnluError):
    """Another process has taken the batch over."""


class Writer:
    """Writes slices of a pass into a batch that is not visible."""

    def __init__(self, reading: Pass, batch: Batch) -> None:
        self.reading = reading
        self.batch = batch
        self.importer = reading.importer
        self.source = reading.plan.profile.options.source or reading.plan.profile.code
        self.counts = Counts(**{name: getattr(batch, name) for name in COUNTED})
        self.fewest = FEWEST_OPENED if self.importer.adds_only else FEWEST
        self.at_once = self.fewest * 4
        follows = self.importer.follows(reading.plan.read)
        self.follows = {
            sheet: sorted(names) for sheet, names in follows.items() if sheet not in reading.plan.read
        }

    def written(self, slice_: Slice) -> Iterator[Sorted]:
        """
        Write a slice in transactions that are short, on a slow or busy machine too.

        Raises
        ------
        BatchTaken
            The batch is no longer ours.
        """
        rest = slice_
        while rest.good.height > self.at_once:
            early, rest = rest.cut(rest.good[ROW][self.at_once - 1])
            yield self.write(early)
        yield self.write(rest)

    def write(self, slice_: Slice) -> Sorted:
        """
        Write a slice in one transaction; a number that somebody else added at the same moment is looked up again.

        Raises
        ------
        BatchTaken
            The batch is no longer ours.
        """
        for last in range(TRIES):
            found = self.reading.sort(slice_)
            changed = self.reading.composed(found, [change.place for change in found.changes])
            new = self.reading.composed(found, found.new)  # after what changes: new rows may take its place
            try:
                self._commit(slice_, found, new, changed)
            except IntegrityError:
                if last == TRIES - 1:
                    raise
                continue
            return found
        raise AssertionError("unreachable")

    def _commit(self, slice_: Slice, found: Sorted, new: Composed | None, changed: Composed | None) -> None:
        """Everything that can be worked out beforehand is: from the first word to the last one others wait."""
        counts = Counts(**vars(self.counts))
        counts.add(found.counts)
        for made in (new, changed):
            counts.marked += int(made.main["marked"].sum()) if made else 0
        values = {name: getattr(counts, name) for name in COUNTED}
        ready = self._ready(found, new) if new else []
        staged = self._staged(found, changed) if changed else []
        seen = [known.pk for known in found.unchanged]
        with transaction.atomic():
            began = monotonic()
            if not renewed(self.batch, cursor=slice_.cursor, **values):
                raise BatchTaken("这个批次已由另一进程接手")
            for rows in ready:
                rows.write()
            if isinstance(self.reading.composer, Opener):
                self._open(found, self.reading.composer)
            if staged:
                StagedChange.objects.bulk_create(staged, batch_size=500)
            if seen:
                set_among(self.importer.model, "last_seen_batch_id", self.batch.pk, "id", seen)
        self.counts = counts
        self._adapt(found.rows.height, monotonic() - began)

    def _adapt(self, rows: int, took_s: float) -> None:
        """How many rows the next transaction has."""
        quick_and_small = took_s <= LONGEST_S and rows < self.at_once  # the end of a block says little
        self.at_once = max(fitting(rows, took_s, self.fewest), self.at_once if quick_and_small else 0)

    # --- new rows

    def _ready(self, found: Sorted, made: Composed) -> list[Ready]:
        """New records, their children and what the search finds them by."""
        keys = self._keys(made)
        main = keys[MAIN]
        uids = identities(len(main))
        more: dict[str, Sequence[Any]] = {
            "id": main,
            "uid": [uid.hex for uid in uids],
            "digest": [found.digests[place] for place in found.new],
            **self._origin(made.main, len(main)),
            "batch_id": [self.batch.pk] * len(main),
        }
        return [
            ready_frame(self.importer.model, made.main, more),
            *self._ready_children(made, keys),
            *ready_index(list(self._indexed(made, uids)), keys[SEARCH]),
        ]

    @transaction.atomic
    def _keys(self, made: Composed) -> dict[str, list[int]]:
        """Keys for the records, for each sheet of their children and for the search; a try that fails leaves a gap."""
        count = made.main.height
        wanted = {MAIN: (self.importer.model, count), SEARCH: (SearchEntry, count)}
        for sheet, frame in made.children.items():
            wanted[sheet] = (self.importer.models[sheet], frame.height)
        return {name: reserve_ids(model, count) if count else [] for name, (model, count) in wanted.items()}

    def _open(self, found: Sorted, opener: Opener) -> None:
        """Make the new records one by one."""
        for place in found.new:
            row = found.rows.row(place, named=True)
            origin = {
                "source": self.source,
                "source_key": row["number"],
                "digest": found.digests[place],
                "batch": self.batch,
                "last_seen_batch": self.batch,
            }
            opener.add(row, origin)

    def _origin(self, main: pl.DataFrame, count: int) -> dict[str, Sequence[Any]]:
        author = self.batch.actor.hex if self.batch.actor else None
        return {
            "source": [self.source] * count,
            "source_key": main["number"].to_list(),
            "created_by": [author] * count,
            "last_seen_batch_id": [self.batch.pk] * count,
        }

    def _ready_children(self, made: Composed, keys: Mapping[str, list[int]]) -> Iterator[Ready]:
        """All children under the records with the keys of ``MAIN``."""
        author = self.batch.actor.hex if self.batch.actor else None
        for sheet, frame in made.children.items():
            count = frame.height
            more: dict[str, Sequence[Any]] = {
                "id": keys[sheet],
                "uid": [uid.hex for uid in identities(count)],
                f"{self.importer.parent}_id": [keys[MAIN][place] for place in frame[PARENT]],
                "created_by": [author] * count,
            }
            ready = referring(frame.drop(PARENT), made.references.get(sheet, {}), keys)
            yield ready_frame(self.importer.models[sheet], ready, more)

    def _indexed(self, made: Composed, uids: Sequence[Any]) -> Iterator[Indexed]:
        kind = kind_of(self.importer.model)
        towns = _keys(made.main, "town_id")
        units = _keys(made.main, "unit_id")
        for place, uid in enumerate(uids):
            yield Indexed(
                kind,
                uid,
                made.texts[place] if made.texts else [],
                unit_id=units[place],
                area_id=towns[place],
                owner=self.batch.actor,
                batch_id=self.batch.pk,
            )

    # --- changes, which wait until the batch is live

    def _staged(self, found: Sorted, made: Composed) -> list[StagedChange]:
        children = _children_by_parent(made)
        rows = made.main.iter_rows(named=True)
        return [
            StagedChange(
                batch=self.batch,
                row_id=change.known.pk,
                old_digest=change.known.digest,
                new_digest=change.digest,
                values={
                    "row": to_json(row),
                    "children": {sheet: by_parent[place] for sheet, by_parent in children.items()},
                    "references": made.references,
                    "follows": self.follows,
                    "source": self.source,
                },
            )
            for place, (change, row) in enumerate(zip(found.changes, rows, strict=True))
        ]


def referring(
    frame: pl.DataFrame, references: Mapping[str, str], given: Mapping[str, list[int]]
) -> pl.DataFrame:
    """Places of rows in other frames replaced by the keys that those rows were given."""
    columns = []
    for name, sheet in references.items():
        if name in frame.columns:
            keys = [None if place is None else given[sheet][place] for place in frame[name]]
            columns.append(pl.Series(name, keys, dtype=pl.Int64))
    return frame.with_columns(columns)


def _keys(frame: pl.DataFrame, name: str) -> list[int | None]:
    return frame[name].to_list() if name in frame.columns else [None] * frame.height


def _children_by_parent(made: Composed) -> dict[str, list[list[dict[str, Any]]]]:
    """For each sheet and each record its children as JSON; a reference is a place among the record's own
    rows.
    """
    starts = {sheet: _first_places(frame, made.main.height) for sheet, frame in made.children.items()}
    found: dict[str, list[list[dict[str, Any]]]] = {}
    for sheet, frame in made.children.items():
        rows: list[list[dict[str, Any]]] = [[] for _ in range(made.main.height)]
        references = made.references.get(sheet, {})
        for row in frame.iter_rows(named=True):
            parent = row.pop(PARENT)
            for name, other in references.items():
                if row.get(name) is not None:
                    row[name] -= starts[other][parent]
            rows[parent].append(to_json(row))
        found[sheet] = rows
    return found


def _first_places(frame: pl.DataFrame, count: int) -> list[int]:
    first = frame.with_row_index("place").group_by(PARENT).agg(pl.col("place").min())
    places = dict(first.iter_rows())
    return [places.get(parent, 0) for parent in range(count)]
