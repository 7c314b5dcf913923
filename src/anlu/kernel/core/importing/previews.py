"""A preview: everything that an import would say, without writing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from anlu.kernel.core.importing.frames import pl
from anlu.kernel.core.importing.nouns import Context
from anlu.kernel.core.importing.passes import Counts, Pass
from anlu.kernel.core.importing.planning import Plan
from anlu.kernel.core.importing.refusals import Refused, RefusedRows
from anlu.kernel.core.scope import Viewer

MARKED_SHOWN = 20


@dataclass(frozen=True)
class Marked:
    """A row that would be taken with a mark."""

    number: str
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """Counts, the first problems, how often each mark would be given, and all refused rows to be saved."""

    profile: str
    header: tuple[str, ...]
    counts: Counts
    refused: RefusedRows
    marks: dict[str, int] = field(default_factory=dict)
    marked: tuple[Marked, ...] = ()
    orphans: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def problems(self) -> list[Refused]:
        """The first refused rows, in the order of the file."""
        return sorted(self.refused.first, key=lambda one: one.row)


def preview(plan: Plan, *, by: Viewer, progress: Callable[[int], None] | None = None) -> Preview:
    """
    Read everything and say what would happen; ``progress`` is told the rows of each slice.

    Raises
    ------
    BadInput
        There are no rows.
    """
    refused = RefusedRows(plan.main.header, frozenset(plan.parsers[""].private_columns()))
    composer = plan.importer.compose(Context(by, plan.profile, plan.read))
    reading = Pass(plan, refused, composer)
    reading.prepare()
    counts, marks, shown = Counts(), dict[str, int](), list[Marked]()
    for slice_ in reading.slices():
        found = reading.sort(slice_)
        counts.add(found.counts)
        places = [change.place for change in found.changes] + found.new
        if (made := reading.composed(found, places)) is not None:
            counts.marked += int(made.main["marked"].sum())
            _count_marks(made.main, marks, shown)
        if progress:
            progress(slice_.rows)
    orphans = {sheet: len(rows) for sheet, rows in reading.orphans().items()}
    refused.orphans = reading.orphans()
    notes = (*plan.notes, *composer.notes())
    return Preview(plan.profile.label, plan.main.header, counts, refused, marks, tuple(shown), orphans, notes)


def _count_marks(main: pl.DataFrame, marks: dict[str, int], shown: list[Marked]) -> None:
    some = main.filter(pl.col("marked")).select("number", "marks")
    for number, codes in some.head(max(0, MARKED_SHOWN - len(shown))).iter_rows():
        shown.append(Marked(number, tuple(codes)))
    for code, count in some["marks"].explode().value_counts().iter_rows():
        marks[code] = marks.get(code, 0) + count
