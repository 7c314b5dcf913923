"""Permissions of governance; those of decisions and tasks come from their families."""

from anlu.kernel.core.permissions import declare

GROUP = "综合治理"
BODY_VIEW = declare("governance.body.view", "查看交安委等议事机构", group=GROUP)
MEMBER_VIEW = declare("governance.member.view", "查看成员单位", group=GROUP)
FORCE_VIEW = declare("governance.task_force.view", "查看专班", group=GROUP)
FORCE_MEMBER_VIEW = declare("governance.force_member.view", "查看专班成员", group=GROUP)
SECONDMENT_VIEW = declare("governance.secondment.view", "查看抽调", group=GROUP)
DISPATCH_VIEW = declare("governance.dispatch.view", "查看调度会", group=GROUP)
DISPATCH_FREEZE = declare("governance.dispatch.change", "定稿议程、起草纪要", group=GROUP)

for _code, _noun in (
    ("governance.body", "议事机构"),
    ("governance.member", "成员单位"),
    ("governance.task_force", "专班"),
    ("governance.force_member", "专班成员"),
    ("governance.secondment", "抽调"),
):
    declare(f"{_code}.add", f"登记{_noun}", group=GROUP)
    declare(f"{_code}.change", f"修改{_noun}", group=GROUP)
    declare(f"{_code}.void", f"作废{_noun}", group=GROUP)
    declare(f"{_code}.export", f"导出{_noun}", group=GROUP)
for _verb, _words, _sworn in (("add", "登记", False), ("change", "修改", False), ("void", "作废", False)):
    declare(f"governance.meeting.{_verb}", f"{_words}会议", group=GROUP, sworn=_sworn)
