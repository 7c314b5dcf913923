"""
One pass over the files of an import: what is new, what changed, what stays, what is handed back.

The preview and the import itself make the same pass; only the import writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from anlu.engine.errors import BadInput
from anlu.kernel.core.bulk import rows_among
from anlu.kernel.core.importing.children import PARENT, Children, read_children
from anlu.kernel.core.importing.digests import Digest, children_digests, own_digests, stated
from anlu.kernel.core.importing.fields import MAIN
from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.importing.nouns import Composed, Composer, Importer, Opener
from anlu.kernel.core.importing.parsing import LINK, NUMBER, REFUSAL
from anlu.kernel.core.importing.planning import Existing, Plan
from anlu.kernel.core.importing.refusals import RefusedRows
from anlu.kernel.core.importing.registers import Register, register_of
from anlu.kernel.core.importing.tables import ROW, Block, Misshapen
from anlu.kernel.core.models import Batch

CHUNK: Final = 4_000
LONGEST_NUMBER: Final = 60
LIVE: Final = '"voided_at" IS NULL'
GONE: Final = 'NOT ("voided_at" IS NULL)'  # as the partial index of voided numbers has it
VOIDED: Final = "同号记录在本平台已作废;要重新导入,请先恢复那条记录"


@dataclass
class Counts:
    """``rows`` = ``accepted`` + ``updated`` + ``unchanged`` + ``refused``; ``marked`` are part of the
    first three.
    """

    rows: int = 0
    accepted: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    marked: int = 0

    def add(self, other: Counts) -> None:
        """Count further rows."""
        for name in vars(other):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True)
class Slice:
    """Up to ``CHUNK`` rows in a row of the main file: the good ones parsed, the others counted."""

    good: pl.DataFrame
    raw: pl.DataFrame
    bad: tuple[int, ...]  # row numbers of the refused ones
    cursor: int

    @property
    def rows(self) -> int:
        """How many rows there are in the slice."""
        return self.good.height + len(self.bad)

    def cut(self, cursor: int) -> tuple[Slice, Slice]:
        """The rows up to ``cursor`` and those behind it."""
        early = pl.col(ROW) <= cursor
        return (
            Slice(
                self.good.filter(early),
                self.raw.filter(early),
                tuple(row for row in self.bad if row <= cursor),
                min(cursor, self.cursor),
            ),
            Slice(
                self.good.filter(~early),
                self.raw.filter(~early),
                tuple(row for row in self.bad if row > cursor),
                self.cursor,
            ),
        )


@dataclass(frozen=True)
class Known:
    """A record that is there already."""

    pk: int
    digest: bytes | None
    marked: bool


@dataclass(frozen=True)
class Change:
    """A row (by its place in the slice) that changes a record."""

    place: int
    known: Known
    digest: bytes


@dataclass(frozen=True)
class Sorted:
    """A slice sorted by what it means for the records that are there."""

    rows: pl.DataFrame
    digests: list[bytes]
    children: Mapping[str, pl.DataFrame]
    new: list[int]
    changes: list[Change]
    unchanged: list[Known]
    refused: int
    counts: Counts = field(default_factory=Counts)

    def part(self, places: list[int]) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
        """Some of the rows with their children, counted anew from 0."""
        if len(places) == self.rows.height:
            return self.rows, dict(self.children)
        renumbered = pl.DataFrame(
            {PARENT: places, "new": range(len(places))}, schema={PARENT: pl.UInt32, "new": pl.UInt32}
        )
        children = {
            sheet: frame.join(renumbered, on=PARENT, how="inner", maintain_order="left")
            .drop(PARENT)
            .rename({"new": PARENT})
            for sheet, frame in self.children.items()
        }
        return self.rows[places], children


class Pass:
    """Reads the files of a plan once, from the first row to the last."""

    def __init__(self, plan: Plan, refused: RefusedRows, composer: Composer | Opener) -> None:
        self.plan = plan
        self.composer = composer
        self.refused = refused
        self.importer: Importer = plan.importer
        self.digest = Digest(plan.importer.sheets)
        self.children: dict[str, Children] = {}
        self.register = Register.empty()
        self.seen: set[str] = set()  # only those that come again

    def prepare(self, beat: Callable[[], None] = lambda: None) -> None:
        """
        Read the numbers of the main file and lay the children beside them, before the first record.

        Parameters
        ----------
        beat
            Called every few seconds.

        Raises
        ------
        BadInput
            A file breaks off.
        """
        self.register = register_of(self.plan.main, self.plan.parsers[MAIN], beat)
        for sheet, table in self.plan.tables.items():
            if sheet != MAIN:
                self.children[sheet] = read_children(table, self.plan.parsers[sheet], self.register, beat)

    def slices(self) -> Iterator[Slice]:
        """
        The main file, with refused rows and doubled numbers set apart.

        Raises
        ------
        BadInput
            There are no rows below the header.
        """
        found = False
        for block in self.plan.main.blocks():
            for slice_ in self._slices_of(block):
                found = True
                yield slice_
        if not found:
            raise BadInput(
                "表头之下没有数据", file=self.plan.main.source.name, line=self.plan.main.skipped + 2
            )

    def _slices_of(self, block: Block) -> Iterator[Slice]:
        parsed = self._numbered(self.plan.parsers[MAIN].parse(block.frame))
        misshapen = sorted(block.misshapen, key=lambda one: one.row)
        for start in range(0, max(1, parsed.height), CHUNK):
            part, raw = parsed[start : start + CHUNK], block.frame[start : start + CHUNK]
            is_last = start + CHUNK >= parsed.height
            cursor = max(part[ROW].to_list(), default=0)
            shapeless = [one for one in misshapen if is_last or one.row <= cursor]
            misshapen = misshapen[len(shapeless) :]
            good, good_raw, refused = self._without_refused(part, raw)
            refused = sorted([*refused, *shapeless], key=lambda one: one.row)
            for one in refused:
                self.refused.add(one.row, one.cells, one.reason)
            if good.height or refused:
                bad = tuple(one.row for one in refused)
                yield Slice(good, good_raw, bad, max([cursor, *bad]))

    def _numbered(self, parsed: pl.DataFrame) -> pl.DataFrame:
        """Every row has the number that it will be known by; without a column for it, the key is the
        number.
        """
        if NUMBER not in parsed.columns:
            parsed = parsed.with_columns(pl.col(LINK).alias(NUMBER))
        label = self.importer.sheet(MAIN).fields[0].label
        why = (
            pl.when(pl.col(NUMBER).is_null())
            .then(pl.lit(f"缺少{label}"))
            .when(pl.col(NUMBER).str.len_chars() > LONGEST_NUMBER)
            .then(pl.lit(f"{label}超过 {LONGEST_NUMBER} 个字"))
        )
        return parsed.with_columns(pl.coalesce(pl.col(REFUSAL), why).alias(REFUSAL))

    def _without_refused(
        self, part: pl.DataFrame, raw: pl.DataFrame
    ) -> tuple[pl.DataFrame, pl.DataFrame, list[Misshapen]]:
        """The good rows, parsed and as they came, and the others with what is wrong."""
        reasons = part[REFUSAL].to_list()
        for place in self.register.comes_again(part[NUMBER]).nonzero()[0].tolist():
            number = part[NUMBER][place]
            if reasons[place] is None:
                if number in self.seen:
                    reasons[place] = self._doubled(number)
                else:
                    self.seen.add(number)
        bad = [place for place, reason in enumerate(reasons) if reason is not None]
        if not bad:
            return part.drop(REFUSAL), raw, []
        refused = self._as_they_came(raw[bad], [reasons[place] or "" for place in bad])
        keep = pl.Series([reason is None for reason in reasons])
        return part.filter(keep).drop(REFUSAL), raw.filter(keep), refused

    def _doubled(self, number: str) -> str:
        sheet = self.importer.sheet(MAIN)
        if not sheet.known_by:
            return f"文件内编号「{number}」重复,以先出现的一行为准"
        labels = "、".join(one.label for one in sheet.fields if one.name in sheet.known_by)
        return f"与前面一行是同一件（{labels}都相同）"

    def _as_they_came(self, raw: pl.DataFrame, reasons: list[str]) -> list[Misshapen]:
        rows = zip(raw.select(self.plan.main.header).iter_rows(), raw[ROW], reasons, strict=True)
        return [
            Misshapen(number, tuple(cell or "" for cell in cells), reason) for cells, number, reason in rows
        ]

    # --- what it means for the records that are there

    def sort(self, slice_: Slice) -> Sorted:
        """Compare the rows of a slice with the records of the same numbers."""
        rows = slice_.good
        known, voided = self._known(rows[NUMBER].to_list())
        reasons = [VOIDED if number in voided else None for number in rows[NUMBER]]
        if isinstance(self.composer, Opener):
            reasons = self._unfit(self.composer, rows, known, reasons)
        gone = [place for place, reason in enumerate(reasons) if reason is not None]
        if gone:
            whys = [reasons[place] or "" for place in gone]
            for one in self._as_they_came(slice_.raw[gone], whys):
                self.refused.add(one.row, one.cells, one.reason)
            rows = rows.filter(pl.Series([reason is None for reason in reasons]))
        children = {sheet: found.of(rows) for sheet, found in self.children.items()}
        digests = self._digests(rows, children)
        return self._sorted(rows, digests, children, known, len(slice_.bad) + len(gone))

    def _unfit(
        self, opener: Opener, rows: pl.DataFrame, known: Mapping[str, Known], voided: Sequence[str | None]
    ) -> list[str | None]:
        """Why each row cannot be taken: the record that it is known by is another one by now, or it can be none."""
        found: list[str | None] = []
        digests = self._digests(rows, {})
        for place, why in enumerate(opener.refusals(rows)):
            there = known.get(rows[NUMBER][place])
            if there is None:
                found.append(voided[place] or why)
            elif self.plan.existing == Existing.SKIP or there.digest == digests[place]:
                found.append(None)
            else:
                found.append(opener.there(there.pk))
        return found

    def _known(self, numbers: list[str]) -> tuple[dict[str, Known], set[str]]:
        """Live records by number, and numbers of which only a voided record is left."""
        model, key = self.importer.model, self.importer.known_by
        marked = ("marked",) if self.importer.marks else ()
        live = rows_among(model, (key, "id", "digest", *marked), key, numbers, where=LIVE)
        known = {
            number: Known(pk, None if digest is None else bytes(digest), any(marks))
            for number, pk, digest, *marks in live
        }
        gone = rows_among(model, (key, "batch_id"), key, numbers, where=GONE)
        hidden = (
            set(Batch.objects.filter(state__in=Batch.HIDDEN).values_list("pk", flat=True)) if gone else set()
        )
        return known, {number for number, of in gone if of not in hidden} - set(known)

    def _digests(self, rows: pl.DataFrame, children: Mapping[str, pl.DataFrame]) -> list[bytes]:
        own = own_digests(stated(rows, self.importer.sheet(MAIN)))
        parts = {
            sheet: children_digests(
                stated(frame, self.importer.sheet(sheet)), frame[PARENT], rows.height, self.digest.size
            )
            for sheet, frame in children.items()
        }
        return self.digest.joined(own, parts)

    def _sorted(
        self,
        rows: pl.DataFrame,
        digests: list[bytes],
        children: Mapping[str, pl.DataFrame],
        known: Mapping[str, Known],
        refused: int,
    ) -> Sorted:
        new: list[int] = []
        changes: list[Change] = []
        unchanged: list[Known] = []
        brought = frozenset(self.children)
        for place, number in enumerate(rows[NUMBER].to_list()):
            there = known.get(number)
            if there is None:
                new.append(place)
                continue
            if self.plan.existing == Existing.SKIP:
                digests[place] = there.digest or digests[place]
                unchanged.append(there)
                continue
            digests[place] = digest = self.digest.merged(there.digest, digests[place], brought)
            if digest == there.digest:
                unchanged.append(there)
            else:
                changes.append(Change(place, there, digest))
        counts = Counts(
            rows=rows.height + refused,
            accepted=len(new),
            updated=len(changes),
            unchanged=len(unchanged),
            refused=refused,
            marked=sum(one.marked for one in unchanged),
        )
        return Sorted(rows, digests, children, new, changes, unchanged, refused, counts)

    def composed(self, sorted_: Sorted, places: list[int]) -> Composed | None:
        """Records of some rows of a slice; None without rows, or where they are opened one by one."""
        if not places or isinstance(self.composer, Opener):
            return None
        rows, children = sorted_.part(places)
        return self.composer.compose(rows, children)

    def orphans(self) -> dict[str, list[int]]:
        """Row numbers of children whose record is nowhere in the main file, by sheet."""
        found = {sheet: children.orphans() for sheet, children in self.children.items()}
        return {sheet: rows for sheet, rows in found.items() if rows}

    def orphan_count(self) -> int:
        """Rows of children that belong to no record, those without a usable number included."""
        return sum(children.orphan_count() for children in self.children.values())
