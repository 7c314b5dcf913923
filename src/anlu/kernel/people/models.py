"""Units, officers, roles and grants; who somebody is, where they belong and what they may do there."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from uuid_utils.compat import uuid7

from anlu.kernel.core.clock import now
from anlu.kernel.core.models import Record, RecordQuerySet
from anlu.kernel.core.scope import Scope, Width
from anlu.kernel.people import permissions
from anlu.kernel.places.models import Area

if TYPE_CHECKING:
    from anlu.kernel.people.access import Access


class UnitKind(models.TextChoices):
    """What a unit is; the kind decides whether its people see by unit or by area."""

    DETACHMENT = "detachment", "支队"
    BRIGADE = "brigade", "大队"
    SQUADRON = "squadron", "中队"
    OFFICE = "office", "股室"
    VEHICLE_OFFICE = "vehicle_office", "车管所"
    GOVERNMENT = "government", "政府"
    COMMITTEE = "committee", "交安委"
    TOWN_OFFICE = "town_office", "镇街安办"
    VILLAGE_POST = "village_post", "村级劝导站"
    DEPARTMENT = "department", "成员单位"
    ENTERPRISE = "enterprise", "企业"
    MEDICAL = "medical", "医疗机构"
    FUND = "fund", "救助基金管理机构"


SEES_BY_AREA = frozenset({UnitKind.TOWN_OFFICE, UnitKind.VILLAGE_POST})


POLICE = (UnitKind.DETACHMENT, UnitKind.BRIGADE, UnitKind.SQUADRON, UnitKind.OFFICE)
"""Kinds of units whose figures are shown."""


class Unit(Record):
    """A unit or partner organisation. Never re-parented: a change ends the row and names its successor."""

    scope_open: ClassVar[bool] = True
    view_permission: ClassVar[str] = permissions.UNIT_VIEW
    scope_unit: ClassVar[str] = ""
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = ""

    code = models.CharField("代码", max_length=30)
    name = models.CharField("名称", max_length=80)
    short_name = models.CharField("简称", max_length=20, blank=True)
    kind = models.CharField("类别", max_length=16, choices=UnitKind)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name="上级"
    )
    area = models.ForeignKey(
        Area, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="所在辖区"
    )
    sort_key = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField("成立", null=True, blank=True)
    valid_to = models.DateField("撤销", null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
        verbose_name="并入",
    )

    class Meta:
        verbose_name = "单位"
        ordering: ClassVar[list[str]] = ["sort_key", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(voided_at__isnull=True), name="one_live_unit_per_code"
            )
        ]

    def __str__(self) -> str:
        return self.name


class UnitPath(models.Model):
    """Closure of the unit tree (a unit is its own ancestor), with the dates for which the link holds."""

    ancestor = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="paths_down")
    descendant = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="paths_up")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["ancestor", "descendant"], name="one_unit_path")
        ]


class Responsibility(models.Model):
    """Which unit answers for which area, and when; decides the unit of records that name only a place."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="responsibilities")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="responsibilities")
    valid_from = models.DateField("起", null=True, blank=True)
    valid_to = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "辖区分工"


class OfficerKind(models.TextChoices):
    """人员身份 (``dictionaries``); auxiliaries and outsiders have different powers from sworn officers."""

    SWORN = "sworn", "民警"
    AUXILIARY = "auxiliary", "辅警"
    CIVILIAN = "civilian", "文职"
    SAFETY_OFFICER = "safety_officer", "专职安全员"
    TRAFFIC_KEEPER = "traffic_keeper", "交管员"
    PERSUADER = "persuader", "劝导员"
    GRID_WORKER = "grid_worker", "网格员"
    PUBLICIST = "publicist", "宣传员"
    VILLAGE_CADRE = "village_cadre", "村两委"
    VOLUNTEER = "volunteer", "志愿者"
    LIAISON = "liaison", "联络员"


class OfficerManager(BaseUserManager["Officer"].from_queryset(RecordQuerySet)):  # type: ignore[misc]
    """Sign-in finds people by their login name."""

    def get_by_natural_key(self, username: str | None) -> Officer:
        """The officer with this login, whatever the case of its letters."""
        officer: Officer = self.get(login__iexact=username, voided_at__isnull=True)
        return officer


