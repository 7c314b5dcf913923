"""Permissions of the boards. What stands on them follows from the permissions of the panels and indicators."""

from anlu.kernel.core.permissions import declare

GROUP = "今日"
MORNING = declare("dashboard.morning.view", "查看晨会一页纸", group=GROUP)
LEADER = declare("dashboard.leader.view", "查看领导视图", group=GROUP)
SCREEN = declare("dashboard.screen.view", "使用大屏", group=GROUP)

declare("dashboard.duty.add", "登记值班", group=GROUP)
declare("dashboard.duty.change", "修改值班", group=GROUP)
declare("dashboard.duty.void", "作废值班", group=GROUP, sworn=True)
