"""Permissions of indicators."""

from anlu.kernel.core.permissions import declare

VIEW = declare("indicators.indicator.view", "查看指标目录", group="统计报告")
EXPORT = declare("indicators.indicator.export", "导出指标", group="统计报告")
