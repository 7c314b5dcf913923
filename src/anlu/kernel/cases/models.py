"""
Tables of cases: the case, the units that take part, what happened, facts to filter by, files, deadlines.

``kind``, ``family`` and ``state`` are codes of declarations (``kinds``), so that a new kind needs no migration. Town
and unit are those of the day it was found, for ever; visibility follows today's tree (``foundations`` 2.8).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from anlu.kernel.cases.kinds import families
from anlu.kernel.core.clock import now
from anlu.kernel.core.models import Limited, Record, RecordQuerySet, Sourced
from anlu.kernel.core.scope import Scope, Viewer
from anlu.kernel.people.models import Officer, Unit
from anlu.kernel.places.models import Located

LIVE = Q(voided_at__isnull=True)
OPEN = Q(closed_on__isnull=True, voided_at__isnull=True)


class CaseQuerySet(RecordQuerySet):
    """Cases; which families somebody sees follows from the permissions of each."""

    def about(self, permission: str) -> Self:
        """Only the family that the permission is about."""
        family = permission.rpartition(".")[0]
        return self.filter(family=family) if family in families else self.none()

    def visible_to(self, viewer: Viewer | None, permission: str = "") -> Self:
        """Live cases that ``viewer`` may see under a permission; without one, of all families that they may view."""
        if viewer is None:
            return self.none()
        if permission:
            return super().visible_to(viewer, permission)
        return self.doable(viewer, "view")

    def doable(self, viewer: Viewer, verb: str) -> Self:
        """Live cases of all families for which ``viewer`` holds the permission of ``verb``."""
        wanted: dict[Scope, list[str]] = {}
        for family in families:
            scope = Case.scope_of(viewer, family.permission_to(verb))
            if not scope.nothing:
                wanted.setdefault(scope, []).append(family.code)
        condition = Q(pk__in=[])
        for scope, codes in wanted.items():
            inside = Case.scope_condition(scope)
            if inside is not None:
                condition |= Q(family__in=codes) & inside
        if (
            len(wanted) == 1 and next(iter(wanted)).everything
        ):  # the usual case of a brigade: a plain list of codes
            condition = Q(family__in=next(iter(wanted.values())))
        return self.live().filter(condition)

    def open(self) -> Self:
        """Not in a final state and not merged into another."""
        return self.filter(closed_on__isnull=True)


class Outcome(models.TextChoices):
    """How a case ended."""

    NONE = "", "未办结"
    RESOLVED = "resolved", "已办结"
    DROPPED = "dropped", "不予受理"
    MERGED = "merged", "已并入"


class Case(Record, Sourced, Located, Limited):
    """
    Something that was found and must be put right.

    ``due_on`` is the present deadline and stays after closing, when ``on_time`` says whether it was kept.
    ``about_kind`` and ``about_uid`` name what it is about (a crash, a vehicle), ``source`` what opened it or where the
    table that it was imported from comes from.
    """

    view_permission: ClassVar[str] = "cases"  # never asked for: see ``CaseQuerySet.visible_to``
    scope_unit: ClassVar[str] = "unit"
    scope_area: ClassVar[str] = "town"
    scope_owner: ClassVar[str] = "created_by"

    kind = models.CharField("类型", max_length=60)
    family = models.CharField("台账", max_length=60)
    number = models.CharField("编号", max_length=30)
    title = models.CharField("事项", max_length=120)
    state = models.CharField("状态", max_length=20)
    grade = models.CharField("等级", max_length=12, blank=True)
    description = models.TextField("情况说明", blank=True)
    details = models.JSONField("要素", default=dict, blank=True)
    details_version = models.PositiveSmallIntegerField(default=1, editable=False)

    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="发现单位"
    )
    lead = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="牵头单位"
    )
    handler = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="经办人"
    )
    reporter_name = models.CharField("提出人", max_length=60, blank=True)

    found_on = models.DateField("发现日期")
    due_on = models.DateField("办理期限", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True, editable=False)
    closed_month = models.CharField(max_length=7, blank=True, editable=False)
    on_time = models.BooleanField("按期办结", null=True, editable=False)
    outcome = models.CharField("结果", max_length=10, choices=Outcome, default=Outcome.NONE, blank=True)
    moved_at = models.DateTimeField("最近办理", default=now, editable=False)
    rechecked_on = models.DateField("回头看", null=True, blank=True, editable=False)
    reopened_on = models.DateField("最近反弹", null=True, blank=True, editable=False)

    returns = models.PositiveSmallIntegerField("退回次数", default=0, editable=False)
    rebounds = models.PositiveSmallIntegerField("反弹次数", default=0, editable=False)
    extensions = models.PositiveSmallIntegerField("延期次数", default=0, editable=False)
    rung = models.CharField("督办层级", max_length=20, blank=True, editable=False)
    step_on = models.DateField(null=True, blank=True, editable=False, help_text="下一次提醒或催办的日子")
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
        editable=False,
        verbose_name="并入",
    )
    about_kind = models.CharField(max_length=60, blank=True)
    about_uid = models.UUIDField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "事项"
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number"], name="one_case_per_number"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["step_on", "id"], condition=OPEN, name="case_step"),
            models.Index(fields=["family", "state", "due_on", "id"], condition=OPEN, name="case_board"),
            # Figures are counted from the next two alone: they hold what is grouped by, asked for and in scope.
            models.Index(
                fields=["family", "found_on", "id", "kind", "outcome", "closed_on", "town", "lead", "unit"],
                condition=LIVE,
                name="case_found",
            ),
            models.Index(
                fields=[
                    "family",
                    "closed_on",
                    "id",
                    "kind",
                    "outcome",
                    "found_on",
                    "due_on",
                    "on_time",
                    "reopened_on",
                    "town",
                    "lead",
                    "unit",
                ],
                condition=LIVE,
                name="case_closed",
            ),
            models.Index(
                fields=["family", "reopened_on", "id"],
                condition=LIVE & Q(reopened_on__isnull=False),
                name="case_back",
            ),
            models.Index(fields=["family", "moved_at", "id"], condition=LIVE, name="case_moved"),
            models.Index(fields=["family", "number", "id"], condition=LIVE, name="case_number"),
            models.Index(fields=["family", "due_on", "id"], condition=LIVE, name="case_due"),
            models.Index(fields=["family", "state", "id"], condition=LIVE, name="case_state"),
            models.Index(
                fields=["family", "rebounds", "id"], condition=LIVE & Q(rebounds__gt=0), name="case_rebound"
            ),
            models.Index(fields=["family", "cell_x", "cell_y", "id"], condition=LIVE, name="case_cells"),
            models.Index(fields=["kind", "cell_x"], name="case_near"),
            models.Index(fields=["created_by"], name="case_reporter"),
            models.Index(fields=["about_uid"], name="case_about"),
            models.Index(fields=["family", "recorded_at"], condition=LIVE, name="case_recorded"),
            # The last one: of two that fit equally SQLite takes the younger, and case_due holds what is closed as well.
            models.Index(fields=["family", "due_on", "id"], condition=OPEN, name="case_open_due"),
            models.Index(fields=["source_key"], name="case_source_key"),
            # Where keys come from another table (a fact, a sheet), they are looked up here.
            models.Index(fields=["family", "id"], condition=LIVE, name="case_keys"),
            # The very last: of several that begin with what is known SQLite takes the youngest for counting.
            models.Index(
                fields=["family", "kind", "unit", "lead", "town", "id"], condition=LIVE, name="case_counted"
            ),
            models.Index(
                fields=["family", "kind", "state", "outcome", "found_on", "due_on", "town", "lead", "unit"],
                condition=OPEN,
                name="case_standing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @classmethod
    def reach(cls, held: Scope, viewer: Viewer, permission: str) -> Scope:
        """
        Whoever holds a permission at all also sees what they reported, handle or watch.

        Of a private family nobody sees more than that, but where they have to work on it.
        """
        if held.nothing:
            return held
        code = permission.rpartition(".")[0]
        if code in families and families.get(code).private:
            held = held & families.get(code).worked_by(viewer)
        return held if held.everything else held | Scope(person=viewer.uid)

    @classmethod
    def scope_condition(cls, scope: Scope) -> Q | None:
        """Inside by the unit or town where it was found, by a unit that takes part, or by whose it is."""
        if scope.everything or scope.nothing:
            return super().scope_condition(scope)
        condition = Q()
        if scope.units:
            condition |= Q(unit__in=scope.units) | Q(lead__in=scope.units)
        if scope.areas:
            condition |= Q(town__in=scope.areas)
        # All other reasons as one set of keys: looking into five for every case takes five times as long.
        first, *rest = cls._named_in(scope)
        return condition | Q(pk__in=first.union(*rest, all=True) if rest else first)

    @classmethod
    def _named_in(cls, scope: Scope) -> Iterator[models.QuerySet[Any, Any]]:
        """Primary keys of cases by what stands in other tables, and by whose they are; the lead is in the case."""
        if scope.units:
            others = (Part.FOUND, Part.HELPER, Part.MERGED)
            yield CaseUnit.objects.filter(unit__in=scope.units, part__in=others).values_list("case")
        if scope.areas:
            yield CaseUnit.objects.filter(area__in=scope.areas).values_list("case")
        if scope.person:
            mine, officers = cls._base_manager.order_by(), Officer.objects.filter(uid=scope.person)
            yield mine.filter(created_by=scope.person).values_list("pk")
            yield mine.filter(handler__in=officers.values("pk")).values_list("pk")
            yield CaseWatcher.objects.filter(person=scope.person).values_list("case")


class Part(models.TextChoices):
    """What a unit has to do with a case."""

    FOUND = "found", "发现"
    LEAD = "lead", "牵头"
    HELPER = "helper", "配合"
    MERGED = "merged", "并入前"


class CaseUnit(models.Model):
    """A unit that takes part. ``area`` is that of a unit whose people see by area (towns, villages)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    area = models.ForeignKey(
        "places.Area", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    part = models.CharField("分工", max_length=8, choices=Part)
    since = models.DateTimeField(default=now)

    class Meta:
        verbose_name = "参与单位"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "unit", "part"], name="one_part_per_unit")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "part", "case"], name="case_unit_part"),
        ]


