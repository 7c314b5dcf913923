"""The rules of issuing as dated data: offices and their marks, legal bases, allowed combinations, who signs."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from anlu.kernel.core.models import Record
from anlu.kernel.documents import permissions
from anlu.kernel.documents.define import ADDRESSEES
from anlu.kernel.people.models import UnitKind


class Dated(Record):
    """Reference data that holds between two days and belongs to the whole installation."""

    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""
    scope_open: ClassVar[bool] = True
    view_permission: ClassVar[str] = permissions.RULE_VIEW
    unchecked_rows: ClassVar[Q] = Q(builtin=True, checked_on__isnull=True)  # those that are ``unchecked``

    valid_from = models.DateField("起", null=True, blank=True)
    valid_to = models.DateField("止", null=True, blank=True)
    builtin = models.BooleanField("随软件提供", default=False, editable=False)
    checked_on = models.DateField("核对日期", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def unchecked(self) -> bool:
        """True for what came with the software and nobody has compared with the text in force."""
        return self.builtin and self.checked_on is None

    def in_force(self, on: date) -> bool:
        """True when it holds on a day."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_to is None or on <= self.valid_to)


class Letterhead(Dated):
    """发文机关: the name in the head of its papers and the mark in its numbers (机关代字)."""

    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    name = models.CharField("发文机关标志", max_length=80)
    signature = models.CharField("署名", max_length=80, blank=True)
    mark = models.CharField("机关代字", max_length=20)

    class Meta:
        verbose_name = "发文机关"
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.name}（{self.mark}）"


class LegalBasis(Dated):
    """An article that documents rest on."""

    unchecked_rows: ClassVar[Q] = Q(checked_on__isnull=True)

    code = models.CharField("代码", max_length=40)
    law = models.CharField("法律法规", max_length=100)
    article = models.CharField("条款", max_length=40)
    point = models.CharField("要点", max_length=300, blank=True)
    source = models.CharField("来源", max_length=200, blank=True)
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="由何替代"
    )

    class Meta:
        verbose_name = "法律依据"
        ordering: ClassVar[list[str]] = ["code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(voided_at__isnull=True), name="one_live_legal_basis_per_code"
            )
        ]

    def __str__(self) -> str:
        return f"《{self.law}》{self.article}"

    @property
    def unchecked(self) -> bool:
        """True until somebody has compared it with the published text, whoever wrote it down."""
        return self.checked_on is None


class Combination(Dated):
    """One allowed combination of issuer, kind, addressee and legal basis; ``basis`` "" asks for none."""

    kind = models.CharField("文书", max_length=60)
    issuer = models.CharField("发文主体", max_length=16, choices=UnitKind)
    addressee = models.CharField(
        "对象", max_length=12, choices=[(one.value, label) for one, label in ADDRESSEES.items()], blank=True
    )
    basis = models.CharField("法律依据", max_length=40, blank=True)
    source = models.CharField("出处", max_length=200, blank=True)

    class Meta:
        verbose_name = "发文组合"
        ordering: ClassVar[list[str]] = ["kind", "issuer", "addressee", "basis"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "issuer", "addressee", "basis"],
                condition=Q(voided_at__isnull=True),
                name="one_live_combination",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_issuer_display()} → {self.get_addressee_display()}"


class SigningRule(Dated):
    """Who may sign: a role in an issuing unit (none: any), a kind ("" = any), up to an amount (none: any)."""

    role = models.CharField("角色", max_length=40)
    issuer = models.CharField("发文主体", max_length=16, choices=UnitKind, blank=True)
    unit = models.ForeignKey(
        "people.Unit",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="发文单位",
    )
    kind = models.CharField("文书", max_length=60, blank=True)
    amount_up_to = models.DecimalField(
        "金额上限（元）", max_digits=14, decimal_places=2, null=True, blank=True
    )
    source = models.CharField("出处", max_length=200, blank=True)

    class Meta:
        verbose_name = "签发权限"
        ordering: ClassVar[list[str]] = ["role", "issuer", "kind"]

    def __str__(self) -> str:
        return f"{self.role} {self.kind or '全部文书'}"


class KindRule(Dated):
    """What a kind of document needs: by when an answer is due, whether delivery is recorded, how long it is kept."""

    kind = models.CharField("文书", max_length=60)
    reply_days = models.PositiveSmallIntegerField("回复期限（工作日）", null=True, blank=True)
    delivery = models.BooleanField("须送达回证", default=False)
    retention_years = models.PositiveSmallIntegerField("保管年限", default=10, help_text="0 为永久")
    source = models.CharField("出处", max_length=200, blank=True)

    class Meta:
        verbose_name = "文书要求"
        ordering: ClassVar[list[str]] = ["kind", "valid_from"]

    def __str__(self) -> str:
        return self.kind
