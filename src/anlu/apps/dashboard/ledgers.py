"""值班带班: the roster, a line for each day and unit."""

from anlu.web.desk.activities.ledger import activity_ledger

DUTY = activity_ledger(
    "dashboard.duty",
    "duty",
    "值班带班",
    "值班",
    families=("duty",),
    chapter="今日",
    item="值班带班",
    rank=10,
    icon="users",
    empty="这里登记各单位每天的带班领导和值班人员，晨会一页纸和大屏显示当天的。",
)
