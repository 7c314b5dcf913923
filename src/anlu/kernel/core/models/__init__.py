"""Base model, batches, jobs, audit, dictionaries, uploads, search grams, counters."""

from anlu.kernel.core.models.audit import AuditEntry, Seal, SealedEntry
from anlu.kernel.core.models.batches import Batch, StagedChange
from anlu.kernel.core.models.jobs import Job
from anlu.kernel.core.models.records import Occurred, Record, RecordQuerySet, Sourced
from anlu.kernel.core.models.search import SearchGram
from anlu.kernel.core.models.store import Installation, NumberSeries, Upload
from anlu.kernel.core.models.terms import Term

__all__ = [
    "AuditEntry",
    "Batch",
    "Installation",
    "Job",
    "NumberSeries",
    "Occurred",
    "Record",
    "RecordQuerySet",
    "Seal",
    "SealedEntry",
    "SearchGram",
    "Sourced",
    "StagedChange",
    "Term",
    "Upload",
]
