"""Tables of activities: the activity, who holds it, who was there, and the rhythm in which it is required."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from anlu.kernel.activities import permissions
from anlu.kernel.core.models import Record
from anlu.kernel.people.models import Officer, OfficerKind, Unit
from anlu.kernel.places.models import Located

LIVE = Q(voided_at__isnull=True)


class ActivityState(models.TextChoices):
    """Planned, then held or cancelled."""

    PLANNED = "planned", "计划"
    HELD = "held", "已开展"
    CANCELLED = "cancelled", "已取消"


class SignIn(models.TextChoices):
    """How people sign in. Off unless somebody turns it on for one activity (``practice`` 4)."""

    NONE = "", "不签到"
    LIST = "list", "名单签到"
    CODE = "code", "口令签到"


class Activity(Record, Located):
    """
    Something planned or held. Unit and town are those of the day: history is not attributed anew.

    ``day`` is the day it was held, or is planned for. Who held it stands in ``ActivityBearer``, and in words as they
    were called then in ``organisers``. Kinds are text, so a new one needs no migration; facts of one kind only are
    in ``details``.
    """

    view_permission: ClassVar[str] = permissions.VIEW

    kind = models.CharField("类型", max_length=40)
    number = models.CharField("编号", max_length=30)
    title = models.CharField("名称", max_length=120)
    state = models.CharField("状态", max_length=10, choices=ActivityState, default=ActivityState.PLANNED)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="组织单位"
    )
    organisers = models.CharField("组织者", max_length=400, blank=True)
    planned_on = models.DateField("计划日期")
    held_on = models.DateField("开展日期", null=True, blank=True)
    day = models.DateField("日期")
    begins = models.TimeField("开始", null=True, blank=True)
    ends = models.TimeField("结束", null=True, blank=True)
    host = models.CharField("主办", max_length=80, blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    audience = models.CharField("参加范围", max_length=20, blank=True)
    form = models.CharField("形式", max_length=20, blank=True)
    topic = models.CharField("主题", max_length=30, blank=True)
    programme = models.CharField("所属行动", max_length=30, blank=True)
    speaker = models.CharField("主讲人", max_length=40, blank=True)
    speaker_office = models.CharField("主讲人职务", max_length=30, blank=True)
    due_count = models.PositiveIntegerField("应到人数", null=True, blank=True)
    head_count = models.PositiveIntegerField("实到人数", null=True, blank=True)
    outcome = models.TextField("小结", blank=True)
    cancelled_why = models.CharField("取消原因", max_length=200, blank=True)
    details = models.JSONField("专项内容", default=dict, blank=True)
    sign_in = models.CharField("签到方式", max_length=6, choices=SignIn, default=SignIn.NONE, blank=True)
    sign_in_code = models.CharField(max_length=8, blank=True, editable=False)

    class Meta:
        verbose_name = "活动"
        ordering: ClassVar[list[str]] = ["-day", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number"], condition=LIVE, name="one_live_activity_per_number"),
            models.CheckConstraint(
                condition=~Q(state=ActivityState.HELD) | Q(held_on__isnull=False),
                name="a_held_activity_has_a_day",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "state", "held_on", "unit"], name="activity_figures"),
            models.Index(fields=["day"], name="activity_days"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **options: Any) -> None:
        """The day that lists and calendar go by follows from plan and holding."""
        self.day = self.held_on or self.planned_on
        super().save(*args, **options)

    @property
    def day_year(self) -> int:
        """The year that its number names."""
        return (self.held_on or self.planned_on).year

    @property
    def attendance_share(self) -> float | None:
        """Of those who should have come, 0-1; None when either is not known."""
        if not self.due_count or self.head_count is None:
            return None
        return self.head_count / self.due_count


class ActivityBearer(Record):
    """One of those who held an activity; ``name`` is how they were called then."""

    view_permission: ClassVar[str] = permissions.VIEW
    scope_through: ClassVar[str] = "activity"

    activity = models.ForeignKey(
        Activity, on_delete=models.CASCADE, related_name="bearers", verbose_name="活动"
    )
    group = models.CharField("承担者类别", max_length=30)
    bearer = models.UUIDField()
    name = models.CharField("承担者", max_length=80)

    class Meta:
        verbose_name = "承办"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["activity", "group", "bearer"], name="one_bearer_per_activity")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["group", "bearer"], name="bearer_activities")
        ]

    def __str__(self) -> str:
        return self.name


class Attendance(Record):
    """
    Somebody on the list of an activity: that they were there or why not, and nothing more.

    No time, no place, no counting per person: attendance belongs to the activity (``practice`` 4).
    """

    view_permission: ClassVar[str] = permissions.VIEW
    scope_through: ClassVar[str] = "activity"

    activity = models.ForeignKey(
        Activity, on_delete=models.CASCADE, related_name="attendances", verbose_name="活动"
    )
    officer = models.ForeignKey(
        Officer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="人员"
    )
    name = models.CharField("姓名", max_length=40)
    kind = models.CharField("身份", max_length=16, choices=OfficerKind, blank=True)
    present = models.BooleanField("到场", default=False)
    note = models.CharField("请假事由", max_length=60, blank=True)

    class Meta:
        verbose_name = "参加人员"
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["activity", "officer"], condition=LIVE, name="one_attendance_per_officer"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Every(models.TextChoices):
    """How often."""

    WEEK = "week", "每周"
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    HALF = "half", "每半年"
    YEAR = "year", "每年"


class Rhythm(Record):
    """What has to be held how often and by whom, between two days, and where that is written."""

    view_permission: ClassVar[str] = permissions.RHYTHM_VIEW
    scope_open: ClassVar[bool] = True
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    code = models.CharField("代码", max_length=60)
    kind = models.CharField("活动类型", max_length=40)
    bearers = models.CharField("承担者", max_length=30)
    every = models.CharField("周期", max_length=8, choices=Every)
    times = models.PositiveSmallIntegerField("每期次数", default=1)
    months = models.JSONField("限定月份", default=list, blank=True)
    remind_days = models.PositiveSmallIntegerField("期末前几日提醒", default=7)
    enabled = models.BooleanField("启用", default=True)
    valid_from = models.DateField("起", null=True, blank=True)
    valid_to = models.DateField("止", null=True, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "活动节奏"
        ordering: ClassVar[list[str]] = ["kind", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], condition=LIVE, name="one_live_rhythm_per_code")
        ]

    def __str__(self) -> str:
        return self.code
