"""A document, what happened to it, its delivery, its answers and its archived files."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from anlu.kernel.core.clock import now
from anlu.kernel.core.fields import EncryptedText
from anlu.kernel.core.models import Limited, Record
from anlu.kernel.core.scope import Scope
from anlu.kernel.documents import permissions
from anlu.kernel.documents.define import ADDRESSEES, SECRECIES, URGENCIES
from anlu.kernel.people.models import SEES_BY_AREA


class State(models.TextChoices):
    """Where a document stands."""

    DRAFT = "draft", "拟稿"
    CHECKED = "checked", "待签发"
    SIGNED = "signed", "待编号"
    NUMBERED = "numbered", "待印发"
    ISSUED = "issued", "已印发"
    DELIVERED = "delivered", "已送达"
    REPLIED = "replied", "已回复"
    OVERDUE = "overdue", "逾期未复"
    WITHDRAWN = "withdrawn", "已撤回"


STATE_COLOURS: dict[str, str] = {
    State.DRAFT: "grey",
    State.CHECKED: "amber",
    State.SIGNED: "blue",
    State.NUMBERED: "blue",
    State.ISSUED: "blue",
    State.DELIVERED: "blue",
    State.REPLIED: "green",
    State.OVERDUE: "red",
    State.WITHDRAWN: "grey",
}
OPEN_STATES = (State.ISSUED, State.DELIVERED, State.OVERDUE)  # out, and perhaps an answer is due
LIVE_STATES = (*OPEN_STATES, State.REPLIED)  # known to the addressee


class Document(Record, Limited):
    """
    One document of one kind.

    ``unit`` issues it and numbers it, ``drafted_unit`` wrote it. ``facts`` holds what was stated, without what
    identifies a person: that is in ``sealed``. ``frozen`` holds everything else that the paper was made from, as it
    was on the day of issue, and ``figures`` the origin of every number, so that the same file comes out for ever.
    Addressees see what was issued to them.
    """

    view_permission: ClassVar[str] = permissions.VIEW
    scope_unit: ClassVar[str] = "unit"
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = "created_by"

    kind = models.CharField("种类", max_length=60)
    unit = models.ForeignKey(
        "people.Unit", on_delete=models.PROTECT, related_name="+", verbose_name="发文单位"
    )
    drafted_unit = models.ForeignKey(
        "people.Unit", on_delete=models.PROTECT, related_name="+", verbose_name="拟稿单位"
    )
    title = models.CharField("标题", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    addressee_kind = models.CharField(
        "主送类别",
        max_length=12,
        choices=[(one.value, label) for one, label in ADDRESSEES.items()],
        blank=True,
    )
    addressee_unit = models.ForeignKey(
        "people.Unit",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="主送单位",
    )
    addressee_name = models.CharField(
        "主送", max_length=120, blank=True
    )  # of a person only what may be shown
    facts = models.JSONField("内容", default=dict, blank=True)
    sealed = EncryptedText("个人信息")
    bases = models.JSONField("法律依据", default=list, blank=True)
    copies_to = models.CharField("抄送", max_length=300, blank=True)
    secrecy = models.CharField("密级", max_length=10, choices=SECRECIES, blank=True)
    urgency = models.CharField("紧急程度", max_length=4, choices=URGENCIES, blank=True)
    period = models.CharField("期间", max_length=40, blank=True)
    about_kind = models.CharField("事由类别", max_length=60, blank=True)
    about_uid = models.UUIDField("事由", null=True, blank=True)

    series = models.CharField("编号序列", max_length=20, blank=True)
    number_year = models.PositiveSmallIntegerField("年份", null=True, blank=True)
    number_serial = models.PositiveIntegerField("序号", null=True, blank=True)
    number = models.CharField("文号", max_length=60, blank=True)

    template = models.ForeignKey(
        "documents.Template",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="模板",
    )
    figures = models.JSONField("数据出处", default=dict, blank=True)
    frozen = models.JSONField("签发时的内容", default=dict, blank=True)

    drafted_by_name = models.CharField("拟稿人", max_length=60, blank=True)
    checked_by = models.UUIDField(null=True, blank=True)
    checked_by_name = models.CharField("核稿人", max_length=60, blank=True)
    signed_by = models.UUIDField(null=True, blank=True)
    signed_by_name = models.CharField("签发人", max_length=60, blank=True)
    signed_on = models.DateField("签发日期", null=True, blank=True)
    issued_on = models.DateField("成文日期", null=True, blank=True)
    delivered_on = models.DateField("送达日期", null=True, blank=True)
    due_on = models.DateField("回复期限", null=True, blank=True)
    replied_on = models.DateField("回复日期", null=True, blank=True)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    withdrawn_why = models.CharField("撤回原因", max_length=200, blank=True)

    retention_years = models.PositiveSmallIntegerField("保管年限", null=True, blank=True)  # 0 is for ever
    keep_until = models.DateField("保管到", null=True, blank=True)
    disposal_why = models.CharField("鉴定意见", max_length=200, blank=True)
    disposal_by = models.UUIDField(null=True, blank=True)
    disposal_by_name = models.CharField("提请人", max_length=60, blank=True)
    destroyed_on = models.DateField("销毁日期", null=True, blank=True)
    destroyed_by_name = models.CharField("批准销毁", max_length=60, blank=True)
    destroyed_how = models.CharField("销毁记录", max_length=200, blank=True)

    class Meta:
        verbose_name = "公文"
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["about_kind", "about_uid"], name="document_about"),
            models.Index(fields=["state", "due_on"], name="document_due"),
            models.Index(fields=["kind", "-issued_on"], name="document_kind"),
            models.Index(fields=["keep_until"], name="document_keep_until"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["unit", "series", "number_year", "number_serial"],
                condition=Q(number_serial__isnull=False),
                name="one_document_per_number",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | ~Q(withdrawn_why=""), name="document_withdrawn_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()

    @classmethod
    def scope_condition(cls, scope: Scope) -> Q | None:
        """Besides the issuer's: what one's own unit drafted, and what was issued to it (to a town: by its area)."""
        condition = super().scope_condition(scope)
        if condition is None or scope.everything:
            return cls._received_by_area(scope) if condition is None else condition
        if scope.units:
            received = Q(addressee_unit__in=scope.units, state__in=LIVE_STATES)
            condition |= Q(drafted_unit__in=scope.units) | received
        by_area = cls._received_by_area(scope)
        return condition if by_area is None else condition | by_area

    @classmethod
    def _received_by_area(cls, scope: Scope) -> Q | None:
        if not scope.areas:
            return None
        return Q(
            addressee_unit__area__in=scope.areas,
            addressee_unit__kind__in=SEES_BY_AREA,
            state__in=LIVE_STATES,
        )

    def issued_within(self, scope: Scope) -> bool:
        """Whether ``scope`` covers the side of the issuer, not only that of the addressee."""
        units = {self.unit_id, self.drafted_unit_id}
        return (
            scope.everything
            or bool(units & scope.units)
            or (scope.person is not None and scope.person == self.created_by)
        )


class DocumentEvent(models.Model):
    """One step in the life of a document: the timeline."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField("时间", default=now)
    on = models.DateField("日期")
    action = models.CharField("步骤", max_length=20)
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    actor = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField("经办", max_length=60)
    note = models.CharField("说明", max_length=400, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]


