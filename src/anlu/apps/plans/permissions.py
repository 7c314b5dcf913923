"""Permissions of plans and honours."""

from anlu.kernel.core.permissions import declare

GROUP = "统计报告"
TEAM = "队伍建设"

THEME_VIEW = declare("plans.theme.view", "查看年度主题", group=GROUP)
PLAN_VIEW = declare("plans.plan.view", "查看工作计划", group=GROUP)
GROUP_VIEW = declare("plans.group.view", "查看计划分组", group=GROUP)
MEASURE_VIEW = declare("plans.measure.view", "查看措施", group=GROUP)
HONOUR_VIEW = declare("plans.honour.view", "查看荣誉", group=TEAM)

for _code, _noun, _group in (
    ("plans.theme", "年度主题", GROUP),
    ("plans.plan", "工作计划", GROUP),
    ("plans.group", "计划分组", GROUP),
    ("plans.measure", "措施", GROUP),
    ("plans.honour", "荣誉", TEAM),
):
    declare(f"{_code}.add", f"登记{_noun}", group=_group)
    declare(f"{_code}.change", f"修改{_noun}", group=_group)
    declare(f"{_code}.void", f"作废{_noun}", group=_group, sworn=True)
    declare(f"{_code}.export", f"导出{_noun}", group=_group)
