"""
The picture library (素材库): pictures that records of any ledger have, found in one place.

Nothing is copied: a picture stays a file of its record, and is listed for whoever may see that record in its ledger.
What people noted of it stands beside (``PictureNote``); pictures that belong to no record come as a ``PictureSet``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import CharField, DateField, F, OuterRef, Q, QuerySet, Subquery, TextChoices, Value
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse

from anlu.apps.reports.models import Masking, PictureNote, Rights
from anlu.kernel.cases.kinds import families
from anlu.kernel.cases.models import Case, CaseFile
from anlu.kernel.core.filters import ChoiceFilter, DateFilter, Selection, TextFilter
from anlu.kernel.core.models import Attachment
from anlu.kernel.core.pictures import stripped
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.store import open_upload
from anlu.kernel.people.filters import UnitFilter
from anlu.kernel.places.filters import AreaFilter
from anlu.web.ledgers import Ledger, field_of, ledgers
from anlu.web.pages.fields import SEARCH

PLAIN: Final = PictureNote()  # of a picture of which nobody noted anything
PAPER_PX: Final = 1_400


@dataclass(frozen=True)
class Picture:
    """A picture as one person sees it: the file, its record in a ledger, and what was noted of it."""

    file: Attachment | CaseFile
    ledger: Ledger
    thing: Any
    day: date | None
    note: PictureNote = field(default=PLAIN)

    @property
    def uid(self) -> UUID:
        """Of the file."""
        return self.file.uid

    @property
    def title(self) -> str:
        """The record's."""
        return self.ledger.title(self.thing)

    @property
    def stage(self) -> str:
        """整改前, 整改后; "" for pictures of other records."""
        return self.file.get_kind_display() if isinstance(self.file, CaseFile) else ""

    @property
    def caption(self) -> str:
        """As it was noted, else what the upload said, else the record's title."""
        own = "" if isinstance(self.file, CaseFile) else self.file.caption
        return self.note.caption or own or " ".join(part for part in (self.title, self.stage) if part)

    @property
    def alt(self) -> str:
        """What stands for the picture where it is not seen."""
        return self.note.alt or self.caption

    @property
    def where(self) -> str:
        """The place that its record states."""
        for name in ("place_text", "place", "where"):
            if found := getattr(self.thing, name, ""):
                return str(found)
        town = getattr(self.thing, "town", None)
        return str(town) if town else ""

    @cached_property
    def url(self) -> str:
        """Its own page."""
        return reverse("reports.library.picture", args=[self.uid])

    @property
    def record_url(self) -> str:
        """The record that it belongs to."""
        return self.ledger.url_of(self.thing)

    @property
    def image(self) -> str:
        """Where it is served to those who may see the record; the masked copy where there is one."""
        if self.note.masked_id:
            return reverse("reports.library.masked", args=[self.uid])
        return reverse(f"{self.ledger.code}.file", args=[self.thing.uid, self.uid])

    @property
    def small(self) -> str:
        """The same, small."""
        return f"{self.image}?size=small"

    @property
    def why_not(self) -> str:
        """Why it may not stand in a report; "" when it may."""
        if self.note.rights not in (Rights.REPORT, Rights.PUBLIC):
            return "不得使用" if self.note.rights else "还没有说明使用许可"
        if self.note.masking == Masking.NEEDED:
            return "须先遮挡"
        return "" if self.note.masking else "还没有检查是否须遮挡"

    def content(self, longest_px: int = PAPER_PX) -> bytes:
        """A plain JPEG for paper, without what a camera wrote into it; of the masked copy where there is one."""
        with open_upload(self.note.masked or self.file.upload) as opened:
            return stripped(opened.read(), longest_px=longest_px)


# ------------------------------------------------------------------------------------------------ finding
def _labels(choices: type[TextChoices]) -> Callable[[], list[tuple[str, str]]]:
    """As filters offer them: what nobody noted is "-"."""
    return lambda: [(code or ChoiceFilter.MISSING, label) for code, label in choices.choices]


WORDS: Final = TextFilter(SEARCH, "说明、记录、上传人")
SOURCES: Final = ChoiceFilter("source", "来源", common=True, choices=lambda: _source_labels())
DAY: Final = DateFilter("day", "日期", common=True)
RIGHTS: Final = ChoiceFilter("rights", "使用许可", common=True, choices=_labels(Rights))
MASKING: Final = ChoiceFilter("masking", "遮挡", choices=_labels(Masking))
OF_RECORDS: Final = (UnitFilter("unit", "单位"), AreaFilter("town", "辖区"))
FILTERS: Final = (WORDS, SOURCES, DAY, RIGHTS, MASKING, *OF_RECORDS)


def _source_labels() -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in ledgers if has_pictures(one)]


def has_pictures(ledger: Ledger) -> bool:
    """Whether files belong to its records."""
    return ledger.attaches or ledger.code in families


def sources_for(viewer: Viewer) -> list[Ledger]:
    """The ledgers whose records have pictures and which the person may read."""
    return [one for one in ledgers if has_pictures(one) and viewer.may(one.permission_to("view"))]


