"""Kinds of meetings by level, and the families of decisions and tasks."""

from anlu.kernel.activities.registry import Fact
from anlu.kernel.cases.kinds import Family, add_family

MEETING = "meeting"  # family of activities
FACTS = (
    Fact("chair", "主持人", help="写职务，不写姓名"),
    Fact("present", "出席单位", help="顿号分开"),
    Fact("absent", "请假单位"),
    Fact("observing", "列席"),
)
DECISIONS = add_family(
    Family(
        code="governance.decision",
        path="governance/decisions",
        label="会议议定事项",
        noun="议定事项",
        unit="项",
        chapter="综合治理",
        item="调度会",
        located=False,
        found_label="议定日期",
        unit_label="登记单位",
        empty="会议上议定的事项在调度会页面登记，由责任单位办理、安委办销号。",
    )
)
TASKS = add_family(
    Family(
        code="governance.task",
        path="governance/tasks",
        label="来文交办",
        noun="交办事项",
        unit="件",
        chapter="综合治理",
        item="来文交办",
        located=False,
        found_label="登记日期",
        unit_label="登记单位",
        empty="这里登记上级来文交办的事项：文号、回复期限，分解给承办单位，办结后回复。",
    )
)
