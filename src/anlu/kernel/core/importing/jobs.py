"""Imports in the background: a batch waits with its stored files, a job does it and can be interrupted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from anlu.kernel.core.errors import NotAllowed
from anlu.kernel.core.importing.fields import MAIN
from anlu.kernel.core.importing.lifecycle import JOB, Result, begin, run_import, tend
from anlu.kernel.core.importing.nouns import Importer, importers
from anlu.kernel.core.importing.planning import Existing, Plan, make_plan
from anlu.kernel.core.models import Batch, Upload
from anlu.kernel.core.scope import EVERYTHING, SYSTEM, Scope, Viewer
from anlu.kernel.core.store import path_of
from anlu.kernel.core.tasks import RunningJob, enqueue, every, job

MAPPING = "mapping"
TEND_EVERY_S = 60


@dataclass(frozen=True)
class Actor:
    """The person on whose behalf a batch is imported, as the batch remembers them; asked for permission
    before.
    """

    uid: UUID
    name: str
    unit_id: int | None

    def may(self, permission: str) -> bool:
        """Whoever started the import was allowed to."""
        return True

    def scope_for(self, permission: str) -> Scope:
        """An import is not cut to anybody's area."""
        return EVERYTHING


def plan_of_uploads(
    importer: Importer, uploads: Mapping[str, Upload], *, profile: str = "", mapping: Upload | None = None
) -> Plan:
    """
    A plan over stored files.

    Raises
    ------
    BadInput
        As ``make_plan``.
    """
    return make_plan(
        importer,
        {sheet: path_of(upload.sha256) for sheet, upload in uploads.items()},
        profile=profile,
        mapping=path_of(mapping.sha256) if mapping else None,
        names={sheet: upload.name for sheet, upload in uploads.items()},
    )


@transaction.atomic
def start_import(
    importer: Importer,
    uploads: Mapping[str, Upload],
    *,
    by: Viewer,
    profile: str = "",
    mapping: Upload | None = None,
) -> Batch:
    """
    Make a batch of stored files and ask for it to be imported in the background.

    Raises
    ------
    NotAllowed
        The person may not import this noun.
    BadInput
        As ``make_plan``.
    """
    if not by.may(importer.permission):
        raise NotAllowed(f"没有导入{importer.label}的权限")
    plan = plan_of_uploads(importer, uploads, profile=profile, mapping=mapping)
    batch = begin(plan, by=by)
    options = batch.options | {
        "profile": "" if mapping else plan.profile.code,
        MAPPING + "_file": mapping.sha256 if mapping else "",
        "mapping_name": mapping.name if mapping else "",
    }
    Batch.objects.filter(pk=batch.pk).update(options=options)
    enqueue(JOB, by=by, key=f"import:{batch.uid}", batch=str(batch.uid))
    batch.refresh_from_db()
    return batch


def plan_of_batch(batch: Batch) -> Plan:
    """The plan that a batch was made with, from the stored files."""
    files = {MAIN if one["role"] == "main" else one["role"]: one for one in batch.files}
    mapping = batch.options.get(MAPPING + "_file", "")
    return make_plan(
        importers.get(batch.noun),
        {sheet: path_of(one["sha256"]) for sheet, one in files.items()},
        profile=batch.options.get("profile", ""),
        mapping=path_of(mapping) if mapping else None,
        names={sheet: one["name"] for sheet, one in files.items()},
        existing=Existing(batch.options.get("existing", Existing.UPDATE)),
    )


@job(JOB)
def import_batch(running: RunningJob, *, batch: str) -> dict[str, Any]:
    """Import a batch; when interrupted it goes on from its cursor."""
    row = Batch.objects.get(uid=batch)
    actor = Actor(row.actor or SYSTEM.uid, row.actor_name, row.unit_id_of_actor)
    plan = plan_of_batch(row)
    expected = max(1, plan.main.source.lines or plan.main.source.size // 200)
    read = 0

    def progress(rows: int) -> None:
        nonlocal read
        read += rows
        running.progress(min(0.99, read / expected), f"已读 {read} 行")

    result: Result = run_import(plan, by=actor, progress=progress, batch=row)
    return result.summary()


@every(TEND_EVERY_S, "core.import.tend")
def tend_imports(running: RunningJob) -> dict[str, Any]:
    """Clear away or finish what dead processes left; what a job stands behind is left to the job."""
    return {"tended": tend(by=SYSTEM)}
