"""Files of a record: shown on its page, uploaded, opened and taken out by whoever may change it."""

from __future__ import annotations

import io
from typing import Any, Protocol
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anlu.kernel.core.attachments import attach, attachment_of, attachments_of, detach, keep_files
from anlu.kernel.core.audit import record
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.core.models import Upload
from anlu.kernel.core.pictures import stripped
from anlu.kernel.core.store import open_upload
from anlu.kernel.people.signin import address_of
from anlu.web.cells import words_of
from anlu.web.nav import Crumb
from anlu.web.pages.base import LedgerPage
from anlu.web.uploads import DOCUMENT_TYPES, MOST_MB, PICTURE_TYPES, FilesField, ManyFiles


class FilesForm(forms.Form):
    """Files with one caption for all of them."""

    files = FilesField(
        label="文件",
        required=True,
        help_text="照片（JPEG、PNG、WebP）、PDF、Word、Excel，每个不超过 30 MB，可选多个",
        widget=ManyFiles(attrs={"accept": f"{PICTURE_TYPES},{DOCUMENT_TYPES}", "data-most-mb": MOST_MB}),
    )
    caption = forms.CharField(label="说明", max_length=120, required=False, help_text="如 授牌照片、签到表")


class Files(LedgerPage):
    """``/<path>/<uid>/files/``: upload, and take out."""

    verb = "change"

    def get(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        return self._page(FilesForm(), self.thing(identity))

    def post(self, request: HttpRequest, identity: UUID | str) -> HttpResponse:
        thing = self.thing(identity)
        if "detach" in request.POST:
            return self._detach(thing)
        form = FilesForm(request.POST, request.FILES)
        if form.is_valid():
            given = form.cleaned_data
            try:
                kept = keep_files([(one, one.name) for one in given["files"]], by=self.viewer)
                made = attach(thing, kept, by=self.viewer, caption=given["caption"])
            except AnluError as problem:
                form.add_error("files", str(problem))
            else:
                messages.success(request, f"已上传 {len(made)} 个附件")
                return HttpResponseRedirect(self.ledger.url_of(thing))
        return self._page(form, thing, status=422)

    def _detach(self, thing: Any) -> HttpResponse:
        try:
            uid = UUID(self.request.POST["detach"])
            detach(thing, uid, why=self.request.POST.get("why", ""), by=self.viewer)
        except ValueError:
            raise Http404 from None
        except AnluError as problem:
            messages.error(self.request, str(problem))
        else:
            messages.success(self.request, "已移除附件")
        return HttpResponseRedirect(self.request.path)

    def _page(self, form: FilesForm, thing: Any, status: int = 200) -> HttpResponse:
        title = self.ledger.title(thing)
        self.request.trail = [Crumb(title, self.ledger.url_of(thing)), Crumb("附件")]  # type: ignore[attr-defined]
        context = {
            "form": form,
            "files": files_of(thing, self.ledger.code),
            "page_title": f"附件 {title}",
            "cancel_url": self.ledger.url_of(thing),
        }
        return render(self.request, "web/ledger/files.html", context, status=status)


class Kept(Protocol):
    """A file as a record keeps it: what was uploaded, and a small picture of it."""

    @property
    def upload(self) -> Upload: ...
    @property
    def thumbnail(self) -> Upload | None: ...
    @property
    def media_type(self) -> str: ...


class OneFile(LedgerPage):
    """
    ``/<path>/<uid>/files/<file>/``: a file, for those who may see its record.

    Pictures are shown upright and without what the camera wrote into them; ``?size=original`` gives the original as a
    download, and that is recorded. Documents are always downloads.
    """

    def get(self, request: HttpRequest, identity: UUID | str, file: UUID) -> HttpResponseBase:
        thing = self.thing(identity)
        size = request.GET.get("size", "")
        try:
            found = self.found(thing, file)
            small = size == "small" and found.thumbnail is not None
            content = open_upload(found.thumbnail if small and found.thumbnail else found.upload)
        except NotFound:
            raise Http404 from None
        if small:
            return private(FileResponse(content, content_type="image/jpeg"))
        name, kind = found.upload.name, found.media_type
        if kind.startswith("image/") and size != "original":
            with content:
                plain = io.BytesIO(stripped(content.read()))
            return private(FileResponse(plain, content_type="image/jpeg"))
        record("download", thing, by=self.viewer, note=name, address=address_of(request))
        return private(FileResponse(content, as_attachment=True, filename=name, content_type=kind))

    def found(self, thing: Any, file: UUID) -> Kept:
        """The file of a record; raises ``NotFound`` where it has no such one."""
        return attachment_of(thing, file)


def private(answer: FileResponse) -> FileResponse:
    """Kept by the browser of whoever asked, by nobody between."""
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def files_of(thing: Any, code: str) -> list[dict[str, Any]]:
    """Files of a record as its pages show them."""
    found = []
    for one in attachments_of(thing):
        url = reverse(f"{code}.file", args=[thing.uid, one.uid])
        found.append(
            {
                "uid": str(one.uid),
                "name": str(one),
                "picture": one.is_picture,
                "url": url,
                "small": f"{url}?size=small",
                "original": f"{url}?size=original",
                "note": f"{one.by_name} {words_of(one.created_at)}",
            }
        )
    return found
