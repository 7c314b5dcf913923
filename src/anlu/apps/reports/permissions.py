"""Permissions of reports."""

from anlu.kernel.core.permissions import declare

VIEW = declare("reports.report.view", "查看报告", group="统计报告")
CHANGE = declare("reports.report.change", "编写报告", group="统计报告")
FINISH = declare("reports.report.finish", "审定报告", group="统计报告", sworn=True)
