"""
The base of every table (``Record``), of what happened (``Occurred``) and of what came from elsewhere
(``Sourced``).

``pk`` never leaves the database; ``uid`` (UUIDv7) is the identity in addresses, exports and audit. Persons
are named by uid, not by foreign key, because the core may not know the people.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final, Self

from django.db import connection, models
from django.db.models import Q
from uuid_utils.compat import uuid7

from anlu.kernel.core.clock import now
from anlu.kernel.core.fields import with_indexes
from anlu.kernel.core.models.batches import Batch
from anlu.kernel.core.scope import Scope, Viewer

HIDDEN: Final = (
    f"SELECT id FROM {Batch._meta.db_table} "
    f"WHERE state IN ({', '.join('%s' for _ in Batch.HIDDEN)}) ORDER BY id"
)


class RecordQuerySet(models.QuerySet[Any]):
    """Reads of records; every list, count, export, search and tile starts at ``visible_to``."""

    def live(self) -> Self:
        """Without voided records and without rows of batches that are not live (``foundations`` 2.1)."""
        return self.published().filter(voided_at__isnull=True)

    def published(self) -> Self:
        """Without rows of batches that are not live; voided ones are still there (recycle bin, history)."""
        return self.outside(self.model.hidden_batches()) if self.model.has_batches() else self

    def outside(self, hidden: Iterable[int]) -> Self:
        """Without rows of these batches (``hidden_batches``); asks nothing when there are none."""
        keys = list(hidden)
        if not keys:
            return self
        batch = f"{self.model.scope_prefix()}batch"
        return self.filter(Q(**{f"{batch}__isnull": True}) | ~Q(**{f"{batch}__in": keys}))

    def in_scope(self, scope: Scope) -> Self:
        """Only what lies in ``scope``."""
        condition = self.model.scope_condition(scope)
        return self.none() if condition is None else self.filter(condition)

    def about(self, permission: str) -> Self:
        """Only the rows that a permission is about: all, unless one table serves several nouns."""
        return self

    def visible_to(self, viewer: Viewer | None, permission: str = "") -> Self:
        """Live records that ``viewer`` may see under ``permission`` (default: ``view_permission``)."""
        if viewer is None:
            return self.none()
        wanted = permission or self.model.view_permission
        return self.live().about(wanted).in_scope(self.model.scope_of(viewer, wanted))


class Record(models.Model):
    """Base of every table that people see.

    Class attributes declare how scope applies: ``scope_unit``, ``scope_area`` and ``scope_owner`` name the
    columns ("" = the table has none), ``scope_through`` the foreign key to the record whose scope is used
    instead, and ``scope_open`` marks reference data that everybody with the permission may see whole.
    """

    view_permission: ClassVar[str] = ""
    scope_unit: ClassVar[str] = "unit"
    scope_area: ClassVar[str] = "town"
    scope_owner: ClassVar[str] = "created_by"
    scope_through: ClassVar[str] = ""
    scope_open: ClassVar[bool] = False

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    created_at = models.DateTimeField("登记时间", default=now, editable=False)
    created_by = models.UUIDField("登记人", null=True, blank=True, editable=False)
    changed_at = models.DateTimeField("更新时间", auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_at = models.DateTimeField("入账时间", default=now, editable=False)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)
    voided_by = models.UUIDField(null=True, blank=True, editable=False)
    voided_why = models.CharField("作废原因", max_length=200, blank=True, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Save; ``update_fields`` that name an encrypted text carry its blind indexes along."""
        if options.get("update_fields") is not None:
            options["update_fields"] = with_indexes(type(self), options["update_fields"])
        super().save(*args, **options)

    @classmethod
    def scope_of(cls, viewer: Viewer, permission: str) -> Scope:
        """Where ``viewer`` holds a permission on records of this table."""
        return cls.reach(viewer.scope_for(permission), viewer, permission)

    @classmethod
    def reach(cls, held: Scope, viewer: Viewer, permission: str) -> Scope:
        """What ``held``, where a role gives the permission, comes to here; some tables add the person's own."""
        return held

    @classmethod
    def scope_prefix(cls) -> str:
        """``""`` or ``"crash__"``: where scope columns are found from this table."""
        return f"{cls.scope_through}__" if cls.scope_through else ""

    @classmethod
    def _scope_model(cls) -> type[Record]:
        """The model whose columns decide: this one, or the one behind ``scope_through``."""
        if not cls.scope_through:
            return cls
        target = cls._meta.get_field(cls.scope_through).related_model
        assert isinstance(target, type)
        assert issubclass(target, Record)
        return target._scope_model()

    @classmethod
    def has_batches(cls) -> bool:
        """True when rows (or their parent's) belong to import batches."""
        return issubclass(cls._scope_model(), Sourced)

    @staticmethod
    def hidden_batches() -> list[int]:
        """
        Primary keys of batches that are not live, in ascending order; nearly always none.

        In plain SQL: every list and every figure asks, and a queryset costs ten times the answer.
        """
        with connection.cursor() as cursor:
            cursor.execute(HIDDEN, [str(state) for state in Batch.HIDDEN])
            return [row[0] for row in cursor.fetchall()]

    @classmethod
    def scope_condition(cls, scope: Scope) -> Q | None:
        """The condition that keeps rows inside ``scope``; None when nothing can be inside."""
        if scope.everything or (cls.scope_open and not scope.nothing):
            return Q()
        decider, prefix = cls._scope_model(), cls.scope_prefix()
        condition = Q()
        if decider.scope_unit and scope.units:
            condition |= Q(**{f"{prefix}{decider.scope_unit}__in": scope.units})
        if decider.scope_area and scope.areas:
            condition |= Q(**{f"{prefix}{decider.scope_area}__in": scope.areas})
        if decider.scope_owner and scope.person:
            condition |= Q(**{f"{prefix}{decider.scope_owner}": scope.person})
        return condition if condition else None


class Precision(models.TextChoices):
    """How exactly a time is known."""

    MINUTE = "minute", "到分"
    HOUR = "hour", "到时"
    DAY = "day", "到日"
    UNKNOWN = "unknown", "不明"


class Occurred(models.Model):
    """Something that happened: aware time plus the frozen local parts that statistics group by."""

    occurred_at = models.DateTimeField("发生时间", db_index=True)
    occurred_on = models.DateField("发生日期")
    occurred_hour = models.PositiveSmallIntegerField("发生时", null=True, blank=True)
    occurred_weekday = models.PositiveSmallIntegerField("星期", help_text="周一为 1")
    occurred_month = models.CharField("发生月", max_length=7, help_text="2023-06")
    time_precision = models.CharField("时间精度", max_length=8, choices=Precision, default=Precision.MINUTE)

    class Meta:
        abstract = True


class Sourced(models.Model):
    """
    Something that can come from another system: from where, under which key, by which batch.

    ``ours`` names the fields that stay ours even when the system is registered as read-only (``core.ownership``).
    """

    ours: ClassVar[frozenset[str]] = frozenset()

    source = models.CharField("来源", max_length=40, blank=True)
    source_key = models.CharField("来源编号", max_length=80, blank=True)
    batch = models.ForeignKey("core.Batch", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    last_seen_batch = models.ForeignKey(
        "core.Batch", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    digest = models.BinaryField("内容摘要", max_length=16, null=True, blank=True, editable=False)

    class Meta:
        abstract = True
