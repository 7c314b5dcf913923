"""Background work that the pages ask for: looking through a file, importing it, taking an import back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.urls import reverse

from anlu.engine.errors import BadInput
from anlu.kernel.core.errors import AnluError, NotFound
from anlu.kernel.core.importing.fields import MAIN
from anlu.kernel.core.importing.lifecycle import run_import, withdraw
from anlu.kernel.core.importing.nouns import importers
from anlu.kernel.core.importing.planning import Existing, Plan, make_plan
from anlu.kernel.core.importing.previews import Preview, preview
from anlu.kernel.core.models import Batch, Upload
from anlu.kernel.core.notices import notify
from anlu.kernel.core.store import keep, path_of
from anlu.kernel.core.tasks import RunningJob, job
from anlu.kernel.people.models import Officer

PREVIEW, RUN, WITHDRAW = "web.import.preview", "web.import.run", "web.import.withdraw"
MAIN_ROLE = "main"
PROBLEMS_SHOWN = 50


class FileUnusable(AnluError):
    """What the file is refused for, in one line."""


@contextmanager
def planned(
    noun: str,
    files: list[dict[str, str]],
    profile: str,
    mapping: str,
    existing: Existing = Existing.UPDATE,
) -> Iterator[Plan]:
    """
    The plan for uploaded files.

    Parameters
    ----------
    files
        ``[{role, upload}]`` with the uid of each upload; the role of the records themselves is ``main``.
    mapping
        Text of a user's mapping, "" to go by the profile (or, without one, by the header).

    Raises
    ------
    BadInput
        A file cannot be read, no profile fits, or a column is missing.
    NotFound
        An upload is gone.
    """
    uploads = {_sheet(one["role"]): _upload(one["upload"]) for one in files}
    with tempfile.TemporaryDirectory() as folder:
        stated = Path(folder) / "mapping.toml"
        stated.write_text(mapping, encoding="utf-8")
        yield make_plan(
            importers.get(noun),
            {sheet: path_of(upload.sha256) for sheet, upload in uploads.items()},
            profile=profile,
            mapping=stated if mapping else None,
            names={sheet: upload.name for sheet, upload in uploads.items()},
            existing=existing,
        )


def _sheet(role: str) -> str:
    return MAIN if role == MAIN_ROLE else role


def _upload(uid: str) -> Upload:
    found = Upload.objects.filter(uid=uid).first()
    if found is None:
        raise NotFound("上传的文件已不在")
    return found


def _person(running: RunningJob) -> Officer:
    """Whoever asked for the job, with the permissions that they have now."""
    found: Officer | None = Officer.objects.filter(
        uid=running.actor, voided_at__isnull=True, is_active=True
    ).first()
    if found is None:
        raise NotFound("提交人的账号已停用")
    return found


def _telling(running: RunningJob, plan: Plan, doing: str) -> Callable[[int], None]:
    """A function that turns rows read into progress of the job."""
    lines = max(plan.main.source.lines, 1)
    read = 0

    def tell(rows: int) -> None:
        nonlocal read
        read += rows
        known = plan.main.source.lines > 0
        share = min(0.98, read / lines) if known else min(0.9, running.share + 0.02)
        running.progress(share, f"{doing} {read:,} 行")

    return tell


@job(PREVIEW)
def look_through(
    running: RunningJob, *, noun: str, files: list[dict[str, str]], profile: str = "", mapping: str = ""
) -> dict[str, Any]:
    """Say what an import would do. Nothing is written but the refused rows, to be downloaded."""
    person = _person(running)
    try:
        with planned(noun, files, profile, mapping) as plan:
            running.progress(0.01, "核对文件")
            found = preview(plan, by=person, progress=_telling(running, plan, "已核对"))
            return _told(found, plan, person)
    except BadInput as problem:
        raise FileUnusable(str(problem)) from problem


def _told(found: Preview, plan: Plan, person: Officer) -> dict[str, Any]:
    return {
        "profile": found.profile,
        "profile_code": plan.profile.code,
        "header": list(found.header),
        "counts": vars(found.counts),
        "problems": [
            {"row": one.row, "cells": list(one.cells), "reason": one.reason}
            for one in found.problems[:PROBLEMS_SHOWN]
        ],
        "marks": found.marks,
        "marked": [{"number": one.number, "marks": list(one.marks)} for one in found.marked],
        "orphans": found.orphans,
        "notes": list(found.notes),
        "refused_upload": _stored(found, person),
    }


def _stored(found: Preview, person: Officer) -> str:
    """The refused rows as a file in the store, "" when there are none."""
    if not found.refused.count and not found.orphans:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        path = found.refused.save(Path(folder) / "退回.xlsx")
        with path.open("rb") as opened:
            return str(keep(opened, name=path.name, purpose="import.refused", by=person).uid)


@job(RUN, tries=20)
def import_files(
    running: RunningJob,
    *,
    noun: str,
    files: list[dict[str, str]],
    profile: str = "",
    mapping: str = "",
    existing: str = Existing.UPDATE,
) -> dict[str, Any]:
    """Import; a run that was interrupted goes on from where its batch is."""
    person = _person(running)
    if not person.may(importers.get(noun).permission):
        raise NotFound("提交人已没有导入的权限")
    try:
        with planned(noun, files, profile, mapping, Existing(existing)) as plan:
            running.progress(0.01, "开始写入")
            result = run_import(plan, by=person, progress=_telling(running, plan, "已写入"))
    except BadInput as problem:
        raise FileUnusable(str(problem)) from problem
    _tell_imported(result.batch, person)
    return {**result.summary(), "batch": str(result.batch.uid)}


def _tell_imported(batch: Batch, person: Officer) -> None:
    """Whoever imported learns of the end, wherever they are by then."""
    refused = f"，退回 {batch.refused:,} 行" if batch.refused else ""
    words = (
        f"{importers.get(batch.noun).label}导入完成：新增 {batch.accepted:,}，更新 {batch.updated:,}{refused}"
    )
    url, colour = reverse("web.batch", args=[batch.uid]), "amber" if batch.refused else "green"
    notify([person.uid], words, key=f"import:{batch.uid}", url=url, colour=colour)


@job(WITHDRAW)
def take_back(running: RunningJob, *, batch: str) -> dict[str, Any]:
    """Take an import back."""
    taken = withdraw(Batch.objects.get(uid=UUID(batch)), by=_person(running))
    return {"batch": str(taken.uid)}
