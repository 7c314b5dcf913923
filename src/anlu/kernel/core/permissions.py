"""Permissions are declared in code and found at start-up; roles tick them."""

from __future__ import annotations

from dataclasses import dataclass

from anlu.kernel.core.registry import Registry


@dataclass(frozen=True)
class Permission:
    """Something a role may carry. ``code`` is ``<app>.<noun>.<verb>``; ``group`` is the menu chapter it
    belongs to.

    ``sworn`` marks what auxiliaries (辅警) may never do, whatever role they hold (``practice`` 1).
    """

    code: str
    label: str
    group: str = ""
    sworn: bool = False


permissions: Registry[Permission] = Registry("permission")


def declare(code: str, label: str, *, group: str = "", sworn: bool = False) -> str:
    """Declare a permission and give back its code."""
    return permissions.add(Permission(code, label, group, sworn)).code


TERM_VIEW = declare("core.term.view", "查看字典", group="系统")
TERM_CHANGE = declare("core.term.change", "维护字典", group="系统")
BATCH_VIEW = declare("core.batch.view", "查看导入记录", group="系统")
BATCH_WITHDRAW = declare("core.batch.withdraw", "撤回导入", group="系统")
JOB_VIEW = declare("core.job.view", "查看后台任务", group="系统")
AUDIT_VIEW = declare("core.audit.view", "查看审计", group="系统")
EXPORT_VIEW = declare("core.export.view", "查看导出登记", group="系统")
EXPORT_APPROVE = declare("core.export.approve", "审批大量导出", group="系统", sworn=True)
DOCTOR_VIEW = declare("core.doctor.view", "系统体检", group="系统")
SOURCE_VIEW = declare("core.source.view", "查看数据来源登记", group="系统")
SOURCE_CHANGE = declare("core.source.change", "维护数据来源登记", group="系统", sworn=True)
DATASET_VIEW = declare("core.dataset.view", "查看数据集登记", group="系统")
DATASET_CHANGE = declare("core.dataset.change", "维护数据集登记", group="系统", sworn=True)
