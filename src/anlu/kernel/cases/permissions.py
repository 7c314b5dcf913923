"""Permissions of what is not a family's own: the escalation ladder, statistics, the interface for programs."""

from anlu.kernel.core.permissions import declare

RUNG_VIEW = declare("cases.rung.view", "查看督办层级", group="综合治理")
RUNG_CHANGE = declare("cases.rung.change", "维护督办层级", group="综合治理", sworn=True)
STEP_VIEW = declare("cases.step.view", "查看督办约谈挂牌", group="综合治理")
WORK_VIEW = declare("cases.work.view", "查看我的事项", group="今日")
STATISTICS_VIEW = declare("cases.statistics.view", "查看闭环统计", group="综合治理")
STATISTICS_EXPORT = declare("cases.statistics.export", "导出闭环统计", group="综合治理")
