"""Files that belong to a record of any kind: pictures, programmes, sign-in lists."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from anlu.kernel.core.clock import now


class Attachment(models.Model):
    """
    A file of a record, found by the record's kind and uid; the content lies in the upload store.

    Whoever may see the record may see its files; there is no other way to them.
    """

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    thing_kind = models.CharField(max_length=80)
    thing = models.UUIDField()
    upload = models.ForeignKey("core.Upload", on_delete=models.PROTECT, related_name="+")
    thumbnail = models.ForeignKey(
        "core.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    media_type = models.CharField(max_length=100)
    caption = models.CharField("说明", max_length=120, blank=True)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)
    by = models.UUIDField(null=True, blank=True)
    by_name = models.CharField("上传人", max_length=60, blank=True)
    created_at = models.DateTimeField("上传时间", default=now)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_why = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "附件"
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["thing_kind", "thing"], name="attachments_of_thing")
        ]

    def __str__(self) -> str:
        return self.caption or self.upload.name

    @property
    def is_picture(self) -> bool:
        """True for photographs."""
        return self.media_type.startswith("image/")
