"""Permissions of team building. Viewing and exporting activities are the permissions of all activities."""

from anlu.kernel.core.permissions import declare

GROUP = "队伍建设"

for _code, _noun in (
    ("team.study", "学习活动"),
    ("team.organisation_life", "组织生活"),
    ("team.warning", "警示教育"),
    ("team.training", "练兵活动"),
):
    declare(f"{_code}.add", f"登记{_noun}", group=GROUP)
    declare(f"{_code}.change", f"修改{_noun}", group=GROUP)
    declare(f"{_code}.void", f"作废{_noun}", group=GROUP, sworn=True)

BODY_VIEW = declare("team.body.view", "查看党组织", group=GROUP)
WRITING_VIEW = declare("team.writing.view", "查看心得与笔记", group=GROUP)
TASK_VIEW = declare("team.task.view", "查看心得笔记任务", group=GROUP)
DISCUSSION_VIEW = declare("team.discussion.view", "查看大讨论", group=GROUP)
OFFICE_VIEW = declare("team.office.view", "查看党内职务", group=GROUP)
RESULT_VIEW = declare("team.result.view", "查看练兵成绩", group=GROUP)

for _code, _noun in (
    ("team.body", "党组织"),
    ("team.office", "党内职务"),
    ("team.task", "心得笔记任务"),
    ("team.writing", "心得与笔记"),
    ("team.discussion", "大讨论"),
    ("team.result", "练兵成绩"),
):
    declare(f"{_code}.add", f"登记{_noun}", group=GROUP)
    declare(f"{_code}.change", f"修改{_noun}", group=GROUP)
    declare(f"{_code}.void", f"作废{_noun}", group=GROUP, sworn=True)
    declare(f"{_code}.export", f"导出{_noun}", group=GROUP)
