"""Importing roads and boundaries in the browser: a file, which column means what, a look, then writing."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from anlu.engine.errors import BadInput
from anlu.engine.files.vector import DRIVERS, read_features
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.models import Upload
from anlu.kernel.core.scope import Viewer
from anlu.kernel.core.store import keep, path_of
from anlu.kernel.places import permissions as may
from anlu.kernel.places.surveys.boundaries import import_boundaries
from anlu.kernel.places.surveys.files import AreaColumns, RoadColumns, guessed, read_boundaries, read_roads
from anlu.kernel.places.surveys.roads import import_roads
from anlu.kernel.places.surveys.survey import Survey, look
from anlu.web.desk.places import CHAPTER, ITEM
from anlu.web.ledgers import ledgers
from anlu.web.nav import Crumb, page
from anlu.web.pages.importing import Sample
from anlu.web.viewers import require_viewer

PURPOSE = "survey"
UNPACKED_BYTES = 500_000_000
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
ROWS_SHOWN = 100


@dataclass(frozen=True)
class SurveyKind:
    """What a file can bring: its ledger, the columns that are asked for, and how it is read and written."""

    ledger: str
    label: str
    columns: type[RoadColumns] | type[AreaColumns]
    labels: dict[str, str]
    needed: str
    bring: Callable[..., Survey]

    @property
    def start_url(self) -> str:
        """Where a file is chosen."""
        return reverse(f"{self.ledger}.import")


def _bring_roads(path: Path, columns: Any, layer: str | None, *, by: Viewer, source: str) -> Survey:
    return import_roads(read_roads(path, columns, layer=layer), by=by, source=source)


def _bring_areas(path: Path, columns: Any, layer: str | None, *, by: Viewer, source: str) -> Survey:
    return import_boundaries(read_boundaries(path, columns, layer=layer), by=by, source=source)


ROADS = SurveyKind(
    "places.road",
    "道路",
    RoadColumns,
    {
        "road": "路线编号",
        "name": "名称",
        "technical_class": "技术等级",
        "administrative_class": "行政等级",
        "owner": "管养单位",
        "stake_start": "起点桩号",
        "stake_end": "止点桩号",
        "side": "幅别",
    },
    "road",
    _bring_roads,
)
AREAS = SurveyKind(
    "places.area",
    "辖区边界",
    AreaColumns,
    {"code": "代码", "name": "名称", "kind": "级别", "parent": "上级代码"},
    "code",
    _bring_areas,
)


# ------------------------------------------------------------------------------------------------ the file


class FileForm(forms.Form):
    """The file that a survey gave."""

    file = forms.FileField(
        label="文件",
        widget=forms.ClearableFileInput(attrs={"accept": ".gpkg,.geojson,.json,.fgb,.zip"}),
        help_text="GeoPackage、GeoJSON、FlatGeobuf，或打成 zip 的 Shapefile；须写明坐标系",
        error_messages={"empty": "文件是空的", "required": "请选择文件"},
    )


@contextmanager
def opened(upload: Upload) -> Iterator[Path]:
    """
    A stored file under a name from which its format can be told; a zipped Shapefile unpacked.

    Raises
    ------
    BadInput
        The ending is unknown, or the zip holds no single Shapefile.
    """
    ending = Path(upload.name).suffix.lower()
    with tempfile.TemporaryDirectory() as folder:
        if ending == ".zip":
            yield _unpacked(upload, Path(folder))
        elif ending in DRIVERS and ending != ".shp":
            path = Path(folder) / f"survey{ending}"
            shutil.copyfile(path_of(upload.sha256), path)
            yield path
        else:
            raise BadInput(file=upload.name, found=ending, expected=".gpkg .geojson .fgb .zip(Shapefile)")


def _unpacked(upload: Upload, folder: Path) -> Path:
    """The parts of the one Shapefile of a zip; names inside are not used as paths."""
    try:
        with zipfile.ZipFile(path_of(upload.sha256)) as packed:
            parts = {Path(one.filename).suffix.lower(): one for one in packed.infolist() if not one.is_dir()}
            shapes = [one for one in packed.infolist() if one.filename.lower().endswith(".shp")]
            if len(shapes) != 1:
                raise BadInput(file=upload.name, found=f"{len(shapes)} 个 .shp", expected="一个 Shapefile")
            if sum(parts[name].file_size for name in PARTS if name in parts) > UNPACKED_BYTES:
                raise BadInput("解开后过大", file=upload.name)
            for name in PARTS:
                if name in parts:
                    (folder / f"survey{name}").write_bytes(packed.read(parts[name]))
    except zipfile.BadZipFile:
        raise BadInput("不是可读的 zip 文件", file=upload.name) from None
    return folder / "survey.shp"


def _start(request: HttpRequest, kind: SurveyKind) -> HttpResponse:
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = keep(file, name=file.name or "", purpose=PURPOSE, by=require_viewer(request))
            with opened(upload):
                pass
        except (AnluError, BadInput) as problem:
            form.add_error("file", str(problem))
        else:
            return HttpResponseRedirect(
                f"{reverse(f'{kind.ledger}.import.columns')}?{urlencode({'file': upload.uid})}"
            )
    context = {
        "form": form,
        "page_title": f"导入{kind.label}文件",
        "cancel_url": reverse(kind.ledger),
        "button": "下一步",
    }
    return render(request, "web/desk/survey_file.html", context, status=422 if form.errors else 200)


# ------------------------------------------------------------------------------------------------ the look


class SurveyForm(forms.Form):
    """Which column means what."""

    def __init__(self, kind: SurveyKind, samples: list[Sample], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        found = guessed((one.title for one in samples), kind.columns)
        offered = [("", "—"), *((one.title, one.words) for one in samples)]
        for name, label in kind.labels.items():
            self.fields[name] = forms.ChoiceField(
                label=label, choices=offered, required=name == kind.needed, initial=found[name]
            )

    def columns(self) -> Any:
        """As the reader takes them."""
        return self.kind.columns(**{name: self.cleaned_data[name] for name in self.kind.labels})


def _own_upload(request: HttpRequest) -> Upload:
    try:
        uid = UUID(request.GET.get("file", ""))
    except ValueError:
        raise Http404 from None
    found = Upload.objects.filter(uid=uid, actor=require_viewer(request).uid, purpose=PURPOSE).first()
    if found is None:
        raise Http404
    return found


def _samples(path: Path, layer: str | None) -> list[Sample]:
    features = read_features(path, layer=layer)
    return [
        Sample(name, tuple("" if value is None else str(value) for value in values[:5]))
        for name, values in features.fields.items()
    ]


def _columns(request: HttpRequest, kind: SurveyKind) -> HttpResponse:
    """Columns, what would come of it, and on POST the writing itself."""
    upload, viewer = _own_upload(request), require_viewer(request)
    layer = request.GET.get("layer", "").strip() or None
    request.trail = [Crumb(f"导入{kind.label}文件")]  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "page_title": f"导入{kind.label}：预览与核对",
        "page_note": upload.name,
        "upload": upload,
        "layer": layer or "",
        "start_url": kind.start_url,
        "kind": kind,
    }
    status = 200
    try:
        with _named(upload) as path:
            form = SurveyForm(kind, _samples(path, layer), _stated(request, kind))
            context["form"] = form
            if form.is_bound and form.is_valid():
                write = request.method == "POST"
                source = Path(upload.name).stem[:40]
                found = _survey(kind, path, form.columns(), layer, viewer, source, write=write)
                if write:
                    return _done(request, kind, found)
                context |= _words(found)
    except BadInput as problem:
        context["problem"], status = problem.message(), 422
    return render(request, "web/desk/survey.html", context, status=status)


@contextmanager
def _named(upload: Upload) -> Iterator[Path]:
    """As ``opened``; a refusal names the file as the person did."""
    try:
        with opened(upload) as path:
            yield path
    except BadInput as problem:
        if problem.file is not None:
            problem.file = upload.name
        raise


def _stated(request: HttpRequest, kind: SurveyKind) -> Any:
    return request.GET if kind.needed in request.GET else None


def _survey(
    kind: SurveyKind, path: Path, columns: Any, layer: str | None, viewer: Viewer, source: str, *, write: bool
) -> Survey:
    def bring() -> Survey:
        return kind.bring(path, columns, layer, by=viewer, source=source)

    return bring() if write else look(bring)


def _words(found: Survey) -> dict[str, Any]:
    return {
        "found": found,
        "names": found.names[:ROWS_SHOWN],
        "unusable": found.unusable[:ROWS_SHOWN],
        "writes": found.added + found.changed,
        "km": round(found.km, 1),
    }


def _done(request: HttpRequest, kind: SurveyKind, found: Survey) -> HttpResponse:
    counts = f"新增 {found.added}，更新 {found.changed}，未变 {found.unchanged}"
    messages.success(request, f"{kind.label}：{counts}，不能用 {len(found.unusable)} 行")
    return HttpResponseRedirect(ledgers.get(kind.ledger).url())


for _kind, _permission, _path in (
    (ROADS, may.ROAD_CHANGE, "system/roads"),
    (AREAS, may.AREA_CHANGE, "system/areas"),
):
    _here: dict[str, Any] = {
        "permission": _permission,
        "chapter": CHAPTER,
        "item": ITEM,
        "entry": False,
        "ledger": _kind.ledger,
    }

    def _start_page(request: HttpRequest, kind: SurveyKind = _kind) -> HttpResponse:
        """Choose the file of a survey."""
        return _start(request, kind)

    def _columns_page(request: HttpRequest, kind: SurveyKind = _kind) -> HttpResponse:
        """Look at what a survey would bring, then write it."""
        return _columns(request, kind)

    page(f"{_kind.ledger}.import", f"{_path}/import/", f"导入{_kind.label}", **_here)(_start_page)
    page(f"{_kind.ledger}.import.columns", f"{_path}/import/columns/", f"{_kind.label}预览", **_here)(
        _columns_page
    )
