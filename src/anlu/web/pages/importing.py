"""
The import wizard of a ledger: files, columns, a look at what would happen, then the import in the background.

The draft between the steps is the job that looks through the files: nothing is written before it is confirmed. Every
step is a page of its own that can be reloaded; progress is followed by HTMX where there is JavaScript.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import tomli_w
from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anlu.engine.errors import BadInput
from anlu.kernel.core import dictionaries
from anlu.kernel.core.audit import record
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.core.importing.fields import KIND_LABELS, MAIN, ImportField, Sheet
from anlu.kernel.core.importing.nouns import Importer, importers
from anlu.kernel.core.importing.planning import Existing
from anlu.kernel.core.importing.sources import look_at
from anlu.kernel.core.importing.tables import open_table
from anlu.kernel.core.models import Batch, Job, Upload
from anlu.kernel.core.models.jobs import JobState
from anlu.kernel.core.store import keep, open_upload, path_of
from anlu.kernel.core.tasks import cancel, enqueue
from anlu.web.jobs import MAIN_ROLE, PREVIEW, RUN, planned
from anlu.web.ledgers import Ledger
from anlu.web.nav import Crumb
from anlu.web.pages.base import LedgerPage
from anlu.web.pages.export import EXCEL

STEPS = ("选文件", "对应列", "预览与核对", "写入")
FINISHED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
COLUMNS_SHOWN = 6
SYSTEMS = (
    ("EPSG:4326", "WGS-84(GPS)"),
    ("EPSG:4490", "CGCS2000(国家大地)"),
    ("gcj02", "GCJ-02(高德、腾讯)"),
    ("bd09", "BD-09(百度)"),
)


def steps(current: int) -> list[dict[str, str]]:
    """The four steps; ``current`` counts from 1."""
    states = [
        "done" if place < current else "current" if place == current else "todo" for place in range(1, 5)
    ]
    return [{"label": label, "state": state} for label, state in zip(STEPS, states, strict=True)]


class ImportPage(LedgerPage):
    """What the steps have in common."""

    verb = "import"

    @property
    def importer(self) -> Importer:
        """What is imported."""
        return importers.get(self.ledger.importing)

    def url(self, name: str = "import", *args: Any) -> str:
        """Address of a step."""
        return reverse(f"{self.ledger.code}.{name}", args=args)

    def own_job(self, uid: UUID) -> Job:
        """A job of this wizard that the person started; ``Http404`` for anybody else's."""
        found = Job.objects.filter(uid=uid, actor=self.viewer.uid, kind__in=(PREVIEW, RUN)).first()
        if found is None or found.arguments.get("noun") != self.importer.code:
            raise Http404
        return found

    def draw(self, template: str, step: int, status: int = 200, **context: Any) -> HttpResponse:
        """A page of the wizard."""
        self.request.trail = [Crumb("导入")]  # type: ignore[attr-defined]
        common = {
            "ledger": self.ledger,
            "importer": self.importer,
            "steps": steps(step),
            "template_url": self.url("import.template"),
            "page_title": f"导入{self.ledger.noun}",
        }
        return render(self.request, f"web/importing/{template}.html", common | context, status=status)


# ------------------------------------------------------------------------------------------------ 1 files