class Library:
    """The pictures that one person may see, newest first, of these files and of this selection of ``FILTERS``."""

    def __init__(
        self, viewer: Viewer, asked: Selection | None = None, *, files: Iterable[UUID] | None = None
    ) -> None:
        self.viewer, self.asked = viewer, asked or Selection()
        self.files = None if files is None else list(files)
        self.sources = {one.code: one for one in sources_for(viewer)}

    def total(self) -> int:
        """How many there are, asked of all ledgers at once."""
        found = [one.values("uid") for one in self._found]
        return found[0].union(*found[1:], all=True).count() if found else 0

    def slice(self, start: int = 0, size: int | None = None) -> list[Picture]:
        """Some of them, in their order."""
        found = self._found
        if not found:
            return []
        rows = found[0].union(*found[1:], all=True) if len(found) > 1 else found[0]
        ordered = rows.order_by("-day", "-uid")
        return list(self._pictures(ordered[start : None if size is None else start + size]))

    @cached_property
    def _found(self) -> list[QuerySet[Any, Any]]:
        if self.asked.problems:
            return []
        chosen = self.asked.value(SOURCES.name)
        return [self._of(one) for code, one in self.sources.items() if chosen is None or code in chosen]

    def _of(self, ledger: Ledger) -> QuerySet[Any, Any]:
        """The pictures of one ledger: their uid, day and the uid of the record."""
        rows = ledger.visible_rows(self.viewer)
        for one in OF_RECORDS:
            value = self.asked.value(one.name)
            if value is not None:
                rows = rows.filter(one.q(value)) if field_of(ledger.model, one.path) else rows.none()
        day = _day_of(ledger)
        found: QuerySet[Any, Any]
        of_record: F | Subquery | None
        if ledger.model is Case:
            found = CaseFile.objects.live().filter(case__in=rows.values("pk"))
            thing, of_record = F("case__uid"), F(f"case__{day}") if day else None
        else:
            kind = ledger.model._meta.label_lower
            found = Attachment.objects.filter(
                thing_kind=kind, voided_at__isnull=True, thing__in=rows.values("uid")
            )
            thing = F("thing")
            record = rows.filter(uid=OuterRef("thing")).order_by()
            of_record = Subquery(record.values(day)[:1]) if day else None
        found = found.filter(media_type__startswith="image/")
        if self.files is not None:
            found = found.filter(uid__in=self.files)
        days = [TruncDate("taken_at"), *([of_record] if of_record else []), TruncDate("created_at")]
        found = self._noted(found.annotate(day=Coalesce(*days, output_field=DateField())))
        if (days_asked := self.asked.value(DAY.name)) is not None:
            found = found.filter(DAY.q(days_asked))
        if (words := self.asked.value(WORDS.name)) is not None:
            found = found.filter(_says(ledger, rows, words))
        return found.order_by().values_list("uid", "day", thing, Value(ledger.code, output_field=CharField()))

    def _noted(self, found: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """Those with these rights and this state of masking; what nobody noted is neither."""
        for one in (RIGHTS, MASKING):
            value = self.asked.value(one.name)
            if value is None:
                continue
            condition = Q(uid__in=PictureNote.objects.filter(one.q(value)).values("file"))
            if one.MISSING in value:
                condition |= ~Q(uid__in=PictureNote.objects.values("file"))
            found = found.filter(condition)
        return found

    def _pictures(self, rows: Iterable[Any]) -> Iterator[Picture]:
        """Files with their records and notes: some questions for each ledger on the page, none for each picture."""
        known = list(rows)
        notes = _notes(uid for uid, *_ in known)
        things: dict[tuple[str, UUID], Any] = {}
        for code, ledger in self.sources.items():
            wanted = {thing for _, _, thing, its in known if its == code}
            if wanted:
                found = ledger.visible_rows(self.viewer).filter(uid__in=wanted)
                found = found.select_related("town") if field_of(ledger.model, "town") else found
                things |= {(code, one.uid): one for one in found}
        files: dict[UUID, Attachment | CaseFile] = {}
        for model in (Attachment, CaseFile):
            of_model: QuerySet[Any] = model._default_manager.filter(uid__in=[uid for uid, *_ in known])
            files |= {one.uid: one for one in of_model.select_related("upload", "thumbnail")}
        for uid, day, thing, code in known:
            if uid in files and (code, thing) in things:
                yield Picture(files[uid], self.sources[code], things[code, thing], day, notes.get(uid, PLAIN))


def pictures_for(viewer: Viewer, files: Iterable[UUID]) -> dict[UUID, Picture]:
    """Of these files, those that are pictures which the person may see."""
    wanted = list(files)
    return {one.uid: one for one in Library(viewer, files=wanted).slice()} if wanted else {}


def _notes(files: Iterable[UUID]) -> Mapping[UUID, PictureNote]:
    found = PictureNote.objects.filter(file__in=list(files)).select_related("masked", "masked_thumbnail")
    return {one.file: one for one in found}


def _day_of(ledger: Ledger) -> str:
    """The column of the day that a ledger goes by, "" where it goes by something else."""
    named = ledger.order.lstrip("-")
    column = ledger.column(named)
    path = (column.sort if column is not None else "") or named
    return path if isinstance(field_of(ledger.model, path), DateField) else ""


def _says(ledger: Ledger, rows: QuerySet[Any, Any], words: str) -> Q:
    """The words stand in the record, as its ledger searches, or in what is said of the file."""
    search = next((one for one in ledger.filters if one.name == SEARCH), None)
    value = search.parse({SEARCH: [words]}) if search is not None else None
    records = rows.filter(search.q(value)) if search is not None and value is not None else rows.none()
    noted = PictureNote.objects.filter(Q(caption__icontains=words) | Q(alt__icontains=words)).values("file")
    said = Q(upload__name__icontains=words) | Q(by_name__icontains=words) | Q(uid__in=noted)
    if ledger.model is Case:
        return said | Q(case__in=records.values("pk"))
    return said | Q(caption__icontains=words) | Q(thing__in=records.values("uid"))