class Officer(AbstractBaseUser, Record):
    """A person with an account: officer, auxiliary, clerk, liaison, town safety officer ..."""

    view_permission: ClassVar[str] = permissions.OFFICER_VIEW
    scope_unit: ClassVar[str] = "unit"
    scope_area: ClassVar[str] = ""
    scope_owner: ClassVar[str] = "uid"

    USERNAME_FIELD: ClassVar[str] = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    login = models.CharField("登录名", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=40)
    sort_key = models.CharField(max_length=120, blank=True)
    badge = models.CharField("警号/工号", max_length=20, blank=True)
    kind = models.CharField("身份", max_length=16, choices=OfficerKind, default=OfficerKind.SWORN)
    post = models.CharField("职务", max_length=40, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="officers", verbose_name="单位")
    valid_from = models.DateField("到岗", null=True, blank=True)
    valid_to = models.DateField("离岗", null=True, blank=True)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("首次登录须改密码", default=True)
    language = models.CharField("界面语言", max_length=8, blank=True)  # "" = that of the installation
    theme = models.CharField("界面明暗", max_length=8, blank=True)  # light, dark; "" = as the system
    password_changed_at = models.DateTimeField(default=now)

    objects = OfficerManager()  # type: ignore[misc]

    class Meta:
        verbose_name = "人员"
        ordering: ClassVar[list[str]] = ["sort_key", "login"]

    def __str__(self) -> str:
        return self.name

    @property
    def sworn(self) -> bool:
        """True for 民警: only they sign, decide penalties and see personal data."""
        return self.kind == OfficerKind.SWORN

    @cached_property
    def access(self) -> Access:
        """What this person may do and where, worked out once per loaded object."""
        from anlu.kernel.people.access import access_of  # access reads these very models

        return access_of(self)

    def may(self, permission: str) -> bool:
        """True when the permission is held anywhere today."""
        return self.access.may(permission)

    def scope_for(self, permission: str) -> Scope:
        """Where the permission is held today."""
        return self.access.scope_for(permission)


class Administrator(models.TextChoices):
    """The three separate administrators (三员分立); nobody holds two, none is a business user."""

    NONE = "", "—"
    SYSTEM = "system", "系统管理员"
    SECURITY = "security", "安全管理员"
    AUDIT = "audit", "审计管理员"


class Role(models.Model):
    """Permissions (what) with a width (where)."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.CharField("代码", max_length=40, unique=True)
    label = models.CharField("名称", max_length=40)
    width = models.CharField("数据范围", max_length=8, choices=[(w.value, w.value) for w in Width])
    administrator = models.CharField(
        "管理员类别", max_length=8, choices=Administrator, default=Administrator.NONE, blank=True
    )
    order = models.PositiveIntegerField(default=0)
    builtin = models.BooleanField("内置", default=False)

    class Meta:
        verbose_name = "角色"
        ordering: ClassVar[list[str]] = ["order", "code"]

    def __str__(self) -> str:
        return self.label


class RolePermission(models.Model):
    """One permission of one role."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="ticked")
    code = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["role", "code"], name="one_tick_per_role_and_permission")
        ]


class Grant(models.Model):
    """A role held by an officer between two days; for width "chosen" with the units and areas chosen."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants")
    valid_from = models.DateField("起", null=True, blank=True)
    valid_to = models.DateField("止", null=True, blank=True)
    units = models.ManyToManyField(Unit, blank=True, related_name="+", verbose_name="指定单位")
    areas = models.ManyToManyField(Area, blank=True, related_name="+", verbose_name="指定辖区")

    class Meta:
        verbose_name = "授权"


class OldPassword(models.Model):
    """Hashes of former passwords: the last five may not come back."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="old_passwords")
    encoded = models.CharField(max_length=200)
    ended_at = models.DateTimeField(default=now)


class SignIn(models.Model):
    """One attempt to sign in, or a sign-out: the sign-in log."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    at = models.DateTimeField("时间", default=now, db_index=True)
    login = models.CharField("登录名", max_length=40)
    officer_uid = models.UUIDField(null=True, blank=True)
    officer_name = models.CharField("人员", max_length=40, blank=True)
    outcome = models.CharField("结果", max_length=20)
    address = models.CharField("来源地址", max_length=45, blank=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)

    class Meta:
        verbose_name = "登录日志"
        ordering: ClassVar[list[str]] = ["-pk"]