class CaseWatcher(models.Model):
    """Somebody who wants to know what becomes of a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="watchers")
    person = models.UUIDField()

    class Meta:
        verbose_name = "关注"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "person"], name="one_watch_per_person")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person"], name="case_watcher")]


class CaseEvent(Record):
    """
    One line of the history, never changed: moves, and everything else that happened to a case.

    For a move ``code`` is that of the move and ``before``/``after`` are states; other events leave the state as it is.
    """

    scope_through: ClassVar[str] = "case"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    code = models.CharField(max_length=30)
    label = models.CharField("经过", max_length=60)
    is_move = models.BooleanField(default=False)
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField("时间", default=now)
    on = models.DateField("日期")
    by_name = models.CharField("经办", max_length=60, blank=True)
    by_unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField("说明", blank=True)
    colour = models.CharField(max_length=8, blank=True)
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = "经过"
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return self.label


class CaseFact(models.Model):
    """A fact of a kind's details that lists filter by and sums add up; written from the details, never by hand."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="facts")
    code = models.CharField(max_length=60)
    number = models.FloatField(null=True, blank=True)
    text = models.CharField(max_length=200, blank=True)
    day = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "code"], name="one_fact_per_code")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["code", "text", "case"], name="case_fact_text"),
            models.Index(fields=["code", "number", "case"], name="case_fact_number"),
            models.Index(fields=["code", "day", "case"], name="case_fact_day"),
        ]


