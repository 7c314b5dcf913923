"""The PDF of a report, made in the background; whoever asked for it fetches it within a day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from anlu.kernel.core.clock import now
from anlu.kernel.core.models import Job, Upload
from anlu.kernel.core.models.jobs import JobState
from anlu.kernel.core.scope import SYSTEM, Viewer
from anlu.kernel.core.store import keep, open_upload
from anlu.kernel.core.tasks import RunningJob, enqueue, every, job
from anlu.kernel.documents.archiving import pdf_of

PDF_JOB: Final = "reports.pdf"
PURPOSE: Final = "reports.pdf"
KEPT_FOR: Final = timedelta(days=1)
HOUR_S: Final = 3_600


def ask_for_pdf(content: bytes, title: str, *, by: Viewer) -> Job:
    """Have the PDF of a .docx made; it says what the report said when it was asked for."""
    source = keep(content, name=f"{title}.docx", purpose=PURPOSE, by=by)
    return enqueue(PDF_JOB, by=by, source=str(source.uid), title=title)


@job(PDF_JOB, tries=2)
def make_pdf(running: RunningJob, *, source: str, title: str) -> dict[str, Any]:
    """Convert, and keep the file for whoever asked."""
    running.progress(0.1, "读取报告")
    with open_upload(Upload.objects.get(uid=source)) as file:
        content = file.read()
    running.progress(0.3, "正在转换为 PDF")
    made = pdf_of(content)
    running.progress(0.9, "保存文件")
    return {"upload": str(keep(made, name=f"{title}.pdf", purpose=PURPOSE, by=SYSTEM).uid)}


def pdf_made_by(wanted: Job) -> Upload | None:
    """The file of a job that is done; None while it is not, and after a day."""
    if wanted.state != JobState.DONE:
        return None
    return Upload.objects.filter(uid=wanted.result.get("upload"), purpose=PURPOSE).first()


@every(HOUR_S, "reports.pdf.tidy")
def forget_old_pdfs(running: RunningJob) -> dict[str, Any]:
    """Once an hour: files of yesterday go."""
    old = Upload.objects.filter(purpose=PURPOSE, created_at__lt=now() - KEPT_FOR)
    return {"gone": old.delete()[0]}
