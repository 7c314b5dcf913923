"""Suggestions and complaints of the demonstration county, each carried along by the accounts that would do it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from anlu.kernel.cases.escalation import climb_all
from anlu.kernel.cases.models import Case
from anlu.kernel.cases.services import comment_case, move_case, open_case
from anlu.kernel.core.demo import demo_step, on_day
from anlu.kernel.people.models import Officer

LAST: Final = date(2023, 7, 3)

# who, day, kind, title, facts, words, then (day, who, move or "", words)
STORIES: Final[tuple[tuple[Any, ...], ...]] = (
    ("liuting-clerk", "2023-05-09", "suggestions.suggestion", "周报和月报要的数一样，填两遍",
     {"subject": "form", "replaces": "中队周报表、月报表", "minutes": 90}, "周报里的五个数月报又要一遍，口径也一样。",
     (("2023-05-10", "office", "take", ""), ("2023-05-16", "office", "", "已请各股室核对两张表的项目。"),
      ("2023-05-22", "office", "answer", "自6月起月报中的五个数由周报自动汇总，中队不再填。"),
      ("2023-05-24", "liuting-clerk", "accept", ""))),
    ("patrol", "2023-06-12", "suggestions.suggestion", "手机上登记事故时地点下拉太长",
     {"subject": "page", "replaces": "登记事故"}, "希望能按道路名称搜。",
     (("2023-06-13", "office", "take", ""), ("2023-06-20", "office", "answer", "可先填道路编号，名称会自动带出。"),
      ("2023-06-21", "patrol", "again", "编号记不住，还是要能搜名称。"))),
    ("village", "2023-06-26", "suggestions.complaint", "劝导站要求每天拍照打卡",
     {"about": "ranking", "happened": "6月下旬"}, "每天早晚各拍一张，没车也要拍。", ()),
    ("town", "2023-06-29", "suggestions.suggestion", "柳亭镇逢集日期有误",
     {"subject": "data", "replaces": "马路市场台账"}, "柳亭集是逢二、七，不是逢三、八。",
     (("2023-06-30", "office", "take", ""),)),
    ("counter", "2023-07-03", "suggestions.suggestion", "窗口叫号和平台预约对不上",
     {"subject": "page"}, "预约时段显示比叫号机晚十分钟。", ()),
    ("garden", "2023-06-27", "suggestions.suggestion", "同一处树木遮挡收到两份抄告",
     {"subject": "duty", "minutes": 20}, "柳亭、麦丘两个中队各发一份，请合并。", ()),
)  # fmt: skip


@demo_step(72, "suggestions.records", "意见建议")
def make_suggestions() -> str:
    """Six of them: answered, answered to no avail, overdue, new."""
    if Case.objects.filter(family="suggestions.suggestion").exists():
        return "已有"
    people = {one.login: one for one in Officer.objects.all()}
    for login, day, kind, title, facts, words, steps in STORIES:
        with on_day(date.fromisoformat(day)):
            values = {"title": title, "description": words, "reporter_name": people[login].name}
            case = open_case(kind, values, details=facts, by=people[login])
        for later, who, move, note in steps:
            with on_day(date.fromisoformat(later)):
                if move:
                    move_case(case.uid, move, by=people[who], note=note)
                else:
                    comment_case(case.uid, note, by=people[who])
    taken = climb_all(on=LAST)
    return f"{len(STORIES)} 条, 提醒催办 {taken} 次"