class FileKind(models.TextChoices):
    """What a file shows."""

    PHOTO = "photo", "照片"
    BEFORE = "before", "整改前"
    AFTER = "after", "整改后"
    DOCUMENT = "document", "文件"


class CaseFile(Record):
    """A photograph or file of a case; the content lies in the upload store, a smaller picture beside it."""

    scope_through: ClassVar[str] = "case"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="files")
    event = models.ForeignKey(
        CaseEvent, null=True, blank=True, on_delete=models.SET_NULL, related_name="files"
    )
    kind = models.CharField("内容", max_length=10, choices=FileKind)
    upload = models.ForeignKey("core.Upload", on_delete=models.PROTECT, related_name="+")
    thumbnail = models.ForeignKey(
        "core.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    media_type = models.CharField(max_length=60)
    width_px = models.PositiveIntegerField(null=True, blank=True)
    height_px = models.PositiveIntegerField(null=True, blank=True)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    bearing = models.FloatField("朝向", null=True, blank=True)
    distance_m = models.FloatField("距事项位置(米)", null=True, blank=True)
    warnings = models.JSONField("疑点", default=list, blank=True)
    by_name = models.CharField("上传人", max_length=60, blank=True)

    class Meta:
        verbose_name = "附件"
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.upload.name}"


class Decision(models.TextChoices):
    """What became of a request."""

    ASKED = "asked", "待审批"
    GRANTED = "granted", "同意"
    REFUSED = "refused", "不同意"


