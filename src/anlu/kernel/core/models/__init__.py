"""Base model, batches, jobs, audit, dictionaries, uploads, search grams, counters."""

from anlu.kernel.core.models.attachments import Attachment
from anlu.kernel.core.models.audit import AuditEntry, Seal
from anlu.kernel.core.models.batches import Batch, BatchState, StagedChange
from anlu.kernel.core.models.exports import ExportOrder, ExportState
from anlu.kernel.core.models.jobs import Job, JobState
from anlu.kernel.core.models.limits import Limited
from anlu.kernel.core.models.notices import Notice
from anlu.kernel.core.models.records import Occurred, Precision, Record, RecordQuerySet, Sourced
from anlu.kernel.core.models.search import SearchEntry, SearchGram
from anlu.kernel.core.models.sources import DataSet, Handling, SourceSystem
from anlu.kernel.core.models.store import Installation, NumberSeries, Revision, Upload
from anlu.kernel.core.models.terms import Term
from anlu.kernel.core.models.views import SavedView, Sharing

__all__ = [
    "Attachment",
    "AuditEntry",
    "Batch",
    "BatchState",
    "DataSet",
    "ExportOrder",
    "ExportState",
    "Handling",
    "Installation",
    "Job",
    "JobState",
    "Limited",
    "Notice",
    "NumberSeries",
    "Occurred",
    "Precision",
    "Record",
    "RecordQuerySet",
    "Revision",
    "SavedView",
    "Seal",
    "SearchEntry",
    "SearchGram",
    "Sharing",
    "SourceSystem",
    "Sourced",
    "StagedChange",
    "Term",
    "Upload",
]
