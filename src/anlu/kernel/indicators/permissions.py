"""
Permissions of indicators.

Reading is ``indicators.*``; what writes is ``figures.*``, so that a role that reads everything about figures cannot
close a period.
"""

from anlu.kernel.core.permissions import declare

GROUP = "统计报告"
VIEW = declare("indicators.indicator.view", "查看指标目录", group=GROUP)
EXPORT = declare("indicators.indicator.export", "导出指标", group=GROUP)
EXTERNAL_VIEW = declare("indicators.external.view", "查看外部数据台账", group=GROUP)
EXTERNAL_CHANGE = declare("figures.external.change", "登记外部数据", group=GROUP)
TARGET_VIEW = declare("indicators.target.view", "查看预防目标", group=GROUP)
TARGET_CHANGE = declare("figures.target.change", "制定预防目标", group=GROUP, sworn=True)
CLOSE_VIEW = declare("indicators.close.view", "查看关账", group=GROUP)
CLOSE = declare("figures.close.add", "关账", group=GROUP, sworn=True)
CORRECTION_VIEW = declare("indicators.correction.view", "查看更正申请", group=GROUP)
CORRECTION_ASK = declare("figures.correction.add", "申请更正已关账数据", group=GROUP)
CORRECTION_GRANT = declare("figures.correction.grant", "批准更正已关账数据", group=GROUP, sworn=True)