class Extension(Record):
    """A request for a later deadline, and who decided it."""

    scope_through: ClassVar[str] = "case"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="extension_requests")
    due_on = models.DateField("原期限", null=True, blank=True)
    until = models.DateField("申请延至")
    why = models.CharField("理由", max_length=300)
    asked_by_name = models.CharField("申请人", max_length=60)
    decision = models.CharField("结果", max_length=8, choices=Decision, default=Decision.ASKED)
    decided_by = models.UUIDField(null=True, blank=True)
    decided_by_name = models.CharField("审批人", max_length=60, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decided_note = models.CharField("审批意见", max_length=300, blank=True)

    class Meta:
        verbose_name = "延期申请"
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(decision="asked", voided_at__isnull=True),
                name="one_open_extension_per_case",
            )
        ]


class Act(models.TextChoices):
    """What the worker does on a rung; it never signs."""

    REMIND = "remind", "提醒经办单位"
    URGE = "urge", "催办"
    DRAFT = "draft", "拟稿待签"


class Rung(Record):
    """
    A rung of an escalation ladder: data, because who may summon whom differs from place to place.

    ``working_days`` counts from the deadline: -1 is the working day before it, 3 the third after it; with
    ``after_signing`` from the day on which the rung below was signed. From a rung with ``signed`` upward a document is
    issued only by an authorised person; the worker drafts it. ``document`` is a kind of document, which it drafts;
    ``limit_days`` the working days that the document gives. An ``optional`` rung is passed over where nobody may send
    its document to the lead or one was written already, and those above it do not wait for its signature.
    """

    scope_open: ClassVar[bool] = True
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""
    view_permission: ClassVar[str] = "cases.rung.view"

    ladder = models.CharField("阶梯", max_length=30, default="standard")
    code = models.CharField("代码", max_length=20)
    label = models.CharField("名称", max_length=30)
    order = models.PositiveSmallIntegerField("顺序")
    working_days = models.SmallIntegerField("期限前后工作日")
    after_signing = models.BooleanField("自上一级签发起算", default=False)
    act = models.CharField("自动动作", max_length=8, choices=Act)
    issuer = models.CharField("主体", max_length=60)
    addressee = models.CharField("对象", max_length=60)
    document = models.CharField("文书", max_length=40, blank=True)
    limit_days = models.PositiveSmallIntegerField("文书限期(工作日)", null=True, blank=True)
    signed = models.BooleanField("须签发", default=False)
    optional = models.BooleanField("可发才拟、不等签发", default=False)
    valid_from = models.DateField("启用", null=True, blank=True)
    valid_to = models.DateField("停用", null=True, blank=True)
    source = models.CharField("依据", max_length=200, blank=True)
    confidence = models.CharField("依据等级", max_length=4, blank=True)
    edited = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = "督办层级"
        ordering: ClassVar[list[str]] = ["ladder", "order"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["ladder", "code"], condition=Q(voided_at__isnull=True), name="one_rung_per_code"
            )
        ]

    def __str__(self) -> str:
        return self.label


class StepState(models.TextChoices):
    """How far a step of escalation is."""

    DONE = "done", "已发出"
    DRAFTED = "drafted", "拟办待签"
    SIGNED = "signed", "已签发"
    DROPPED = "dropped", "不再签发"


class Escalation(Record):
    """
    One step up the ladder. ``due_on`` is the deadline that was missed: a new deadline begins a new climb.

    ``document`` is the paper that goes with it; where there can be none, ``text`` is the draft.
    """

    scope_through: ClassVar[str] = "case"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="escalations")
    rung = models.CharField("层级", max_length=20)
    label = models.CharField("层级名称", max_length=30)
    due_on = models.DateField("所逾期限")
    on = models.DateField("日期")
    state = models.CharField("状态", max_length=8, choices=StepState)
    issuer = models.CharField("主体", max_length=60, blank=True)
    addressee = models.CharField("对象", max_length=60, blank=True)
    document = models.UUIDField("文书", null=True, blank=True)
    text = models.TextField("拟稿", blank=True)
    signed_by = models.UUIDField(null=True, blank=True)
    signed_by_name = models.CharField("签发人", max_length=60, blank=True)
    signed_at = models.DateTimeField("签发时间", null=True, blank=True)

    class Meta:
        verbose_name = "督办"
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "rung", "due_on"], name="one_step_per_rung_and_deadline")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "on"], name="escalation_state")
        ]

    def __str__(self) -> str:
        return self.label
