"""Permissions of reports."""

from anlu.kernel.core.permissions import declare

VIEW = declare("reports.report.view", "查看报告", group="统计报告")
CHANGE = declare("reports.report.change", "编写报告", group="统计报告")
FINISH = declare("reports.report.finish", "审定报告", group="统计报告", sworn=True)

PICTURES = "宣传教育"
PICTURE_VIEW = declare("reports.picture.view", "查看图片素材", group=PICTURES)
PICTURE_ADD = declare("reports.picture.add", "登记图片组", group=PICTURES)
PICTURE_CHANGE = declare("reports.picture.change", "修改图片组、标注图片", group=PICTURES)
PICTURE_VOID = declare("reports.picture.void", "作废图片组", group=PICTURES, sworn=True)
PICTURE_EXPORT = declare("reports.picture.export", "导出图片组", group=PICTURES)
