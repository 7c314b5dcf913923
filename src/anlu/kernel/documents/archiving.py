"""
The files of a document: made from what was kept, archived with their digest, made again byte for byte.

A file that names a person is kept as ciphertext; its digest is that of the file as people get it.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from anlu.engine.documents.docx import render_docx
from anlu.engine.files.office import (
    SUBSTITUTES,
    ConversionFailed,
    OfficeMissing,
    convert_to_pdf,
    find_office,
    official_faces,
)
from anlu.kernel.core import crypto
from anlu.kernel.core.errors import AnluError
from anlu.kernel.core.models import Job
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.core.store import keep, open_upload
from anlu.kernel.core.tasks import RunningJob, enqueue, job
from anlu.kernel.documents.define import kinds
from anlu.kernel.documents.models import Archive, Document
from anlu.kernel.documents.sources import destroyed, paper_of

DOCX: Final = "docx"
PDF: Final = "pdf"
ARCHIVE_JOB: Final = "documents.archive"
PDF_JOB: Final = "documents.pdf"


class Damaged(AnluError):
    """An archived file that no longer has its digest."""


class NoPdf(AnluError):
    """PDF cannot be made here, or this time."""


def why_no_pdf() -> str:
    """Why this machine makes no PDF; "" where it does."""
    return "" if find_office() else "服务器没有安装 LibreOffice，请下载 .docx 后用 WPS 另存为 PDF"


def pdf_of(content: bytes) -> bytes:
    """
    The PDF of a .docx by LibreOffice. Takes seconds: call it from a job.

    Raises
    ------
    NoPdf
        LibreOffice is not installed or did not finish, or there is no Chinese face at all: what would be kept for
        years is a page of boxes.
    """
    faces = official_faces()
    if len(faces.lacking) == len(SUBSTITUTES):
        raise NoPdf("服务器没有中文字体，PDF 会缺字，请安装 fonts-noto-cjk；可下载 .docx 后用 WPS 另存为 PDF")
    try:
        return convert_to_pdf([content], substitutes=faces.stand_ins)[0]
    except (OfficeMissing, ConversionFailed) as problem:
        raise NoPdf(f"{problem}；可下载 .docx 后用 WPS 另存为 PDF") from problem


def docx_of(document: Document) -> bytes:
    """The .docx of a document; the same bytes whenever it is made, once it is signed."""
    return render_docx(paper_of(document))


def archive(document: Document, content: bytes, *, form: str = DOCX, by: Viewer = SYSTEM) -> Archive:
    """
    Keep a file of an issued document; what is archived already stays as it is. The file is stored before the row.

    Raises
    ------
    Destroyed
        The content of the document was destroyed while the file was made.
    """
    found = Archive.objects.filter(document=document, form=form).first()
    if found is not None:
        return found
    encrypted = bool(kinds.get(document.kind).personal_fields)
    stored = crypto.encrypt(base64.b64encode(content).decode()) if encrypted else content
    upload = keep(stored, name=f"{document.uid}.{form}", purpose="documents.archive", by=by)
    row = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "upload": upload,
        "encrypted": encrypted,
    }
    with transaction.atomic():
        locked = Document.objects.select_for_update().get(pk=document.pk)
        if locked.destroyed_on is None:
            made: Archive = Archive.objects.get_or_create(document=document, form=form, defaults=row)[0]
            return made
    upload.delete()
    raise destroyed(locked)


def archived(document: Document, form: str = DOCX) -> bytes | None:
    """
    The archived file, None while there is none.

    Raises
    ------
    Damaged
        Its content has another digest than when it was archived.
    Destroyed
        It was destroyed when its time was over.
    NotFound
        It is not in the store.
    """
    found = Archive.objects.select_related("upload").filter(document=document, form=form).first()
    if found is None:
        return None
    if found.upload is None:
        raise destroyed(document)
    with open_upload(found.upload) as file:
        content = file.read()
    if found.encrypted:
        content = base64.b64decode(crypto.decrypt(content))
    if hashlib.sha256(content).hexdigest() != found.sha256:
        raise Damaged(f"「{document.title}」的归档文件已损坏，请从备份恢复")
    return content


def is_reproducible(document: Document) -> bool:
    """Whether the .docx that is made today is the archived one."""
    return archived(document) == docx_of(document)


def ask_for_pdf(document: Document, *, by: Viewer) -> Job:
    """Have the PDF made in the background."""
    return enqueue(PDF_JOB, by=by, document=str(document.uid))


def ask_for_archive(document: Document, *, by: Viewer) -> None:
    """Have the files made after the commit: a number is never held up by a file."""
    enqueue(ARCHIVE_JOB, by=by, key=f"{ARCHIVE_JOB}:{document.uid}", document=str(document.uid))


@job(ARCHIVE_JOB, tries=20)
def make_archive(running: RunningJob, *, document: str) -> dict[str, Any]:
    """Make and keep the .docx of an issued document."""
    found = _document(document)
    return {"sha256": archive(found, docx_of(found)).sha256}


@job(PDF_JOB, tries=2)
def make_pdf(running: RunningJob, *, document: str) -> dict[str, Any]:
    """Make and keep the PDF of an issued document."""
    found = _document(document)
    running.progress(0.1, "正在转换")
    return {"sha256": archive(found, pdf_of(archived(found) or docx_of(found)), form=PDF).sha256}


def _document(uid: str) -> Document:
    found: Document = Document.objects.select_related("unit", "addressee_unit", "template").get(uid=UUID(uid))
    return found