class DeliveryMethod(models.TextChoices):
    """How a document is served."""

    DIRECT = "direct", "直接送达"
    LEFT = "left", "留置送达"
    ENTRUSTED = "entrusted", "委托送达"
    MAIL = "mail", "邮寄送达"
    ELECTRONIC = "electronic", "电子送达"
    NOTICE = "notice", "公告送达"


class Delivery(Record):
    """送达回证: to whom, how, when, who took it; a refusal with its witnesses."""

    view_permission: ClassVar[str] = permissions.VIEW
    scope_through: ClassVar[str] = "document"

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="deliveries")
    addressee = models.CharField("受送达人", max_length=120)
    method = models.CharField(
        "送达方式", max_length=12, choices=DeliveryMethod, default=DeliveryMethod.DIRECT
    )
    place = models.CharField("送达地点", max_length=120, blank=True)
    on = models.DateField("送达日期")
    receiver = EncryptedText("收件人")
    relation = models.CharField("与受送达人关系", max_length=40, blank=True)
    refused = models.BooleanField("拒收", default=False)
    refused_why = models.CharField("拒收事由", max_length=200, blank=True)
    witnesses = EncryptedText("见证人")
    servers = models.CharField("送达人", max_length=80, blank=True)
    proof = models.ForeignKey(
        "core.Upload",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="回证照片",
    )

    class Meta:
        verbose_name = "送达回证"
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(refused=False) | ~Q(refused_why=""), name="delivery_refused_why"
            )
        ]

    def __str__(self) -> str:
        return f"{self.addressee} {self.get_method_display()}"


class Reply(Record):
    """An answer to a document."""

    view_permission: ClassVar[str] = permissions.VIEW
    scope_through: ClassVar[str] = "document"

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="replies")
    on = models.DateField("回复日期")
    by = models.CharField("回复单位", max_length=120)
    text = models.TextField("回复内容")
    final = models.BooleanField("已办结", default=True)
    upload = models.ForeignKey(
        "core.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="附件"
    )

    class Meta:
        verbose_name = "回复"
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.by} {self.on}"


class Archive(models.Model):
    """
    A file of an issued document: the digest of its content and where it lies.

    ``encrypted`` files are kept as ciphertext, because the document names a person; ``sha256`` is always that of the
    file as people get it.
    """

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="archives")
    form = models.CharField("格式", max_length=8)
    sha256 = models.CharField("摘要", max_length=64)
    bytes = models.PositiveBigIntegerField("大小")
    upload = models.ForeignKey(  # None once the file was destroyed; its digest stays
        "core.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    encrypted = models.BooleanField("加密", default=False)
    made_at = models.DateTimeField("归档时间", default=now)

    class Meta:
        verbose_name = "归档文件"
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["document", "form"], name="one_archive_per_form")
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.form}"


def event_words() -> dict[str, tuple[str, str]]:
    """What a step is called, with its colour."""
    return dict(_EVENTS)


_EVENTS: dict[str, Any] = {
    "draft": ("拟稿", "grey"),
    "change": ("改稿", "grey"),
    "check": ("核稿", "amber"),
    "return": ("退回修改", "amber"),
    "sign": ("签发", "blue"),
    "number": ("编号", "blue"),
    "issue": ("印发", "blue"),
    "deliver": ("送达", "blue"),
    "refuse": ("拒收，留置送达", "amber"),
    "reply": ("回复", "green"),
    "overdue": ("逾期", "red"),
    "recount": ("期限重算", "amber"),
    "withdraw": ("撤回", "red"),
    "keep": ("延长保管", "blue"),
    "appraise": ("鉴定，提请销毁", "amber"),
    "spare": ("不同意销毁", "blue"),
    "destroy": ("销毁", "red"),
}