class FilesForm(forms.Form):
    """The file of the records and those of what belongs to them."""

    def __init__(self, importer: Importer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.importer = importer
        accepted = {"accept": ".xlsx,.xls,.csv,.gz,.txt"}
        for sheet in importer.sheets:
            role = sheet.code or MAIN_ROLE
            self.fields[role] = forms.FileField(
                label=sheet.label,
                required=sheet.code == MAIN,
                widget=forms.ClearableFileInput(attrs=accepted),
                help_text="Excel、CSV 或压缩的 CSV(.csv.gz),UTF-8、GB18030 或 Big5"
                if sheet.code == MAIN
                else "没有可不传",
                error_messages={"empty": "文件是空的", "required": "请选择文件"},
            )
        profiles = [(one.code, one.label) for one in importer.shipped_profiles()]
        self.fields["profile"] = forms.ChoiceField(
            label="格式",
            required=False,
            choices=[("", "自动识别"), *profiles, ("map", "自己对应列")],
            help_text="一般不用选；识别不了或识别错了再指定",
        )

    def uploaded(self) -> dict[str, UploadedFile[Any]]:
        """Uploaded files by role."""
        return {name: value for name, value in self.cleaned_data.items() if isinstance(value, UploadedFile)}


class Start(ImportPage):
    """``/<path>/import/``: choose files."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(FilesForm(self.importer))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FilesForm(self.importer, request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            files = [self._keep(role, file) for role, file in form.uploaded().items()]
        except AnluError as problem:
            form.add_error(None, str(problem))
            return self._page(form, status=422)
        profile = form.cleaned_data["profile"]
        if profile == "map":
            return self._to_columns(files)
        return self._checked(form, files, profile)

    def _keep(self, role: str, file: UploadedFile[Any]) -> dict[str, str]:
        upload = keep(file, name=file.name or role, purpose="import", by=self.viewer)
        return {"role": role, "upload": str(upload.uid)}

    def _checked(self, form: FilesForm, files: list[dict[str, str]], profile: str) -> HttpResponse:
        """Refuse at once what cannot be read at all; everything else is looked through in the background."""
        try:
            with planned(self.importer.code, files, profile, ""):
                pass
        except BadInput as problem:
            form.add_error(None, str(problem))
            can_map = _has_header(files)
            return self._page(form, status=422, columns_url=self._columns_url(files) if can_map else "")
        return look(self, files, profile)

    def _to_columns(self, files: list[dict[str, str]]) -> HttpResponse:
        return HttpResponseRedirect(self._columns_url(files))

    def _columns_url(self, files: list[dict[str, str]]) -> str:
        query = "&".join(f"{one['role']}={one['upload']}" for one in files)
        return f"{self.url('import.columns')}?{query}"

    def _page(self, form: FilesForm, status: int = 200, columns_url: str = "") -> HttpResponse:
        recent = Batch.objects.filter(noun=self.importer.code, actor=self.viewer.uid)[:5]
        return self.draw("start", 1, status, form=form, recent=recent, columns_url=columns_url)


def _has_header(files: list[dict[str, str]]) -> bool:
    """True when the main file is a table, so that its columns can be mapped by hand."""
    main = next((one for one in files if one["role"] == MAIN_ROLE), None)
    upload = Upload.objects.filter(uid=main["upload"]).first() if main else None
    if upload is None:
        return False
    try:
        open_table(look_at(path_of(upload.sha256), name=upload.name))
    except BadInput:
        return False
    return True


def look(page: ImportPage, files: list[dict[str, str]], profile: str = "", mapping: str = "") -> HttpResponse:
    """Start looking through the files and go to the page that follows it."""
    with transaction.atomic():
        job = enqueue(
            PREVIEW, by=page.viewer, noun=page.importer.code, files=files, profile=profile, mapping=mapping
        )
    return HttpResponseRedirect(page.url("import.job", job.uid))


# ------------------------------------------------------------------------------------------------ 2 columns


@dataclass(frozen=True)
class Sample:
    """A column of the file with its first values."""

    title: str
    values: tuple[str, ...]

    @property
    def words(self) -> str:
        """As the list of choices shows it."""
        shown = next((value for value in self.values if value), "")
        return f"{self.title}(如 {shown[:16]})" if shown else self.title


class ColumnsForm(forms.Form):
    """For each field the column that it is read from, and how cells are to be read."""

    def __init__(self, sheet: Sheet, samples: list[Sample], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        choices = [("", "—"), *((one.title, one.words) for one in samples)]
        titles = {_bare(one.title): one.title for one in samples}
        for one in sheet.fields:
            self.fields[f"field.{one.name}"] = forms.ChoiceField(
                label=one.label,
                required=one.required,
                choices=choices,
                initial=titles.get(_bare(one.label)) or titles.get(_bare(one.name)) or "",
                help_text=" · ".join(part for part in (KIND_LABELS[one.kind], one.help) if part),
            )
        self.fields["crs"] = forms.ChoiceField(label="坐标系", choices=SYSTEMS, required=False)
        self.fields["date_format"] = forms.CharField(
            label="日期写法",
            required=False,
            max_length=60,
            help_text="识别不了时填写，如 %d/%m/%Y %H:%M",
        )
        self.fields["source"] = forms.CharField(
            label="来源名称", required=False, max_length=40, help_text="这批数据从哪里来，如「支队下发」"
        )

    def mapping(self) -> str:
        """The mapping as the engine reads it."""
        given = self.cleaned_data
        columns = {
            one.name: given[f"field.{one.name}"]
            for one in self.sheet.fields
            if given.get(f"field.{one.name}")
        }
        options = {name: given[name] for name in ("crs", "source") if given.get(name)}
        if given.get("date_format"):
            options["date_format"] = given["date_format"]
        return tomli_w.dumps({"columns": columns, "options": options})


def _bare(text: str) -> str:
    return re.sub(r"[\s()()/_-]", "", text).casefold()


class Columns(ImportPage):
    """``/<path>/import/columns/``: say by hand which column is which field."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        mapping = form.mapping()
        try:
            with planned(self.importer.code, self._files(), "", mapping):
                pass
        except BadInput as problem:
            form.add_error(None, str(problem))
            return self._page(form, status=422)
        return look(self, self._files(), mapping=mapping)

    def _files(self) -> list[dict[str, str]]:
        """The uploads that the address names, as far as they are this person's own."""
        roles = [sheet.code or MAIN_ROLE for sheet in self.importer.sheets]
        return [
            {"role": role, "upload": str(self._upload(self.request.GET[role]).uid)}
            for role in roles
            if self.request.GET.get(role)
        ]

    def _upload(self, stated: str) -> Upload:
        try:
            uid = UUID(stated)
        except ValueError:
            raise Http404 from None
        found = Upload.objects.filter(uid=uid, actor=self.viewer.uid, purpose="import").first()
        if found is None:
            raise Http404
        return found

    def _form(self, data: Any = None) -> ColumnsForm:
        main = next((one for one in self._files() if one["role"] == MAIN_ROLE), None)
        if main is None:
            raise Http404
        return ColumnsForm(self.importer.sheet(MAIN), samples_of(self._upload(main["upload"])), data)

    def _page(self, form: ColumnsForm, status: int = 200) -> HttpResponse:
        fields = [form[f"field.{one.name}"] for one in form.sheet.fields]
        needed = [bound for bound in fields if bound.field.required]
        return self.draw(
            "columns",
            2,
            status,
            form=form,
            needed=needed,
            others=[bound for bound in fields if not bound.field.required],
            options=[form[name] for name in ("crs", "date_format", "source")],
        )


def samples_of(upload: Upload) -> list[Sample]:
    """The columns of a file with their first values.

    Raises
    ------
    Http404
        The file is no table (its upload said so already).
    """
    try:
        table = open_table(look_at(path_of(upload.sha256), name=upload.name))
        frame = next((block.frame for block in table.blocks()), None)
    except BadInput:
        raise Http404 from None
    first = frame.head(5) if frame is not None else None
    return [
        Sample(title, tuple(value or "" for value in first[title].to_list()) if first is not None else ())
        for title in table.header
    ]


# ------------------------------------------------------------------------------------------------ 3 and 4


class Follow(ImportPage):
    """``/<path>/import/<job>/``: the look through the files, or the import itself, and what came of it."""

    def get(self, request: HttpRequest, identity: UUID) -> HttpResponse:
        job = self.own_job(identity)
        if job.state not in FINISHED:
            return self.draw(
                "running", 3 if job.kind == PREVIEW else 4, job=job, progress=progress_of(self, job)
            )
        if job.state != JobState.DONE:
            return self.draw("failed", 3 if job.kind == PREVIEW else 4, job=job, start_url=self.url())
        return self._previewed(job) if job.kind == PREVIEW else self._imported(job)

    def post(self, request: HttpRequest, identity: UUID) -> HttpResponse:
        """Confirm what was looked through (the import begins), or cancel what is running."""
        job = self.own_job(identity)
        if request.POST.get("deed") == "cancel":
            cancel(job.uid, by=self.viewer)
            messages.info(request, "已取消")
            return HttpResponseRedirect(self.url())
        if job.kind != PREVIEW or job.state != JobState.DONE:
            raise Http404
        skips = request.POST.get("existing") == Existing.SKIP
        existing = Existing.SKIP if skips else Existing.UPDATE
        with transaction.atomic():
            begun = enqueue(
                RUN, by=self.viewer, key=f"import:{job.uid}", **job.arguments, existing=existing.value
            )
        return HttpResponseRedirect(self.url("import.job", begun.uid))

    def _previewed(self, job: Job) -> HttpResponse:
        found = job.result
        counts = found["counts"]
        return self.draw(
            "preview",
            3,
            job=job,
            found=found,
            counts=counts,
            writes=counts["accepted"] + counts["updated"],
            table=problem_table(found),
            marks=mark_words(self.importer, found["marks"]),
            orphans=[
                {"label": self.importer.sheet(sheet).label, "number": number}
                for sheet, number in found["orphans"].items()
                if number
            ],
            refused_url=self.url("import.refused", job.uid) if found["refused_upload"] else "",
            start_url=self.url(),
        )

    def _imported(self, job: Job) -> HttpResponse:
        return HttpResponseRedirect(reverse("web.batch", args=[job.result["batch"]]))


def progress_of(page: ImportPage, job: Job) -> dict[str, Any]:
    """The progress of a job as the component draws it."""
    return {
        "label": job.note or ("等待开始" if job.state == JobState.WAITING else "进行中"),
        "total": 100 if job.done_share else 0,
        "done": round(job.done_share * 100),
        "words": f"{job.done_share:.0%}" if job.done_share else "",
        "state": "running",
        "poll_url": page.url("import.progress", job.uid),
        "note": "可以离开这个页面，完成后在导入记录中查看。" if job.kind == RUN else "",
    }


class Progress(ImportPage):
    """``/<path>/import/<job>/progress/``: the bar alone; when the job is over the whole page is asked for anew."""

    def get(self, request: HttpRequest, identity: UUID) -> HttpResponse:
        job = self.own_job(identity)
        if job.state in FINISHED:
            answer = HttpResponse(status=200)
            answer.headers["HX-Refresh"] = "true"
            return answer
        return render(request, "web/components/progress.html", {"progress": progress_of(self, job)})


def problem_table(found: Mapping[str, Any]) -> dict[str, Any]:
    """Refused rows with the cell framed that the reason speaks of; only columns that matter, the reason last."""
    header, problems = found["header"], found["problems"]
    bad = [bad_cells(one["cells"], one["reason"]) for one in problems]
    wanted = sorted(
        {place for places in bad for place in places} | set(range(min(COLUMNS_SHOWN, len(header))))
    )
    rows = [
        {
            "row": one["row"],
            "reason": one["reason"],
            "cells": [
                {
                    "value": one["cells"][place] if place < len(one["cells"]) else "",
                    "wrong": place in places,
                    "label": header[place],
                }
                for place in wanted
                if place < len(header)
            ],
        }
        for one, places in zip(problems, bad, strict=True)
    ]
    return {"header": [header[place] for place in wanted if place < len(header)], "rows": rows}


def bad_cells(cells: list[str], reason: str) -> set[int]:
    """Places of the cells that a reason quotes: 桩号「K112+3450」超出…"""
    quoted = {text.strip() for text in re.findall("「([^」]*)」", reason)}
    return {place for place, cell in enumerate(cells) if cell.strip() and cell.strip() in quoted}


def mark_words(importer: Importer, marks: Mapping[str, int]) -> list[dict[str, Any]]:
    """How often each mark would be given, most frequent first."""
    ordered = sorted(marks.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        {"label": dictionaries.label_of(importer.marks, code), "number": number} for code, number in ordered
    ]


class Refused(ImportPage):
    """``/<path>/import/<job>/refused.xlsx``: the rows that would not be taken, with the reason last."""

    def get(self, request: HttpRequest, identity: UUID) -> HttpResponseBase:
        job = self.own_job(identity)
        stated = job.result.get("refused_upload")
        upload = Upload.objects.filter(uid=stated).first() if stated else None
        if upload is None:
            raise Http404
        return download(upload, f"{self.ledger.noun}退回")


def download(upload: Upload, stem: str) -> FileResponse:
    """A file of the store under a name that says what it is.

    Raises
    ------
    Http404
        Its content is gone.
    """
    try:
        file = open_upload(upload)
    except NotFound:
        raise Http404 from None
    ending = ".csv" if upload.name.endswith(".csv") else ".xlsx"
    kind = "text/csv; charset=utf-8" if ending == ".csv" else EXCEL
    return FileResponse(file, as_attachment=True, filename=f"{stem}{ending}", content_type=kind)


# ------------------------------------------------------------------------------------------------ template


class Template(ImportPage):
    """``/<path>/import/template.xlsx``: an empty table with our headings, and a sheet that explains them."""

    def get(self, request: HttpRequest) -> FileResponse:
        code = request.GET.get("sheet", MAIN)
        sheet = next((one for one in self.importer.sheets if one.code == code), None)
        if sheet is None:
            raise Http404
        file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - closed by the response
        write_template(sheet, file)
        file.seek(0)
        record("template", None, by=self.viewer, kind="core.batch", label=f"{self.ledger.noun}模板")
        return FileResponse(file, as_attachment=True, filename=f"{sheet.label}模板.xlsx", content_type=EXCEL)


def write_template(sheet: Sheet, file: Any) -> None:
    """An empty table, required headings marked by colour, and 填写说明."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    table = book.create_sheet(sheet.label[:25] or "数据")
    table.freeze_panes = "A2"
    table.append([_heading(table, one) for one in sheet.fields])
    words = book.create_sheet("填写说明")
    words.column_dimensions["A"].width = words.column_dimensions["D"].width = 24
    words.column_dimensions["E"].width = 80
    words.append(["列名", "必填", "内容", "说明", "可以填的值"])
    for one in sheet.fields:
        words.append(
            [one.label, "必填" if one.required else "", KIND_LABELS[one.kind], one.help, _values(one)]
        )
    book.save(file)


def _heading(table: Any, one: ImportField) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill

    cell = WriteOnlyCell(table, one.label)
    cell.font = Font(bold=True)
    if one.required:
        cell.fill = PatternFill("solid", fgColor="FFF1B3")
    return cell


def _values(one: ImportField) -> str:
    """The labels of a code list."""
    return "、".join(term.label for term in dictionaries.terms(one.dictionary)) if one.dictionary else ""


def may_import(ledger: Ledger) -> bool:
    """True when the ledger names a noun that can be imported."""
    return bool(ledger.importing) and ledger.importing in importers
