"""素材库: all pictures that a person may see, and each with what was noted of it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from anlu.apps.reports.library import FILTERS, SOURCES, Library, Picture, sources_for
from anlu.apps.reports.models import PictureNote, Rights
from anlu.apps.reports.permissions import PICTURE_ADD, PICTURE_VIEW, VIEW
from anlu.apps.reports.picturing import keep_masked, may_note, note_picture, picture_for, reports_with
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.core.filters import Filter, Selection
from anlu.kernel.core.pictures import stripped
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.store import open_upload
from anlu.web.nav import Crumb, page
from anlu.web.pages.fields import Chip, FilterField, chips_of, filter_fields
from anlu.web.pages.files import private
from anlu.web.uploads import PICTURE_TYPES
from anlu.web.viewers import require_viewer

CHAPTER: Final = "宣传教育"
ITEM: Final = "素材库"
SIZE: Final = 24
RIGHTS_TONES: Final = {
    Rights.INTERNAL: "red",
    Rights.REPORT: "blue",
    Rights.PUBLIC: "green",
    Rights.UNKNOWN: "amber",
}


@dataclass(frozen=True)
class Sheet:
    """One page of the library as its templates draw it."""

    pictures: list[Picture]
    total: int
    fields: list[FilterField]
    chips: list[Chip]
    problems: tuple[str, ...]
    keep: list[dict[str, str]]
    clear_url: str
    pager: dict[str, Any]


def sheet_of(values: QueryDict, viewer: Viewer, *, keep: Iterable[str] = (), size: int = SIZE) -> Sheet:
    """The pictures that an address asks for; the parameters named in ``keep`` stay in every link."""
    stated = dict(values.lists())
    filters = filters_for(viewer)
    asked = Selection.read(filters, stated)
    library = Library(viewer, asked)
    total = library.total()
    start = min(_start(values.get("start", "")), max(0, total - 1)) // size * size
    kept = [(name, values[name]) for name in keep if values.get(name)]

    def at(place: int) -> str:
        return "?" + urlencode([*kept, *asked.parameters(), *([("start", str(place))] if place else [])])

    pager: dict[str, Any] = {
        "first": start + 1,
        "last": min(start + size, total),
        "total": total,
        "unit": "张",
        "prev_url": at(start - size) if start else "",
        "next_url": at(start + size) if start + size < total else "",
    }
    return Sheet(
        library.slice(start, size),
        total,
        filter_fields(filters, asked, stated),
        chips_of(asked, urlencode(kept)),
        asked.problems,
        [{"name": name, "value": value} for name, value in kept],
        "?" + urlencode(kept),
        pager,
    )


def filters_for(viewer: Viewer) -> list[Filter]:
    """The filters of the library, offering only the ledgers that the person may read."""
    known = [(one.code, one.label) for one in sources_for(viewer)]
    return [replace(one, choices=lambda: known) if one is SOURCES else one for one in FILTERS]


def _start(stated: str) -> int:
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 8 else 0


@page("reports.library", "publicity/library/", "素材库", chapter=CHAPTER, permission=PICTURE_VIEW)
def library_page(request: HttpRequest) -> HttpResponse:
    """Pictures of all ledgers that the person may read, newest first."""
    viewer = require_viewer(request)
    sheet = sheet_of(request.GET, viewer)
    context = {
        "page_note": f"{sheet.total} 张，来自您能查看的台账",
        "sheet": sheet,
        "may_add": viewer.may(PICTURE_ADD),
    }
    return render(request, "reports/library.html", context)


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is noted of a picture."""

    masked = forms.FileField(
        label="遮挡后的图",
        required=False,
        help_text="人脸、号牌、证件遮挡后的同一张图；上传后处处用它代替原图，原图仍在记录里",
        widget=forms.ClearableFileInput(attrs={"accept": PICTURE_TYPES}),
    )

    class Meta:
        model = PictureNote
        fields = ("caption", "alt", "rights", "rights_basis", "masking", "masking_note")
        help_texts = {
            "caption": "图下的文字；不填用记录的名称",
            "alt": "读屏时代替图片的话，说清画面里有什么",
            "rights_basis": "谁同意、谁拍摄、哪个文件",
            "masking_note": "如 左侧行人面部、白色轿车号牌",
        }


@page(
    "reports.library.picture",
    "publicity/library/<uuid:image>/",
    "图片",
    chapter=CHAPTER,
    item=ITEM,
    permission=PICTURE_VIEW,
    entry=False,
)
def picture_page(request: HttpRequest, image: UUID) -> HttpResponse:
    """One picture: its record, where it is used, and what is noted of it."""
    viewer = require_viewer(request)
    picture = _picture(viewer, image)
    noting = may_note(picture, viewer)
    form = None
    if noting:
        kept = picture.note if picture.note.pk else PictureNote(file=picture.uid)
        form = NoteForm(request.POST or None, request.FILES or None, instance=kept)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            try:
                file = given.pop("masked")
                masked = keep_masked(file, file.name, by=viewer) if file else None
                note_picture(picture, given, by=viewer, masked=masked)
            except AnluError as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, "已保存标注")
                return HttpResponseRedirect(picture.url)
            picture = _picture(viewer, image)
    request.trail = [Crumb("图片")]  # type: ignore[attr-defined]
    context = {
        "page_title": f"图片 {picture.caption}",
        "picture": picture,
        "form": form,
        "tone": RIGHTS_TONES[Rights(picture.note.rights)],
        "reports": reports_with(picture.uid) if viewer.may(VIEW) else [],
    }
    return render(request, "reports/picture.html", context, status=422 if form and form.errors else 200)


@page(
    "reports.library.masked",
    "publicity/library/<uuid:image>/masked.jpg",
    "遮挡后的图片",
    chapter=CHAPTER,
    item=ITEM,
    permission=PICTURE_VIEW,
    entry=False,
)
def masked_file(request: HttpRequest, image: UUID) -> HttpResponseBase:
    """The masked copy of a picture, for those who may see its record."""
    note = _picture(require_viewer(request), image).note
    kept = note.masked_thumbnail if request.GET.get("size") == "small" else note.masked
    if kept is None:
        raise Http404("没有遮挡后的图")
    try:
        with open_upload(kept) as opened:
            plain = io.BytesIO(stripped(opened.read()))
    except NotFound:
        raise Http404 from None
    return private(FileResponse(plain, content_type="image/jpeg"))


def _picture(viewer: Viewer, image: UUID) -> Picture:
    try:
        return picture_for(viewer, image)
    except NotFound as problem:
        raise Http404(str(problem)) from None
